"""What stands above a quoted text is in the language and the zone of who answers."""

import pytest

from tests.modules.compose.desk import QUESTION
from tests.modules.webmail import Webmail
from tests.servers.mail_user import MailUser

pytestmark = pytest.mark.servers

LINES = [
    ("en", "On Monday, 30 November 2026, 15:05 +0100, ", " wrote:"),
    ("de", "Am Montag, 30. November 2026, 15:05 MEZ schrieb ", ":"),
    ("fr", "Le lundi 30 novembre 2026, 15:05 +0100, ", " a écrit\u00a0:"),
    ("es", "El lunes, 30 de noviembre de 2026, 15:05 CET, ", " escribió:"),
    ("ar", "في الاثنين، 30 نوفمبر 2026، 3:05 م +0100، كتب ", ":"),
]


def told(webmail: Webmail, address: str) -> dict[str, str]:
    """The form as scripts read it."""
    form = webmail.ask(address)
    assert isinstance(form, dict)
    return form


@pytest.mark.parametrize(("language", "before", "after"), LINES)
def test_an_answer_begins_in_the_language_of_who_writes_it(
    webmail: Webmail, mail_user: MailUser, language: str, before: str, after: str
) -> None:
    uid = mail_user.append(QUESTION % mail_user.name.encode())
    webmail.send("/settings/look", {"language": language, "time_zone": "Europe/Berlin"})
    address = f"/compose?mode=reply&mailbox=INBOX&uid={uid}"
    quoted = f"\n\n{before}Ann{after}\n> How are they?"
    assert webmail.see(address).one("[name=body]").text().removeprefix("\n") == quoted.removeprefix("\n")
    assert told(webmail, address)["body"] == quoted
    webmail.send("/settings/compose", {"format": "rich"})
    html = told(webmail, address)["html"]
    assert f'<p dir="auto">{before}<bdi>Ann</bdi>{after}</p>\n<blockquote>How are they?' in html


def test_a_forwarded_message_is_announced_in_the_language_of_who_forwards_it(
    webmail: Webmail, mail_user: MailUser
) -> None:
    uid = mail_user.append(QUESTION % mail_user.name.encode())
    webmail.send("/settings/look", {"language": "de", "time_zone": "Europe/Berlin"})
    body = told(webmail, f"/compose?mode=forward&mailbox=INBOX&uid={uid}")["body"]
    assert body.split("\n")[2:6] == [
        "---------- Weitergeleitete Nachricht ----------",
        "Von: Ann <ann@garden.example>",
        "Datum: Montag, 30. November 2026, 15:05 MEZ",
        "Betreff: Tomatoes",
    ]
