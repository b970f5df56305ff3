"""Which pages come compressed, and why no other does: lengths must not tell what stands beside an attacker's text."""

import gzip

import pytest

from core import Page, Policy
from tests.modules.mail.letters import rich
from tests.modules.mail.test_strangers_over_http import address
from tests.modules.webmail import Webmail
from tests.servers.mail_user import MailUser

pytestmark = pytest.mark.servers

INBOX = "/mail/main/INBOX/"
EVERYTHING = {"Accept-Encoding": "gzip, deflate, br, zstd"}
WORDS = "Words of a newsletter"
LETTER = rich(f"<p>{WORDS}.</p>" + "<p>More of them.</p><p><a href='https://example.org/a'>there</a></p>" * 200)

ONE_LETTER = (
    "The text of one message: written by one sender before it came, beside no token of a form. Nothing of the request "
    "is repeated, and the signatures in its links are bound to this very message."
)
COMPRESSED = {
    "mail.frame": ONE_LETTER,
    "mail.remote-frame": ONE_LETTER,
    "mail.enclosed-frame": ONE_LETTER,
    "mail.enclosed-remote-frame": ONE_LETTER,
}
# Documents without a layout that are not compressed.
LEFT = {
    "mail.empty-frame": "It is the same for everybody and fits into one packet.",
    "oauth.leave": "It leads to a provider with a state that is secret.",
}


def why(page: Page) -> str:
    """Why a page's answers are or are not compressed; nothing where nobody thought about it."""
    if page.compressed:
        return COMPRESSED.get(page.name, "")
    if page.method != "GET":
        return "What is answered to a form tells what was done, with what was typed."
    if page.policy is Policy.FILE:
        return "A file is streamed as it comes."
    if page.layout is not None:
        return "Its layout holds the token of forms, beside mail of many senders or what was typed."
    return LEFT.get(page.name, "")


def test_every_page_has_a_reason_to_be_compressed_or_not(webmail: Webmail) -> None:
    pages = webmail.site.application.wiring.pages
    assert [page.name for page in pages if not why(page)] == []
    assert {page.name for page in pages if page.compressed} == COMPRESSED.keys()


def test_only_those_come_compressed_as_pages_parts_and_data(webmail: Webmail, mail_user: MailUser) -> None:
    mail_user.append(LETTER)
    coded, answered = {}, 0
    for page in webmail.site.application.wiring.pages:
        if page.method != "GET" or page.name == "login.logout":
            continue
        where = address(page)
        for query, accept in (("", "text/html"), ("", "application/json"), ("?part=mail.rows", "text/html")):
            answer = webmail.browser.get(where + query, **EVERYTHING, Accept=accept)
            answered += answer.status_code == 200
            if answer.headers.get("Content-Encoding"):
                coded[page.name] = answer.headers["Content-Encoding"]
            answer.close()
    assert coded == {"mail.frame": "gzip", "mail.remote-frame": "gzip"}  # The message holds no other one.
    assert answered > 20


def test_a_compressed_text_is_the_text_and_less_on_the_way(webmail: Webmail, mail_user: MailUser) -> None:
    mail_user.append(LETTER)
    where = f"{INBOX}{mail_user.uids()[0]}/frame"
    packed, plain = webmail.browser.get(where, **EVERYTHING), webmail.browser.get(where)
    assert WORDS in gzip.decompress(packed.get_data()).decode()
    assert WORDS in plain.get_data(as_text=True)
    assert len(packed.get_data()) < len(plain.get_data()) / 4
    assert "Accept-Encoding" in packed.headers["Vary"] and "Accept-Encoding" in plain.headers["Vary"]
    assert packed.headers["Cache-Control"] == "no-store"
