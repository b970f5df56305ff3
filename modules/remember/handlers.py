"""The handlers of remember: the box at the login, the way in without one, and the list of devices."""

from core import (
    Access,
    Devices,
    Format,
    FormState,
    Later,
    LoggedInAgain,
    Login,
    LoginNeeded,
    NotFound,
    Notice,
    Phase,
    Redirect,
    Sentence,
    Session,
    User,
    Visit,
)
from modules.login.api import check_password, login_page, password_page
from modules.remember.inputs import Held, OneDevice, Wish
from modules.remember.module import RememberConfig, forget_page, module
from modules.remember.results import RememberBox, RememberedDevices
from modules.remember.services import DEVICE, Remembering
from modules.remember.store import RememberedStore
from modules.security.api import OneSession, end_page, end_session, security_page


@module.guard(Phase.SESSION)
def end_forgotten(session: Session, held: Held, remembering: Later[Remembering], visit: Visit) -> Redirect | None:
    """A session does not outlive the device that it belongs to.

    Where there is one, or a token, what remembers it learns how the request ends; for others nothing is made.
    """
    if session.has_secret(DEVICE) or held.remember:
        device = remembering()
        if session.visitor is not None:
            device.check(active=not visit.background)
    return None


@module.guard(Phase.LOGIN)
def let_in(
    session: Session, visit: Visit, form: FormState, remembering: Later[Remembering], login: Later[Login]
) -> Redirect | None:
    """A stranger whose browser is remembered comes in where a page needs a user.

    A timer lets nobody in. What was to be changed is not changed: a form is shown again, and a script is told to ask
    its person.
    """
    is_wanted = visit.page.access is Access.USER or visit.page is login_page
    if session.visitor is not None or not is_wanted or visit.background or form.failed:
        return None
    is_whole = visit.wanted.format is Format.HTML and visit.wanted.part is None
    if visit.page.method != "GET" and not is_whole:
        return None
    further = remembering().come_in(login(), visit.address if visit.page.method == "GET" else "/")
    if isinstance(session.visitor, User):
        if visit.page.method != "GET":
            raise LoggedInAgain(
                Sentence("You were logged in again, and nothing was done yet. Please try it once more.")
            )
        return None
    if further is not None and not is_whole:
        raise LoginNeeded(Sentence("Please log in."))
    return further


@module.handler(login_page)
def offer_box(config: RememberConfig) -> RememberBox | None:
    """The box on the login form."""
    return RememberBox(config.lasts) if config.offer else None


@module.handler(password_page, before=(check_password,))
def note_wish(wish: Wish, remembering: Remembering) -> None:
    """Remember the device when the login is complete, if the box was ticked."""
    remembering.wish(wish.remember)


@module.handler(security_page)
def list_devices(
    user: User, session: Session, remembering: Remembering, store: RememberedStore
) -> RememberedDevices | None:
    """Where the user stays logged in."""
    found = store.of(user.name, session.key, remembering.device)
    return RememberedDevices(found) if found else None


@module.handler(end_page, before=(end_session,))
def forget_with_session(one: OneSession, user: User, store: RememberedStore) -> None:
    """A device that its user logs out in the list of sessions does not come in again by itself."""
    store.forget_session(user.name, one.id)


@module.handler(forget_page)
def forget_device(
    one: OneDevice, user: User, remembering: Remembering, store: RememberedStore, devices: Devices
) -> Redirect:
    """Forget one device, and log it out if it is not this one."""
    last = store.session_of(user.name, one.id)
    if last is None:
        raise NotFound(Sentence("That device is remembered no more."))
    if one.id == remembering.device:
        remembering.forget()
    else:
        store.forget(one.id)
        devices.end(user.name, last)
    return Redirect("/security", notice=Notice(Sentence("From now on that device needs your password.")))
