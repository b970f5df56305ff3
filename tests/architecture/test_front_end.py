"""How much a browser loads before a page shows: the built files, within their budget."""

import gzip
import re
from pathlib import Path

import pytest

from core.output.assets import Assets
from tests.architecture.sources import every_file

KILO = 1000
SCRIPTS, STYLES = 100 * KILO, 25 * KILO


@pytest.fixture(scope="module")
def built(front_end: Path) -> Assets:
    """The built front end."""
    return Assets(front_end)


def initial(ending: str) -> set[str]:
    """What every page loads: the names that the core's layouts give."""
    layouts = [one.text for one in every_file() if one.within("core/templates")]
    return {name for text in layouts for name in re.findall(rf'asset\("([\w.]+\.{ending})"\)', text)}


def weight(assets: Assets, names: set[str]) -> int:
    """Octets on the wire for a browser that takes gzip and nothing better."""
    assert names
    return sum((assets.folder / f"{Path(assets.file(name).path).name}.gz").stat().st_size for name in names)


def test_the_scripts_of_every_page_are_light(built: Assets) -> None:
    assert weight(built, initial("js")) <= SCRIPTS


def test_the_styles_of_every_page_are_light(built: Assets) -> None:
    assert weight(built, initial("css")) <= STYLES


def test_packed_forms_are_smaller_and_unpack_to_what_the_integrity_is_of(built: Assets) -> None:
    for name in built.names:
        plain = built.folder / Path(built.file(name).path).name
        gzipped, brotli = (plain.with_name(plain.name + ending) for ending in (".gz", ".br"))
        assert gzip.decompress(gzipped.read_bytes()) == plain.read_bytes()
        assert brotli.stat().st_size < gzipped.stat().st_size < plain.stat().st_size


def test_every_file_that_templates_name_was_built(built: Assets) -> None:
    templates = [one.text for one in every_file() if one.name.endswith(".html") and one.within("core", "modules")]
    names = {name for text in templates for name in re.findall(r'asset\("([^"]+)"\)', text)}
    assert built.flaw(names) == ""


def test_every_icon_that_is_named_was_drawn(built: Assets) -> None:
    drawn = set(
        re.findall(r'<symbol id="([\w-]+)"', (built.folder / Path(built.file("icons.svg").path).name).read_text())
    )
    templates = [one for one in every_file() if one.name.endswith(".html") and one.within("core", "modules")]
    named = {name for one in templates for name in re.findall(r'\bicon\("([\w-]+)"\)', one.text)}
    assert named - drawn == set()
