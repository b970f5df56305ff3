"""What the imap module offers: the pool of connections, a user's mail, and logging in by the mailbox's own password."""

from collections.abc import Iterator

from core import AtLogout, Authenticator, Guesses, Identity, Meters, Secret, Session, SessionStore, User
from modules.imap.access import MAIN, PASSWORD, USERNAME, Access
from modules.imap.config import ImapConfig
from modules.imap.errors import WrongPassword
from modules.imap.login import Credentials
from modules.imap.pool import Account, ConnectionPool
from modules.imap.store import ImapStore
from modules.mail.api import MailStore, RoleSettings


class ImapAuthenticator:
    """Logs in whoever the mail server lets in, and keeps name and password in the session for its mail."""

    name = "imap"

    def __init__(self, config: ImapConfig, pool: ConnectionPool, sessions: SessionStore | None = None) -> None:
        self._config = config
        self._pool = pool
        self._sessions = sessions

    def authenticate(self, username: str, password: Secret) -> Identity | None:
        """Who this is, or None where name or password is wrong. Raises UpstreamError where that cannot be told."""
        name = username.strip()
        if self._config.domain and name and "@" not in name:
            name = f"{name}@{self._config.domain}"
        # One person, however the name is typed: most servers do not tell letters by case.
        user = name.lower()
        # Another worker that serves this user could not use the connection, nor close it at the log-out.
        keep = self._sessions is None or self._sessions.is_home_of(user)
        try:
            self._pool.log_in(self._config.server, Credentials(name, password), keep=keep)
        except WrongPassword:
            return None
        return Identity(user, {PASSWORD: password, USERNAME: Secret(name)}, password)


def open_pool(config: ImapConfig, meters: Meters) -> Iterator[ConnectionPool]:
    """The connections of this process."""
    pool = ConnectionPool(most=config.connections_per_session, idle=config.idle.total_seconds(), measure=meters.add)
    yield pool
    pool.close()


def open_store(
    user: User, session: Session, pool: ConnectionPool, access: Access, roles: RoleSettings, guesses: Guesses
) -> MailStore:
    """The mail of the account that the request is about. Raises what `find_access` raises."""
    name = access.account.name
    assigned = roles.assigned if name == MAIN else {}
    account = Account(session.id, name, access.server, access.credentials)
    return ImapStore(pool, account, assigned, access.refused, guesses)


def offer_authenticator(
    config: ImapConfig, pool: ConnectionPool, sessions: SessionStore | None
) -> Authenticator | None:
    """Log-in by the mail server, unless another way is the only one."""
    return ImapAuthenticator(config, pool, sessions) if config.login else None


def close_at_logout(session: Session, pool: ConnectionPool) -> AtLogout:
    """Close the session's connections when it ends."""
    name = session.id
    return AtLogout(lambda: pool.close_session(name))
