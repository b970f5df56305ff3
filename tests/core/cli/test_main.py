"""The command line: what each command says, and how it fails."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from core.cli import main as cli
from core.cli.check import check_site, explain_page, list_routes
from core.cli.config import current_reference, make_reference
from core.errors import ConfigError, WebmailError, WiringError
from core.loader import Loaded
from tests.core.shelf import Shelf

TEA = """
from dataclasses import dataclass

see = module.page("see", "/tea/<cup>", access=Access.ANYONE)
pour = module.page("pour", "/tea/pour", method="POST", permission=module.permission("pour"))
leaves = module.page("leaves", "/tea/leaves")

@inputs
class Cup:
    "Which cup."
    cup: Line = path()

@dataclass(frozen=True)
class Tea:
    "A cup of tea."
    cup: Line

@module.handler(see)
def make_tea(cup: Cup) -> Tea:
    return Tea(cup.cup)

@module.output(see.body)
def show_tea(tea: Tea) -> Fragment:
    return Fragment.of("tea/cup.html", tea=tea)

@module.output(see.data)
def give_tea(tea: Tea) -> Tea:
    return tea

@module.handler(leaves)
def pick_leaves() -> Tea:
    return Tea(Line("leaves"))

@module.output(leaves.stream)
def stream_leaves(tea: Tea) -> Stream:
    raise NotImplementedError

@module.handler(pour)
def pour_tea() -> Redirect:
    return Redirect("/tea/1")
"""


def said(work: object, loaded: Loaded, *arguments: str) -> list[str]:
    """What a command says."""
    lines: list[str] = []
    work(loaded, *arguments, lines.append)  # type: ignore[operator]  # each command takes what its test gives
    return lines


def run(*arguments: str) -> Result:
    """A command line, in this process."""
    return CliRunner().invoke(cli.hm3, arguments, prog_name="hm3")


def hm3(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """A command line, in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(Path(cli.__file__).parents[2])}
    command = [sys.executable, "-m", "core.cli", *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=240, check=False
    )


def test_a_site_that_is_right_is_counted(shelf: Shelf) -> None:
    shelf.add("tea", more=TEA)
    (shelf.modules / "tea" / "templates" / "tea").mkdir(parents=True)
    (shelf.modules / "tea" / "templates" / "tea" / "cup.html").touch()
    assert said(check_site, shelf.load()) == [f"{shelf.ini} is right: 1 module, 3 pages."]


def test_what_an_admin_should_know_is_said_with_the_check(shelf: Shelf) -> None:
    shelf.ini.unlink(missing_ok=True)
    from core.loader import load

    assert said(check_site, load(shelf.ini, shipped=shelf.modules)) == [
        f"{shelf.ini} is not there: every option has its default.",
        "The defaults are right: 0 modules, 0 pages.",
    ]


def test_the_check_says_where_it_would_not_be_served(shelf: Shelf) -> None:
    told, right = said(check_site, shelf.load("[app]\nbind = 0.0.0.0:8300\n"))
    assert told.startswith("hm3 does not listen on 0.0.0.0:8300: other machines would reach it there")
    assert right.endswith("is right: 0 modules, 0 pages.")


def test_modules_that_do_not_fit_together_are_not_right(shelf: Shelf) -> None:
    shelf.add("tea", more="@module.service\ndef make(kettle: Count) -> Line:\n    return Line()")
    with pytest.raises(WiringError, match="needs Count"):
        said(check_site, shelf.load())


def test_a_template_that_is_broken_is_told_with_its_line(shelf: Shelf) -> None:
    shelf.add("tea")
    templates = shelf.modules / "tea" / "templates" / "tea"
    templates.mkdir(parents=True)
    (templates / "cup.html").write_text("<p>\n{% if %}</p>\n")
    with pytest.raises(WiringError, match=r"Template .*/tea/templates/tea/cup.html:2: Expected an expression"):
        said(check_site, shelf.load())


def test_a_template_that_names_no_slot_is_refused(shelf: Shelf) -> None:
    shelf.add("tea")
    templates = shelf.modules / "tea" / "templates" / "tea"
    templates.mkdir(parents=True)
    (templates / "cup.html").write_text('{{ slot("tea.sugar") }}')
    with pytest.raises(WiringError, match=r"Template tea/cup.html names slot tea.sugar"):
        said(check_site, shelf.load())


def test_a_page_is_explained(shelf: Shelf) -> None:
    shelf.add("tea", more=TEA)
    lines = said(explain_page, shelf.load(), "tea.see")
    assert lines[0] == "GET /tea/<cup>  for anyone"
    assert any("tea.make_tea(Cup) -> Tea" in line for line in lines)


def test_an_unknown_page_is_told_with_the_nearest_name(shelf: Shelf) -> None:
    shelf.add("tea", more=TEA)
    with pytest.raises(ConfigError, match=r"There is no page tea.se. Did you mean tea.see\?"):
        said(explain_page, shelf.load(), "tea.se")


def test_routes_stand_in_columns(shelf: Shelf) -> None:
    shelf.add("tea", more=TEA)
    assert said(list_routes, shelf.load()) == [
        "METHOD  ADDRESS      PAGE        FOR             MODULE  FORMATS",
        "GET     /tea/<cup>   tea.see     anyone          tea     html, json",
        "POST    /tea/pour    tea.pour    user, tea.pour  tea     redirect",
        "GET     /tea/leaves  tea.leaves  user            tea     file",
    ]


def test_the_values_that_count_are_shown_with_their_sources(shelf: Shelf) -> None:
    from core.cli.config import show_config

    shown = said(show_config, shelf.load("[app]\nname = Post\n"))
    assert shown[:3] == ["[app]", f"data = {shelf.folder}/data  # default", f"name = Post  # {shelf.ini}:2"]
    assert "\n[modules]" in shown
    assert "address =  # default" in shown


def test_a_new_configuration_is_for_its_owner_alone_and_is_right(tmp_path: Path) -> None:
    ini = tmp_path / "hm3.ini"
    done = run(
        "config", "new", "--config", str(ini), "--imap-host", "Mail.example.org", "--smtp-host", "smtp.example.org"
    )
    assert done.exit_code == 0
    assert stat.S_IMODE(ini.stat().st_mode) == 0o600
    text = ini.read_text()
    assert "host = mail.example.org\n" in text
    assert "host = smtp.example.org\n" in text


def test_a_configuration_that_is_there_is_not_overwritten(tmp_path: Path) -> None:
    ini = tmp_path / "hm3.ini"
    ini.write_text("[app]\n")
    done = run("config", "new", "--config", str(ini))
    assert "is there already" in str(done.exception)
    assert ini.read_text() == "[app]\n"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--config", "/nowhere/hm3.ini"), "/nowhere/hm3.ini cannot be written: No such file or directory."),
        (
            ("--config", "/nowhere/hm3.ini", "--imap-host", "a b"),
            "--imap-host is not a host name like mail.example.org.",
        ),
    ],
)
def test_a_configuration_that_cannot_be_written_is_told(arguments: tuple[str, ...], sentence: str) -> None:
    done = run("config", "new", *arguments)
    assert isinstance(done.exception, WebmailError)
    assert str(done.exception) == sentence


def test_the_reference_is_written_and_then_right(tmp_path: Path) -> None:
    lines: list[str] = []
    with pytest.raises(ConfigError, match=r"The reference is stale: .*app\.ini"):
        make_reference(True, lines.append, tmp_path)
    make_reference(False, lines.append, tmp_path)
    make_reference(True, lines.append, tmp_path)
    count = len(current_reference())
    assert lines == [f"{tmp_path}: {count} files, {count} changed.", f"{tmp_path}: {count} files, 0 changed."]


@pytest.mark.parametrize(
    "arguments", [("check",), ("config", "check"), ("routes",), ("config", "show"), ("config", "reference", "--check")]
)
def test_a_command_about_the_shipped_modules_succeeds(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = hm3(tmp_path, *arguments)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout


def test_the_plan_of_a_shipped_page_is_explained(tmp_path: Path) -> None:
    done = hm3(tmp_path, "explain", "mail.message")
    assert done.stdout.startswith("GET /mail/")


def test_mistakes_are_sentences_without_a_traceback_and_exit_with_1(tmp_path: Path) -> None:
    (tmp_path / "hm3.ini").write_text("[app]\nnam = Post\n[modules]\nmial = on\n")
    done = hm3(tmp_path, "check")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "hm3.ini:2: [app] nam: there is no such option. Did you mean name?\n"
        "hm3.ini:4: [modules] mial: there is no such module. Did you mean mail?\n"
    )


def test_a_named_configuration_that_is_not_there_is_refused(tmp_path: Path) -> None:
    done = hm3(tmp_path, "check", "--config", "other.ini")
    assert (done.returncode, done.stderr) == (1, "other.ini: there is no such file. Write one with: hm3 config new\n")


def test_wrong_usage_exits_with_2(tmp_path: Path) -> None:
    assert hm3(tmp_path, "explain").returncode == 2
    assert hm3(tmp_path, "chekc").returncode == 2


def test_asking_for_help_loads_no_module_and_no_server() -> None:
    late = ("modules", "gunicorn", "flask", "jinja2")
    code = f"import sys; from core.cli import main; print([name for name in sys.modules if name.startswith({late})])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_demo_with_nowhere_to_listen_is_refused_in_a_sentence(tmp_path: Path) -> None:
    done = hm3(tmp_path, "demo", "--bind", "nowhere")
    assert (done.returncode, done.stderr) == (1, "nowhere: an address to serve on looks like 127.0.0.1:8300.\n")


@pytest.mark.usefixtures("front_end")
def test_building_says_what_was_done(tmp_path: Path) -> None:
    done = hm3(tmp_path, "build")
    assert (done.returncode, done.stderr) == (0, "")
    assert "The front end is up to date." in done.stdout or "Built" in done.stdout


def test_what_follows_test_goes_to_pytest_with_its_exit_code(tmp_path: Path) -> None:
    listed = hm3(tmp_path, "test", "--fast", "--collect-only", "-q", "-n0", "tests/core/output/test_json.py")
    assert listed.returncode == 0
    assert "tests/core/output/test_json.py" in listed.stdout
    assert hm3(tmp_path, "test", "--fast", "-n0", "tests/nowhere").returncode == 4


def test_a_translation_that_no_page_could_show_ends_a_command_with_its_line(tmp_path: Path) -> None:
    module = tmp_path / "own" / "tea"
    catalogue = module / "locale" / "de" / "LC_MESSAGES" / "tea.po"
    catalogue.parent.mkdir(parents=True)
    (module / "module.py").write_text('"""Tea."""\n\nfrom core import Module\n\nmodule = Module("tea")\n')
    catalogue.write_text('msgid "Tea"\nmsgstr "100 %"\n')
    (tmp_path / "hm3.ini").write_text("[modules]\npath = own\n")
    done = hm3(tmp_path, "check")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"{catalogue}:1: the translation of 'Tea' has a %")


def test_tables_that_do_not_bear_their_modules_name_are_refused(shelf: Shelf) -> None:
    table = "from sqlalchemy import Column, Integer, MetaData, Table\nmetadata = MetaData()\n"
    shelf.add("cupboard", tables=f'{table}cups = Table("cups", metadata, Column("id", Integer))\n')
    with pytest.raises(WiringError, match="Module cupboard has a table cups; name it cupboard_cups"):
        said(check_site, shelf.load())
