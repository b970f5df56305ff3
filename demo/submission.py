"""A submission server with AUTH and TLS that delivers to the demo's own mailboxes and swallows what leaves them."""

import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from demo.certificates import Certificates
from demo.delivery import Delivery, Refused
from demo.ports import LOOPBACK, free_ports

LOCAL_DOMAIN = "example.test"
SIZE_LIMIT = 36_700_160


class Fault(Enum):
    """How the server misbehaves when a test asks for it."""

    TRY_LATER = "451 4.3.0 Try again later"
    TOO_LARGE = "552 5.3.4 Message too big for system"
    REFUSED = "554 5.7.1 Rejected as spam"
    DROPPED = ""


@dataclass(frozen=True)
class Accepted:
    """One message the server took, with the SMTP envelope it came in."""

    mail_from: str
    recipients: tuple[str, ...]
    content: bytes
    options: tuple[str, ...]


@dataclass
class Submission:
    """One running submission server: STARTTLS on `port`, implicit TLS on `tls_port`."""

    host: str
    port: int
    tls_port: int
    certificates: Certificates
    passwords: Callable[[], Mapping[str, str]]
    delivery: Delivery
    size_limit: int = SIZE_LIMIT
    fault: Fault | None = None
    accepted: list[Accepted] = field(default_factory=list)
    controllers: list[Controller] = field(default_factory=list)

    @contextmanager
    def failing(self, fault: Fault) -> Iterator[None]:
        """Misbehave in this way within the block."""
        self.fault = fault
        try:
            yield
        finally:
            self.fault = None

    def stop(self) -> None:
        """Stop listening on both ports."""
        while self.controllers:
            self.controllers.pop().stop()

    def knows(self, address: str) -> bool:
        """Whether mail for this address is delivered or, for other domains, swallowed."""
        local, _, domain = address.rpartition("@")
        if domain.lower() != LOCAL_DOMAIN:
            return bool(local)
        return f"{local.partition('+')[0]}@{domain}".lower() in {name.lower() for name in self.passwords()}


def start_submission(
    certificates: Certificates,
    passwords: Callable[[], Mapping[str, str]],
    delivery: Delivery,
    *,
    size_limit: int = SIZE_LIMIT,
) -> Submission:
    """Start the server in threads of this process; `passwords` gives today's users, `delivery` their mailboxes."""
    port, tls_port = free_ports(2)
    server = Submission(LOOPBACK, port, tls_port, certificates, passwords, delivery, size_limit)
    try:
        for implicit in (False, True):
            controller = _controller(server, implicit=implicit)
            controller.start()
            server.controllers.append(controller)
    except BaseException:
        server.stop()
        raise
    return server


def _controller(server: Submission, *, implicit: bool) -> Controller:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(server.certificates.certificate, server.certificates.key)
    return Controller(
        _Handler(server),
        hostname=server.host,
        port=server.tls_port if implicit else server.port,
        ready_timeout=20,
        ssl_context=context if implicit else None,
        tls_context=None if implicit else context,
        require_starttls=not implicit,
        authenticator=_authenticator(server),
        # aiosmtpd counts STARTTLS alone as TLS and would refuse AUTH under implicit TLS; the handler asks for a login.
        auth_require_tls=not implicit,
        data_size_limit=server.size_limit,
        enable_SMTPUTF8=True,
        ident="hm3 demo",
    )


def _authenticator(server: Submission) -> Callable[[SMTP, Session, Envelope, str, object], AuthResult]:
    def authenticate(
        smtp: SMTP, session: Session, envelope: Envelope, mechanism: str, credentials: object
    ) -> AuthResult:
        if not isinstance(credentials, LoginPassword):
            return AuthResult(success=False, handled=False)
        wanted = server.passwords().get(credentials.login.decode("utf-8", "replace"))
        # handled=False lets aiosmtpd answer 535 itself.
        return AuthResult(success=wanted is not None and credentials.password == wanted.encode(), handled=False)

    return authenticate


class _Handler:
    """aiosmtpd's hooks."""

    def __init__(self, server: Submission) -> None:
        self._server = server

    async def handle_MAIL(
        self, smtp: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if not session.authenticated:
            return "530 5.7.0 Authentication required"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(
        self, smtp: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if not self._server.knows(address):
            return f"550 5.1.1 <{address}>: there is no such mailbox here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, smtp: SMTP, session: Session, envelope: Envelope) -> str:
        server = self._server
        if server.fault is Fault.DROPPED:
            if smtp.transport is not None:
                smtp.transport.close()
            return "421 4.3.0 gone"
        if server.fault is not None:
            return str(server.fault.value)
        content = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        sender, recipients = envelope.mail_from or "", tuple(envelope.rcpt_tos)
        local = [address for address in recipients if address.lower().endswith(f"@{LOCAL_DOMAIN}")]
        try:
            await server.delivery.deliver(sender, local, content)
        except Refused as refusal:
            return str(refusal)
        server.accepted.append(Accepted(sender, recipients, content, tuple(envelope.mail_options)))
        return "250 2.0.0 Queued"
