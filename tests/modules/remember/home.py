"""The house of the security pages with remembered devices, a mailbox, and browsers that can be left alone."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import flask
from sqlalchemy import text

import modules.remember.handlers
import modules.remember.outputs
import modules.twofactor.handlers
import modules.twofactor.outputs
from core import Line, LoginBar, LoginNeeded, Module, Redirect, Sentence, Session, User, form, inputs
from modules.remember.module import RememberConfig
from modules.remember.module import module as remember
from modules.twofactor.module import module as twofactor
from tests.core.web.door import Browser
from tests.modules.security.house import House, open_house

_USED = (modules.remember, modules.twofactor)
COOKIE = "hm3_remember"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Mobile/15E148 Safari/604.1"


@inputs
class Letter:
    """What is written in the mailbox."""

    words: Line = form()


@dataclass(frozen=True)
class Post:
    """What lies in the mailbox, and for whom."""

    name: str


@dataclass
class Home:
    """The house, with what was done in its mailbox, and who is barred from it.

    Where `locked` holds anything the mailbox answers that a new login is needed.
    """

    house: House
    written: list[str] = field(default_factory=list)
    locked: list[bool] = field(default_factory=list)
    barred: list[str] = field(default_factory=list)

    def enter(self, name: str = "ada", *, remember: bool = True, agent: str = PHONE) -> Browser:
        """A browser in which a user ticked the box and logged in."""
        browser = self.stranger(agent)
        fields = {"username": name, "password": self.house.passwords[name]}
        answer = browser.post("/login", fields | ({"remember": "1"} if remember else {}))
        assert answer.status_code == 303
        return browser

    def stranger(self, agent: str = PHONE) -> Browser:
        return Browser(self.house.app.test_client(), agent=agent)

    def bring(self, token: str, agent: str = PHONE) -> Browser:
        """A browser that keeps nothing but a token."""
        browser = self.stranger(agent)
        browser.client.set_cookie(COOKIE, token)
        return browser


def token_of(browser: Browser) -> str:
    """The token that a browser keeps, or nothing."""
    kept = browser.client.get_cookie(COOKIE)
    return kept.value if kept is not None else ""


def close(browser: Browser) -> Browser:
    """The browser is closed: what lasts no longer than it is gone."""
    for name in ("hm3_session", "hm3_key", "hm3_form"):
        browser.client.delete_cookie(name)
    return browser


def is_in(browser: Browser) -> bool:
    return browser.get("/mail/").status_code == 200


def count(home: Home, table: str = "remember_devices") -> int:
    with home.house.database.read() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def words(answer: flask.Response) -> str:
    return answer.get_data(as_text=True)


@contextmanager
def open_home(
    folder: Path, config: RememberConfig | None = None, more: Mapping[type, object] | None = None
) -> Iterator[Home]:
    """Serve the house with its data in a folder."""
    mailbox, written, locked = Module("mailbox", requires=("login",)), list[str](), list[bool]()
    barred = list[str]()
    inside = mailbox.page("inside", "/mail/")
    write = mailbox.page("write", "/write", method="POST")

    @mailbox.service
    def bar() -> LoginBar:
        return LoginBar(lambda name: name in barred)

    @mailbox.handler(inside)
    def look(user: User, session: Session) -> Post:
        if locked:
            session.end()
            raise LoginNeeded(
                Sentence("Your mail server no longer accepts the password with which you logged in. Log in again.")
            )
        return Post(user.name)

    @mailbox.output(inside.data)
    def tell(post: Post) -> Post:
        return post

    @mailbox.handler(write)
    def keep(letter: Letter) -> Redirect:
        written.append(letter.words)
        return Redirect("/mail/")

    configs = {RememberConfig: config or RememberConfig(), **(more or {})}
    for house in open_house(folder, twofactor, remember, mailbox, configs=configs):
        yield Home(house, written, locked, barred)
