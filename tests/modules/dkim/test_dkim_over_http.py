"""Signatures of messages in the running site, with keys from a name server of the test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.submission import Submission
from tests.modules.compose.desk import write_ini
from tests.modules.dkim.signer import DOMAIN, LETTER, Signer
from tests.modules.webmail import Page, Webmail, open_webmail
from tests.servers.dns import HOST, NameServer, start_name_server
from tests.servers.mail_user import MailUser

pytestmark = pytest.mark.servers

INBOX = "/mail/main/INBOX/"
PASSED = "Signed by example.test, and unchanged since (DKIM)"


@pytest.fixture
def names() -> Iterator[NameServer]:
    """A name server that knows nothing yet."""
    with start_name_server() as names:
        yield names


@pytest.fixture
def ini(mail_user: MailUser, submission: Submission, tmp_path: Path, names: NameServer) -> Path:
    """A site that checks signatures."""
    ini = write_ini(mail_user, submission, tmp_path)
    own = f"[modules]\ndkim = on\n[dkim]\nresolvers = {HOST}\nresolver_port = {names.port}\ntimeout = 20 s\n"
    ini.write_text(ini.read_text("utf-8") + own + "largest = 100 kB\n", "utf-8")
    return ini


@pytest.fixture
def webmail(ini: Path, mail_user: MailUser) -> Iterator[Webmail]:
    """The browser of its user."""
    with open_webmail(ini) as webmail:
        webmail.log_in(mail_user.name, mail_user.password)
        yield webmail


def published(names: NameServer, signer: Signer) -> None:
    for name, records in signer.records.items():
        # What is longer than 255 octets comes in pieces.
        told = [record.decode() for record in records]
        names.says(name, "TXT", *(f'"{one[:200]}" "{one[200:]}"' for one in told))


def signed(mail_user: MailUser, names: NameServer, letter: bytes = LETTER) -> int:
    signer = Signer()
    uid = mail_user.append(signer.sign(letter))
    published(names, signer)
    return uid


def told(page: Page) -> list[str]:
    return [text for text in page.texts(".trust-checks li, dd > p") if "site names no mail server" not in text]


def test_a_signed_message_is_confirmed_and_the_key_is_asked_for_once(
    webmail: Webmail, mail_user: MailUser, names: NameServer
) -> None:
    uid = signed(mail_user, names)
    page = webmail.see(f"{INBOX}{uid}")
    assert told(page) == [PASSED, "Checked by this site itself."]
    assert page.one(".trust-confirmed").attributes["title"] == "This site found that example.test signed this message."
    assert told(webmail.see(f"{INBOX}{uid}")) == told(page)
    assert names.asked == [(f"key._domainkey.{DOMAIN}", "TXT")]


def test_a_changed_message_is_not_confirmed_and_the_reason_is_told(
    webmail: Webmail, mail_user: MailUser, names: NameServer
) -> None:
    signer = Signer()
    uid = mail_user.append(signer.sign().replace(b"Bye", b"Buy"))
    published(names, signer)
    page = webmail.see(f"{INBOX}{uid}")
    assert "in the name of example.test does not hold (DKIM)" in told(page)[0] and "text was changed" in told(page)[0]
    assert not page.has(".trust-confirmed")


def test_a_signature_of_somebody_else_confirms_nobody(webmail: Webmail, mail_user: MailUser, names: NameServer) -> None:
    uid = signed(mail_user, names, LETTER.replace(b"ada@example.test", b"ada@bank.test"))
    page = webmail.see(f"{INBOX}{uid}")
    assert told(page)[0] == PASSED and not page.has(".trust-confirmed")


def test_a_sender_without_a_domain_is_not_confirmed(webmail: Webmail, mail_user: MailUser, names: NameServer) -> None:
    uid = signed(mail_user, names, LETTER.replace(b"ada@example.test", b"ada@-\xff.test"))
    assert not webmail.see(f"{INBOX}{uid}").has(".trust-confirmed")


def test_a_message_without_signature_is_told_and_nobody_is_asked(
    webmail: Webmail, mail_user: MailUser, names: NameServer
) -> None:
    page = webmail.see(f"{INBOX}{mail_user.append(LETTER)}")
    assert told(page) == ["The message carries no signature (DKIM)."] and names.asked == []


def test_a_broken_signature_is_told_and_nobody_is_asked(
    webmail: Webmail, mail_user: MailUser, names: NameServer
) -> None:
    page = webmail.see(f"{INBOX}{mail_user.append(b'DKIM-Signature: <b>x</b>' + bytes([13, 10]) + LETTER)}")
    assert (
        told(page)[0].startswith("The signature in the name of an unnamed domain is not accepted (DKIM)")
        and names.asked == []
    )


def test_a_missing_key_is_told(webmail: Webmail, mail_user: MailUser, names: NameServer) -> None:
    page = webmail.see(f"{INBOX}{mail_user.append(Signer().sign())}")
    assert "publishes no such key" in told(page)[0]


def test_a_signature_in_order_and_one_that_is_not_are_both_told(
    webmail: Webmail, mail_user: MailUser, names: NameServer
) -> None:
    signer = Signer()
    uid = mail_user.append(b"DKIM-Signature: nonsense\r\n" + signer.sign())
    published(names, signer)
    found = told(webmail.see(f"{INBOX}{uid}"))
    assert [one.partition(" (")[0] for one in found[:2]] == [
        "The signature in the name of an unnamed domain is not accepted",
        PASSED.partition(" (")[0],
    ]


def test_a_silent_name_server_holds_a_message_up_only_so_long(
    ini: Path, mail_user: MailUser, names: NameServer
) -> None:
    ini.write_text(ini.read_text("utf-8").replace("timeout = 20 s", "timeout = 1 s"), "utf-8")
    names.silent.add(f"key._domainkey.{DOMAIN}")
    uid = mail_user.append(Signer().sign())
    with open_webmail(ini) as webmail:
        webmail.log_in(mail_user.name, mail_user.password)
        assert "could not be checked this time" in told(webmail.see(f"{INBOX}{uid}"))[0]
        asked = len(names.asked)
        webmail.see(f"{INBOX}{uid}")
        assert len(names.asked) == asked


def test_a_message_that_is_too_large_is_not_fetched(webmail: Webmail, mail_user: MailUser, names: NameServer) -> None:
    page = webmail.see(f"{INBOX}{signed(mail_user, names, LETTER + b'x' * 120_000)}")
    assert "too large to be checked" in told(page)[0]


def test_nobody_is_asked_for_a_message_that_is_only_looked_at_ahead(
    webmail: Webmail, mail_user: MailUser, names: NameServer
) -> None:
    uid = signed(mail_user, names)
    page = webmail.see(f"{INBOX}{uid}?peek=1")
    assert told(page) == ["They are checked when the message is opened. Check them now"] and names.asked == []
    assert page.one("dd > p > a").attributes["href"] == f"{INBOX}{uid}"
    webmail.see(f"{INBOX}{uid}")
    assert told(webmail.see(f"{INBOX}{uid}?peek=1"))[0] == PASSED


def test_nobody_is_asked_for_spam(webmail: Webmail, mail_user: MailUser, names: NameServer) -> None:
    signer = Signer()
    uid = mail_user.append(signer.sign(), "Junk")
    page = webmail.see(f"/mail/main/Junk/{uid}")
    assert "not checked in Junk" in told(page)[0] and names.asked == []


def test_nothing_is_said_of_what_the_user_sent(webmail: Webmail, mail_user: MailUser, names: NameServer) -> None:
    uid = mail_user.append(Signer().sign(), "Sent")
    assert told(webmail.see(f"/mail/main/Sent/{uid}")) == [] and names.asked == []


def test_without_the_module_no_name_is_looked_up(
    mail_user: MailUser, submission: Submission, tmp_path: Path, names: NameServer
) -> None:
    uid = signed(mail_user, names)
    with open_webmail(write_ini(mail_user, submission, tmp_path)) as webmail:
        webmail.log_in(mail_user.name, mail_user.password)
        page = webmail.see(f"{INBOX}{uid}")
        assert told(page) == [] and not page.has(".trust-confirmed")
    assert names.asked == []
