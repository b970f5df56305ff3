"""What oauth adds to SMTP: mail of somebody who logged in by a provider is handed in there, with the same tokens."""

from dataclasses import replace

from core import Line, Sentence, Session, UpstreamError
from modules.oauth.access import MAIN, AccessTokens
from modules.oauth.module import module
from modules.oauth.providers import Providers
from modules.oauth.services import MAIL, USERNAME
from modules.smtp.api import Authentication, Credentials, Route, SaslMechanism, SmtpConfig, SubmissionAccess


class LoginSubmission:
    """The submission server that goes with the mailbox of a login by a provider."""

    def __init__(self, session: Session, providers: Providers, access: AccessTokens, smtp: SmtpConfig) -> None:
        self._session = session
        self._providers = providers
        self._access = access
        self._smtp = smtp

    def find(self, name: str) -> Route | None:
        """The way to it. Raises SetupNeeded where it has to be connected again, and UpstreamError."""
        if name != MAIN or not self._session.has_secret(MAIL):
            return None
        provider = self._providers.get(str(self._session.secret(MAIL)))
        if provider.smtp is None:
            raise UpstreamError(
                Sentence(
                    "No mail can be sent by %(provider)s from here. The admin should name its smtp_host.",
                    provider=provider.title,
                )
            )
        config = replace(
            self._smtp,
            host=Line(provider.smtp.host),
            port=provider.smtp.port,  # type: ignore[arg-type]  # hm3.ini's own, checked as a port there
            security=provider.smtp.security,
            pinned_certificate=None,
            authentication=Authentication.LOGIN,
            mechanism=SaslMechanism.AUTOMATIC,
        )
        username = str(self._session.secret(USERNAME))
        return Route(config, Credentials(username, self._access.token(MAIN), is_token=True))


@module.service
def send_by(session: Session, providers: Providers, access: AccessTokens, smtp: SmtpConfig) -> SubmissionAccess:
    """Mail is sent with the tokens that the login brought."""
    return LoginSubmission(session, providers, access, smtp)
