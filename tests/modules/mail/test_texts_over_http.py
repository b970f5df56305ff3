"""Markdown and enriched text as people read them, on a real server."""

import pytest

from tests.messages import octets_of
from tests.modules.webmail import Webmail
from tests.servers.mail_user import MailUser

pytestmark = pytest.mark.servers

INBOX = "/mail/main/INBOX/"


def test_markdown_is_shown_with_its_form_or_as_it_was_written(webmail: Webmail, mail_user: MailUser) -> None:
    path = f"{INBOX}{mail_user.append(octets_of('markdown-alone'))}"
    frame = webmail.see(f"{path}/frame").html
    assert "<h1>Plans</h1>" in frame and "<strong>dig</strong>" in frame and "<script" not in frame
    assert "tracker.example" not in frame and 'href="https://garden.example/"' in frame
    assert f"{path}?plain=1" in webmail.see(path).html
    assert "# Plans" in webmail.see(f"{path}/frame?plain=1").html


def test_enriched_text_is_shown_with_its_form(webmail: Webmail, mail_user: MailUser) -> None:
    path = f"{INBOX}{mail_user.append(octets_of('markdown-enriched'))}"
    frame = webmail.see(f"{path}/frame").html
    assert "<b>Dig</b> here," in frame and "Third &lt;line&gt;" in frame and "kept" in frame
