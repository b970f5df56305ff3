"""Who listens to events, and to what."""

from functools import partial

from core import Session, SessionStore, User
from modules.events.hub import Hub
from modules.events.inputs import Heard
from modules.events.module import events_page, module
from modules.events.results import Listening
from modules.events.tabs import Listener
from modules.imap.api import Access, Account, ConnectionPool


@module.handler(events_page)
def listen(
    heard: Heard,
    user: User,
    session: Session,
    sessions: SessionStore,
    access: Access,
    pool: ConnectionPool,
    hub: Hub,
) -> Listening:
    """A user's tab. Nothing is asked of the mail server before its stream has begun."""
    account = Account(session.id, access.account.name, access.server, access.credentials)
    doubt = partial(pool.doubt, account)
    listener = Listener(user.name, session.id, sessions.idle_of(session), account, str(heard.mark or ""), doubt)
    return Listening(partial(hub.join, listener=listener))
