"""Commands that modules add to the command line."""

from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from core.cli.check import check_boot
from core.cli.commands import make_command
from core.cli.main import hm3
from core.errors import WiringError
from core.loader import Loaded
from core.wiring.wire import wire
from tests.core.shelf import Shelf

TEA = """
from typing import ClassVar

class Cups(Count):
    "A number of cups."
    most: ClassVar[int] = 4

@module.service
def kettle(clock: Clock) -> Fragment:
    return Fragment("kettle")

@module.command("brew")
def brew(tea: Line, cups: Cups, kettle: Fragment) -> str:
    "Make TEA for some people."
    return f"{cups} cups of {tea} from the {kettle.template}."

@module.command("drink")
def drink() -> None:
    "Say nothing."
"""


@pytest.fixture
def tea(shelf: Shelf) -> Shelf:
    """A folder of modules of which one makes tea."""
    shelf.add("tea", more=TEA)
    return shelf


def site(shelf: Shelf) -> Loaded:
    return shelf.load(f"[app]\ndata = {shelf.folder / 'data'}\n")


def run(shelf: Shelf, name: str, *arguments: str) -> Result:
    """One of the module's commands."""
    loaded = site(shelf)
    (command,) = [one for module in loaded.modules for one in module.commands if one.name == name]
    return CliRunner().invoke(make_command(loaded, command), arguments)


def test_a_command_takes_what_is_typed_and_what_the_application_offers(tea: Shelf) -> None:
    assert run(tea, "brew", "green", "3").output == "3 cups of green from the kettle.\n"


def test_a_command_that_returns_nothing_says_nothing(tea: Shelf) -> None:
    result = run(tea, "drink")
    assert (result.exit_code, result.output) == (0, "")


def test_a_command_shows_no_pages_and_runs_whatever_is_wrong_with_their_templates(tea: Shelf) -> None:
    templates = tea.modules / "tea" / "templates"
    templates.mkdir()
    (templates / "cup.html").write_text("{% if %}")
    assert run(tea, "drink").exit_code == 0
    with pytest.raises(WiringError, match=r"cup\.html:1"):
        check_boot(site(tea))


def test_an_argument_that_is_wrong_is_told_with_its_reason(tea: Shelf) -> None:
    result = run(tea, "brew", "green", "9")
    assert result.exit_code == 2 and "'9' is not between 0 and 4." in result.output


def test_the_docstring_is_the_help(tea: Shelf) -> None:
    assert "Make TEA for some people." in run(tea, "brew", "--help").output


def test_a_command_that_asks_for_what_nobody_offers_is_refused_at_boot(shelf: Shelf) -> None:
    shelf.add("tea", more="@module.command('brew')\ndef brew(kettle: Fragment) -> None:\n    pass")
    with pytest.raises(WiringError, match="needs Fragment, which nothing on the command line provides"):
        wire(shelf.load().modules)


def test_commands_of_modules_are_found_by_the_modules_names(tmp_path: Path) -> None:
    ini = tmp_path / "hm3.ini"
    ini.write_text(f"[app]\ndata = {tmp_path / 'data'}\n")
    told = CliRunner().invoke(hm3, ["throttle", "--config", str(ini), "--help"])
    assert told.exit_code == 0 and "unlock" in told.output
    unknown = CliRunner().invoke(hm3, ["throttle", "--config", str(ini), "lock"])
    assert unknown.exit_code == 2 and "No such command 'lock'" in unknown.output


@pytest.mark.parametrize("given", ["--config {}", "--config={}"])
def test_the_configuration_may_be_named_after_the_command(tmp_path: Path, given: str) -> None:
    ini = tmp_path / "hm3.ini"
    ini.write_text(f"[app]\ndata = {tmp_path / 'data'}\n\n[modules]\napi = on\n")
    told = CliRunner().invoke(hm3, ["api", "key", "tea", *given.format(ini).split()])
    assert (told.exit_code, told.output.splitlines()[0]) == (0, "[api.tea]")


def test_what_follows_two_dashes_is_no_option(tmp_path: Path) -> None:
    told = CliRunner().invoke(hm3, ["throttle", "unlock", "--", "--config", str(tmp_path / "none.ini")])
    assert told.exit_code == 2 and "none.ini" in told.output


@pytest.mark.parametrize("name", ["nothing", "login"])
def test_a_module_without_commands_is_no_command(tmp_path: Path, name: str) -> None:
    ini = tmp_path / "hm3.ini"
    ini.write_text("")
    told = CliRunner().invoke(hm3, [name, "--config", str(ini), "do"])
    assert told.exit_code == 2 and f"No such command '{name}'." in told.output


def test_own_commands_come_first() -> None:
    assert isinstance(hm3, click.Group)
    found = hm3.get_command(click.Context(hm3), "serve")
    assert found is not None and found.help == "Serve the site."
