"""A message within a message over HTTP, on a real server: opened below its message, with its own parts."""

import io
import zipfile

import pytest

from tests.messages import octets_of
from tests.modules.mail.letters import plain
from tests.modules.webmail import Webmail
from tests.servers.mail_user import MailUser

pytestmark = pytest.mark.servers

INBOX = "/mail/main/INBOX/"


@pytest.fixture
def outer(webmail: Webmail, mail_user: MailUser) -> str:
    """The address of a message that holds another with a file and a third one."""
    return f"{INBOX}{mail_user.append(octets_of('rfc822-rich'))}"


def test_a_message_within_a_message_is_listed_with_its_subject_and_sender(webmail: Webmail, outer: str) -> None:
    row = webmail.see(outer).one(".inner-row .thread-row")
    assert row.attributes["href"] == f"{outer}/part/2/message"
    assert "Bo Stone" in row.text() and "Grüße / a plan" in row.text()
    assert webmail.see(outer).tree.css_first(".strip") is None


def test_it_opens_with_its_own_header_and_leads_back(webmail: Webmail, outer: str) -> None:
    page = webmail.see(f"{outer}/part/2/message")
    assert page.one("#subject").text() == "Grüße / a plan"
    assert "bo@stone.example" in page.one(".letter-from").text() and "Nobody vouches" in page.html
    assert page.one(".inner-place a").attributes["href"] == outer
    assert page.one("title").text().startswith("Grüße / a plan")
    assert page.tree.css_first(".list") is not None


def test_its_text_stands_in_a_frame_of_its_own(webmail: Webmail, outer: str) -> None:
    inner = f"{outer}/part/2/message"
    assert webmail.see(inner).one("iframe").attributes["src"] == f"{inner}/frame"
    answer = webmail.browser.get(f"{inner}/frame")
    html = answer.get_data(as_text=True)
    assert "The plan in <b>bold</b> words." in html and "pictures.example" not in html
    assert answer.headers["Content-Security-Policy"].startswith("sandbox ")
    assert "The plan in plain words." in webmail.see(f"{inner}/frame?plain=1").html


def test_its_images_are_withheld_and_shown_once_on_request(webmail: Webmail, outer: str) -> None:
    inner = f"{outer}/part/2/message"
    page = webmail.see(inner)
    assert page.one(".banner a").attributes["href"] == f"{inner}?images=1"
    shown = webmail.see(f"{inner}?images=1").one("iframe").attributes["src"]
    assert shown == f"{inner}/frame/remote"
    frame = webmail.see(f"{inner}/frame/remote").html
    assert 'src="/images?' in frame and 'src="http' not in frame


def test_images_allowed_for_a_sender_are_not_shown_for_who_only_says_to_be_them(webmail: Webmail, outer: str) -> None:
    webmail.send("/settings/reading", {"image_senders": "@stone.example"})
    assert webmail.see(f"{outer}/part/2/message").one("iframe").attributes["src"] == f"{outer}/part/2/message/frame"


def test_its_attachments_are_saved_as_the_message_s_own(webmail: Webmail, outer: str) -> None:
    page = webmail.see(f"{outer}/part/2/message")
    assert page.one(".attachment-name").attributes["href"] == f"{outer}/part/2.2"
    assert webmail.browser.get(f"{outer}/part/2.2").data == b"%PDF-1.4"
    packed = webmail.browser.get(f"{outer}/part/2/message/attachments.zip").data
    assert zipfile.ZipFile(io.BytesIO(packed)).namelist() == ["plan.pdf", "Innermost.eml"]


def test_messages_nest(webmail: Webmail, outer: str) -> None:
    within = webmail.see(f"{outer}/part/2/message").one(".inner-row .thread-row").attributes["href"]
    assert within == f"{outer}/part/2.3/message"
    page = webmail.see(within)
    assert page.one("#subject").text() == "Innermost"
    assert "The first words of all." in webmail.see(f"{within}/frame").html


def test_it_is_saved_as_a_message_and_printed(webmail: Webmail, outer: str) -> None:
    answer = webmail.browser.get(f"{outer}/part/2")
    assert "Gr" in answer.headers["Content-Disposition"] and ".eml" in answer.headers["Content-Disposition"]
    assert answer.data.startswith(b"From: Bo Stone")
    paper = webmail.see(f"{outer}/part/2/message/print")
    assert paper.one("iframe").attributes["src"] == f"{outer}/part/2/message/frame?original=1"


def test_a_digest_is_a_list_of_messages(webmail: Webmail, mail_user: MailUser) -> None:
    outer = f"{INBOX}{mail_user.append(octets_of('rfc822-digest'))}"
    page = webmail.see(outer)
    subjects = [row.text().strip() for row in page.tree.css(".inner-row .thread-text")]
    assert subjects == ["Letter 1", "Letter 2", "Letter 3"]
    assert "3 messages within this one" in page.html
    assert "Words of letter 2." in webmail.see(f"{outer}/part/2.2/message/frame").html


def test_a_message_that_was_encoded_as_a_whole_shows_its_text(webmail: Webmail, mail_user: MailUser) -> None:
    outer = f"{INBOX}{mail_user.append(octets_of('rfc822-base64'))}"
    page = webmail.see(f"{outer}/part/2/message")
    assert page.one("#subject").text() == "Inner" and "encoded as a whole" in page.html
    assert "The words of the letter." in webmail.see(f"{outer}/part/2/message/frame").html


@pytest.mark.parametrize("number", ["1", "9", "2.2", "2.3.1"])
def test_a_part_that_is_no_message_opens_as_none(webmail: Webmail, outer: str, number: str) -> None:
    assert webmail.see(f"{outer}/part/{number}/message").status == 404


def test_a_message_that_is_nothing_but_another_lists_it(webmail: Webmail, mail_user: MailUser) -> None:
    outer = f"{INBOX}{mail_user.append(octets_of('rfc822-1'))}"
    assert webmail.see(outer).one(".inner-row .thread-row").attributes["href"] == f"{outer}/part/1/message"
    assert "The words of the letter." in webmail.see(f"{outer}/part/1/message/frame").html


def test_scripts_get_it_for_the_reading_pane_alone(webmail: Webmail, outer: str) -> None:
    page = webmail.see(f"{outer}/part/2/message?part=mail.reading")
    assert page.one("#message").attributes["data-path"] == outer and page.tree.css_first(".list") is None


def test_opening_it_marks_nothing_read(webmail: Webmail, mail_user: MailUser) -> None:
    uid = mail_user.append(octets_of("rfc822-rich"))
    webmail.see(f"{INBOX}{uid}/part/2/message")
    assert "\\Seen" not in mail_user.flags(uid)


def test_a_plain_message_has_none_within(webmail: Webmail, mail_user: MailUser) -> None:
    assert webmail.see(f"{INBOX}{mail_user.append(plain())}").tree.css_first(".inner-row") is None
