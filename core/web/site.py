"""What the web layer serves: the application with everything around it, opened and closed together."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from core.cli.check import check_boot
from core.database.engine import Database, DatabaseConfig, open_database
from core.database.lookup import lookup_key
from core.database.settings import StoredSettings
from core.errors import ConfigError
from core.ini.app import AppConfig
from core.ini.rates import RatesConfig
from core.ini.session import SessionConfig, Store
from core.loader import Loaded
from core.output.assets import BUILT, Assets
from core.output.render import Renderer
from core.pipeline.answer import Application
from core.security.crypto import CryptoConfig
from core.security.held import HeldKeys, ServerKeys, VaultKeys
from core.security.keyfile import find_keys, make_keys
from core.security.passwords import PasswordConfig, PasswordHasher
from core.visitor.database_rows import DatabaseRows
from core.visitor.devices import Devices
from core.visitor.keys import Keyring
from core.visitor.login import Clock
from core.visitor.redis_rows import open_redis
from core.visitor.rows import SessionRows
from core.visitor.store import SessionStore

# What signs the tokens of forms; the first signs, and all are believed.
FormKeys = Callable[[], Sequence[bytes]]


@dataclass(frozen=True)
class Site:
    """The parts of a running site."""

    application: Application
    renderer: Renderer
    sessions: SessionStore
    assets: Assets
    app: AppConfig
    rates: RatesConfig
    form_keys: FormKeys = field(repr=False)
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
    keyring = Keyring(database, root, crypto, loaded.config(PasswordConfig), clock.now, server_keys)
    try:
        rows = _open_rows(sessions, database, clock)
    except ConfigError:
        database.close()
        raise
    signing = (lambda: server_keys.derived("hm3.cookie"), lambda: server_keys.derived("hm3.api"))
    store = SessionStore(rows, root, sessions, loaded.roles, clock.now, *signing)
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
                Devices(rows, root, clock.now),
                store,
            ),
        )
        try:
            yield Site(
                application,
                Renderer(loaded.templates, loaded.locales, clock.now),
                store,
                Assets(built),
                app,
                loaded.config(RatesConfig),
                lambda: tuple(server_keys.derived("hm3.form").values()),
                sessions.longest,
            )
        finally:
            application.close()
    finally:
        rows.close()
        database.close()


def _open_rows(config: SessionConfig, database: Database, clock: Clock) -> SessionRows:
    if config.store is Store.DATABASE:
        return DatabaseRows(database)
    return open_redis(config.redis_url, config.redis_ca, config.idle, clock.now)
