"""Formatted messages in the dark theme, on a real server: their colours suit it, or are the sender's."""

import pytest

from tests.messages import octets_of
from tests.modules.webmail import Webmail
from tests.servers.mail_user import MailUser

pytestmark = pytest.mark.servers

INBOX = "/mail/main/INBOX/"


@pytest.fixture
def path(webmail: Webmail, mail_user: MailUser) -> str:
    """The address of a newsletter with colours of every kind."""
    return f"{INBOX}{mail_user.append(octets_of('dark-newsletter'))}"


def test_colours_come_with_dark_ones_and_the_theme_decides(webmail: Webmail, path: str) -> None:
    page = webmail.see(path)
    assert "data-themed" in page.one("iframe").attributes
    frame = webmail.see(page.one("iframe").attributes["src"] or "").html
    assert 'data-theme="automatic"' in frame and "light-dark(#333333, #" in frame
    assert "prefers-color-scheme" not in frame.partition("</style>")[0]


def test_the_sender_s_colours_are_shown_on_request(webmail: Webmail, path: str) -> None:
    assert f'href="{path}?original=1"' in webmail.see(path).html
    page = webmail.see(f"{path}?original=1")
    assert "data-themed" not in page.one("iframe").attributes and "Suit the colours to the theme" in page.html
    frame = webmail.see(page.one("iframe").attributes["src"] or "").html
    assert "light-dark" not in frame and "data-theme" not in frame


def test_paper_has_the_sender_s_colours(webmail: Webmail, path: str) -> None:
    assert webmail.see(f"{path}/print").one("iframe").attributes["src"] == f"{path}/frame?original=1"


@pytest.mark.parametrize(("address", "choice"), [("look", {"theme": "light"}), ("reading", {"dark_letters": "0"})])
def test_in_a_light_theme_or_by_choice_nothing_is_changed(
    webmail: Webmail, path: str, address: str, choice: dict[str, str]
) -> None:
    webmail.send(f"/settings/{address}", choice)
    page = webmail.see(path)
    assert "original colours" not in page.html and "data-themed" not in page.one("iframe").attributes
    assert "light-dark" not in webmail.see(f"{path}/frame").html
