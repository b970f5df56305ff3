"""What an admin does with users of any kind at the command line."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from core import Database, Keyring, Secret, User
from core.cli.main import hm3
from core.input.reading import Client
from core.loader import load
from core.settings import Owner
from core.visitor.session import Session
from core.visitor.store import Opened
from core.web.site import open_parts


@pytest.fixture
def ini(tmp_path: Path) -> Path:
    """A site with one user who logged in twice and chose something."""
    file = tmp_path / "hm3.ini"
    file.write_text(f"[app]\ndata = {tmp_path / 'data'}\n[passwords]\nmemory = 19 MiB\npasses = 2\n")
    with open_parts(load(file)) as site:
        (keyring,) = site.application.shared.find(Keyring) or ()
        assert isinstance(keyring, Keyring)
        key = keyring.unlock("ada", Secret("old"))
        site.application.user_settings(Session(visitor=User("ada"), key=key))
        for _ in range(2):
            site.sessions.save(Opened(Session(visitor=User("ada"), key=key)), client=Client())
        site.application._settings.save(Owner("ada", key), "look", {"theme": "dark"})
    return file


def run(ini: Path, *arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(hm3, ["user", "--config", str(ini), *arguments], input=typed)


def sessions(ini: Path, name: str = "ada") -> list[str]:
    return re.findall(r"^[0-9a-f]{32}", run(ini, "sessions", name).output, re.MULTILINE)


def test_sessions_are_listed_and_one_is_ended(ini: Path) -> None:
    first, second = sessions(ini, " ADA ")
    assert "The session of ada is ended." in run(ini, "sessions", "ada", "--end", first).output
    assert sessions(ini) == [second]
    assert str(run(ini, "sessions", "ada", "--end", first).exception) == "ada has no such session."


def test_all_sessions_are_ended(ini: Path) -> None:
    assert "ada is logged out everywhere" in run(ini, "sessions", "ada", "--end", "all").output
    assert "ada is logged in nowhere." in run(ini, "sessions", "ada").output


@pytest.mark.parametrize("which", ["first", "", "ALL", "0" * 31])
def test_what_is_no_session_is_told(ini: Path, which: str) -> None:
    told = run(ini, "sessions", "ada", "--end", which)
    assert told.exit_code == 2 and "is not a session" in told.output


@pytest.mark.parametrize("command", ["sessions", "delete"])
def test_who_is_unknown_is_named(ini: Path, command: str) -> None:
    told = run(ini, command, "nobody")
    assert told.exit_code == 1 and str(told.exception) == "Nothing is stored about a user nobody."


def test_a_user_is_erased_when_it_is_meant(ini: Path) -> None:
    told = run(ini, "delete", "ada", typed="n\n")
    assert str(told.exception) == "Nothing was changed." and len(sessions(ini)) == 2
    assert "Everything that was stored about ada is erased." in run(ini, "delete", "ada", typed="y\n").output
    assert run(ini, "sessions", "ada").exit_code == 1
    with open_parts(load(ini)) as site:
        (database,) = site.application.shared.find(Database) or ()
        assert isinstance(database, Database)
        with database.read() as connection:
            for table in ("core_settings", "core_key_wraps", "core_data_keys", "core_sessions"):
                assert connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one() == 0


def test_with_yes_nobody_is_asked(ini: Path) -> None:
    assert run(ini, "delete", "ada", "--yes").exit_code == 0
    assert run(ini, "delete", "ada", "--yes").exit_code == 1
