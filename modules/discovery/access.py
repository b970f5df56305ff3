"""The mailbox of who logged in at found servers: which servers their session uses, and whose password counts there."""

import json
from dataclasses import dataclass

from core import Authenticator, Identity, LoginNeeded, Secret, Sentence, Session, User, tls
from modules.discovery.config import DiscoveryConfig
from modules.discovery.model import FoundServer, FoundServers, Source, unpack
from modules.imap.api import (
    MAIN,
    PASSWORD,
    USERNAME,
    Access,
    Credentials,
    MailAccess,
    Server,
    WrongPassword,
    connect,
)
from modules.mail.api import AccountName, MailAccount

SERVERS = "discovery.servers"


@dataclass(frozen=True)
class Reach:
    """How servers that were found are reached."""

    config: DiscoveryConfig

    def is_outside(self, servers: FoundServers) -> bool:
        """Whether they have to stand on the open net; those of a provider table may stand anywhere."""
        return not self.config.allow_private and servers.source is not Source.TABLE

    def options(self, server: FoundServer) -> tls.TlsOptions:
        """How a server encrypts, and whom it has to be vouched for by."""
        return self.config.secured_by(server.security)

    def imap(self, servers: FoundServers) -> Server:
        """The IMAP server as connections want it."""
        found = servers.imap
        return Server(
            host=str(found.host), port=found.port, options=self.options(found), outside=self.is_outside(servers)
        )

    def lets_in(self, servers: FoundServers, password: Secret) -> bool:
        """Whether the IMAP server takes the password. Raises UpstreamError where that cannot be told."""
        try:
            connect(self.imap(servers), Credentials(servers.imap.username, password)).close_quietly()
        except WrongPassword:
            return False
        return True


def secrets_of(servers: FoundServers, password: Secret) -> dict[str, Secret]:
    """What a session keeps of somebody who logged in at these servers."""
    return {
        USERNAME: Secret(servers.imap.username),
        PASSWORD: password,
        SERVERS: Secret(json.dumps(servers.packed())),
    }


def servers_of(session: Session) -> FoundServers | None:
    """The servers at which this session logged in, or None where it logged in another way.

    What an earlier login of the same browser left behind does not count: another's password must not go there.
    """
    if SERVERS not in session.brought() or not session.has_secret(SERVERS):
        return None
    return unpack(json.loads(session.secret(SERVERS)))


class FoundAccess:
    """The mailbox at the servers of this session, in place of that of hm3.ini."""

    def __init__(self, session: Session, reach: Reach) -> None:
        self._session = session
        self._reach = reach

    def all(self) -> tuple[MailAccount, ...]:
        """The mailbox of the login."""
        return (self._account(),) if servers_of(self._session) is not None else ()

    def find(self, name: AccountName | None) -> Access | None:
        """The mailbox of the login, where it was at servers that were found."""
        servers = servers_of(self._session)
        if servers is None or name not in (None, MAIN):
            return None
        credentials = Credentials(str(self._session.secret(USERNAME)), self._session.secret(PASSWORD))
        return Access(self._account(), self._reach.imap(servers), credentials, self._end_session)

    def _account(self) -> MailAccount:
        return MailAccount(MAIN, self._session.address)

    def _end_session(self, error: WrongPassword) -> None:
        why = Sentence("Your mail server no longer accepts the password with which you logged in. Log in again.")
        self._session.end(why)
        raise LoginNeeded(why) from error


class FoundAuthenticator:
    """Asks the servers of this session for its user's own password again, and knows nobody else."""

    name = "discovery"

    def __init__(self, user: str, servers: FoundServers, reach: Reach) -> None:
        self._user = user
        self._servers = servers
        self._reach = reach

    def authenticate(self, username: str, password: Secret) -> Identity | None:
        """The session's user, if it is their password. Raises UpstreamError where that cannot be told."""
        if username != self._user or not password or not self._reach.lets_in(self._servers, password):
            return None
        return Identity(username, secrets_of(self._servers, password), password)


def offer_access(session: Session, config: DiscoveryConfig) -> MailAccess:
    """The mailbox at servers that were found."""
    return FoundAccess(session, Reach(config))


def authenticator_of(session: Session, config: DiscoveryConfig) -> Authenticator | None:
    """Who checks the password of somebody who logged in at found servers; None for everybody else."""
    servers = servers_of(session)
    if servers is None or not isinstance(session.visitor, User):
        return None
    return FoundAuthenticator(session.visitor.name, servers, Reach(config))
