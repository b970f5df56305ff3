"""What a config dataclass says of its section, and the values of its options."""

import dataclasses
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from pathlib import Path
from typing import Any

import pytest

from core.errors import WiringError
from core.ini.schema import (
    is_inline_secret,
    kind_words,
    option,
    parse_option,
    resolve_default,
    section_of,
    show_value,
)
from core.ini.values import Size
from core.input.values import Count, Line, Secret

HERE = Path("/etc/hm3")


class Security(Enum):
    """How a connection is encrypted."""

    TLS = "tls"
    STARTTLS = "starttls"


@dataclass(frozen=True)
class DirectoryConfig:
    """The directory that people are looked up in.

    It answers LDAP.
    """

    host: Line = option(help="The server.")
    security: Security = option(Security.TLS, help="How the connection is encrypted.")
    password: Secret = option(Secret(""), help="What to log in with.")
    hint: Line = option(Line(""), help="Not for everyone.", secret=True)


def test_a_section_has_the_names_types_defaults_and_help_of_its_dataclass() -> None:
    section = section_of("ldap", DirectoryConfig)
    assert section.help == "The directory that people are looked up in. It answers LDAP."
    assert [(option.name, option.required) for option in section.options] == [
        ("host", True),
        ("security", False),
        ("password", False),
        ("hint", False),
    ]
    assert section.options[1].kind is Security


def test_secrets_are_known_by_their_type_or_their_mark() -> None:
    assert [option.secret for option in section_of("ldap", DirectoryConfig).options] == [False, False, True, True]


def test_a_config_that_is_no_dataclass_is_refused() -> None:
    class Plain:
        pass

    with pytest.raises(WiringError, match=r"Plain of section \[plain\] is not a dataclass"):
        section_of("plain", Plain)


def test_an_option_without_help_is_refused() -> None:
    @dataclass(frozen=True)
    class Silent:
        host: Line = Line("localhost")

    with pytest.raises(WiringError, match=r"Silent.host of section \[silent\] says no help"):
        section_of("silent", Silent)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (bool, "yes", True),
        (bool, "Off", False),
        (int, "7", 7),
        (Count, "7", Count(7)),
        (Security, "starttls", Security.STARTTLS),
        (timedelta, "5 min", timedelta(minutes=5)),
        (Path, "data", HERE / "data"),
        (Path, "/srv/data", Path("/srv/data")),
        (tuple[Line, ...], "a, b,, c", (Line("a"), Line("b"), Line("c"))),
        (tuple[Line, ...], "a\nb, c", (Line("a"), Line("b"), Line("c"))),
        (tuple[Line, ...], "", ()),
        (Line | None, "", None),
        (Line | None, "a", Line("a")),
        (Secret, "", Secret("")),
        (Secret, "hunter2", Secret("hunter2")),
        (Size, "25 MB", Size(25_000_000)),
    ],
)
def test_a_value_is_read_by_its_type(kind: Any, text: str, value: object) -> None:  # Any: every type takes its turn
    assert parse_option(kind, text, HERE) == value


@pytest.mark.parametrize(
    ("kind", "text", "reason"),
    [
        (bool, "maybe", "is neither yes nor no"),
        (int, "-", "is not a whole number"),
        (Security, "ssl", "is not one of: tls, starttls"),
        (Line, "", "is empty"),
        (Path, "", "is empty"),
        (Path, "a\tb", "holds control characters"),
        (Path, "~nobody-by-this-name/data", "home folder of a user that is not there"),
        (Secret, "env:HM3_IS_NOT_SET", "environment variable HM3_IS_NOT_SET, which is not set"),
        (Secret, "file:no-such-file", "cannot be read: No such file or directory"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_with_the_reason(
    kind: Any, text: str, reason: str
) -> None:  # Any: as above
    with pytest.raises(ValueError, match=reason):
        parse_option(kind, text, HERE)


def test_a_secret_is_read_from_a_file_beside_the_ini_file(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("hunter2\n")
    (tmp_path / "password").chmod(0o640)
    assert parse_option(Secret, "file:password", tmp_path) == "hunter2"


def test_a_secret_file_that_everyone_can_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("hunter2")
    (tmp_path / "password").chmod(0o644)
    with pytest.raises(ValueError, match="everyone on this machine can read: say chmod o-r"):
        parse_option(Secret, "file:password", tmp_path)


def test_a_secret_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "password").write_bytes(b"\xff\xfe")
    with pytest.raises(ValueError, match="cannot be read: it is not UTF-8"):
        parse_option(Secret, "file:password", tmp_path)


def test_a_secret_file_without_a_secret_is_refused(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("\n")
    (tmp_path / "password").chmod(0o600)
    with pytest.raises(ValueError, match="password, which is empty"):
        parse_option(Secret, "file:password", tmp_path)


def test_a_variable_without_a_secret_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HM3_TEST_SECRET", "")
    with pytest.raises(ValueError, match="variable HM3_TEST_SECRET, which is empty"):
        parse_option(Secret, "env:HM3_TEST_SECRET", HERE)


def test_a_secret_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HM3_TEST_SECRET", "hunter2")
    assert parse_option(Secret, "env:HM3_TEST_SECRET", HERE) == "hunter2"


def test_only_a_secret_that_stands_in_the_file_itself_is_inline() -> None:
    texts = ("hunter2", "file:/run/password", "env:PASSWORD", "")
    assert [is_inline_secret(Secret, text) for text in texts] == [True, False, False, False]
    assert not is_inline_secret(Line, "hunter2")


def test_paths_in_defaults_start_at_the_folder_of_the_ini_file() -> None:
    assert resolve_default(Path("data"), HERE) == HERE / "data"
    assert resolve_default((Path("a"), Path("/b")), HERE) == (HERE / "a", Path("/b"))
    assert resolve_default(Line("data"), HERE) == "data"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (dataclasses.MISSING, ""),
        (True, "yes"),
        (False, "no"),
        ((Line("a"), Line("b")), "a, b"),
        (Security.TLS, "tls"),
        (timedelta(minutes=5), "5 min"),
        (Size(25_000_000), "25 MB"),
        (Count(7), "7"),
        (Path("/srv"), "/srv"),
    ],
)
def test_a_value_is_shown_as_it_can_be_written(value: object, text: str) -> None:
    assert show_value(value) == text


class Port(Count):
    """A port."""

    __slots__ = ()
    least = 1
    most = 65535


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (bool, "yes or no"),
        (int, "a whole number from 0 to 2147483647"),
        (Port, "a whole number from 1 to 65535"),
        (Size, "a size like 25 MB, at most 1000000 GB"),
        (timedelta, "a time like 30 s, 5 min, 2 h or 1 d"),
        (Path, "a path; a relative one starts at the folder of hm3.ini"),
        (Security, "one of: tls, starttls"),
        (Secret, "a secret, or file:/path or env:VARIABLE to keep it out of this file"),
        (Security | None, "one of: tls, starttls, or nothing"),
        (tuple[Port, ...], "any number of these, with commas between: a whole number from 1 to 65535"),
    ],
)
def test_a_type_is_told_in_words(kind: Any, words: str) -> None:  # Any: every type takes its turn
    assert kind_words(kind) == words


def test_a_type_of_a_module_is_told_by_the_first_line_of_its_docstring() -> None:
    class HostName(Line):
        """A host name such as mail.example.org."""

        __slots__ = ()

    assert kind_words(HostName) == "a host name such as mail.example.org"
