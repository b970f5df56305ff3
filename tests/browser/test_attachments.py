"""Attachments that deceive: named on the message once it is shown, and asked about before they are saved."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.person import INBOX, Person
from tests.modules.attachments.files import PE, zipped
from tests.modules.mail.letters import PIXEL, with_files

pytestmark = [pytest.mark.browser, pytest.mark.servers]

Enter = Callable[..., Person]


def open_letter(reader: Enter) -> Person:
    """Open a message with a program that says it is a picture, a picture, and an archive."""
    files = (("holiday.jpg", PE), ("peas.png", PIXEL), ("invoice.zip", zipped(("invoice.pdf.exe", PE))))
    person = reader(with_files(*files))
    person.wait_for_text(".row-subject", "Files: a/b")
    person.one(".row-link").click()
    person.wait_for_message("Files: a/b")
    return person


def test_content_is_told_after_the_message_and_asked_about_before_it_is_saved(reader: Enter, tmp_path: Path) -> None:
    person = open_letter(reader)
    person.tell_browser("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(tmp_path))
    person.wait_for_text(".attachment-why", "is a program (Windows)")
    cares = "return [...document.querySelectorAll('.attachment')].map((one) => one.dataset.care ?? '')"
    assert person.script(cares) == ["danger", "", "danger"] and not person.barriers()
    person.use("Download holiday.jpg")
    person.wait_for_path(f"{INBOX}1/files?number=2")
    person.wait_for_text("h1", "Be careful with this file")
    assert not person.barriers() and not [*tmp_path.iterdir()]
    person.one("li.attachment a.button").click()
    person.until((tmp_path / "holiday.jpg").exists)
    assert (tmp_path / "holiday.jpg").read_bytes() == PE and not person.complaints()


def test_on_a_phone_in_the_dark_the_page_that_asks_is_without_barriers(reader: Enter) -> None:
    person = open_letter(reader)
    person.be_on_a_phone()
    person.like_dark()
    person.open(f"{INBOX}1/files")
    person.wait_for_text("h1", "Be careful with these files")
    assert not person.barriers()
    assert person.script("return document.documentElement.scrollWidth <= innerWidth")
