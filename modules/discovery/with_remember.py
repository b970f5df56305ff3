"""What remember adds to a login at found servers: the box, beside the password that goes to them."""

from core import FormState, Fragment
from modules.discovery.handlers import log_in_there
from modules.discovery.module import confirm_page, confirm_slot, module, servers_page
from modules.remember.api import RememberBox, RememberConfig, Remembering, Wish


@module.handler(servers_page)
def offer_box(config: RememberConfig) -> RememberBox | None:
    """The box, where the site offers it."""
    return RememberBox(config.lasts) if config.offer else None


@module.handler(confirm_page, before=(log_in_there,))
def note_wish(wish: Wish, remembering: Remembering) -> None:
    """Remember the device when the login is complete, if the box was ticked."""
    remembering.wish(wish.remember)


@module.output(confirm_slot)
def show_box(box: RememberBox, form: FormState) -> Fragment:
    """The box, as it was when the form was refused."""
    return Fragment.of("remember/box.html", days=box.days, ticked=form.ticked("remember"))
