"""Every option there is: a wrong value is named with its line, and the default is a right one."""

from collections.abc import Mapping
from dataclasses import MISSING
from functools import cache
from pathlib import Path

import pytest

from core.errors import ConfigError
from core.ini.reader import fold
from core.ini.schema import Option, Section, kind_words, parse_option, resolve_default, show_value
from core.loader import core_sections, load, module_sections, shipped_modules

HERE = Path("/somewhere")
# The first that an option refuses is what the test writes.
WRONG = (
    "maybe not!",
    "-1",
    "~nobody-of-this-name/x",
    "file:/no/such/file",
    "x" * 2000,
    "x, y" * 2000,
    "x" * 70_000,
    "",
)


@cache
def options() -> Mapping[str, tuple[Section, Option]]:
    """Each option of each section, by the names of both."""
    sections = (*core_sections(), *module_sections(shipped_modules()))
    return {f"[{section.name}] {one.name}": (section, one) for section in sections for one in section.options}


def is_refused(option: Option, text: str) -> bool:
    try:
        parse_option(option.kind, text, HERE)
    except ValueError:
        return True
    return False


def wrong(option: Option) -> str:
    """A value that an option does not take."""
    return next(text for text in WRONG if is_refused(option, text))


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Mapping[str, int], list[str]]:
    """The line of each option in a file in which all are wrong and all modules on, and what is said of the file."""
    lines = ["[modules]", *(f"{module.name} = on" for module in shipped_modules() if not module.on)]
    places, begun = {}, ["modules"]
    for name, (section, option) in sorted(options().items(), key=lambda item: item[1][0].name != "modules"):
        if section.name not in begun:
            lines.append(f"[{section.name}]")
            begun.append(section.name)
        lines.append(f"{option.name} = {wrong(option)}")
        places[name] = len(lines)
    ini = tmp_path_factory.mktemp("site") / "hm3.ini"
    ini.write_text("\n".join(lines) + "\n")
    ini.chmod(0o600)
    with pytest.raises(ConfigError) as refused:
        load(ini)
    return places, str(refused.value).replace(str(ini), "hm3.ini").split("\n")


@pytest.mark.parametrize("name", options())
def test_a_wrong_value_is_named_with_its_line_and_with_what_is_right(
    name: str, told: tuple[Mapping[str, int], list[str]]
) -> None:
    places, said = told
    (sentence,) = [line for line in said if line.startswith(f"hm3.ini:{places[name]}: ")]
    assert sentence.startswith(f"hm3.ini:{places[name]}: {name}: ")
    assert sentence.endswith(f". It takes {kind_words(options()[name][1].kind)}.")


def test_nothing_else_is_said_of_a_file_in_which_every_value_is_wrong(
    told: tuple[Mapping[str, int], list[str]],
) -> None:
    places, said = told
    assert len(said) == len(places)


@pytest.mark.parametrize("name", [name for name, (_, option) in options().items() if option.default is not MISSING])
def test_a_default_is_taken_as_it_is_shown(name: str) -> None:
    default = resolve_default(options()[name][1].default, HERE)
    assert parse_option(options()[name][1].kind, show_value(default), HERE) == default


@pytest.mark.parametrize("name", sorted({fold(section.name) for section, _ in options().values()} - {"modules"}))
def test_an_option_that_no_section_has_is_named_with_its_line(name: str, tmp_path: Path) -> None:
    ini = tmp_path / "hm3.ini"
    switch = f"{name.partition('.')[0]} = on\n" if name.partition(".")[0] in modules() else ""
    ini.write_text(f"[modules]\n{switch}[{name}]\n\nno_such_option = 1\n")
    with pytest.raises(ConfigError) as refused:
        load(ini)
    line = 5 if switch else 4
    assert f"{ini}:{line}: [{name}] no_such_option: there is no such option." in str(refused.value)


@cache
def modules() -> frozenset[str]:
    return frozenset(fold(module.name) for module in shipped_modules())
