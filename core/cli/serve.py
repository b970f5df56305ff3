"""`hm3 serve`: check everything, listen where it is safe to, and serve the site."""

import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from wsgiref.types import WSGIApplication

import click

from core.cli.check import check_boot, door_flaw, front_end_flaw
from core.cli.crew import Crew
from core.cli.log import set_up_log
from core.cli.server import address_of, listen, run_server, settle_memory
from core.errors import ConfigError
from core.ini.app import AppConfig, Bind
from core.ini.rates import RatesConfig
from core.loader import Loaded
from core.output.assets import BUILT
from core.security.crypto import CryptoConfig
from core.security.keyfile import find_keys, make_keys
from core.security.sandbox import SandboxConfig, confine
from core.visitor.places import Share
from core.web.app import make_app
from core.web.shared_windows import SharedCounts
from core.web.site import open_parts
from core.wiring.plan import Wiring

log = logging.getLogger("hm3.serve")


def serve_site(loaded: Loaded, bind: str | None = None, insecure_behind_proxy: bool = False) -> int:
    """Serve until a signal says stop, and return the exit code. Raises WebmailError for all that is wrong before."""
    app = loaded.config(AppConfig)
    where = app.bind if bind is None else _parsed(bind)
    refuse_open_door(where, app, insecure_behind_proxy)
    set_up_log(app.log_level.name)
    wiring = check_boot(loaded)
    refuse_unbuilt(loaded, BUILT)
    make_data_folder(app.data)
    make_key_files(loaded)
    for note in loaded.notes:
        click.echo(note, err=True)
    crew = Crew(int(app.workers), one_processor=app.one_processor)
    counts = shared_counts(loaded)
    # What is known by now is read by all workers where it is.
    settle_memory()
    with listen(where) as listener:
        address = address_of(listener)
        return run_server(
            lambda: open_site(loaded, crew.share, counts, wiring),
            listener,
            app.threads,
            lambda: click.echo(f"{app.name} answers at {app.address or address}"),
            crew=crew,
        )


def shared_counts(loaded: Loaded) -> SharedCounts | None:
    """Where several workers count requests together. Raises ConfigError where [rates] does not allow it."""
    return SharedCounts.of(loaded.config(RatesConfig)) if loaded.config(AppConfig).workers > 1 else None


def refuse_open_door(where: Bind, app: AppConfig, insecure_behind_proxy: bool) -> None:
    """Raise ConfigError where other machines could reach hm3 without a proxy that encrypts the way."""
    if not insecure_behind_proxy and (flaw := door_flaw(app, where)):
        raise ConfigError(flaw)


def refuse_unbuilt(loaded: Loaded, built: Path) -> None:
    """Raise ConfigError where pages would come without their scripts and styles."""
    if flaw := front_end_flaw(loaded, built):
        raise ConfigError(flaw)


def make_data_folder(data: Path) -> None:
    """Make the folder, closed to other users. Raises ConfigError where hm3 cannot write, or everyone could read."""
    if data.resolve().is_relative_to(BUILT):
        raise ConfigError(f"[app] data: {data} is in {BUILT}, which everyone can read. Name another folder.")
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=data):
            pass
    except OSError as error:
        raise ConfigError(
            f"[app] data: {data} cannot be written: {error.strerror}. "
            "Name a folder that belongs to the user who runs hm3."
        ) from error


def make_key_files(loaded: Loaded) -> None:
    """Make and read the keys while their folder can still be written. Raises ConfigError where others can read them."""
    files = find_keys(loaded.config(CryptoConfig), loaded.config(AppConfig).data)
    for file in (files.server, files.vault):
        if file.path.resolve().is_relative_to(BUILT):
            raise ConfigError(
                f"[crypto] keys: {file.path} is in {BUILT}, which everyone can read. Name another folder."
            )
    make_keys(files, datetime.now(UTC))


@contextmanager
def open_site(
    loaded: Loaded, share: Share | None = None, counts: SharedCounts | None = None, wiring: Wiring | None = None
) -> Iterator[WSGIApplication]:
    """The site as a WSGI application; what its process shares is closed in the end.

    `share` and `counts` are whom this process serves and where it counts requests, where others serve beside it.
    `wiring` is what the check of it gave, where it was checked already.
    """
    app = loaded.config(AppConfig)
    told = confine(loaded.config(SandboxConfig), app.data.resolve(), loaded.configs, loaded.folders.values())
    log.info(told)
    with open_parts(loaded, share=share, counts=counts, wiring=wiring) as site:
        yield make_app(site)


def _parsed(bind: str) -> Bind:
    try:
        return Bind.parse(bind)
    except ValueError as error:
        raise ConfigError(f"--bind {bind} {error}.") from error
