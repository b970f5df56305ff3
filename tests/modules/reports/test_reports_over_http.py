"""Reports as a person sees them, on a real server."""

import pytest

from tests.messages import octets_of
from tests.modules.mail.letters import plain
from tests.modules.webmail import Page, Webmail
from tests.servers.mail_user import MailUser

pytestmark = pytest.mark.servers

INBOX = "/mail/main/INBOX/"


def opened(webmail: Webmail, mail_user: MailUser, name: str) -> tuple[Page, str]:
    path = f"{INBOX}{mail_user.append(octets_of(name))}"
    return webmail.see(path), path


def test_a_failed_delivery_says_who_and_why_and_leads_to_the_message(webmail: Webmail, mail_user: MailUser) -> None:
    page, path = opened(webmail, mail_user, "report-failed")
    card = page.one(".card").text()
    assert "Your message could not be delivered." in card and "gone@garden.example" in card
    assert "There is no such address there." in card and "550 5.1.1 User unknown" in card
    assert page.one(".card p a").attributes["href"] == f"{path}/part/3/message"
    assert "The lost letter" in page.one(".card p a").text() and "mx.garden.example" in card


def test_a_late_message_says_until_when_it_is_tried(webmail: Webmail, mail_user: MailUser) -> None:
    page, path = opened(webmail, mail_user, "report-delayed")
    card = page.one(".card").text()
    assert "has not been delivered yet" in card and "goes on trying until" in card and "5 May 2026" in card
    assert "451 4.2.2 <b>try</b> later" in card and "mx.stone.example" in card
    link = page.one(".card p a")
    assert (link.text(), link.attributes["href"]) == ("The slow létter", f"{path}/part/3")


def test_several_recipients_have_their_own_fates(webmail: Webmail, mail_user: MailUser) -> None:
    page, _ = opened(webmail, mail_user, "report-several")
    fates = [" ".join(one.text().split()) for one in page.tree.css(".card-list > li > p:first-child")]
    assert fates == [
        "ada@garden.example: delivered",
        "büro@stone.example: could not be delivered",
        "list@brook.example: delivered to a list",
        "far@hill.example: handed on",
        "odd@hill.example: it is not said what happened",
    ]
    assert "Their mailbox is full." in page.one(".card").text()


def test_a_receipt_says_what_it_proves(webmail: Webmail, mail_user: MailUser) -> None:
    card = opened(webmail, mail_user, "report-receipt")[0].one(".card").text()
    assert "Your message was opened." in card and "does not say that they read it" in card


def test_a_complaint_says_of_what_kind_it_is(webmail: Webmail, mail_user: MailUser) -> None:
    page, path = opened(webmail, mail_user, "report-complaint")
    card = page.one(".card").text()
    assert "reported a message as spam" in card and "12" in card and "192.0.2.1" in card
    assert page.one(".card p a").attributes["href"] == f"{path}/part/3/message"


@pytest.mark.parametrize("name", ["report-nonsense", "report-alone"])
def test_what_cannot_be_read_is_said_to_be_a_report(webmail: Webmail, mail_user: MailUser, name: str) -> None:
    assert "So says the report. Anybody can send one." in opened(webmail, mail_user, name)[0].one(".card").text()


def test_other_messages_are_no_reports(webmail: Webmail, mail_user: MailUser) -> None:
    assert webmail.see(f"{INBOX}{mail_user.append(plain())}").tree.css_first(".card") is None


def test_a_report_within_a_message_is_told_too(webmail: Webmail, mail_user: MailUser) -> None:
    inner = octets_of("report-failed").replace(b"boundary=b", b"boundary=c").replace(b"--b", b"--c")
    outer = (
        b"From: a@b.example\r\nSubject: See\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=o\r\n\r\n"
        b"--o\r\nContent-Type: text/plain\r\n\r\nSee.\r\n--o\r\nContent-Type: message/rfc822\r\n\r\n"
        + inner
        + b"\r\n--o--\r\n"
    )
    path = f"{INBOX}{mail_user.append(outer)}"
    page = webmail.see(f"{path}/part/2/message")
    assert "There is no such address there." in page.one(".card").text()
    assert page.one(".card p a").attributes["href"] == f"{path}/part/2.3/message"


@pytest.mark.parametrize("name", ["report-failed", "report-delayed", "report-receipt"])
def test_what_the_card_says_is_no_file_below_it(webmail: Webmail, mail_user: MailUser, name: str) -> None:
    page, path = opened(webmail, mail_user, name)
    assert page.texts(".strip .attachment") == []
    assert webmail.browser.get(f"{path}/part/2").status_code == 200


def test_what_the_card_cannot_say_stays_a_file(webmail: Webmail, mail_user: MailUser) -> None:
    assert len(opened(webmail, mail_user, "report-nonsense")[0].texts(".strip .attachment")) == 1
