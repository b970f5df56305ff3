"""From an ini file to config dataclasses, and every mistake with its place and a way out."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from core.errors import ConfigError, WiringError
from core.ini.load import (
    Mistakes,
    check_names,
    effective_values,
    guard_readable_secrets,
    is_open_to_all,
    nearest,
    read_sections,
    sections_in,
    warn_of_own_words,
)
from core.ini.reader import IniFile, read_ini
from core.ini.schema import option, section_of, section_word
from core.ini.session import SessionConfig
from core.input.values import Count, Line, Secret, Text


class Port(Count):
    """A port."""

    __slots__ = ()
    least = 1
    most = 65535


@dataclass(frozen=True)
class LdapConfig:
    """The directory."""

    host: Line = option(help="The server.")
    port: Port = option(Port(636), help="Its port.")
    timeout: Port = option(Port(5), help="How long to wait.")
    password: Secret = option(Secret(""), help="What to log in with.")
    greeting: Text = option(Text(""), help="What to say.")
    data: Path = option(Path("ldap"), help="Where to keep things.")

    def __post_init__(self) -> None:
        if self.host == "localhost" and self.port == 636:
            raise ValueError("cannot have TLS on localhost.")


LDAP = section_of("ldap", LdapConfig)


def ini_of(folder: Path, text: str) -> IniFile:
    """The file with this text."""
    path = folder / "hm3.ini"
    path.write_text(text)
    return read_ini(path)


def wrong(ini: IniFile, *, others: tuple[str, ...] = ()) -> list[str]:
    """Everything that is wrong with the file where [ldap] is the one section."""
    mistakes = Mistakes(ini)
    read_sections(ini, [LDAP], mistakes)
    check_names(ini, [LDAP], others, ("roles",), mistakes)
    with pytest.raises(ConfigError) as refused:
        mistakes.refuse()
    return [line.removeprefix(f"{ini.folder}/") for line in str(refused.value).split("\n")]


def test_a_section_becomes_its_dataclass(tmp_path: Path) -> None:
    ini = ini_of(tmp_path, "[ldap]\nhost = a.example\nport = 389\n")
    mistakes = Mistakes(ini)
    made = read_sections(ini, [LDAP], mistakes)
    mistakes.refuse()
    assert made == {LdapConfig: LdapConfig(Line("a.example"), Port(389), data=tmp_path / "ldap")}


def test_an_unknown_option_is_refused_with_the_nearest_word(tmp_path: Path) -> None:
    assert wrong(ini_of(tmp_path, "[ldap]\nhost = a\ntimout = 3\n")) == [
        "hm3.ini:3: [ldap] timout: there is no such option. Did you mean timeout?"
    ]


def test_an_unknown_option_near_to_none_is_refused_with_all_there_are(tmp_path: Path) -> None:
    assert wrong(ini_of(tmp_path, "[ldap]\nhost = a\nxyzzy = 3\n")) == [
        "hm3.ini:3: [ldap] xyzzy: there is no such option. There are: data, greeting, host, password, port, timeout."
    ]


def test_an_unknown_section_is_refused_with_the_nearest_word(tmp_path: Path) -> None:
    assert wrong(ini_of(tmp_path, "[ldap]\nhost = a\n[ldpa]\nhost = b\n")) == [
        "hm3.ini:3: [ldpa]: there is no such section. Did you mean ldap?"
    ]


def test_sections_of_modules_that_are_off_may_stay(tmp_path: Path) -> None:
    ini = ini_of(tmp_path, "[ldap]\nhost = a\n[idle-timeout]\nwhatever = 1\n[roles]\nadmin = ann\n")
    mistakes = Mistakes(ini)
    check_names(ini, [LDAP], ["idle_timeout"], ("roles",), mistakes)
    mistakes.refuse()
    assert mistakes.warnings == []


def test_a_required_option_that_is_missing_is_named_with_what_it_takes(tmp_path: Path) -> None:
    assert wrong(ini_of(tmp_path, "\n[ldap]\n")) == [
        "hm3.ini:2: [ldap] host: this option is missing and has no default. It takes one line of text."
    ]


def test_a_wrong_value_is_quoted_with_the_reason_and_what_is_allowed(tmp_path: Path) -> None:
    assert wrong(ini_of(tmp_path, "[ldap]\nhost = a\nport = many\n")) == [
        'hm3.ini:3: [ldap] port: "many" is not a whole number. It takes a whole number from 1 to 65535.'
    ]


def test_a_long_wrong_value_is_cut(tmp_path: Path) -> None:
    (sentence,) = wrong(ini_of(tmp_path, f"[ldap]\nhost = a\nport = {'x' * 500}\n"))
    assert len(sentence) < 200


def test_of_several_values_the_wrong_one_is_quoted(tmp_path: Path) -> None:
    @dataclass(frozen=True)
    class Ports:
        """Ports."""

        ports: tuple[Port, ...] = option((), help="Which.")

    mistakes = Mistakes(ini := ini_of(tmp_path, "[ports]\nports =\n    25\n    99999\n    143\n"))
    read_sections(ini, [section_of("ports", Ports)], mistakes)
    with pytest.raises(ConfigError, match=r':2: \[ports\] ports: "99999" is not between 1 and 65535'):
        mistakes.refuse()


def test_a_wrong_secret_is_not_quoted(tmp_path: Path) -> None:
    (sentence,) = wrong(ini_of(tmp_path, f"[ldap]\nhost = a\npassword = {'hunter2' * 500}\n"))
    assert "hunter2" not in sentence
    assert "the value is longer than 1024 characters" in sentence


def test_a_value_without_anything_is_refused(tmp_path: Path) -> None:
    (sentence,) = wrong(ini_of(tmp_path, "[ldap]\nhost =\n"))
    assert sentence == "hm3.ini:2: [ldap] host: the value is empty. It takes one line of text."


def test_a_value_over_several_lines_is_refused_where_one_is_expected(tmp_path: Path) -> None:
    (sentence,) = wrong(ini_of(tmp_path, "[ldap]\nhost = a\n  b\n"))
    assert 'host: "a b" goes over several lines, where one is expected' in sentence


def test_text_may_go_over_several_lines(tmp_path: Path) -> None:
    ini = ini_of(tmp_path, "[ldap]\nhost = a\ngreeting = Hello,\n  all!\n")
    made = read_sections(ini, [LDAP], Mistakes(ini))[LdapConfig]
    assert isinstance(made, LdapConfig) and made.greeting == "Hello,\nall!"


def test_options_that_do_not_go_together_are_refused_by_the_dataclass(tmp_path: Path) -> None:
    assert wrong(ini_of(tmp_path, "[ldap]\nhost = localhost\n")) == ["hm3.ini:1: [ldap] cannot have TLS on localhost."]


def test_what_does_not_go_together_is_told_with_the_line_of_the_option_that_it_names(tmp_path: Path) -> None:
    ini = ini_of(tmp_path, "[session]\n# for long\nlongest = 2 h\nidle = 0 s\n")
    mistakes = Mistakes(ini)
    read_sections(ini, (section_of("session", SessionConfig),), mistakes)
    with pytest.raises(ConfigError, match=r"hm3\.ini:4: \[session\] idle and longest have to be"):
        mistakes.refuse()


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    told = wrong(ini_of(tmp_path, "[app\n[ldap]\nport = 0\ntimout = 3\nhost\n[x]\n"))
    assert [line.split(":")[1] for line in told] == ["1", "2", "3", "4", "5", "6"]


def test_two_configs_of_a_module_cannot_share_an_option(tmp_path: Path) -> None:
    ini = ini_of(tmp_path, "")
    with pytest.raises(WiringError, match=r"option host of \[ldap\] is declared by two config classes"):
        check_names(ini, [LDAP, LDAP], (), (), Mistakes(ini))


@pytest.mark.parametrize(("mode", "verb"), [(0o640, "read"), (0o604, "read"), (0o620, "change")])
def test_a_secret_in_a_file_that_others_reach_is_a_warning(tmp_path: Path, mode: int, verb: str) -> None:
    ini = ini_of(tmp_path, "[ldap]\nhost = a\npassword = hunter2\n")
    ini.path.chmod(mode)
    mistakes = Mistakes(ini)
    guard_readable_secrets(ini, [LDAP], mistakes)
    (warning,) = mistakes.warnings
    assert f"hm3.ini:3: [ldap] password: other users of this machine can {verb} this file" in warning
    assert "hunter2" not in warning


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everyone on this machine can look into."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


@pytest.mark.parametrize("mode", [0o604, 0o602, 0o666])
def test_a_secret_in_a_file_that_everyone_reaches_is_refused(open_folder: Path, mode: int) -> None:
    ini = ini_of(open_folder, "[ldap]\nhost = a\npassword = hunter2\n")
    ini.path.chmod(mode)
    mistakes = Mistakes(ini)
    guard_readable_secrets(ini, [LDAP], mistakes)
    with pytest.raises(ConfigError, match=r"hm3.ini:3: \[ldap\] password: other users .* Say chmod 600") as refused:
        mistakes.refuse()
    assert "hunter2" not in str(refused.value)


def test_a_file_in_a_folder_of_ones_own_is_not_open_to_all(open_folder: Path) -> None:
    (open_folder / "own").mkdir(mode=0o700)
    for folder in (open_folder, open_folder / "own"):
        (folder / "file").write_text("x")
        (folder / "file").chmod(0o644)
    assert is_open_to_all(open_folder / "file")
    assert not is_open_to_all(open_folder / "own" / "file")


@pytest.mark.parametrize(("mode", "password"), [(0o600, "hunter2"), (0o644, "file:password"), (0o644, "env:PASSWORD")])
def test_a_secret_that_is_kept_well_is_no_warning(tmp_path: Path, mode: int, password: str) -> None:
    ini = ini_of(tmp_path, f"[ldap]\nhost = a\npassword = {password}\n")
    ini.path.chmod(mode)
    mistakes = Mistakes(ini)
    guard_readable_secrets(ini, [LDAP], mistakes)
    assert mistakes.warnings == []


def test_effective_values_say_where_they_came_from_and_hide_secrets(tmp_path: Path) -> None:
    ini = ini_of(tmp_path, "[ldap]\nhost = a\npassword = hunter2\n")
    values = {value.option: (value.text, value.source) for value in effective_values(ini, [LDAP])}
    assert values["host"] == ("a", f"{ini.path}:2")
    assert values["port"] == ("636", "default")
    assert values["password"] == ("(hidden)", f"{ini.path}:3")
    assert values["data"] == (str(tmp_path / "ldap"), "default")


def test_a_secret_that_is_not_set_shows_as_nothing(tmp_path: Path) -> None:
    ini = ini_of(tmp_path, "[ldap]\nhost = a\n")
    assert ("password", "") in [(value.option, value.text) for value in effective_values(ini, [LDAP])]


def test_the_nearest_name_is_found_in_any_spelling() -> None:
    assert nearest("Idle_Timout", ["idle-timeout", "imap"]) == "Did you mean idle-timeout?"
    assert nearest("xyzzy", []) == "There are none."


class Word(Line):
    """One word."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str, /) -> "Word":
        if not text.isalpha():
            raise ValueError("a name has letters alone.")
        return cls(text.lower())


@dataclass(frozen=True)
class ShopConfig:
    """A shop, of which there may be several."""

    called: Word = section_word()
    street: Line = option(help="Where it is.")

    @property
    def warnings(self) -> tuple[str, ...]:
        return ("It is far.",) if self.street == "Far Lane" else ()


SHOP = section_of("shop", ShopConfig)


def test_sections_of_one_kind_are_read_each_by_its_word(tmp_path: Path) -> None:
    ini = ini_of(tmp_path, "[shop.Tea]\nstreet = Long Lane\n[shop.pans]\nstreet = Far Lane\n")
    mistakes, sections = Mistakes(ini), sections_in(ini, [SHOP])
    made = read_sections(ini, sections, mistakes)
    check_names(ini, sections, (), (), mistakes)
    warn_of_own_words(ini, sections, made, mistakes)
    mistakes.refuse()
    assert made == {
        ShopConfig: (ShopConfig(Word("tea"), Line("Long Lane")), ShopConfig(Word("pans"), Line("Far Lane")))
    }
    assert mistakes.warnings == [f"{ini.path}:3: [shop.pans] It is far."]


def test_what_is_wrong_in_one_of_several_sections_is_told_with_its_line(tmp_path: Path) -> None:
    ini = ini_of(tmp_path, "[shop.tea]\nsteet = Long Lane\n[shop.4711]\nstreet = Far Lane\n[shop]\n")
    mistakes, sections = Mistakes(ini), sections_in(ini, [SHOP])
    made = read_sections(ini, sections, mistakes)
    check_names(ini, sections, (), (), mistakes)
    warn_of_own_words(ini, sections, made, mistakes)
    with pytest.raises(ConfigError) as refused:
        mistakes.refuse()
    assert [line.removeprefix(f"{ini.folder}/") for line in str(refused.value).split("\n")] == [
        "hm3.ini:1: [shop.tea] street: this option is missing and has no default. It takes one line of text.",
        "hm3.ini:2: [shop.tea] steet: there is no such option. Did you mean street?",
        "hm3.ini:3: [shop.4711] a name has letters alone.",
        "hm3.ini:5: [shop]: there is no such section. Did you mean shop.tea?",
    ]


def test_sections_of_a_kind_may_stay_while_their_module_is_off(tmp_path: Path) -> None:
    ini = ini_of(tmp_path, "[shop.tea]\nwhatever = 1\n")
    mistakes = Mistakes(ini)
    check_names(ini, sections_in(ini, [LDAP]), ["shop"], (), mistakes)
    mistakes.refuse()
    assert mistakes.warnings == []
