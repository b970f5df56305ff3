"""The whole site with every shipped module on, and a module of trouble; no server behind it answers."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import flask

from core import Candidate, Clock, Database, Page, Secret, ServerKeys, Session, User
from core.discovery import find_in_folder
from core.input.reading import Client
from core.loader import SHIPPED, load
from core.security.crypto import new_key
from core.visitor.store import Opened
from core.web.app import make_app
from core.web.cookies import KEY, REFERENCE, cookie_name
from core.web.site import Site, open_parts
from demo.ports import free_port
from modules.imap.api import PASSWORD, USERNAME
from modules.throttle.inputs import BrowserMark, KnownBrowser
from modules.throttle.module import ThrottleConfig
from modules.throttle.services import Throttle
from modules.throttle.store import FailureCounts
from tests.core.web.door import AnyFile, Browser

T = TypeVar("T")

TROUBLE = '''"""Pages on which something goes wrong, and a door for ada."""

from core import Access, Authenticator, Conflict, Fragment, Identity, Module, Policy, Secret, TooMany, UpstreamError
from core.errors import Unavailable

module = Module("trouble")
broken = module.page("broken", "/trouble/500", access=Access.ANYONE)
far = module.page("far", "/trouble/502", access=Access.ANYONE)
down = module.page("down", "/trouble/503", access=Access.ANYONE)
often = module.page("often", "/trouble/429", access=Access.ANYONE)
changed = module.page("changed", "/trouble/409", access=Access.ANYONE)
framed = module.page("framed", "/trouble/framed", layout=None, policy=Policy.MAIL)


class Door:
    name = "door"

    def authenticate(self, username: str, password: Secret) -> Identity | None:
        return Identity("ada", {}, password) if (username, password) == ("ada", "right") else None


@module.service
def offer_door() -> Authenticator:
    return Door()


@module.handler(broken)
def break_down() -> None:
    raise ZeroDivisionError("hidden words")


@module.handler(far, framed)
def hear_nothing() -> None:
    raise UpstreamError("The mail server does not answer.")


@module.handler(down)
def miss() -> None:
    raise Unavailable("The place where sessions are kept does not answer.", "a test")


@module.handler(often)
def refuse() -> None:
    raise TooMany("Wait.")


@module.handler(changed)
def clash() -> None:
    raise Conflict("It has changed.")


@module.output(broken.body, far.body, down.body, often.body, changed.body, framed.body)
def show() -> Fragment:
    return Fragment.of("trouble.html")
'''

INI = """[passwords]
memory = 19 MiB
passes = 2
[app]
data = {folder}/data
address = {address}
{app}
[modules]
path = {folder}/more
order = trouble
trouble = on
{modules}
[imap]
host = 127.0.0.1
port = {port}
security = none
[ldap]
hosts = localhost
port = {port}
security = none
base = dc=example,dc=test
[captcha]
when = after-failures
failures = 1000
[session]
{session}
"""


@dataclass
class Whole:
    """The served site and its clock."""

    site: Site
    app: flask.Flask
    now: list[datetime]
    base: str
    key: bytes = field(default_factory=new_key)

    @property
    def pages(self) -> tuple[Page, ...]:
        """Every page of every module."""
        return tuple(self.site.application.wiring.pages)

    def later(self, **delta: float) -> None:
        """Let time go by."""
        self.now[0] += timedelta(**delta)

    def throttle(self) -> Throttle:
        """What counts failed logins here, as one who comes for the first time meets it."""
        clock = Clock(lambda: self.now[0])
        database, config, keys = self._one(Database), self._one(ThrottleConfig), self._one(ServerKeys)
        stranger = KnownBrowser(throttle_browser=BrowserMark(""))
        return Throttle(FailureCounts(database, config, clock), config, keys, clock, stranger)

    def _one(self, kind: type[T]) -> T:
        found = [one for one in self.site.application.shared.find(kind) or () if isinstance(one, kind)]
        return found[0]

    def browser(self, visitor: User | Candidate | None = None) -> Browser:
        """A browser, and in it a session of a visitor."""
        browser = Browser(self.app.test_client(), base=self.base)
        if visitor is None:
            return browser
        session = Session(visitor=visitor, key=self.key, created=self.now[0], last_seen=self.now[0])
        session.keep(USERNAME, Secret(visitor.name))
        session.keep(PASSWORD, Secret("right"))
        cookies = self.site.sessions.save(Opened(session), client=Client("127.0.0.1", browser.agent))
        assert cookies is not None
        secure = self.base.startswith("https:")
        for name, value in ((REFERENCE, cookies.reference), (KEY, cookies.key)):
            browser.client.set_cookie(cookie_name(name, secure), value, domain="localhost", secure=secure)
        return browser


@contextmanager
def open_whole(folder: Path, *, base: str = "http://localhost", app: str = "", session: str = "") -> Iterator[Whole]:
    """Serve the whole site with its data in a folder."""
    more = folder / "more" / "trouble"
    (more / "templates").mkdir(parents=True)
    (more / "__init__.py").write_text('"""Trouble."""\n')
    (more / "module.py").write_text(TROUBLE)
    (more / "templates" / "trouble.html").write_text("<p>Never shown.</p>\n")
    names = "".join(f"{found.name} = on\n" for found in find_in_folder(SHIPPED))
    ini = folder / "hm3.ini"
    ini.write_text(INI.format(folder=folder, address=base, app=app, modules=names, port=free_port(), session=session))
    now = [datetime(2026, 5, 1, 12, tzinfo=UTC)]
    with open_parts(load(ini), Clock(lambda: now[0]), built=folder) as site:
        served = replace(site, assets=AnyFile(folder))
        yield Whole(served, make_app(served), now, base)


def address_of(page: Page) -> str:
    """An address of a page, with something in each place of its path."""
    path = "".join(_filled(part) for part in page.rule.split("/") if part)
    return f"{path}/" if page.rule.endswith("/") else path or "/"


def _filled(part: str) -> str:
    if not part.startswith("<"):
        return f"/{part}"
    return "/" + {"account": "main", "mailbox": "INBOX"}.get(part.strip("<>").rpartition(":")[2], "1")
