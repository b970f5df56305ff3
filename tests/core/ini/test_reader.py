"""The ini file itself: sections, options, lines, and what is refused."""

from pathlib import Path

import pytest

from core.ini.reader import LARGEST_FILE, IniFile, read_ini


def read(folder: Path, text: str | bytes) -> IniFile:
    """The file with this text."""
    path = folder / "hm3.ini"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_ini(path)


def mistakes(ini: IniFile) -> list[str]:
    """What is wrong, with file name and line."""
    return [ini.sentence(mistake).removeprefix(f"{ini.path.parent}/") for mistake in ini.mistakes]


def test_options_are_found_by_section_with_their_lines(tmp_path: Path) -> None:
    ini = read(tmp_path, "[app]\nname = Post\n\n[imap]\nhost=localhost\n")
    entry = ini.entry("imap", "host")
    assert entry is not None
    assert (entry.text, entry.line) == ("localhost", 5)
    assert ini.mistakes == ()


def test_dashes_underscores_and_capitals_make_no_difference(tmp_path: Path) -> None:
    ini = read(tmp_path, "[Idle-Timeout]\nlog-out_after = 5 min\n")
    assert ini.entry("idle_timeout", "log_out_after") == ini.entry("idle-timeout", "LOG-OUT-AFTER")
    assert ini.entry("idle_timeout", "log_out_after") is not None


def test_an_option_that_is_not_there_is_none(tmp_path: Path) -> None:
    ini = read(tmp_path, "[app]\n")
    assert ini.entry("app", "name") is None
    assert ini.entry("imap", "host") is None


def test_comments_and_empty_lines_say_nothing(tmp_path: Path) -> None:
    ini = read(tmp_path, "# one\n; two\n\n[app] # three\n  # four\nname = a # b\n")
    entry = ini.entry("app", "name")
    assert entry is not None and entry.text == "a # b"
    assert ini.mistakes == ()


def test_indented_lines_continue_a_value(tmp_path: Path) -> None:
    ini = read(tmp_path, "[roles]\nadmin =\n  ann@example.org\n  # not bob\n\tcarol@example.org\nother = x\n")
    entry = ini.entry("roles", "admin")
    assert entry is not None and entry.text == "ann@example.org\ncarol@example.org"
    assert ini.entry("roles", "other") is not None


def test_a_value_may_hold_equals_signs(tmp_path: Path) -> None:
    entry = read(tmp_path, "[ldap]\nbase = dc=example,dc=org\n").entry("ldap", "base")
    assert entry is not None and entry.text == "dc=example,dc=org"


def test_windows_line_ends_and_a_byte_order_mark_do_no_harm(tmp_path: Path) -> None:
    entry = read(tmp_path, b"\xef\xbb\xbf[app]\r\nname = Post\r\n").entry("app", "name")
    assert entry is not None and (entry.text, entry.line) == ("Post", 2)


def test_relative_paths_start_at_the_folder_of_the_file(tmp_path: Path) -> None:
    assert read(tmp_path, "").folder == tmp_path


def test_a_file_that_is_not_there_is_empty(tmp_path: Path) -> None:
    ini = read_ini(tmp_path / "none.ini")
    assert not ini.exists
    assert ini.mistakes == () and ini.sections == {}


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert "the file cannot be read: Is a directory" in read_ini(tmp_path).mistakes[0].sentence


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "name = x\nhost = y\n",
            "hm3.ini:1: the line stands before the first section. Put it below a line such as [app].",
        ),
        ("[]\nname = x\n", "hm3.ini:1: [] is not a section. Write its name in brackets, as in [app]."),
        ("[app\nname = x\n", "hm3.ini:1: [app is not a section. Write its name in brackets, as in [app]."),
        ("[app]\nname: hunter2\n", "hm3.ini:2: [app] name is not an option. Write: option = value."),
        ("[app]\n= hunter2\n", "hm3.ini:2: [app] = is not an option. Write: option = value."),
        (
            "[app]\n  name = x\n",
            "hm3.ini:2: the line is indented, but there is no option above it that it could continue. "
            "Take away the space before it.",
        ),
        ("[app]\nname = \x00\n", "hm3.ini:2: the line holds control characters."),
        ("[app]\n[APP]\n", "hm3.ini:2: [APP] stands here again; it began in line 1. Join the two."),
        (
            "[app]\nlog-level = info\nlog_level = info\n",
            "hm3.ini:3: [app] log_level: this option stands here again; it was given in line 2.",
        ),
        (b"[app]\nname = \xff\n", "hm3.ini:2: the line is not UTF-8. Save the file as UTF-8."),
        (b"#" * (LARGEST_FILE + 1), f"hm3.ini: the file is larger than {LARGEST_FILE} octets."),
    ],
)
def test_what_cannot_be_read_is_told_once_with_its_line(tmp_path: Path, text: str | bytes, sentence: str) -> None:
    assert mistakes(read(tmp_path, text)) == [sentence]


def test_all_mistakes_are_told(tmp_path: Path) -> None:
    assert len(mistakes(read(tmp_path, "[app]\nname\n\nhost\n[\n[app]\n"))) == 4
