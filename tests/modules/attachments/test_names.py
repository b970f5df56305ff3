"""Names of files, and how they deceive."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.attachments.kinds import Family
from modules.attachments.names import (
    ending_of,
    family_of,
    hides_its_ending,
    holds_unseen,
    starts_something,
    turns_around,
)


@pytest.mark.parametrize(
    ("name", "ending"),
    [
        ("a.TXT", "txt"),
        ("a.exe. . ", "exe"),
        ("a.e\u200bxe", "exe"),
        ("a\u202efdp.exe", "exe"),
        ("archive.tar.gz", "gz"),
        ("README", ""),
        ("a.", ""),
        ("a.größe", ""),
        (".bashrc", "bashrc"),
    ],
)
def test_the_ending_is_the_one_that_systems_go_by(name: str, ending: str) -> None:
    assert ending_of(name) == ending


@pytest.mark.parametrize("name", ["a.exe", "a.JS", "a.lnk", "a.pdf.scr", "a.hta", "a.jar", "a.ps1", "a.exe "])
def test_some_endings_start_something(name: str) -> None:
    assert starts_something(name)


@pytest.mark.parametrize("name", ["a.pdf", "a.txt", "exe", "a.docx", "a.png", "a.zip", "a.html"])
def test_others_do_not(name: str) -> None:
    assert not starts_something(name)


@pytest.mark.parametrize(
    "name",
    ["invoice.pdf.exe", "photo.jpg.scr", "a.docx.docm", "a.pdf.html", f"a{' ' * 20}.exe", "a.txt________________.js"],
)
def test_an_ending_that_hides_is_seen(name: str) -> None:
    assert hides_its_ending(name)


@pytest.mark.parametrize("name", ["a.tar.gz", "setup.exe", "v1.2.exe", "a.pdf.zip", "a.pdf", "page.html", "a.pdf.pdf"])
def test_ordinary_names_hide_nothing(name: str) -> None:
    assert not hides_its_ending(name)


def test_names_that_read_in_another_order_are_seen() -> None:
    assert turns_around("invoice\u202efdp.exe") and turns_around("\u2067a") and not turns_around("חשבון\u200f.pdf")


@pytest.mark.parametrize(("name", "unseen"), [("a\u200b.txt", True), ("a\u200d.txt", True), ("\ufeffa", True)])
def test_characters_that_nobody_sees_are_seen(name: str, unseen: bool) -> None:
    assert holds_unseen(name) is unseen


@pytest.mark.parametrize("name", ["می\u200cخواهم.pdf", "👩\u200d💻.png", "חשבון\u200f.pdf", "a.txt"])
def test_joiners_of_scripts_that_need_them_are_nothing_odd(name: str) -> None:
    assert not holds_unseen(name)


def test_what_people_take_a_file_for_follows_its_ending() -> None:
    assert (family_of("a.PDF"), family_of("a.jpeg"), family_of("a.exe")) == (Family.PDF, Family.IMAGE, None)


@given(st.text(max_size=300))
def test_any_name_can_be_judged(name: str) -> None:
    judged = (starts_something(name), hides_its_ending(name), turns_around(name), holds_unseen(name))
    assert all(isinstance(one, bool) for one in judged)
