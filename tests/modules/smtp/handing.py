"""Ways to hand a message to a server that misbehaves."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import pytest

from core import Line, Port, Secret, UpstreamError, tls
from modules.mail.api import SubmissionRefused
from modules.smtp.client import SmtpSubmission
from modules.smtp.config import SaslMechanism, SmtpConfig
from modules.smtp.connection import Credentials
from tests.modules.smtp.double import Double, serving

MESSAGE = b"Subject: x\r\n\r\nhello\r\n"
ANN, BOB = "ann@garden.example", "bob@garden.example"
KNOWN = Credentials("ann", Secret("pässword"))


def config(port: int, mechanism: SaslMechanism = SaslMechanism.AUTOMATIC) -> SmtpConfig:
    return SmtpConfig(
        host=Line("127.0.0.1"),
        port=Port(port),
        security=tls.Security.NONE,
        mechanism=mechanism,
        timeout=timedelta(seconds=60),
    )


def way_to(
    double: Double, credentials: Credentials | None = None, mechanism: SaslMechanism = SaslMechanism.AUTOMATIC
) -> SmtpSubmission:
    return SmtpSubmission(config(double.port, mechanism), lambda: credentials)


def send(double: Double, message: bytes = MESSAGE, *recipients: str, receipt: bool = False) -> tuple[str, ...]:
    submission = way_to(double)
    try:
        return submission.submit("me@garden.example", recipients or (ANN,), message, receipt=receipt).accepted
    finally:
        submission.close()


def reason(replies: Mapping[str, str | Sequence[str]], extensions: Sequence[str] = (), message: bytes = MESSAGE) -> str:
    with serving(replies, extensions=extensions) as double, pytest.raises((SubmissionRefused, UpstreamError)) as told:
        send(double, message)
    return f"{told.type.__name__}: {told.value}"
