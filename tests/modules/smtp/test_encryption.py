"""Encryption that a server offers, does not offer, or that somebody strips off."""

from dataclasses import replace

import pytest

from core import UpstreamError, tls
from demo.certificates import Certificates, make_certificates
from modules.smtp.client import SmtpSubmission
from modules.smtp.config import SmtpConfig
from tests.modules.smtp.double import serving
from tests.modules.smtp.handing import ANN, KNOWN, MESSAGE, config


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("tls"))


def encrypted(port: int, certificates: Certificates) -> SmtpConfig:
    return replace(config(port), security=tls.Security.STARTTLS, ca_file=certificates.ca_file)


def test_after_starttls_the_server_is_asked_anew(certificates: Certificates) -> None:
    hellos = ["250-double\r\n250-SIZE 1\r\n250 STARTTLS", "250 double"]
    with serving({"EHLO": hellos, "STARTTLS": "220 go"}, starttls=certificates) as double:
        submission = SmtpSubmission(encrypted(double.port, certificates), lambda: None)
        assert submission.submit("", [ANN], MESSAGE).accepted == (ANN,)
        submission.close()
    assert double.heard[:3] == ["ehlo localhost", "STARTTLS", "ehlo localhost"]


def test_a_server_stripped_of_starttls_gets_neither_password_nor_mail(certificates: Certificates) -> None:
    with (
        serving({}, extensions=["AUTH PLAIN"]) as double,
        pytest.raises(UpstreamError, match="does not offer STARTTLS"),
    ):
        SmtpSubmission(encrypted(double.port, certificates), lambda: KNOWN).submit("", [ANN], MESSAGE)
    assert double.heard == ["ehlo localhost"]


def test_what_a_stranger_says_before_the_encryption_does_not_count(certificates: Certificates) -> None:
    injected = "220 go\r\n250-double\r\n250 AUTH PLAIN"
    with (
        serving(
            {"EHLO": ["250 STARTTLS", "250 STARTTLS", "250 double"], "STARTTLS": injected}, starttls=certificates
        ) as double,
        pytest.raises(UpstreamError),
    ):
        SmtpSubmission(encrypted(double.port, certificates), lambda: KNOWN).submit("", [ANN], MESSAGE)
    assert not [line for line in double.heard if line.startswith("AUTH")]
