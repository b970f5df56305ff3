"""What is written with dates is in the zone that the browser told last, whatever was written in another one before."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.submission import Submission
from tests.modules.compose.desk import QUESTION, write_ini
from tests.modules.webmail import Page, Webmail, open_webmail
from tests.servers.mail_user import MailUser

pytestmark = pytest.mark.servers


@pytest.fixture
def webmail(mail_user: MailUser, submission: Submission, tmp_path: Path) -> Iterator[Webmail]:
    """The browser of a user with a message of 14:05 UTC, who has chosen no zone; the site is on the Azores."""
    mail_user.append(QUESTION % mail_user.name.encode())
    ini = write_ini(mail_user, submission, tmp_path)
    ini.write_text(ini.read_text("utf-8").replace("[app]\n", "[app]\ntime_zone = Atlantic/Azores\n", 1), "utf-8")
    with open_webmail(ini) as webmail:
        webmail.log_in(mail_user.name, mail_user.password)
        yield webmail


def written(page: Page) -> str:
    """The full date of the only row."""
    return page.one(".row-date").attributes["title"] or ""


def test_rows_are_in_the_zone_of_now(webmail: Webmail) -> None:
    for told, time in (("Europe/Berlin", "15:05"), ("Asia/Tokyo", "23:05"), ("Europe/Berlin", "15:05")):
        webmail.browser.client.set_cookie("hm3_zone", told)
        assert time in written(webmail.see("/mail/main/INBOX/"))
        assert time in written(webmail.see("/mail/main/INBOX/?part=mail.list"))


def test_a_message_and_what_quotes_it_are_in_the_zone_of_now(webmail: Webmail) -> None:
    path = webmail.see("/mail/main/INBOX/").one(".row-link").attributes["href"] or ""
    uid = path.split("/")[-1]
    for told, time in (("Europe/Berlin", "15:05"), ("Asia/Tokyo", "23:05")):
        webmail.browser.client.set_cookie("hm3_zone", told)
        assert time in webmail.see(path).texts(".letter-date")[0]
        assert time in webmail.see(f"/compose?mode=reply&mailbox=INBOX&uid={uid}").value("[name=body]")


def test_without_scripts_dates_are_in_the_zone_of_the_site(webmail: Webmail) -> None:
    assert "13:05" in written(webmail.see("/mail/main/INBOX/"))
    page = webmail.see("/settings")
    assert page.texts("#look-time_zone option")[0] == "As my browser (Atlantic/Azores)"
    assert page.value("#look-time_zone") == "browser"
