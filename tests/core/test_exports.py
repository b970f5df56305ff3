"""What `core` offers is there when it is asked for, and not before."""

import subprocess
import sys

import pytest

import core
from core import exports

HEAVY = ("sqlalchemy", "cryptography", "flask", "jinja2", "core.exports")


def imported_by(code: str) -> set[str]:
    """Which of the larger parts a new process has imported after some code."""
    asked = f"import sys; {code}; print(*(name for name in {HEAVY} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_all_names_are_offered() -> None:
    assert [name for name in exports.__all__ if getattr(core, name) is not getattr(exports, name)] == []


def test_the_command_line_is_there_without_what_its_commands_need() -> None:
    assert imported_by("import core.cli.main") == set()


def test_the_first_name_that_is_asked_for_brings_all() -> None:
    assert "core.exports" in imported_by("from core import Module")


def test_files_of_the_core_are_found_beside_its_names() -> None:
    assert imported_by("from core import errors; errors.WebmailError; from core import Refusal") >= {"core.exports"}
    with pytest.raises(ImportError, match="cannot import name 'nothing' from 'core'"):
        from core import nothing  # noqa: F401
