"""What oauth adds to IMAP: the mailbox of somebody who logged in by a provider that has one for them."""

from dataclasses import replace

from core import Sentence, Session, UpstreamError
from modules.imap.api import (
    MAIN,
    Access,
    Credentials,
    ImapConfig,
    MailAccess,
    MailAccount,
    Server,
    WrongPassword,
)
from modules.oauth.access import AccessTokens
from modules.oauth.module import module
from modules.oauth.providers import Providers
from modules.oauth.services import MAIL, USERNAME


class LoginMailbox:
    """The mailbox that a login by a provider opened."""

    def __init__(self, session: Session, providers: Providers, access: AccessTokens, imap: ImapConfig) -> None:
        self._session = session
        self._providers = providers
        self._access = access
        self._imap = imap

    def all(self) -> tuple[MailAccount, ...]:
        """That mailbox, where there is one."""
        if not self._session.has_secret(MAIL):
            return ()
        address = self._session.address or str(self._session.secret(USERNAME))
        return (MailAccount(MAIN, address, self._session.display_name),)

    def find(self, name: str | None) -> Access | None:
        """The way to it. Raises SetupNeeded where it has to be connected again, and UpstreamError."""
        if name not in (None, MAIN) or not self._session.has_secret(MAIL):
            return None
        provider = self._providers.get(str(self._session.secret(MAIL)))
        assert provider.imap is not None, "hm3.ini gives a provider with mail its server"
        # The authorities that this site trusts for mail servers count, but no certificate that was pinned for one.
        options = replace(self._imap.options, security=provider.imap.security, pinned_certificate=None)
        server = Server(
            provider.imap.host,
            provider.imap.port,
            options,
            connect_timeout=self._imap.connect_timeout.total_seconds(),
            read_timeout=self._imap.timeout.total_seconds(),
        )
        credentials = Credentials(str(self._session.secret(USERNAME)), token=self._access.token(MAIN))
        return Access(self.all()[0], server, credentials, self._refused)

    def _refused(self, error: WrongPassword) -> None:
        self._access.refused(MAIN)
        raise UpstreamError(
            Sentence("The mail server let nobody in just now, and the provider was asked again. Please try once more.")
        ) from error


@module.service
def read_by(session: Session, providers: Providers, access: AccessTokens, imap: ImapConfig) -> MailAccess:
    """Mail is read with the tokens that the login brought."""
    return LoginMailbox(session, providers, access, imap)
