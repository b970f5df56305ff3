"""A site with a login whose passwords a test can change behind its back, and the security pages."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import flask

import modules.login.handlers
import modules.login.outputs
import modules.preferences.handlers
import modules.preferences.outputs
import modules.security.handlers
import modules.security.leaving
import modules.security.outputs
from core import Application, Authenticator, Clock, Identity, Keyring, Module, PasswordHasher, Roles, Secret, ServerKeys
from core.database.engine import Database, open_database
from core.database.settings import StoredSettings
from core.ini.app import AppConfig
from core.ini.rates import RateLimit, RatesConfig
from core.ini.session import SessionConfig
from core.output.render import Renderer
from core.security.crypto import CryptoConfig, new_key
from core.visitor.database_rows import DatabaseRows
from core.visitor.devices import Devices
from core.visitor.store import SessionStore
from core.web.app import make_app
from core.web.site import Site
from modules.login.module import module as login
from modules.preferences.module import module as preferences
from modules.security.module import module as security
from tests.core.security.test_passwords import CHEAP
from tests.core.web.door import AnyFile, Browser

ROOT = Path(__file__).resolve().parents[3]
_USED = (modules.login, modules.preferences, modules.security)


@dataclass
class House:
    """The served site, its users' passwords, and its clock."""

    app: flask.Flask
    database: Database
    site: Site
    passwords: dict[str, str] = field(default_factory=lambda: {"ada": "old", "bob": "old"})
    now: list[datetime] = field(default_factory=list)

    def enter(self, name: str = "ada") -> tuple[Browser, str]:
        """A browser in which a user logged in, and where the login led."""
        browser = Browser(self.app.test_client())
        return browser, str(browser.log_in(name, self.passwords[name]).location)

    def later(self, **delta: float) -> None:
        self.now[0] += timedelta(**delta)


@dataclass
class Porter:
    """Knows the house's users by their passwords of today."""

    passwords: dict[str, str]
    name: str = "porter"

    def authenticate(self, username: str, password: Secret) -> Identity | None:
        return Identity(username, {}, password) if self.passwords.get(username) == password else None


def given_to(database: Database, root: bytes, clock: Clock) -> tuple[object, ...]:
    """What the core gives to an application that keeps things."""
    return (
        database,
        ServerKeys(root),
        Keyring(database, root, CryptoConfig(), CHEAP, clock.now),
        PasswordHasher(CHEAP, b"p" * 32),
        Devices(DatabaseRows(database), root, clock.now),
    )


def open_house(
    folder: Path, *more: Module, configs: Mapping[type, object] | None = None, roles: Roles | None = None
) -> Iterator[House]:
    """Serve the house with its data in a folder."""
    places = [
        ROOT / "modules" / name for name in ("login", "preferences", "security", *(module.name for module in more))
    ]
    migrations = [place / "migrations" for place in places if (place / "migrations").is_dir()]
    database, root = open_database(folder, migrations=migrations), new_key()
    now = [datetime(2026, 5, 1, 12, tzinfo=UTC)]
    clock = Clock(lambda: now[0])
    passwords = {"ada": "old", "bob": "old"}
    door = Module("door")

    @door.service
    def porter() -> Authenticator:
        return Porter(passwords)

    stored = StoredSettings(database, root)
    sessions = SessionStore(DatabaseRows(database), root, SessionConfig(), roles or Roles(), clock.now)
    application = Application(
        [door, login, preferences, security, *more],
        settings=stored,
        clock=clock,
        configs=configs,
        roles=roles,
        given=(*given_to(database, root, clock), stored, sessions),
    )
    templates = [ROOT / "core" / "templates", *(place / "templates" for place in places)]
    rates = RatesConfig(login=RateLimit("1000 per minute"), account=RateLimit("1000 per minute"))
    site = Site(
        application,
        Renderer(templates, now=clock.now),
        sessions,
        AnyFile(folder),
        AppConfig(),
        rates,
        lambda: (b"secret",),
    )
    yield House(make_app(site), database, site, passwords, now)
    application.close()
    database.close()
