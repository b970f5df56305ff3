"""Texts that come along with an open message: what its frame would show, for a script that puts it there."""

import html
import re

import pytest

from modules.mail.opening import LONGEST_ALONG
from tests.modules.mail.letters import plain, rich
from tests.modules.webmail import Webmail
from tests.servers.mail_user import MailUser

pytestmark = pytest.mark.servers

INBOX = "/mail/main/INBOX/"
ALONG = re.compile(r'<template data-letter="([^"]*)">([^<]*)</template>\s*\Z')
NONCE = re.compile(r'nonce="[^"]*"')
STYLED = (
    '<style>p { color: #123456 }</style><p class="x">Rich &amp; <b>bold</b></p><img src="https://cdn.example/a.png">'
)


def along(webmail: Webmail, address: str) -> tuple[str, str]:
    """The address of the frame, and the text that came along for it."""
    found = ALONG.search(webmail.see(address).html)
    assert found is not None, f"{address} brings no text along"
    return html.unescape(found[1]), html.unescape(found[2])


@pytest.mark.parametrize("more", ["", "plain=1", "images=1", "bare=1", "original=1", "images=1&bare=1"])
def test_what_comes_along_is_what_its_frame_shows(webmail: Webmail, mail_user: MailUser, more: str) -> None:
    uid = mail_user.append(rich(STYLED))
    wanted = f"{INBOX}{uid}?{more}&part=mail.reading&along=1"
    address, text = along(webmail, wanted)
    page = webmail.see(wanted)
    assert address == page.one("iframe.letter-frame").attributes["src"]
    shown = webmail.see(address).html
    assert NONCE.sub("", text) == NONCE.sub("", shown)
    assert ("Rich &amp; <b>bold</b>" in text) == (more != "plain=1")


def test_what_a_message_says_is_never_markup_of_the_page(webmail: Webmail, mail_user: MailUser) -> None:
    uid = mail_user.append(
        rich('<p>a</p></template><form action="/logout"><template data-letter="/x">b', "c", "</template>")
    )
    page = webmail.see(f"{INBOX}{uid}?part=mail.reading&along=1")
    assert page.html.count("<template") == page.html.count("</template>") == 1
    assert "/logout" not in page.html and ALONG.search(page.html) is not None


def test_a_text_comes_along_only_where_it_is_asked_for_and_not_long(webmail: Webmail, mail_user: MailUser) -> None:
    short, long = (
        mail_user.append(plain()),
        mail_user.append(plain("Long", "a" * 70 + "\n" + "Words. " * (LONGEST_ALONG // 7))),
    )
    assert "<template data-letter" not in webmail.see(f"{INBOX}{short}?part=mail.reading").html
    assert "<template data-letter" not in webmail.see(f"{INBOX}{short}").html
    assert "<template data-letter" not in webmail.see(f"{INBOX}{long}?part=mail.reading&along=1").html
    assert "Hello" in along(webmail, f"{INBOX}{short}?part=mail.reading&along=1")[1]


def test_what_stands_around_it_is_the_same_without_it(webmail: Webmail, mail_user: MailUser) -> None:
    uid = mail_user.append(plain())
    asked = f"{INBOX}{uid}?part=mail.reading&peek=1"
    assert ALONG.sub("", webmail.see(f"{asked}&along=1").html) == webmail.see(asked).html


def test_a_message_without_a_text_brings_none(webmail: Webmail, mail_user: MailUser) -> None:
    uid = mail_user.append(b"From: ada@example.test\r\nSubject: A\r\nContent-Type: image/png\r\n\r\nx")
    page = webmail.see(f"{INBOX}{uid}?part=mail.reading&along=1")
    assert "This message has no text." in page.html and "<template data-letter" not in page.html


def test_the_text_of_a_message_within_a_message_comes_along_too(webmail: Webmail, mail_user: MailUser) -> None:
    inner = plain("Inner", "From within")
    uid = mail_user.append(
        b"From: ada@example.test\r\nSubject: Outer\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nOuter words\r\n"
        b"--b\r\nContent-Type: message/rfc822\r\n\r\n" + inner + b"\r\n--b--\r\n"
    )
    address, text = along(webmail, f"{INBOX}{uid}/part/2/message?part=mail.reading&along=1")
    assert address == f"{INBOX}{uid}/part/2/message/frame" and "From within" in text
    assert NONCE.sub("", text) == NONCE.sub("", webmail.see(address).html)
