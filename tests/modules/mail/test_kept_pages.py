"""Pages are made of pieces that are kept: what they show is what a site shows that has kept nothing."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from core.web.cookies import FORM, KEY, REFERENCE
from tests.core.web.door import Browser
from tests.modules.mail.letters import plain
from tests.modules.webmail import Webmail, open_webmail
from tests.servers.mail_user import MailUser

pytestmark = pytest.mark.servers

INBOX = "/mail/main/INBOX/"
ASKED = (
    INBOX,
    f"{INBOX}?order=oldest",
    f"{INBOX}?show=unread",
    f"{INBOX}?q=Two",
    f"{INBOX}?start=1",
    "/mail/main/Garden/",
)


def anew(visitors: Mapping[str, Webmail], data: Path) -> dict[str, str]:
    """What a site that was opened just now shows to the same browsers."""
    shown = {}
    with open_webmail(data / "hm3.ini") as other:
        for where, visitor in visitors.items():
            browser = Browser(other.app.test_client())
            for cookie in (REFERENCE, KEY, FORM):
                found = visitor.browser.client.get_cookie(cookie)
                assert found is not None
                browser.client.set_cookie(cookie, found.value)
            shown[where] = _same(browser.get(where).get_data(as_text=True))
    return shown


def _same(page: str) -> str:
    """A page but for the token of its forms, which each process makes anew."""
    token = re.search(r'name="csrf-token" content="([^"]+)"', page)
    assert token is not None and page.count(f'value="{token[1]}"') > 1
    return page.replace(token[1], "")


def test_whatever_changes_all_of_a_page_is_as_it_is_now(webmail: Webmail, mail_user: MailUser, tmp_path: Path) -> None:
    mail_user.create("Garden")
    for number, name in enumerate(("One", "Two", "Three")):
        mail_user.append(plain(name, date=f"Fri, 01 May 2026 10:{number:02}:00 +0000"))
    # Each looks at one page alone: of each folder the latest view is kept.
    visitors = {where: webmail.visitor() for where in ASKED}
    for visitor in visitors.values():
        visitor.log_in(mail_user.name, mail_user.password)

    def read_elsewhere() -> None:
        with mail_user.connection() as connection:
            connection.select("INBOX")
            connection.uid("STORE", "1", "+FLAGS", "(\\Seen)")

    def act(action: str, uid: int, **more: str) -> None:
        fields = {"action": action, "uid": str(uid), **more}
        assert webmail.tell(f"{INBOX}messages", fields)[0] == 200

    changes: Mapping[str, Callable[[], object]] = {
        "nothing": lambda: None,
        "read elsewhere": read_elsewhere,
        "starred": lambda: act("star", 2),
        "opened": lambda: webmail.see(f"{INBOX}3"),
        "new mail": lambda: mail_user.append(plain("Four", date="Fri, 01 May 2026 11:00:00 +0000")),
        "mail in another folder": lambda: mail_user.append(plain("Rake"), "Garden"),
        "a new folder": lambda: mail_user.create("Kitchen"),
        "moved": lambda: act("move", 1, target="Garden"),
        "deleted for good": lambda: act("erase", 2),
    }
    for change, happen in changes.items():
        happen()
        for _ in range(2):
            shown = {where: _same(visitor.see(where).html) for where, visitor in visitors.items()}
        assert shown == anew(visitors, tmp_path), change
