"""What a reader is told about senders, over HTTP, with hostile messages on a real server."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.submission import Submission
from modules.trust.memory import FEW
from tests.modules.compose.desk import write_ini
from tests.modules.mail.letters import plain
from tests.modules.webmail import Page, Webmail, open_webmail
from tests.servers.mail_user import MailUser

pytestmark = pytest.mark.servers

INBOX = "/mail/main/INBOX/"
NEW = "You have not opened mail from this address here before."
MISTAKEN = "The sender's address can be mistaken for one that you know."
OURS = "mx.example.org"
PASSED = f"{OURS}; dmarc=pass (p=reject) header.from=example.test; spf=pass smtp.mailfrom=ada@example.test"


@pytest.fixture
def webmail(mail_user: MailUser, submission: Submission, tmp_path: Path) -> Iterator[Webmail]:
    """The browser of a user whose site believes one server."""
    ini = write_ini(mail_user, submission, tmp_path)
    ini.write_text(f"{ini.read_text()}\n[trust]\nauthserv_id = {OURS}, mx2.example.org\n")
    with open_webmail(ini) as webmail:
        webmail.log_in(mail_user.name, mail_user.password)
        yield webmail


def opened(webmail: Webmail, mail_user: MailUser, subject: str = "Plants", **headers: str) -> Page:
    return webmail.see(f"{INBOX}{mail_user.append(plain(subject, **headers))}")


def with_results(mail_user: MailUser, *results: str, sender: str = "Ada Field <ada@example.test>") -> int:
    """Put a message with results on top of it into the mailbox; its UID."""
    top = "".join(f"Authentication-Results: {one}\r\n" for one in results)
    return mail_user.append(top.encode() + b"Received: from evil.test\r\n" + plain(sender=sender))


def know_people(webmail: Webmail) -> None:
    """Make the user one who knows enough people here for a new address to mean something."""
    people = ", ".join(f"friend-{number}@known.test" for number in range(FEW))
    token = webmail.see("/compose").value("input[name=token]")
    form = {"token": token, "to": people, "subject": "Hi", "body": "Hello", "action": "send"}
    assert webmail.send("/compose", form).status in (302, 303)


def doubts(page: Page) -> list[str]:
    return page.texts("[data-doubt]")


def test_an_honest_sender_is_shown_with_name_and_address_and_no_doubt(webmail: Webmail, mail_user: MailUser) -> None:
    page = opened(webmail, mail_user)
    shown = page.one(".letter-from").text()
    assert "Ada Field" in shown and "ada@example.test" in shown and doubts(page) == []


@pytest.mark.parametrize(
    ("sender", "told"),
    [
        (
            '"boss@bank.example" <eve@evil.test>',
            "The name says boss@bank.example, but the message is from eve@evil.test.",
        ),
        ("Ada <ada@xn--pypal-4ve.com>", "mixes letters of several scripts"),
        ("ada@example.test, eve@evil.test", "This message names several senders."),
    ],
)
def test_a_hostile_sender_is_told_in_words(webmail: Webmail, mail_user: MailUser, sender: str, told: str) -> None:
    uid = mail_user.append(b"From: " + sender.encode() + b"\r\nDate: Fri, 01 May 2026 10:00:00 +0000\r\n\r\nHello")
    assert told in " ".join(doubts(webmail.see(f"{INBOX}{uid}")))


def test_markup_in_what_is_quoted_stays_text(webmail: Webmail, mail_user: MailUser) -> None:
    hostile = b"Authentication-Results: %s; spf=fail (<img src=x onerror=alert(1)>)\r\n" % OURS.encode()
    uid = mail_user.append(hostile + b"From: a@b.test\r\nReply-To: <b>@<i>.evil.test\r\n\r\nHello")
    page = webmail.see(f"{INBOX}{uid}")
    assert "<img src=x" not in page.html and doubts(page) != []


def test_replies_elsewhere_and_a_date_to_come_are_told(webmail: Webmail, mail_user: MailUser) -> None:
    told = doubts(opened(webmail, mail_user, Reply_To="eve@evil.test", date="Fri, 01 May 2099 10:00:00 +0000"))
    assert [one.partition(".")[0] for one in told] == [
        "Replies go to somebody else",
        "The date of this message lies after the day on which it arrived",
    ]


def test_nobody_is_called_new_while_nearly_everybody_is(webmail: Webmail, mail_user: MailUser) -> None:
    first = opened(webmail, mail_user)
    assert NEW not in first.html
    know_people(webmail)
    assert NEW in opened(webmail, mail_user, sender="bob@new.test").html


@pytest.mark.parametrize("field", ["List-Id: <garden.example.test>", "Auto-Submitted: auto-generated"])
def test_confirmed_lists_and_automatic_mail_are_not_called_new(
    webmail: Webmail, mail_user: MailUser, field: str
) -> None:
    know_people(webmail)
    for results, told in ((PASSED, False), (f"{OURS}; dmarc=none", True)):
        octets = f"Authentication-Results: {results}\r\n{field}\r\n".encode() + plain(sender=f"ada-{told}@example.test")
        assert (NEW in webmail.see(f"{INBOX}{mail_user.append(octets)}").html) is told


def test_a_sender_is_new_once(webmail: Webmail, mail_user: MailUser) -> None:
    know_people(webmail)
    first, second = (mail_user.append(plain(f"Plants {number}")) for number in range(2))
    assert NEW in webmail.see(f"{INBOX}{first}").html
    assert NEW not in webmail.see(f"{INBOX}{second}").html
    assert NEW in webmail.see(f"{INBOX}{first}").html


def test_what_is_only_looked_at_ahead_makes_nobody_known(webmail: Webmail, mail_user: MailUser) -> None:
    know_people(webmail)
    first, second = (mail_user.append(plain(f"Plants {number}")) for number in range(2))
    assert NEW in webmail.see(f"{INBOX}{first}?peek=1").html
    webmail.browser.get(f"{INBOX}{first}", **{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"})
    assert NEW in webmail.see(f"{INBOX}{second}").html


def test_a_look_alike_of_somebody_known_is_told_and_not_remembered(webmail: Webmail, mail_user: MailUser) -> None:
    opened(webmail, mail_user, sender="Bank <mail@mybank.test>")
    for _ in range(2):
        told = doubts(opened(webmail, mail_user, sender="Bank <mail@rnybank.test>"))
        assert told == [f"{MISTAKEN} It is at rnybank.test, which is not mybank.test."]
    assert doubts(opened(webmail, mail_user, sender="Bank <other@mybank.test>")) == []


def test_whom_the_user_wrote_to_is_not_new_and_no_look_alike(webmail: Webmail, mail_user: MailUser) -> None:
    opened(webmail, mail_user, sender="Bank <mail@mybank.test>")
    token = webmail.see("/compose").value("input[name=token]")
    form = {"token": token, "to": "mail@rnybank.test", "subject": "Hi", "body": "Hello", "action": "send"}
    assert webmail.send("/compose", form).status in (302, 303)
    page = opened(webmail, mail_user, sender="mail@rnybank.test")
    assert NEW not in page.html and doubts(page) == []


def test_a_confirmed_sender_is_marked_and_the_checks_are_told(webmail: Webmail, mail_user: MailUser) -> None:
    page = webmail.see(f"{INBOX}{with_results(mail_user, PASSED)}")
    assert page.texts(".trust-confirmed") == ["confirmed"] and doubts(page) == []
    checks = page.texts(".trust-checks li")
    assert checks == [
        "Sent by a server that may send for example.test (SPF)",
        "Really from example.test (DMARC) p=reject",
    ]
    assert f"Found by {OURS}." in page.html


def test_a_sender_who_failed_is_told_and_not_remembered(webmail: Webmail, mail_user: MailUser) -> None:
    know_people(webmail)
    failed = f"{OURS}; dmarc=fail header.from=example.test"
    page = webmail.see(f"{INBOX}{with_results(mail_user, failed, PASSED)}")
    assert doubts(page) == [
        f"This message is probably not from whom it says. {OURS} found that it does not come from example.test (DMARC)."
    ]
    assert not page.has(".trust-confirmed")
    assert NEW in webmail.see(f"{INBOX}{with_results(mail_user, PASSED)}").html


def test_a_server_that_may_not_send_for_the_sender_is_told(webmail: Webmail, mail_user: MailUser) -> None:
    page = webmail.see(f"{INBOX}{with_results(mail_user, f'{OURS}; spf=fail')}")
    assert "(SPF)" in " ".join(doubts(page))


@pytest.mark.parametrize(
    "results", ["mx.evil.test; dmarc=pass", "dmarc=pass", f"{OURS}; dmarc=pass header.from=evil.test"]
)
def test_what_others_claim_confirms_nobody(webmail: Webmail, mail_user: MailUser, results: str) -> None:
    assert not webmail.see(f"{INBOX}{with_results(mail_user, results)}").has(".trust-confirmed")


def test_results_that_came_with_the_message_are_not_believed(webmail: Webmail, mail_user: MailUser) -> None:
    page = webmail.see(f"{INBOX}{with_results(mail_user, 'mx.other.test; spf=none', PASSED)}")
    assert not page.has(".trust-confirmed")
    assert "The mail server did not say whether it checked the sender." in page.html


def test_two_senders_are_never_confirmed(webmail: Webmail, mail_user: MailUser) -> None:
    uid = with_results(mail_user, PASSED, sender="ada@example.test, eve@evil.test")
    assert not webmail.see(f"{INBOX}{uid}").has(".trust-confirmed")


def test_what_the_user_sent_is_not_judged(webmail: Webmail, mail_user: MailUser) -> None:
    uid = mail_user.append(plain(Reply_To="eve@evil.test"), "Sent")
    page = webmail.see(f"/mail/main/Sent/{uid}")
    assert page.status == 200 and doubts(page) == [] and NEW not in page.html


def test_a_site_that_names_no_server_believes_none_and_says_so(
    mail_user: MailUser, submission: Submission, tmp_path: Path
) -> None:
    with open_webmail(write_ini(mail_user, submission, tmp_path)) as webmail:
        webmail.log_in(mail_user.name, mail_user.password)
        page = webmail.see(f"{INBOX}{with_results(mail_user, PASSED)}")
    assert not page.has(".trust-confirmed") and not page.has(".trust-checks")
    assert "This site names no mail server whose findings about senders it believes." in page.html
