"""Invitations as a person sees them, on a real server."""

import pytest

from tests.messages import octets_of
from tests.modules.mail.letters import plain
from tests.modules.webmail import Page, Webmail
from tests.servers.mail_user import MailUser

pytestmark = pytest.mark.servers

INBOX = "/mail/main/INBOX/"


def card(page: Page) -> str:
    return " ".join(page.one(".card").text().split())


def test_an_invitation_says_what_when_where_and_who(webmail: Webmail, mail_user: MailUser) -> None:
    webmail.send("/settings/look", {"time_zone": "Europe/Berlin"})
    path = f"{INBOX}{mail_user.append(octets_of('calendar-invitation'))}"
    page = webmail.see(path)
    assert len(page.tree.css(".card")) == 1
    told = card(page)
    assert told.startswith("Invitation Plan the <b>garden</b>") and "Shed, behind the house" in told
    assert "Wednesday, 1 July 2026, 16:00" in told and "+0200until 17:30For the sender" in told
    assert "For the sender: Wednesday, 1 July 2026, 10:00 (America/New_York)" in told
    assert "Every 2 months, on the first Wednesday, until" in told and "Some dates are left out." in told
    assert (
        "ada@garden.example" in told and "Robin: has not answered" in told and "Bo Stone: comes (need not come)" in told
    )
    assert "alert(1)" in told and page.tree.css_first(".card script") is None
    assert page.one(".card a.button").attributes["href"] == f"{path}/part/1.2"
    assert webmail.browser.get(f"{path}/part/1.2").data.startswith(b"BEGIN:VCALENDAR")


def test_the_text_of_an_invitation_stands_below_it(webmail: Webmail, mail_user: MailUser) -> None:
    path = f"{INBOX}{mail_user.append(octets_of('calendar-invitation'))}"
    assert "You are invited." in webmail.see(f"{path}/frame").html


def test_what_was_cancelled_is_said_to_be(webmail: Webmail, mail_user: MailUser) -> None:
    page = webmail.see(f"{INBOX}{mail_user.append(octets_of('calendar-cancelled'))}")
    told = card(page)
    assert told.startswith("Cancelled Holidays") and page.tree.css_first(".card-off") is not None
    assert "Wednesday, 1 July 2026until Friday, 3 July 2026" in told


def test_an_answer_says_who_answered_what(webmail: Webmail, mail_user: MailUser) -> None:
    told = card(webmail.see(f"{INBOX}{mail_user.append(octets_of('calendar-answer'))}"))
    assert told.startswith("Bo Stone declines Talk") and "Too far" in told


@pytest.mark.parametrize("name", ["calendar-hostile", "calendar-alone"])
def test_hostile_and_torn_calendars_can_still_be_saved(webmail: Webmail, mail_user: MailUser, name: str) -> None:
    page = webmail.see(f"{INBOX}{mail_user.append(octets_of(name))}")
    assert page.one(".card a.button").text().strip() == "Save for a calendar"
    assert page.tree.css_first('.card a[href^="javascript"]') is None


def test_other_messages_have_no_card(webmail: Webmail, mail_user: MailUser) -> None:
    assert webmail.see(f"{INBOX}{mail_user.append(plain())}").tree.css_first(".card") is None


@pytest.mark.parametrize(("disposition", "files"), [("", 0), ("Content-Disposition: attachment; filename=in.ics\n", 1)])
def test_a_calendar_on_a_card_is_a_file_only_by_a_name(
    webmail: Webmail, mail_user: MailUser, disposition: str, files: int
) -> None:
    calendar = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nBEGIN:VEVENT\nUID:1\nSUMMARY:Talk\nEND:VEVENT\nEND:VCALENDAR\n"
    message = f"From: ada@example.test\nContent-Type: text/calendar; method=PUBLISH\n{disposition}\n{calendar}"
    page = webmail.see(f"{INBOX}{mail_user.append(message.replace(chr(10), chr(13) + chr(10)).encode())}")
    assert "Talk" in card(page) and len(page.texts(".strip .attachment")) == files
