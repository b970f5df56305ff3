"""What the web layer serves: the application with everything around it, opened and closed together."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from core.cli.check import check_boot
from core.database.engine import DatabaseConfig, open_database
from core.database.lookup import lookup_key
from core.database.settings import StoredSettings
from core.ini.app import AppConfig
from core.ini.rates import RatesConfig
from core.loader import Loaded
from core.output.assets import BUILT, Assets
from core.output.render import Renderer
from core.pipeline.answer import Application
from core.security.crypto import CryptoConfig, subkey
from core.security.held import HeldKeys, ServerKeys, VaultKeys
from core.security.keyfile import find_keys, make_keys
from core.security.passwords import PasswordConfig, PasswordHasher
from core.visitor.devices import Devices
from core.visitor.keys import Keyring
from core.visitor.login import Clock
from core.visitor.store import SessionConfig, SessionStore


@dataclass(frozen=True)
class Site:
    """The parts of a running site."""

    application: Application
    renderer: Renderer
    sessions: SessionStore
    assets: Assets
    app: AppConfig
    rates: RatesConfig
    secret: str = field(repr=False)
    longest_session: timedelta = timedelta(hours=24)


@contextmanager
def open_parts(loaded: Loaded, clock: Clock | None = None, built: Path = BUILT) -> Iterator[Site]:
    """Open the database, wire the modules, and close all of it in the end. Raises WebmailError with the reason."""
    app, sessions, crypto = loaded.config(AppConfig), loaded.config(SessionConfig), loaded.config(CryptoConfig)
    clock = clock or Clock()
    check_boot(loaded)
    files = find_keys(crypto, app.data)
    make_keys(files, clock.now())
    migrations = [folder / "migrations" for folder in loaded.folders.values() if (folder / "migrations").is_dir()]
    database = open_database(app.data, loaded.config(DatabaseConfig), migrations)
    root = lookup_key(database, HeldKeys(files.server, crypto.suite), files.server.read()[-1].key)
    server_keys = ServerKeys(files.server, root, crypto.suite)
    stored = StoredSettings(database, root, crypto.suite)
    keyring = Keyring(database, root, crypto, loaded.config(PasswordConfig), clock.now)
    try:
        application = Application(
            loaded.modules,
            configs=loaded.configs,
            settings=stored,
            roles=loaded.roles,
            clock=clock,
            given=(
                database,
                server_keys,
                VaultKeys(files.vault, crypto.suite),
                PasswordHasher(loaded.config(PasswordConfig), server_keys.of("hm3.pepper")),
                stored,
                keyring,
                Devices(database, root, clock.now),
            ),
        )
        try:
            yield Site(
                application,
                Renderer(loaded.templates, loaded.locales, clock.now),
                SessionStore(database, root, sessions, loaded.roles, clock.now),
                Assets(built),
                app,
                loaded.config(RatesConfig),
                subkey(root, "hm3.form").hex(),
                sessions.longest,
            )
        finally:
            application.close()
    finally:
        database.close()
