"""The first message that a session opens: in how many round trips to the mail server its page has all that it shows."""

import pytest

from tests.modules.mail.letters import plain
from tests.modules.turns import note_turns
from tests.modules.webmail import Webmail
from tests.servers.mail_user import MailUser

pytestmark = pytest.mark.servers

INBOX = "/mail/main/INBOX/"


def test_it_takes_one_round_trip_and_shows_what_it_shows_later(
    webmail: Webmail, mail_user: MailUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, name in enumerate(("One", "Two", "Three")):
        mail_user.append(plain(name, date=f"Fri, 01 May 2026 10:{number:02}:00 +0000"))
    asked = f"{INBOX}2?part=mail.reading&peek=1"
    visitor = webmail.visitor()
    visitor.log_in(mail_user.name, mail_user.password)
    turns = note_turns(monkeypatch)
    first = visitor.see(asked).html
    assert len(turns) == 1
    assert turns[0][0] == b'SELECT "INBOX"'
    assert "Two" in first
    assert f'href="{INBOX}3"' in first
    assert f'href="{INBOX}1"' in first
    visitor.see(INBOX)
    assert visitor.see(asked).html == first
