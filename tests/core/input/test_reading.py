"""What gets in, and what does not."""

import io
from datetime import date, datetime
from enum import Enum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import (
    Count,
    InputError,
    Line,
    RawRequest,
    Secret,
    SitePath,
    Text,
    Upload,
    cookie,
    form,
    header,
    inputs,
    path,
    query,
    upload,
)
from core.input.reading import parse_value, read_inputs, refuse_unknown, typed_fields


class Colour(Enum):
    """A choice."""

    RED = "red"
    BLUE = "blue"


@inputs
class Everything:
    """One field of every source and kind."""

    name: Line = path()
    page: Count = query(Count(1))
    wide: bool = query(False)
    day: date | None = query(None)
    text: Text = form(Text(""))
    colour: Colour | None = form(None)
    ids: tuple[Count, ...] = form((), most=3)
    theme: Line = cookie(Line("light"))
    agent: Line | None = header("User-Agent", None)
    file: Upload | None = upload(None)
    files: tuple[Upload, ...] = upload((), most=2)


def request(**changes: object) -> RawRequest:
    return RawRequest(path={"name": "x"}, **changes)  # type: ignore[arg-type]  # any field of the request


def reason(**changes: object) -> str:
    with pytest.raises(InputError) as error:
        read_inputs(Everything, request(**changes))
    return str(error.value)


def file(name: str = "a.txt") -> Upload:
    return Upload(name, "text/plain", io.BytesIO(b"abc"), 3)


def test_defaults_stand_for_what_was_not_sent() -> None:
    got = read_inputs(Everything, request())
    assert (got.name, got.page, got.wide, got.day, got.ids, got.theme) == ("x", 1, False, None, (), "light")


def test_every_source_is_read() -> None:
    got = read_inputs(
        Everything,
        request(
            query={"page": ["2"], "wide": ["1"], "day": ["2026-11-30"]},
            form={"text": ["a\r\nb"], "colour": ["blue"], "ids": ["1", "2"]},
            cookies={"theme": "dark"},
            headers={"user-agent": "x"},
            uploads={"file": [file()], "files": [file(), file("b")]},
        ),
    )
    assert (got.page, got.wide, got.day) == (2, True, date(2026, 11, 30))
    assert (got.text, got.colour, got.ids) == ("a\nb", Colour.BLUE, (1, 2))
    assert (got.theme, got.agent) == ("dark", "x")
    assert got.file is not None
    assert [one.filename for one in got.files] == ["a.txt", "b"]


def test_an_empty_optional_field_is_absent() -> None:
    assert read_inputs(Everything, request(query={"day": [""]}, form={"colour": [""]})).colour is None


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"query": {"page": ["1", "2"]}}, "page: was sent more than once"),
        ({"query": {"page": ["1e3"]}}, "page: is not a whole number"),
        ({"query": {"page": ["٣"]}}, "page: is not a whole number"),
        ({"query": {"page": ["-0"]}}, "page: is not a whole number"),
        ({"query": {"page": ["99999999999"]}}, "page: is not between 0 and 2147483647"),
        ({"query": {"wide": ["maybe"]}}, "wide: is neither yes nor no"),
        ({"query": {"day": ["tomorrow"]}}, "day: is not a date like 2026-11-30"),
        ({"form": {"colour": ["green"]}}, "colour: is not one of: red, blue"),
        ({"form": {"ids": ["1"] * 4}}, "ids: was sent more than 3 times"),
        ({"form": {"text": ["a\0b"]}}, "text: contains control characters"),
        ({"uploads": {"files": [file()] * 3}}, "files: was sent more than 2 times"),
    ],
)
def test_ill_typed_inputs_are_refused_with_the_reason(changes: dict[str, object], words: str) -> None:
    assert reason(**changes) == words


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(InputError) as error:
        read_inputs(Everything, request(query={"page": ["x"], "wide": ["x"]}))
    assert [one.field for one in error.value.errors] == ["page", "wide"]


def test_a_missing_field_is_named() -> None:
    with pytest.raises(InputError, match="name: is missing"):
        read_inputs(Everything, RawRequest())


def test_a_file_is_no_text() -> None:
    @inputs
    class Wrong:
        file: Line = upload()

    with pytest.raises(InputError, match="is a file where text was expected"):
        read_inputs(Wrong, RawRequest(uploads={"file": [file()]}))


@pytest.mark.parametrize(
    "sent", [{"query": {"x": ["1"]}}, {"form": {"x": ["1"]}}, {"uploads": {"x": [file()]}}, {"form": {"page": ["1"]}}]
)
def test_a_name_nobody_declared_is_refused(sent: dict[str, object]) -> None:
    with pytest.raises(InputError, match="is not a field of this page"):
        refuse_unknown([Everything], request(**sent))


def test_what_the_core_reads_itself_is_known() -> None:
    refuse_unknown([Everything], request(form={"csrf_token": ["x"]}, query={"part": ["x"]}), ["more"])


def test_what_was_typed_is_offered_again_without_secrets() -> None:
    @inputs
    class Login:
        name: Line = form()
        password: Secret = form()

    typed = typed_fields([Login], RawRequest(form={"name": ["ann"], "password": ["pw"], "other": ["x"]}))
    assert typed == (("name", "ann"),)


def test_a_line_has_no_controls_and_a_length() -> None:
    for bad in ("a\nb", "a\x00", "a\u2028b", "a\x85b", "\ud800", "x" * 999):
        with pytest.raises(ValueError, match=r"control|longer"):
            Line.parse(bad)
    assert Line.parse("Grüße 🙂 \u200fשלום") == "Grüße 🙂 \u200fשלום"


def test_a_text_keeps_tabs_and_has_plain_line_ends() -> None:
    assert Text.parse("a\r\nb\rc\td") == "a\nb\nc\td"
    with pytest.raises(ValueError, match="control"):
        Text.parse("\x1b[31m")
    with pytest.raises(ValueError, match="longer"):
        Text.parse("x" * 2_000_001)


def test_a_secret_is_kept_exactly_and_never_shown() -> None:
    assert Secret.parse(" pä\tß ") == " pä\tß "
    assert repr(Secret("x")) == "<secret>"
    for bad in ("a\0", "\ud800", "x" * 1025):
        with pytest.raises(ValueError, match=r"characters"):
            Secret.parse(bad)


@pytest.mark.parametrize("bad", ["http://x/", "//x/", "x", "/a\\b", "/a\nb", ""])
def test_a_site_path_never_leaves_the_site(bad: str) -> None:
    with pytest.raises(ValueError, match=r"address|control"):
        SitePath.parse(bad)


def test_a_site_path_may_have_a_query() -> None:
    assert SitePath.parse("/mail/main/INBOX/?start=50") == "/mail/main/INBOX/?start=50"


def test_values_of_plain_types_are_read() -> None:
    assert parse_value(int, "7") == 7
    assert parse_value(bool, "Off") is False
    assert parse_value(datetime, "2026-01-02T03:04") == datetime(2026, 1, 2, 3, 4)


@given(st.text())
def test_a_line_is_one_line_whatever_comes(text: str) -> None:
    try:
        line = Line.parse(text)
    except ValueError:
        return
    assert line.splitlines() in ([], [line])


@given(st.text())
def test_a_count_is_read_as_python_reads_it_or_refused(text: str) -> None:
    try:
        count = Count.parse(text)
    except ValueError:
        return
    assert str(int(count)) == text


def test_a_field_may_have_another_name_in_the_form() -> None:
    @inputs
    class Answer:
        token: Line = form(Line(""), called="x-response")

    assert read_inputs(Answer, RawRequest(form={"x-response": ["words"]})).token == "words"
    assert read_inputs(Answer, RawRequest(form={"token": ["words"]})).token == ""


def test_no_kind_of_secret_is_offered_again() -> None:
    class Pin(Secret):
        """A short one."""

        __slots__ = ()

    @inputs
    class Login:
        name: Line = form()
        password: Secret = form()
        pin: Pin = form()

    request = RawRequest(form={"name": ["ada"], "password": ["p"], "pin": ["1"]})
    assert typed_fields([Login], request) == (("name", "ada"),)
