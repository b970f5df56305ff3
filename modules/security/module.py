"""Security: one page for everything that guards a user's account, and the ways back to what is stored for them."""

from core import MenuEntry, Module, Rate, UnlockPage
from modules.security.results import SecurityPage, UnlockForm

module = Module("security")

security_page = module.page("security", "/security")
section_slot = module.slot("section", offers=SecurityPage)
unlock_page = module.page("unlock", "/security/unlock")
ways_slot = module.slot("ways", offers=UnlockForm)
open_page = module.page("open", "/security/unlock", method="POST", retry=unlock_page, rate=Rate.LOGIN)
afresh_page = module.page("afresh", "/security/afresh", method="POST", retry=unlock_page, rate=Rate.LOGIN)
make_code_page = module.page("make-code", "/security/code", method="POST", retry=security_page, rate=Rate.LOGIN)
code_page = module.page("code", "/security/code")
keep_code_page = module.page("keep-code", "/security/code/keep", method="POST", retry=code_page)

end_page = module.page("end", "/security/sessions/<id>/end", method="POST")
end_others_page = module.page("end-others", "/security/sessions/end-others", method="POST")


@module.service
def menu_entry() -> MenuEntry:
    """The way to the security page."""
    return MenuEntry("Security", "/security", "security", 910)


@module.service
def page_to_unlock() -> UnlockPage:
    """Where who logs in with a password that was changed elsewhere goes first."""
    return UnlockPage("/security/unlock")
