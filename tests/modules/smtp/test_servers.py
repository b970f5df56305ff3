"""Submission to real servers: TLS in every shape, passwords, refused recipients, letters beyond ASCII."""

import hashlib
import ssl
from collections.abc import Iterator
from dataclasses import replace

import pytest

from core import Line, Port, Secret, UpstreamError, tls
from demo.submission import Fault, Submission
from modules.mail.api import SubmissionRefused
from modules.smtp.client import SmtpSubmission
from modules.smtp.config import SaslMechanism, SmtpConfig
from modules.smtp.connection import Credentials
from tests.servers.mail_user import MailUser
from tests.servers.postfix import Postfix

pytestmark = pytest.mark.servers

MESSAGE = b"From: me@example.test\r\nSubject: x\r\n\r\nhello\r\n"


def implicit(server: Submission) -> SmtpConfig:
    return SmtpConfig(host=Line("localhost"), port=Port(server.tls_port), ca_file=server.certificates.ca_file)


def starttls(server: Submission | Postfix) -> SmtpConfig:
    ca_file = server.ca_file if isinstance(server, Postfix) else server.certificates.ca_file
    return SmtpConfig(host=Line("localhost"), port=Port(server.port), security=tls.Security.STARTTLS, ca_file=ca_file)


def way_to(config: SmtpConfig, user: MailUser, password: str | None = None) -> SmtpSubmission:
    known = Credentials(user.name, Secret(user.password if password is None else password))
    return SmtpSubmission(config, lambda: known)


@pytest.fixture
def encrypted(submission: Submission, mail_user: MailUser) -> Iterator[SmtpSubmission]:
    way = way_to(implicit(submission), mail_user)
    yield way
    way.close()


@pytest.fixture
def posted(postfix: Postfix, mail_user: MailUser) -> Iterator[SmtpSubmission]:
    way = way_to(starttls(postfix), mail_user)
    yield way
    way.close()


def test_a_message_arrives_over_tls(encrypted: SmtpSubmission, mail_user: MailUser) -> None:
    assert encrypted.submit(mail_user.name, [mail_user.name], MESSAGE).accepted == (mail_user.name,)
    assert b"hello" in mail_user.messages()[0]


def test_a_message_arrives_over_starttls(submission: Submission, mail_user: MailUser) -> None:
    way_to(starttls(submission), mail_user).submit(mail_user.name, [mail_user.name], MESSAGE)
    assert b"hello" in mail_user.messages()[0]


def test_our_address_stands_nowhere_in_the_mail(posted: SmtpSubmission, mail_user: MailUser) -> None:
    posted.submit(mail_user.name, [mail_user.name], MESSAGE)
    mail_user.wait_for_messages(1)
    assert b"from localhost" in mail_user.messages()[0]


def test_the_size_limit_is_known_beforehand(encrypted: SmtpSubmission) -> None:
    assert encrypted.largest() == 36_700_160


def test_a_message_over_the_limit_is_not_even_begun(encrypted: SmtpSubmission, mail_user: MailUser) -> None:
    with pytest.raises(SubmissionRefused, match=r"takes at most 36\.7 MB"):
        encrypted.submit(mail_user.name, [mail_user.name], MESSAGE + b"x" * 36_700_160)


def test_a_wrong_password_is_told(submission: Submission, mail_user: MailUser) -> None:
    with pytest.raises(UpstreamError, match="does not accept your name and password"):
        way_to(implicit(submission), mail_user, "wrong").submit("", [mail_user.name], MESSAGE)


def test_a_certificate_of_a_stranger_is_not_trusted(submission: Submission, mail_user: MailUser) -> None:
    with pytest.raises(UpstreamError, match="The certificate of localhost is not trusted"):
        way_to(replace(implicit(submission), ca_file=None), mail_user).largest()


def test_a_certificate_of_a_stranger_is_not_trusted_after_starttls(submission: Submission, mail_user: MailUser) -> None:
    with pytest.raises(UpstreamError, match="The certificate of localhost is not trusted"):
        way_to(replace(starttls(submission), ca_file=None), mail_user).largest()


def test_the_pinned_certificate_is_enough(submission: Submission, mail_user: MailUser) -> None:
    der = ssl.PEM_cert_to_DER_cert(submission.certificates.certificate.read_text())
    pinned = tls.Fingerprint.parse(hashlib.sha256(der).hexdigest())
    for config in (implicit(submission), starttls(submission)):
        way = way_to(replace(config, ca_file=None, pinned_certificate=pinned), mail_user)
        assert way.largest()
        way.close()


def test_another_than_the_pinned_certificate_gets_no_password(submission: Submission, mail_user: MailUser) -> None:
    for config in (implicit(submission), starttls(submission)):
        other = replace(config, pinned_certificate=tls.Fingerprint.parse("ab" * 32))
        with pytest.raises(UpstreamError, match="another certificate than the pinned one"):
            way_to(other, mail_user).largest()


def test_tls_on_a_port_without_it_is_told(submission: Submission, mail_user: MailUser) -> None:
    with pytest.raises(UpstreamError, match="does not speak TLS on this port"):
        way_to(replace(implicit(submission), port=Port(submission.port)), mail_user).largest()


@pytest.mark.parametrize("fault", [Fault.TRY_LATER, Fault.TOO_LARGE, Fault.REFUSED])
def test_a_refused_message_is_told_in_the_servers_words(
    submission: Submission, encrypted: SmtpSubmission, mail_user: MailUser, fault: Fault
) -> None:
    with submission.failing(fault), pytest.raises(SubmissionRefused, match=fault.value):
        encrypted.submit(mail_user.name, [mail_user.name], MESSAGE)


def test_a_server_that_goes_away_at_the_end_leaves_it_open(
    submission: Submission, encrypted: SmtpSubmission, mail_user: MailUser
) -> None:
    with submission.failing(Fault.DROPPED), pytest.raises(UpstreamError, match="may have sent it"):
        encrypted.submit(mail_user.name, [mail_user.name], MESSAGE)


def test_what_is_no_address_is_told_and_the_others_get_the_mail(posted: SmtpSubmission, mail_user: MailUser) -> None:
    submitted = posted.submit(mail_user.name, ["nobody@@x", mail_user.name], MESSAGE)
    assert [one.address for one in submitted.refused] == ["nobody@@x"]
    mail_user.wait_for_messages(1)


def test_a_recipient_that_the_server_refuses_is_told(encrypted: SmtpSubmission, mail_user: MailUser) -> None:
    submitted = encrypted.submit(mail_user.name, ["nobody@example.test", mail_user.name], MESSAGE)
    assert submitted.accepted == (mail_user.name,)
    assert "550 5.1.1 <nobody@example.test>: there is no such mailbox here" in submitted.refused[0].reason


def test_postfix_is_shown_a_proof_in_place_of_the_password(postfix: Postfix, mail_user: MailUser) -> None:
    way = way_to(replace(starttls(postfix), mechanism=SaslMechanism.SCRAM), mail_user)
    assert way.submit(mail_user.name, [mail_user.name], MESSAGE).accepted == (mail_user.name,)
    way.close()


def test_postfix_sees_through_a_wrong_password(postfix: Postfix, mail_user: MailUser) -> None:
    with pytest.raises(UpstreamError, match="does not accept your name and password"):
        way_to(replace(starttls(postfix), mechanism=SaslMechanism.SCRAM), mail_user, "wrong").largest()


def test_other_letters_than_asciis_go_out_over_postfix(posted: SmtpSubmission, mail_user: MailUser) -> None:
    message = "From: me@example.test\r\nTo: ängel@garden.example\r\nSubject: é\r\n\r\né\r\n".encode()
    assert posted.submit(mail_user.name, ["ängel@garden.example"], message).accepted == ("ängel@garden.example",)


def test_a_receipt_can_be_asked_of_postfix(posted: SmtpSubmission, mail_user: MailUser) -> None:
    assert posted.submit(mail_user.name, [mail_user.name], MESSAGE, receipt=True).accepted == (mail_user.name,)


def test_a_dot_alone_on_a_line_survives_the_way(posted: SmtpSubmission, mail_user: MailUser) -> None:
    posted.submit(mail_user.name, [mail_user.name], MESSAGE + b".\r\n..x\r\nlast\r\n")
    mail_user.wait_for_messages(1)
    assert b"hello\r\n.\r\n..x\r\nlast\r\n" in mail_user.messages()[0]
