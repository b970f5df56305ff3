"""The handlers of programs and links: log in, log out, make a link, show it, follow it."""

import logging

from core import (
    AppConfig,
    AtLogout,
    Client,
    LastingLogin,
    Login,
    NotAllowed,
    NotFound,
    Redirect,
    Sentence,
    Session,
    SessionStore,
    User,
)
from modules.api.errors import Locked
from modules.api.inputs import Credentials, Destination, FollowedLink, OpenedLink
from modules.api.module import end_page, follow_page, link_page, login_page, make_page, module
from modules.api.results import Ended, Lent, LinkShown, MadeLink
from modules.api.services import Program, ProgramLogin
from modules.api.store import Link, Links

log = logging.getLogger("hm3.api")
_GONE = Sentence(
    "This link was used already, is too old, or was never made. Go back to where you found it for another."
)


@module.handler(login_page)
def log_in(
    credentials: Credentials,
    program: Program,
    entering: ProgramLogin,
    session: Session,
    sessions: SessionStore,
    client: Client,
) -> Lent:
    """A token for a program that knows a user's password."""
    name = program.require()
    entering.enter(credentials)
    token, ends = sessions.lend(session, client)
    log.info("%s logged a user in", name)
    return Lent(token, ends)


@module.handler(end_page)
def log_out(session: Session, closing: tuple[AtLogout, ...]) -> Ended:
    """End the session of a token."""
    for one in closing:
        one.close()
    session.end()
    return Ended()


@module.handler(make_page)
def make_link(
    credentials: Credentials,
    destination: Destination,
    program: Program,
    entering: ProgramLogin,
    session: Session,
    links: Links,
    app: AppConfig,
) -> MadeLink:
    """A link that logs a browser in once, as the user whose password a program knows."""
    name = program.require()
    entering.enter(credentials)
    if session.key is None:
        session.end()
        raise Locked(Sentence("What is stored for this user is locked: they have to log in by themselves once."))
    login = LastingLogin.of(session, session.brought())
    session.end()
    token, ends = links.make(Link(login, destination.next))
    log.info("%s made a link", name)
    return MadeLink(f"{app.address or ''}/link/{token}", ends)


@module.handler(link_page)
def show_link(opened: OpenedLink, session: Session, links: Links) -> LinkShown:
    """Ask whoever opened a link whether they want to go on: programs that look at links in mail use none up."""
    link = links.look(opened.token)
    if link is None:
        raise NotFound(_GONE)
    present = session.visitor.name if isinstance(session.visitor, User) else ""
    return LinkShown(opened.token, link.login.identity.name, present)


@module.handler(follow_page)
def follow_link(followed: FollowedLink, session: Session, links: Links, login: Login) -> Redirect:
    """Log this browser in, in a session of its own; the link is used up."""
    link = links.take(followed.token)
    if link is None:
        raise NotFound(_GONE)
    # Nothing of whoever was logged in here before goes over.
    session.secrets.clear()
    session.idle = None
    try:
        return login.begin(link.login.identity, link.next, passed=link.login.passed)
    except NotAllowed as error:
        session.end()
        raise NotFound(_GONE) from error
