"""What the tests of local accounts may ask for."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import flask
import pytest
from click.testing import CliRunner, Result

import modules.local.commands
import modules.local.handlers
import modules.local.outputs
import modules.local.services
from core import Authenticator, Identity, PasswordHasher, Secret, ServerKeys
from core.cli.main import hm3
from core.visitor.login import Clock
from modules.local.module import module as local
from modules.local.store import LocalAccount, LocalAccounts
from tests.core.web.door import Browser
from tests.modules.security.house import House, open_house

_USED = modules.local
EVE, OLD, NEW = "eve@example.org", "meadow lantern 7", "copper harbour 9"


@dataclass
class Home:
    """A house with local accounts; `eve` has one, `ada` and `bob` log in by other means."""

    house: House
    accounts: LocalAccounts
    hasher: PasswordHasher
    way: Authenticator

    def log_in(self, name: str = EVE, password: str = OLD) -> tuple[Browser, flask.Response]:
        browser = Browser(self.house.app.test_client())
        return browser, browser.log_in(name, password)

    def enter(self, name: str = EVE, password: str = OLD) -> Browser:
        browser, answer = self.log_in(name, password)
        assert answer.status_code == 303, answer.get_data(as_text=True)
        return browser

    def identity(self, name: str = EVE, password: str = OLD) -> Identity | None:
        return self.way.authenticate(name, Secret(password))

    def may_enter(self, name: str = EVE, password: str = OLD) -> bool:
        return self.log_in(name, password)[1].status_code == 303


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """A served site with one local account."""
    for house in open_house(tmp_path, local):
        yield make_home(house)


def make_home(house: House) -> Home:
    """Give a house one local account."""
    shared = house.site.application.shared
    (hasher,), (keys,) = shared.find(PasswordHasher) or (), shared.find(ServerKeys) or ()
    assert isinstance(hasher, PasswordHasher) and isinstance(keys, ServerKeys)
    accounts = LocalAccounts(house.database, keys, Clock(lambda: house.now[0]))
    accounts.add(LocalAccount(EVE, hasher.hash(Secret(OLD)), frozenset({"staff"}), "Eve Gardener", EVE))
    return Home(house, accounts, hasher, modules.local.services.LocalAuthenticator(accounts, hasher))


@dataclass
class Shell:
    """A shell of an admin."""

    ini: Path

    def run(self, *arguments: str, typed: str = "") -> Result:
        return CliRunner().invoke(hm3, ["user", "--config", str(self.ini), *arguments], input=typed)

    def said(self, *arguments: str, typed: str = "") -> str:
        told = self.run(*arguments, typed=typed)
        assert told.exit_code == 0, (told.output, told.exception)
        return told.stdout

    def refused(self, *arguments: str, typed: str = "") -> str:
        told = self.run(*arguments, typed=typed)
        assert told.exit_code in (1, 2)
        return told.output if told.exit_code == 2 else str(told.exception)


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """A site at the command line."""
    ini = tmp_path / "hm3.ini"
    ini.write_text(
        f"[app]\ndata = {tmp_path / 'data'}\n[modules]\nlocal = on\n[roles]\nstaff = zoe\nadmin =\n"
        "[passwords]\nmemory = 19 MiB\npasses = 2\n"
    )
    return Shell(ini)
