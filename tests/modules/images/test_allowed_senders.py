"""Whose images a reader allowed: their messages show them, and messages that may not be from them do not."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.submission import Submission
from tests.modules.images.gallery import ImageServer
from tests.modules.images.test_images_over_http import INBOX, configured, letter
from tests.modules.webmail import Page, Webmail, open_webmail
from tests.servers.mail_user import MailUser

pytestmark = pytest.mark.servers

OURS = "mx.example.org"
SAID = "Images of this sender are allowed, but this message may not be from them."
HONEST = (
    f"Authentication-Results: {OURS}; dmarc=pass header.from=example.test; spf=fail",
    "Authentication-Results: mx.evil.test; dmarc=fail header.from=example.test",
    "X-Checked: by nobody",
)
FORGED = (
    f"Authentication-Results: {OURS}; dmarc=fail header.from=example.test",
    f"Authentication-Results: {OURS}; spf=fail smtp.mailfrom=x@evil.test",
    "From: news@example.test",
)


@pytest.fixture
def webmail(mail_user: MailUser, submission: Submission, tmp_path: Path, server: ImageServer) -> Iterator[Webmail]:
    """The browser of a user whose site believes one server."""
    ini = configured(mail_user, submission, tmp_path, server.port, f"[trust]\nauthserv_id = {OURS}\n")
    with open_webmail(ini) as webmail:
        webmail.log_in(mail_user.name, mail_user.password)
        yield webmail


def put(mail_user: MailUser, server: ImageServer, *tops: str) -> list[str]:
    """Messages of one sender, each with a field on top; where they are read."""
    uids = [mail_user.append(top.encode() + b"\r\n" + letter(server, "/a.png")) for top in tops]
    return [f"{INBOX}{uid}" for uid in uids]


def shows(page: Page) -> bool:
    return (page.one("iframe").attributes["src"] or "").endswith("/remote")


@pytest.mark.parametrize("whose", ["sender", "domain"])
def test_what_is_allowed_to_a_sender_counts_for_no_message_of_somebody_else(
    webmail: Webmail, mail_user: MailUser, server: ImageServer, whose: str
) -> None:
    honest, forged = put(mail_user, server, *HONEST), put(mail_user, server, *FORGED)
    assert SAID not in webmail.see(forged[0]).html
    webmail.send(f"{honest[0]}/images", {"whose": whose})
    pages = [webmail.see(where) for where in (*honest, *forged)]
    assert [shows(page) for page in pages] == [True, True, True, False, False, False]
    assert [SAID in page.html for page in pages] == [False, False, False, True, True, True]
    # To allow it once more would change nothing.
    assert not any(page.has("[name=whose][value=sender]") for page in pages)


def test_this_time_and_for_everybody_images_are_shown_whoever_sent_them(
    webmail: Webmail, mail_user: MailUser, server: ImageServer
) -> None:
    (forged,) = put(mail_user, server, FORGED[0])
    webmail.send(f"{forged}/images", {"whose": "sender"})
    assert not shows(webmail.see(forged)) and shows(webmail.see(f"{forged}?images=1"))
    webmail.send(f"{forged}/images", {"whose": "everybody"})
    page = webmail.see(forged)
    assert shows(page) and SAID not in page.html


@pytest.mark.parametrize("sender", [b'"News" <>', b"example.test"])
def test_who_gives_no_address_is_allowed_nothing(
    webmail: Webmail, mail_user: MailUser, server: ImageServer, sender: bytes
) -> None:
    source = re.sub(rb"(?m)^From: [^\r]*", b"From: " + sender, letter(server, "/a.png"))
    path = f"{INBOX}{mail_user.append(source)}"
    assert not shows(webmail.see(path))
    webmail.send("/settings/reading", {"image_senders": "@example.test"})
    assert not shows(webmail.see(path))
