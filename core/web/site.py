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
from core.visitor.living import LivingSessions
from core.visitor.login import Clock
from core.visitor.places import Share
from core.visitor.rows import SessionRows
from core.visitor.store import SessionStore
from core.web.shared_windows import SharedCounts
from core.web.tickets import Tickets
from core.wiring.plan import Wiring

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
    counts: SharedCounts | None = None
    tickets: Tickets = field(default_factory=Tickets)


@dataclass(frozen=True)
class _Kept:
    """What outlives requests: the database, the sessions' rows, and the keys that both are read with."""

    database: Database
    rows: SessionRows
    root: bytes = field(repr=False)
    server_keys: ServerKeys
    vault_keys: VaultKeys


@contextmanager
def open_parts(
    loaded: Loaded,
    clock: Clock | None = None,
    built: Path = BUILT,
    *,
    pages: bool = True,
    share: Share | None = None,
    counts: SharedCounts | None = None,
    wiring: Wiring | None = None,
) -> Iterator[Site]:
    """Open the database, wire the modules, and close all of it in the end. Raises WebmailError with the reason.

    `share` and `counts` are whom this process serves and where it counts requests, where others serve beside it.
    `wiring` is what the check of the modules gave, where they were checked already.

    Who shows no `pages` needs no templates, and they are not looked at.
    """
    clock = clock or Clock()
    if wiring is None and pages:
        wiring = check_boot(loaded)
    with _open_kept(loaded, clock) as kept:
        keys, config = kept.server_keys, loaded.config(SessionConfig)
        signing = (lambda: keys.derived("hm3.cookie"), lambda: keys.derived("hm3.api"))
        store = SessionStore(kept.rows, kept.root, config, loaded.roles, clock.now, *signing, keys.suite, share)
        application = _make_application(loaded, clock, kept, store, wiring)
        try:
            yield Site(
                application,
                Renderer(loaded.templates, loaded.locales, clock.now),
                store,
                Assets(built),
                loaded.config(AppConfig),
                loaded.config(RatesConfig),
                lambda: tuple(keys.derived("hm3.form").values()),
                config.longest,
                counts,
            )
        finally:
            application.close()


def _make_application(
    loaded: Loaded, clock: Clock, kept: _Kept, store: SessionStore, wiring: Wiring | None
) -> Application:
    passwords, crypto = loaded.config(PasswordConfig), loaded.config(CryptoConfig)
    settings = StoredSettings(kept.database, kept.root, crypto.suite)
    return Application(
        loaded.modules,
        configs=loaded.configs,
        settings=settings,
        roles=loaded.roles,
        clock=clock,
        given=(
            kept.database,
            kept.server_keys,
            kept.vault_keys,
            PasswordHasher(passwords, kept.server_keys.of("hm3.pepper")),
            settings,
            Keyring(kept.database, kept.root, crypto, passwords, clock.now, kept.server_keys),
            Devices(kept.rows, kept.root, clock.now),
            LivingSessions(kept.rows, clock.now),
            store,
        ),
        wiring=wiring,
    )


@contextmanager
def _open_kept(loaded: Loaded, clock: Clock) -> Iterator[_Kept]:
    data, suite = loaded.config(AppConfig).data, loaded.config(CryptoConfig).suite
    files = find_keys(loaded.config(CryptoConfig), data)
    make_keys(files, clock.now())
    migrations = [folder / "migrations" for folder in loaded.folders.values() if (folder / "migrations").is_dir()]
    database = open_database(data, loaded.config(DatabaseConfig), migrations)
    try:
        root = lookup_key(database, HeldKeys(files.server, suite), files.server.read()[-1].key)
        rows = _open_rows(loaded.config(SessionConfig), database, clock)
        try:
            yield _Kept(database, rows, root, ServerKeys(files.server, root, suite), VaultKeys(files.vault, suite))
        finally:
            rows.close()
    finally:
        database.close()


def _open_rows(config: SessionConfig, database: Database, clock: Clock) -> SessionRows:
    if config.store is Store.DATABASE:
        return DatabaseRows(database)
    from core.visitor.redis_rows import open_redis

    return open_redis(config.redis_url, config.redis_ca, config.idle, clock.now)
