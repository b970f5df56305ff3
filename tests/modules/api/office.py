"""The house of the security pages with programs that log in, a throttle, and a mailbox that takes JSON."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import flask

import modules.api.commands
import modules.api.handlers
import modules.api.outputs
import modules.throttle.services
import modules.twofactor.handlers
import modules.twofactor.outputs
import modules.twofactor.trust
from core import (
    Access,
    AtLogout,
    InputError,
    Line,
    LoginAttempt,
    LoginBar,
    LoginGate,
    Module,
    Redirect,
    Secret,
    User,
    form,
    inputs,
)
from modules.api.config import ProgramConfig, ProgramName
from modules.api.module import module as api
from modules.throttle.module import module as throttle
from modules.twofactor.module import module as twofactor
from tests.core.web.door import Browser
from tests.modules.security.house import House, open_house

_USED = (modules.api, modules.throttle, modules.twofactor)
KEY = "k" * 43


@dataclass(frozen=True)
class Post:
    """Whose mailbox it is."""

    name: str


@inputs
class Letter:
    """What is written in the mailbox."""

    words: Line = form()
    urgent: bool = form(False)


class Test:
    """A test for people, where it is asked for."""

    __test__ = False

    def __init__(self, asked: list[str]) -> None:
        self.asked = asked

    def admit(self, attempt: LoginAttempt) -> None:
        if attempt.account in self.asked:
            raise InputError("captcha", "has to be passed first")

    def failed(self, attempt: LoginAttempt) -> None:
        """Nothing is counted."""


@dataclass
class Office:
    """The house, with a program's way to ask it."""

    house: House
    written: list[str] = field(default_factory=list)
    barred: list[str] = field(default_factory=list)
    tested: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)

    def ask(
        self,
        method: str,
        where: str,
        bearer: str | None = KEY,
        fields: Mapping[str, object] | None = None,
        *,
        cookies: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> flask.Response:
        """What a program is answered that keeps no cookies."""
        client = self.house.app.test_client(use_cookies=bool(cookies))
        for name, value in (cookies or {}).items():
            client.set_cookie(name, value)
        told = {"User-Agent": "intranet/1.0", "Accept": "application/json", **(headers or {})}
        if bearer is not None:
            told["Authorization"] = f"Bearer {bearer}"
        return client.open(where, method=method, json=fields, headers=told)  # type: ignore[return-value]  # a test response has all of a response

    def log_in(self, name: str = "ada", **more: object) -> flask.Response:
        fields = {"name": name, "password": self.house.passwords.get(name, "old"), **more}
        return self.ask("POST", "/api/login", KEY, fields)

    def token(self, name: str = "ada", **more: object) -> str:
        return str(told(self.log_in(name, **more))["token"])

    def link(self, name: str = "ada", **more: object) -> str:
        fields = {"name": name, "password": self.house.passwords[name], **more}
        return str(told(self.ask("POST", "/api/link", KEY, fields))["link"])

    def browser(self) -> Browser:
        return Browser(self.house.app.test_client())


def told(answer: flask.Response) -> dict[str, object]:
    found = json.loads(answer.get_data(as_text=True))
    assert isinstance(found, dict)
    return found


def is_in(office: Office, token: str) -> bool:
    return office.ask("GET", "/mail/", token).status_code == 200


def code_of(answer: flask.Response) -> str:
    """The word that a program was refused with."""
    error = told(answer)["error"]
    assert isinstance(error, dict)
    return str(error.get("code", ""))


@contextmanager
def open_office(folder: Path, configs: Mapping[type, object] | None = None) -> Iterator[Office]:
    """Serve the house with its data in a folder."""
    written, barred, tested, closed = list[str](), list[str](), list[str](), list[str]()
    mailbox = Module("mailbox", requires=("login",))
    inside = mailbox.page("inside", "/mail/")
    write = mailbox.page("write", "/write", method="POST")
    open_door = mailbox.page("open", "/open", method="POST", access=Access.ANYONE)

    @mailbox.service
    def bar() -> LoginBar:
        return LoginBar(lambda name: name in barred)

    @mailbox.service
    def at_logout() -> AtLogout:
        return AtLogout(lambda: closed.append("mailbox"))

    @mailbox.service
    def test() -> LoginGate:
        return Test(tested)

    @mailbox.handler(inside)
    def look(user: User) -> Post:
        return Post(user.name)

    @mailbox.output(inside.data)
    def tell(post: Post) -> Post:
        return post

    @mailbox.handler(write, open_door)
    def keep(letter: Letter) -> Redirect:
        written.append(f"{letter.words}{'!' if letter.urgent else ''}")
        return Redirect("/mail/")

    program = ProgramConfig(ProgramName("intranet"), Secret(KEY))
    known = {ProgramConfig: program, **(configs or {})}
    for house in open_house(folder, throttle, twofactor, api, mailbox, configs=known):
        yield Office(house, written, barred, tested, closed)
