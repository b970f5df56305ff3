"""What can be said of a site without serving it: whether it is right, its pages, and what happens on one."""

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from jinja2 import TemplateSyntaxError
from sqlalchemy import MetaData

from core.cli.catalogues import catalogues_in, read_catalogue
from core.cli.named import check_icons, check_included, check_templates
from core.database.engine import check_migrations, check_tables
from core.errors import ConfigError, WiringError
from core.ini.app import AppConfig, Bind
from core.ini.load import nearest
from core.loader import SHIPPED, Loaded
from core.output.assets import Assets, has_assets
from core.output.render import Renderer
from core.output.slots import DataSlot, Slot, StreamSlot
from core.wiring.check import check_slots_in_templates
from core.wiring.explain import explain
from core.wiring.plan import Plan, Wiring
from core.wiring.wire import wire

Say = Callable[[str], None]


def check_boot(loaded: Loaded) -> Wiring:
    """Everything that boot verifies: the wiring, the templates and their slots. Raises WiringError."""
    wiring = wire(loaded.modules)
    renderer = Renderer(loaded.templates, loaded.locales)
    try:
        renderer.compile_all()
    except TemplateSyntaxError as error:
        reason = str(error.message).rstrip(".")
        raise WiringError(f"Template {error.filename or error.name}:{error.lineno}: {reason}.") from error
    check_slots_in_templates(renderer.named_slots(), wiring.slot_names)
    for name, metadata in _tables(loaded):
        check_tables(name.replace("-", "_"), metadata)
        check_migrations(name, metadata, loaded.folders[name] / "migrations")
    check_templates(wiring.plans.values(), renderer.names())
    check_included(renderer.named_templates(), renderer.names())
    check_icons(renderer.named_icons(), wiring)
    return wiring


def _tables(loaded: Loaded) -> Iterator[tuple[str, MetaData]]:
    """The tables that modules declare in their tables.py, by the module's name."""
    imported = {getattr(code, "__file__", None): code for code in tuple(sys.modules.values())}
    for name, folder in loaded.folders.items():
        code = imported.get(str(folder / "tables.py"))
        for held in vars(code).values() if code is not None else ():
            if isinstance(held, MetaData):
                yield name, held


def check_site(loaded: Loaded, say: Say, built: Path | None = None) -> None:
    """Say that the site is right, and what an admin should know besides, as of the front end in `built`.

    Raises WiringError where it is not right, and ConfigError where translations are broken.
    """
    wiring = check_boot(loaded)
    for catalogue in catalogues_in(loaded.locales):
        read_catalogue(catalogue)
    for note in (*loaded.notes, front_end_flaw(loaded, built) if built else "", door_flaw(loaded.config(AppConfig))):
        if note:
            say(note)
    subject = f"{loaded.ini} is" if loaded.ini.exists() else "The defaults are"
    say(f"{subject} right: {_count(loaded.modules, 'module')}, {_count(wiring.pages, 'page')}.")


def front_end_flaw(loaded: Loaded, built: Path) -> str:
    """What keeps the pages' scripts and styles from being served, in a sentence; nothing where all is well."""
    named = {name for _, name in Renderer(loaded.templates).named_assets()}
    try:
        assets = Assets(built)
    except ConfigError as error:
        return str(error)
    for name, folder in loaded.folders.items():
        if not folder.is_relative_to(SHIPPED) and folder.name not in assets.modules and has_assets(folder):
            return f"The scripts and styles of module {name} are not built into {built}. Run: ./hm3 build"
    return assets.flaw({"icons.svg", *named})


def door_flaw(app: AppConfig, bind: Bind | None = None) -> str:
    """Why hm3 does not listen where it should: other machines would reach it without a proxy that encrypts the way."""
    where = bind or app.bind
    if where.is_loopback or app.trusted_proxies:
        return ""
    return (
        f"hm3 does not listen on {where}: other machines would reach it there, and passwords and mail would travel "
        "unencrypted. Let a proxy that speaks TLS stand in front and say [app] trusted_proxies = 1, or listen on "
        "127.0.0.1. If something else keeps strangers out, say --insecure-behind-proxy."
    )


def explain_page(loaded: Loaded, page: str, say: Say) -> None:
    """Say everything that happens on a page. Raises ConfigError with the nearest name where there is none."""
    wiring = wire(loaded.modules)
    if page not in wiring.plans:
        raise ConfigError(f"There is no page {page}. {nearest(page, wiring.plans)}")
    for line in explain(wiring, page):
        say(line)


def list_routes(loaded: Loaded, say: Say) -> None:
    """Say each page's method, rule, name, access, module and formats, in columns."""
    rows = [("METHOD", "ADDRESS", "PAGE", "FOR", "MODULE", "FORMATS")]
    for plan in wire(loaded.modules).plans.values():
        page = plan.page
        access = f"{page.access.value}, {page.permission.name}" if page.permission else page.access.value
        rows.append((page.method, page.rule, page.name, access, page.module, ", ".join(_formats(plan)) or "redirect"))
    for line in columns(rows):
        say(line)


def _formats(plan: Plan) -> Iterator[str]:
    """In what forms a page answers."""
    if any(isinstance(output.slot, Slot) and output.slot is plan.page.body for output in plan.outputs):
        yield "html"
    if any(isinstance(output.slot, DataSlot) for output in plan.outputs):
        yield "json"
    if any(isinstance(output.slot, StreamSlot) for output in plan.outputs):
        yield "file"


def columns(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Lines of a table whose columns are as wide as they have to be."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _count(things: Sequence[object], noun: str) -> str:
    return f"{len(things)} {noun}" if len(things) == 1 else f"{len(things)} {noun}s"
