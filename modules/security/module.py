"""Security: one page for everything that guards a user's account, and the ways back to what is stored for them."""

from core import Access, AtLogin, LeftBehind, MenuEntry, Module, Rate, UnlockPage
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

left_page = module.page("left-behind", "/security/left-behind")
bring_back_page = module.page("bring-back", "/security/left-behind", method="POST", retry=left_page, rate=Rate.LOGIN)
erase_page = module.page("erase", "/security/erase")
farewell_page = module.page("farewell", "/security/erase", method="POST", retry=erase_page, rate=Rate.LOGIN)
gone_page = module.page("gone", "/erased", access=Access.ANYONE, layout="bare.html")

_ENTRY = MenuEntry("Security", "/security", "security", 910)


@module.service
def menu_entry() -> MenuEntry:
    """The way to the security page."""
    return _ENTRY


@module.service
def page_to_unlock() -> UnlockPage:
    """Where who logs in with a password that was changed elsewhere goes first."""
    return UnlockPage("/security/unlock")


@module.service
def clear_up(left: LeftBehind) -> AtLogin:
    """What was left behind too long ago is erased whenever somebody logs in."""
    return AtLogin(lambda user: left.expire())
