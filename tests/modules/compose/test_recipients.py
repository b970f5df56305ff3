"""Recipients as people type and paste them."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.compose.recipients import (
    MOST_RECIPIENTS,
    keep_recipients,
    read_recipients,
    write_recipients,
)
from modules.mail.api import Correspondent

ANN = Correspondent("", "ann@garden.example")
BOB = Correspondent("", "bob@garden.example")


def test_nothing_is_nobody() -> None:
    assert read_recipients(" ,\n; ") == ()


@pytest.mark.parametrize("between", [",", ", ", ";", " ; ", "\n", "\r\n", ",\n", " "])
def test_addresses_may_stand_apart_in_many_ways(between: str) -> None:
    assert read_recipients(f"ann@garden.example{between}bob@garden.example") == (ANN, BOB)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Ann <ann@garden.example>", "Ann"),
        ("<ann@garden.example>", ""),
        ('"Gardener, Ann" <ann@garden.example>', "Gardener, Ann"),
        ('"Ann \\"the\\" G" <ann@garden.example>', 'Ann "the" G'),
        ("'Ann' <ann@garden.example>", "Ann"),
        ("ann@garden.example (Ann G)", "Ann G"),
        ("mailto:ann@garden.example", ""),
        ("Ann <mailto:ann@garden.example>", "Ann"),
        ("Änn Ö <ann@garden.example>", "Änn Ö"),
        ("A\u202en\tn <ann@garden.example>", "An n"),
        ("Ann G<ann@garden.example>", "Ann G"),
        ("Ann (at, home) <ann@garden.example>", "Ann (at, home)"),
    ],
)
def test_a_name_is_read_in_every_shape(typed: str, name: str) -> None:
    assert read_recipients(typed) == (Correspondent(name, "ann@garden.example"),)


def test_a_pasted_group_is_taken_apart() -> None:
    assert read_recipients("Friends: ann@garden.example, bob@garden.example;") == (ANN, BOB)


def test_an_empty_group_names_nobody() -> None:
    assert read_recipients("undisclosed-recipients:;") == ()


def test_an_address_typed_twice_is_one_person() -> None:
    assert read_recipients("ann@garden.example, ANN@garden.example") == (ANN,)


@pytest.mark.parametrize(
    "piece", ["ann@", "ann", "@garden.example", "Ann <ann>", "Ann <>", "a@b@c d", "ann@-x.example", "ann@x..example"]
)
def test_what_is_no_address_is_named(piece: str) -> None:
    with pytest.raises(ValueError, match=r"^`.*is not an email address$|are not email addresses$") as told:
        read_recipients(f"bob@garden.example, {piece}")
    assert f"`{piece}`" in str(told.value)


def test_several_wrong_pieces_are_named_together() -> None:
    with pytest.raises(ValueError, match="`x`, `y` are not email addresses"):
        read_recipients("x, y, ann@garden.example")


def test_a_long_wrong_piece_is_shortened() -> None:
    with pytest.raises(ValueError, match=r"^`x{60}…` is not an email address"):
        read_recipients("x" * 5000)


def test_a_quote_left_open_takes_only_its_line() -> None:
    people = read_recipients('"Ann <ann@garden.example>\nbob@garden.example')
    assert people == (Correspondent('"Ann', "ann@garden.example"), BOB)


@pytest.mark.parametrize(
    "address", ["ängel@garden.example", "ann@gärten.example", "ann+tag@garden.example", "ann@localhost"]
)
def test_addresses_in_other_letters_are_addresses(address: str) -> None:
    assert read_recipients(address) == (Correspondent("", address),)


def test_a_quoted_local_part_is_an_address() -> None:
    assert read_recipients('"ann at home"@garden.example')[0].address == '"ann at home"@garden.example'


def test_a_local_part_has_64_octets_at_most() -> None:
    with pytest.raises(ValueError, match="is not an email address"):
        read_recipients("é" * 33 + "@garden.example")


def test_more_people_than_a_message_takes_are_refused() -> None:
    with pytest.raises(ValueError, match="holds 1,001 addresses"):
        read_recipients(",".join(f"u{number}@x.example" for number in range(MOST_RECIPIENTS + 1)))


def test_a_draft_keeps_what_is_no_address_yet() -> None:
    assert keep_recipients("ann@garden.example, bo") == (ANN, Correspondent("bo", ""))


@pytest.mark.parametrize(
    "name", ["", "Ann", "Gardener, Ann", 'Ann "G"', "O'Brien", "'Ann'", "a\\b", "Ann: x", "Ä; B", "a@b"]
)
def test_what_is_written_is_read_the_same(name: str) -> None:
    people = (Correspondent(name, "ann@garden.example"), BOB)
    assert read_recipients(write_recipients(people)) == people


def test_someone_without_an_address_is_written_as_a_name() -> None:
    assert write_recipients((Correspondent("bo", ""),)) == "bo"


@pytest.mark.parametrize(
    "text",
    [
        "@" * 60_000,
        "a@" * 30_000,
        "a" + " " * 60_000 + "b",
        "a" + "\t" * 60_000 + "<",
        "a@b" + " " * 60_000 + "(",
        "a@b" + "(" * 60_000,
        "<" + " " * 60_000 + "x",
    ],
    ids=["ats", "halves", "spaces", "tabs", "bracket", "brackets", "angle"],
)
def test_what_takes_long_to_look_through_is_refused_at_once(text: str) -> None:
    began = time.process_time()
    with pytest.raises(ValueError, match="not an email address"):
        read_recipients(text)
    assert time.process_time() - began < 1.5


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        people = read_recipients(text)
    except ValueError as error:
        assert "email address" in str(error)
    else:
        assert all("@" in person.address for person in people)
    assert all("\n" not in person.name for person in keep_recipients(text))


@given(st.text(max_size=60))
def test_any_name_written_names_one_person(name: str) -> None:
    (person,) = read_recipients(write_recipients((Correspondent(name, "ann@garden.example"),)))
    assert person.address == "ann@garden.example"
