"""A site with a door and one room, served as it would be: for tests of what stands between browsers and modules."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import flask
from flask.testing import FlaskClient

from core import (
    Access,
    Application,
    AtLogout,
    Authenticator,
    Client,
    Clock,
    FormState,
    Fragment,
    Identity,
    Line,
    Module,
    Policy,
    Redirect,
    Secret,
    Session,
    Stream,
    Text,
    Upload,
    UpstreamError,
    Visit,
    form,
    inputs,
    path,
    upload,
)
from core.database.engine import Database, open_database
from core.database.settings import StoredSettings
from core.ini.app import AppConfig
from core.ini.rates import RatesConfig
from core.ini.session import SessionConfig
from core.output.assets import AssetFile, Assets
from core.output.render import Renderer
from core.security.crypto import CryptoConfig, new_key
from core.visitor.database_rows import DatabaseRows
from core.visitor.keys import Keyring
from core.visitor.permissions import Roles
from core.visitor.store import SessionStore
from core.web.app import make_app
from core.web.site import Site
from modules.login.handlers import check_password
from modules.login.module import module as login
from modules.login.outputs import show_form
from modules.preferences.handlers import change_settings
from modules.preferences.module import module as preferences
from modules.preferences.outputs import show_settings
from tests.core.security.test_passwords import CHEAP
from tests.core.web.given import form_token

ROOT = Path(__file__).resolve().parents[3]
LOADED = (check_password, show_form, change_settings, show_settings)


@dataclass(frozen=True)
class Told:
    """A result of words."""

    text: str


@inputs
class Note:
    """The form of the room."""

    text: Text = form()
    file: Upload | None = upload(None)


@inputs
class Shelf:
    """Which shelf of the room."""

    name: Line = path()


class AnyFile(Assets):
    """Stands for a build: every file has an address."""

    def file(self, name: str) -> AssetFile:
        return AssetFile(f"/site/{name}", "sha384-x")


@dataclass
class Served:
    """A served site and what tests look at."""

    app: flask.Flask
    site: Site
    database: Database
    now: list[datetime]
    closed: list[str] = field(default_factory=list)

    def browser(self, address: str = "127.0.0.1") -> "Browser":
        return Browser(self.app.test_client(), address)

    def later(self, **delta: float) -> None:
        self.now[0] += timedelta(**delta)


@dataclass
class Browser:
    """A test client that sends what a browser sends."""

    client: FlaskClient
    address: str = "127.0.0.1"
    base: str = "http://localhost"
    agent: str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"

    def get(self, where: str, **headers: str) -> flask.Response:
        sent = {"User-Agent": self.agent, "Sec-Fetch-Site": "none", **headers}
        return self.client.get(where, base_url=self.base, headers=sent, environ_base={"REMOTE_ADDR": self.address})  # type: ignore[return-value]  # a test response has all of a response

    def token(self, where: str = "/login") -> str:
        return form_token(self.get(where))

    def post(
        self, where: str, data: Mapping[str, object] | None = None, *, token: str | None = None, **headers: str
    ) -> flask.Response:
        sent = {"csrf_token": self.token() if token is None else token, **(data or {})}
        told = {"User-Agent": self.agent, "Origin": self.base, **headers}
        return self.client.post(
            where, base_url=self.base, data=sent, headers=told, environ_base={"REMOTE_ADDR": self.address}
        )  # type: ignore[return-value]  # as above

    def log_in(self, name: str = "ada", password: str = "right") -> flask.Response:
        return self.post("/login", {"username": name, "password": password})


def make_room(closed: list[str]) -> Module:
    """A module with a page of every kind."""
    room = Module("room")
    inside = room.page("inside", "/mail/")
    write = room.page("write", "/note", method="POST", retry=inside)
    shelf = room.page("shelf", "/shelf/<path:name>/")
    file = room.page("file", "/file", policy=Policy.FILE)
    framed = room.page("framed", "/framed", layout=None, policy=Policy.MAIL)

    @room.handler(inside)
    def look(session: Session) -> Told:
        return Told(session.secret("door.password"))

    @room.handler(write)
    def keep(note: Note, session: Session) -> Redirect:
        session.say(f"Kept {note.text}, {note.file.size if note.file else 0} octets.")
        return Redirect("/mail/", Told(note.text))

    @room.handler(shelf)
    def find(shelf: Shelf) -> Told:
        return Told(shelf.name)

    @room.handler(file, framed)
    def read() -> Told:
        return Told("words")

    @room.output(inside.body)
    def show(told: Told, form: FormState) -> Fragment:
        return Fragment.titled("room/inside.html", "Room", told=told, form=form)

    @room.output(framed.body)
    def show_framed(told: Told) -> Fragment:
        return Fragment.of("room/framed.html", told=told)

    @room.output(file.stream)
    def send(told: Told) -> Stream:
        return Stream(iter([told.text.encode(), b"!"]), "text/plain", 'na"me ü.txt', 6)

    @room.output(inside.data, shelf.data)
    def tell(told: Told) -> Told:
        return told

    _open_door(room, closed)
    _make_trouble(room)
    return room


def _bring_letters(room: Module) -> None:
    """Add pages that belong to letters, one of a file each, and one whose addresses are signed."""
    letter = room.page("letter", "/letter/<name>/text", layout=None, policy=Policy.MAIL, within="/letter/<name>")
    enclosure = room.page("enclosure", "/letter/<name>/file", policy=Policy.FILE, within="/letter/<name>")
    picture = room.page("picture", "/picture", policy=Policy.FILE, signed=True)

    @room.handler(letter)
    def open_letter(shelf: Shelf, visit: Visit, zone: ZoneInfo) -> Told:
        return Told(f"{shelf.name} {visit.content} {visit.background} {zone.key}")

    @room.handler(enclosure)
    def open_enclosure(shelf: Shelf, client: Client, session: Session) -> Told | Redirect:
        if shelf.name == "warned" and not client.asked_here:
            return Redirect("/mail/")
        if shelf.name == "kept":
            session.keep("door.kept", Secret("kept"))
            session.rotate()
        if shelf.name == "ended":
            session.end()
        return Told(shelf.name)

    @room.handler(picture)
    def draw() -> Told:
        return Told("lines")

    @room.output(letter.body)
    def show_letter(told: Told) -> Fragment:
        return Fragment.of("room/framed.html", told=told)

    @room.output(enclosure.stream, picture.stream)
    def send_enclosure(told: Told) -> Stream:
        return Stream(iter([told.text.encode()]), "text/plain", "file.txt")


def _open_door(room: Module, closed: list[str]) -> None:
    """Let people in, and remember whose session was closed."""

    @room.service
    def door() -> Authenticator:
        return Door()

    @room.service
    def leave(session: Session) -> AtLogout:
        return AtLogout(lambda: closed.append(session.id))


def _make_trouble(room: Module) -> None:
    """Add letters, and the pages of a room where something goes wrong."""
    _bring_letters(room)
    nosy = room.page("nosy", "/nosy", access=Access.ANYONE)
    broken = room.page("broken", "/broken", access=Access.ANYONE)
    down = room.page("down", "/down", access=Access.ANYONE)

    @room.handler(nosy)
    def reach() -> Told:
        return Told(flask.request.path)

    @room.handler(broken)
    def fail() -> Told:
        raise ZeroDivisionError("hidden words")

    @room.handler(down)
    def wait() -> Told:
        raise UpstreamError("The mail server does not answer.")

    @room.output(nosy.data, broken.data, down.data)
    def complain(told: Told) -> Told:
        return told


class Door:
    """Knows everybody whose password is `right`."""

    name = "door"

    def authenticate(self, username: str, password: Secret) -> Identity | None:
        if username == "far":
            raise UpstreamError("The mail server does not answer.")
        return Identity(username, {"door.password": password}) if password == "right" else None


def serve(folder: Path, app: AppConfig | None = None, rates: RatesConfig | None = None) -> Iterator[Served]:
    """Serve the site with its data in a folder."""
    templates = folder / "templates"
    (templates / "room").mkdir(parents=True)
    (templates / "room" / "inside.html").write_text(
        "<p id=told>{{ told.text }}</p><b>{{ form.error('text') }}</b>{{ csrf() }}"
    )
    (templates / "room" / "framed.html").write_text("<p>{{ told.text }}</p><i>{{ frame.nonce }}</i>")
    now = [datetime(2026, 1, 2, 12, tzinfo=UTC)]
    closed: list[str] = []
    clock = Clock(lambda: now[0])
    database = open_database(folder)
    root = new_key()
    roles = Roles()
    application = Application(
        [login, preferences, make_room(closed)],
        settings=StoredSettings(database, root),
        roles=roles,
        clock=clock,
        given=(database, Keyring(database, root, CryptoConfig(), CHEAP, clock.now)),
    )
    shipped = [
        ROOT / "core" / "templates",
        *(ROOT / "modules" / name / "templates" for name in ("login", "preferences")),
    ]
    renderer = Renderer([templates, *shipped], now=clock.now)
    sessions = SessionStore(DatabaseRows(database), root, SessionConfig(), roles, clock.now)
    site = Site(
        application,
        renderer,
        sessions,
        AnyFile(folder),
        app or AppConfig(),
        rates or RatesConfig(),
        lambda: (b"secret",),
    )
    served = Served(make_app(site), site, database, now, closed)
    yield served
    application.close()
    database.close()


def inside(served: Served) -> Browser:
    """A browser whose visitor is logged in."""
    browser = served.browser()
    browser.log_in()
    return browser


def served_with(folder: Path, **app: object) -> Served:
    """Serve the site with some options of [app]."""
    return next(serve(folder, AppConfig(**app)))  # type: ignore[arg-type]  # any option
