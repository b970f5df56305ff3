"""Which packages a command of `./hm3` needs: no more than it uses."""

import importlib.util
import stat
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

import pytest

from tests.bootstrap.seedling import ROOT


@pytest.fixture
def command() -> ModuleType:
    """The command as a module."""
    loader = SourceFileLoader("hm3_command", str(ROOT / "hm3"))
    spec = importlib.util.spec_from_loader("hm3_command", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def put_node(folder: Path, version: str, *, npm: bool = True) -> str:
    """Put a node of a version there; the path to find it by."""
    for name in ("node", "npm") if npm else ("node",):
        (folder / name).write_text(f"#!/bin/sh\necho {version}\n")
        (folder / name).chmod(stat.S_IRWXU)
    return str(folder)


@pytest.mark.parametrize(
    ("words", "groups"),
    [
        ("", ["run"]),
        ("check", ["run"]),
        ("config", ["run"]),
        ("serve", ["run"]),
        ("build", ["run"]),
        ("demo", ["run", "demo"]),
        ("test", ["run", "demo", "test"]),
    ],
)
def test_a_command_gets_what_it_uses(
    command: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, words: str, groups: list[str]
) -> None:
    monkeypatch.setenv("PATH", put_node(tmp_path, "v22.0.0"))
    assert command.wanted_groups(words) == groups


@pytest.mark.parametrize("version", ["v18.20.1", "", "nonsense"])
def test_without_a_node_that_will_do_one_is_installed_for_what_builds(
    command: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, version: str
) -> None:
    monkeypatch.setenv("PATH", put_node(tmp_path, version))
    assert command.wanted_groups("serve") == ["run", "build"]
    assert command.wanted_groups("check") == ["run"]


def test_a_node_without_npm_will_not_do(command: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", put_node(tmp_path, "v22.0.0", npm=False))
    assert command.wanted_groups("build") == ["run", "build"]


def test_every_group_has_its_lock(command: ModuleType) -> None:
    assert [group for group in ("run", "demo", "test", "build") if not Path(command.lock_file(group)).is_file()] == []


def test_a_python_that_is_too_old_is_told(
    command: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command.sys, "version_info", (3, 9, 2))
    assert command.main() == 1
    assert capsys.readouterr().err == "hm3 needs Python 3.11 or newer; this is 3.9.\n"


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ([], []),
        (["--bind", "127.0.0.1:0"], []),
        (["--bind", "127.0.0.1:0", "--config", "own.ini"], ["--config", "own.ini"]),
        (["--config=own.ini", "--bind", "127.0.0.1:0"], ["--config=own.ini"]),
        (["--config"], ["--config"]),
    ],
)
def test_what_is_built_is_what_the_named_configuration_switches_on(
    command: ModuleType, words: list[str], named: list[str]
) -> None:
    assert command.named_config(words) == named
