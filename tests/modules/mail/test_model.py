"""The values of mail."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.mail.api import (
    AccountName,
    Correspondent,
    EmailAddress,
    Mailbox,
    MailboxName,
    MailboxPath,
    Part,
    PartNumber,
    Uid,
)
from modules.mail.results import Sidebar


@given(st.text(min_size=1, max_size=60).filter(lambda text: text.strip("\x00")))
def test_a_mailbox_name_survives_its_way_through_an_address(text: str) -> None:
    from urllib.parse import unquote

    try:
        name = MailboxName.parse(text)
    except ValueError:
        return
    assert MailboxPath.parse(unquote(name.path)) == name


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("INBOX", "INBOX"),
        ("Archive/2024", "Archive/2024"),
        ("a//b-c_1/", "a/=2Fb-c_1=2F"),
        ("Projects/Übung", "Projects/%C3%9Cbung"),
        ("..", "=2E=2E"),
        ("a/./b", "a/=2E/b"),
        ("a=b", "a=3Db"),
        ("a\\b", "a=5Cb"),
        ("50% off?", "50%25%20off%3F"),
        ("a//b", "a/=2Fb"),
        ("/a/", "=2Fa=2F"),
    ],
)
def test_a_path_holds_nothing_that_a_browser_would_rewrite(name: str, path: str) -> None:
    assert MailboxName.parse(name).path == path


@pytest.mark.parametrize("bad", ["", "a\r\nb", "a\0", "x" * 501])
def test_a_mailbox_name_has_no_controls_and_a_length(bad: str) -> None:
    with pytest.raises(ValueError, match=r"empty|control|longer"):
        MailboxName.parse(bad)


def test_an_escape_cannot_bring_in_controls() -> None:
    with pytest.raises(ValueError, match="control"):
        MailboxPath.parse("a=0D=0Ab")


@pytest.mark.parametrize("bad", ["0", "4294967296", "x", "-1", "1.5", ""])
def test_a_uid_is_a_positive_32_bit_number(bad: str) -> None:
    with pytest.raises(ValueError, match=r"number|between"):
        Uid.parse(bad)


@pytest.mark.parametrize("bad", ["", "0", "1.", "1.0", ".1", "1..2", "TEXT", "1]", "1" * 5])
def test_a_part_number_is_digits_and_dots(bad: str) -> None:
    with pytest.raises(ValueError, match="part number"):
        PartNumber.parse(bad)


def test_a_part_number_may_be_nested() -> None:
    assert PartNumber.parse("1.2.13") == "1.2.13"


@pytest.mark.parametrize("bad", ["", "Main", "-a", "a_b", "a" * 41])
def test_an_account_name_is_short_and_plain(bad: str) -> None:
    with pytest.raises(ValueError, match="account"):
        AccountName.parse(bad)


@pytest.mark.parametrize("bad", ["", "ann", "@x", "ann@", "a b@x.org", "a@b@c>", "x" * 320 + "@a", "a\r\nb@x.org"])
def test_an_address_has_a_local_part_and_a_domain(bad: str) -> None:
    with pytest.raises(ValueError, match=r"address|control"):
        EmailAddress.parse(bad)


def test_the_domain_of_an_address_is_in_lower_case() -> None:
    assert EmailAddress.parse(" Ann@Example.ORG ").domain == "example.org"


def test_a_quoted_local_part_may_hold_anything() -> None:
    assert EmailAddress.parse('"a b"@x.org') == '"a b"@x.org'


@pytest.mark.parametrize(
    ("person", "label"),
    [
        (Correspondent("Ann", "a@x.org"), "Ann"),
        (Correspondent("", "a@x.org"), "a@x.org"),
        (Correspondent("", ""), "(nobody)"),
    ],
)
def test_a_correspondent_is_called_by_name_or_address(person: Correspondent, label: str) -> None:
    assert person.label == label


def test_a_mailbox_knows_its_leaf_and_its_depth() -> None:
    mailbox = Mailbox(MailboxName("a.b.c"), ".")
    assert (mailbox.leaf, mailbox.depth) == ("c", 2)
    flat = Mailbox(MailboxName("a.b"), None)
    assert (flat.leaf, flat.depth) == ("a.b", 0)


def test_a_structure_is_walked_in_order() -> None:
    leaf = Part("1.1", "text/plain", {"charset": "utf-8"}, size=780, encoding="base64")
    tree = Part(
        "", "multipart/mixed", children=(Part("1", "multipart/alternative", children=(leaf,)), Part("2", "image/png"))
    )
    assert [part.number for part in tree.walk()] == ["", "1", "1.1", "2"]
    assert (leaf.charset, leaf.decoded_size, tree.charset) == ("utf-8", 570, "")


def test_a_name_that_could_be_taken_for_an_address_does_not_stand_in_its_place() -> None:
    assert Correspondent("Boss", "eve@evil.test").label == "Boss"
    assert Correspondent("boss@bank.example", "eve@evil.test").label == "eve@evil.test"
    assert Correspondent("boss＠bank.example", "eve@evil.test").label == "eve@evil.test"
    assert Correspondent("boss@bank.example", "").label == "boss@bank.example"


def test_beside_a_page_the_names_above_a_mailbox_are_told_once() -> None:
    names = ("A", "A/B", "C/D", "C/E", "F/G/H", "I")
    sidebar = Sidebar(AccountName("a"), "", tuple(Mailbox(MailboxName(name)) for name in names))
    assert [above for _, above in sidebar.entries] == ["", "", "C/", "", "F/G/", ""]
