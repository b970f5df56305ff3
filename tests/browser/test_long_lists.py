"""Lists of more messages than a page can hold."""

import os
import pwd
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.keys import Keys

from demo.dovecot import Dovecot
from tests.browser.person import Person
from tests.browser.site import Site
from tests.servers.mail_user import MailUser, new_user

pytestmark = [pytest.mark.browser, pytest.mark.servers]

MANY = 12_000


@pytest.fixture(scope="module")
def collector(dovecot: Dovecot) -> MailUser:
    """A user who never deleted anything: message 1 is the oldest."""
    user = new_user(dovecot)
    # Makes the mailbox.
    user.uids()
    put_files(dovecot.layout.mail / user.name / "Maildir" / "cur", dovecot.layout.account)
    return user


def put_files(folder: Path, account: str) -> None:
    """Lay messages into a Maildir, which takes a second where commands take minutes."""
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    owner = pwd.getpwnam(account)
    for number in range(1, MANY + 1):
        moment = begin + timedelta(minutes=number)
        path = folder / f"{int(moment.timestamp())}.M{number:06}.example:2,S"
        path.write_text(
            f"From: Ada <ada@example.test>\nTo: robin@example.test\nSubject: Letter {number}\n"
            f"Date: {moment:%a, %d %b %Y %H:%M:%S} +0000\nMessage-ID: <{number}@example.test>\n\nHello {number}\n"
        )
        os.utime(path, (moment.timestamp(), moment.timestamp()))
        if os.getuid() == 0:
            os.chown(path, owner.pw_uid, owner.pw_gid)


@pytest.fixture
def person(selenium: Chrome, site: Site, collector: MailUser) -> Person:
    """The collector, before the inbox."""
    person = Person(selenium, collector, site.address)
    person.enter()
    return person


def seen_rows(person: Person) -> list[str]:
    """The subjects that are on the screen now."""
    look = """
    const box = document.querySelector("#scroller").getBoundingClientRect();
    return [...document.querySelectorAll(".row")].filter((row) => {
      const place = row.getBoundingClientRect();
      return place.bottom > box.top + 1 && place.top < box.bottom - 1;
    }).map((row) => row.querySelector(".row-subject").textContent);
    """
    subjects: list[str] = person.script(look)
    return subjects


def scroll_to(person: Person, share: float) -> None:
    """Drag the bar of the list to a part of its length."""
    person.script(
        "const box = document.querySelector('#scroller'); box.scrollTop = box.scrollHeight * arguments[0]", share
    )


def test_a_long_list_scrolls_to_its_end_with_few_rows_in_the_page(person: Person) -> None:
    assert person.texts("[data-total-shown]")[0].replace(",", "") == f"{MANY} messages"
    scroll_to(person, 1)
    person.until(lambda: "Letter 1" in seen_rows(person))
    assert len(person.all(".row")) < 600
    scroll_to(person, 0)
    person.until(lambda: f"Letter {MANY}" in seen_rows(person))


def test_anywhere_in_a_long_list_the_rows_follow_each_other(person: Person) -> None:
    scroll_to(person, 0.5)
    person.until(lambda: len(seen_rows(person)) > 5)
    numbers = [int(subject.removeprefix("Letter ")) for subject in seen_rows(person)]
    assert numbers == list(range(numbers[0], numbers[0] - len(numbers), -1))
    assert abs(numbers[0] - MANY / 2) < 100


def test_a_message_far_down_opens_and_the_way_back_keeps_the_place(person: Person) -> None:
    scroll_to(person, 0.5)
    person.until(lambda: len(seen_rows(person)) > 5)
    before = seen_rows(person)
    wanted = before[3]
    next(row for row in person.all(".row-link") if row.text and wanted in row.text).click()
    person.wait_for_message(wanted)
    person.press("j")
    person.wait_for_message(before[4])
    person.browser.back()
    person.browser.back()
    person.wait_for("#read-pane .nothing")
    assert seen_rows(person) == before


def test_keys_walk_beyond_the_rows_of_the_first_page(person: Person) -> None:
    person.press(*"j" * 4)
    person.script("for (let i = 0; i < 4; i += 1) document.body.click()")
    for _ in range(60):
        person.press("j")
    person.until(lambda: "Letter " in person.script("return document.activeElement.textContent"))
    assert person.script("return document.activeElement.closest('.row').getAttribute('aria-posinset')") == "64"


def test_everything_is_selected_without_being_loaded(person: Person) -> None:
    person.press("*", "a")
    person.wait_for_text("[data-selected]", "All 12,000 selected")
    person.press(Keys.ESCAPE)
    person.until(lambda: "12,000" not in person.texts("[data-selected]")[0])
