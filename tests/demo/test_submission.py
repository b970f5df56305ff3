"""Submission of the demo: it delivers, refuses and misbehaves as told."""

import smtplib
import ssl
from typing import cast

import pytest

from demo.pymap_server import PymapServer
from demo.submission import Fault, Submission
from tests.servers.mail_user import MailUser, new_user
from tests.servers.postfix import Postfix

pytestmark = pytest.mark.servers


def send(server: Submission | Postfix, user: MailUser, *recipients: str, text: str = "Subject: x\n\nhello\n") -> None:
    with smtplib.SMTP(server.host, server.port, timeout=60) as connection:
        connection.starttls(context=trusting(server))
        connection.login(user.name, user.password)
        connection.sendmail(user.name, recipients, text.replace("\n", "\r\n").encode())


def trusting(server: Submission | Postfix) -> ssl.SSLContext:
    ca_file = server.ca_file if isinstance(server, Postfix) else server.certificates.ca_file
    context = ssl.create_default_context(cafile=str(ca_file))
    context.check_hostname = False
    return context


def test_a_message_arrives_in_the_inbox(submission: Submission, mail_user: MailUser) -> None:
    send(submission, mail_user, mail_user.name)
    assert b"Subject: x" in mail_user.messages()[0]


def test_implicit_tls_is_served_too(submission: Submission, mail_user: MailUser) -> None:
    context = ssl.create_default_context(cafile=str(submission.certificates.ca_file))
    with smtplib.SMTP_SSL(submission.host, submission.tls_port, timeout=60, context=context) as connection:
        connection.login(mail_user.name, mail_user.password)
        connection.sendmail(mail_user.name, [mail_user.name], b"Subject: tls\r\n\r\nx\r\n")
    assert b"Subject: tls" in mail_user.messages()[0]


def test_nobody_sends_without_a_password(submission: Submission) -> None:
    with smtplib.SMTP(submission.host, submission.port, timeout=60) as connection:
        connection.starttls(context=trusting(submission))
        connection.ehlo()
        assert connection.mail("nobody@example.test")[0] == 530


def test_a_wrong_password_is_refused(submission: Submission, mail_user: MailUser) -> None:
    with smtplib.SMTP(submission.host, submission.port, timeout=60) as connection:
        connection.starttls(context=trusting(submission))
        with pytest.raises(smtplib.SMTPAuthenticationError):
            connection.login(mail_user.name, "wrong")


def test_an_unknown_local_recipient_is_refused(submission: Submission, mail_user: MailUser) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        send(submission, mail_user, "nobody@example.test")
    assert refused.value.recipients["nobody@example.test"][0] == 550


def test_a_full_mailbox_refuses_with_its_reason(submission: Submission, mail_user: MailUser) -> None:
    full = new_user(mail_user.dovecot, quota="10K")
    with pytest.raises(smtplib.SMTPDataError) as refused:
        send(submission, mail_user, full.name, text="Subject: big\n\n" + "many words\n" * 2000)
    assert b"uota" in cast(bytes, refused.value.smtp_error)


def test_one_full_mailbox_does_not_keep_the_message_from_the_other(submission: Submission, mail_user: MailUser) -> None:
    full = new_user(mail_user.dovecot, quota="10K")
    send(submission, mail_user, full.name, mail_user.name, text="Subject: big\n\n" + "many words\n" * 2000)
    assert len(mail_user.messages()) == 1


def test_mail_for_elsewhere_is_swallowed(submission: Submission, mail_user: MailUser) -> None:
    send(submission, mail_user, "ann@garden.example")
    assert submission.accepted[-1].recipients == ("ann@garden.example",)
    assert mail_user.messages() == []


def test_the_size_limit_is_told(submission: Submission, mail_user: MailUser) -> None:
    with smtplib.SMTP(submission.host, submission.port, timeout=60) as connection:
        connection.starttls(context=trusting(submission))
        connection.ehlo()
        assert connection.esmtp_features["size"] == "36700160"


@pytest.mark.parametrize("fault", [Fault.TRY_LATER, Fault.TOO_LARGE, Fault.REFUSED])
def test_it_refuses_as_it_is_told(submission: Submission, mail_user: MailUser, fault: Fault) -> None:
    with submission.failing(fault), pytest.raises(smtplib.SMTPDataError) as refused:
        send(submission, mail_user, mail_user.name)
    assert fault.value.startswith(str(refused.value.smtp_code))


def test_it_drops_the_connection_when_told(submission: Submission, mail_user: MailUser) -> None:
    with submission.failing(Fault.DROPPED), pytest.raises(smtplib.SMTPServerDisconnected):
        send(submission, mail_user, mail_user.name)
    assert mail_user.messages() == []


def test_postfix_delivers_to_the_inbox(postfix: Postfix, mail_user: MailUser) -> None:
    send(postfix, mail_user, mail_user.name)
    mail_user.wait_for_messages(1)
    assert b"mx.example.test" in mail_user.messages()[0]


def test_pymap_knows_its_one_user(pymap: PymapServer) -> None:
    assert pymap.accepts("demo@example.test", "demo")
    assert not pymap.accepts("demo@example.test", "wrong")
