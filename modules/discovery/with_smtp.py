"""What found servers mean for sending: who logged in there sends by their own submission server, and by no other."""

import dataclasses

from core import Port, Sentence, Session, UpstreamError
from modules.discovery.access import Reach, servers_of
from modules.discovery.config import DiscoveryConfig
from modules.discovery.module import module
from modules.imap.api import MAIN, PASSWORD
from modules.mail.api import AccountName
from modules.smtp.api import Authentication, Credentials, Route, SaslMechanism, SmtpConfig, SubmissionAccess


class FoundSubmission:
    """The submission server of this session, in place of that of hm3.ini."""

    def __init__(self, session: Session, reach: Reach, config: SmtpConfig) -> None:
        self._session = session
        self._reach = reach
        self._config = config

    def find(self, name: AccountName | None) -> Route | None:
        """The way to it. Raises UpstreamError where none was found: the password is for nobody else's server."""
        servers = servers_of(self._session)
        if servers is None or name not in (None, MAIN):
            return None
        if servers.smtp is None:
            raise UpstreamError(Sentence("No server for sending is known for your mailbox. Log in again and name one."))
        options = self._reach.options(servers.smtp)
        config = dataclasses.replace(
            self._config,
            host=servers.smtp.host,
            port=Port(servers.smtp.port),
            security=options.security,
            ca_file=options.ca_file,
            pinned_certificate=options.pinned_certificate,
            verify=options.verify,
            authentication=Authentication.LOGIN,
            mechanism=SaslMechanism.AUTOMATIC,
            username=None,
            password=None,
        )
        credentials = Credentials(servers.smtp.username, self._session.secret(PASSWORD))
        return Route(config, credentials, self._reach.is_outside(servers))


@module.service
def send_there(session: Session, discovery: DiscoveryConfig, smtp: SmtpConfig) -> SubmissionAccess:
    """Sending by found servers."""
    return FoundSubmission(session, Reach(discovery), smtp)
