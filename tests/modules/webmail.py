"""The whole webmail over HTTP: what a person without scripts, or a page's script, asks of it."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import flask
from selectolax.lexbor import LexborHTMLParser, LexborNode

from core import Clock
from core.loader import load
from core.web.app import make_app
from core.web.site import Site, open_parts
from tests.core.web.door import AnyFile, Browser
from tests.core.web.given import form_token
from tests.passwords import QUICK_PASSWORDS


@dataclass(frozen=True)
class Page:
    """One answer, read as HTML."""

    status: int
    location: str
    html: str
    tree: LexborHTMLParser = field(repr=False)

    def one(self, selector: str) -> LexborNode:
        """The only element that a CSS selector finds."""
        (found,) = self.tree.css(selector)
        return found

    def has(self, selector: str) -> bool:
        """Whether a CSS selector finds anything."""
        return bool(self.tree.css(selector))

    def texts(self, selector: str) -> list[str]:
        """The text of each element that a CSS selector finds, with single spaces."""
        return [" ".join(found.text().split()) for found in self.tree.css(selector)]

    def value(self, selector: str) -> str:
        """What the only field that a CSS selector finds would send."""
        found = self.one(selector)
        if found.tag == "select":
            chosen = found.css_first("option[selected]") or found.css_first("option")
            assert chosen is not None
            return chosen.attributes["value"] or ""
        return found.text() if found.tag == "textarea" else found.attributes["value"] or ""


@dataclass
class Webmail:
    """One browser before the site; each `visitor` is another."""

    site: Site
    app: flask.Flask
    browser: Browser
    form_token: str = ""

    def visitor(self) -> "Webmail":
        """Another browser, where nobody is logged in."""
        return Webmail(self.site, self.app, Browser(self.app.test_client()))

    def log_in(self, name: str, password: str, **fields: str) -> Page:
        """Fill in the login form and send it."""
        self.form_token = ""
        page = self.send("/login", {"username": name, "password": password, **fields})
        self.form_token = ""
        return page

    def see(self, where: str) -> Page:
        """Open a page."""
        return _read(self.browser.get(where))

    def send(self, where: str, fields: Mapping[str, str]) -> Page:
        """Send a form as a browser does."""
        return _read(self.browser.post(where, fields, token=self._token()))

    def tell(self, where: str, fields: Mapping[str, str]) -> tuple[int, dict[str, str]]:
        """Send a form as a script does."""
        answer = self.browser.post(where, fields, token=self._token(), Accept="application/json")
        return answer.status_code, json.loads(answer.get_data())

    def refusal(self, where: str, fields: Mapping[str, str]) -> tuple[int, dict[str, str]]:
        """Send a form as a script does; the status, and the reason of each refused field."""
        answer = self.browser.post(where, fields, token=self._token(), Accept="application/json")
        error = json.loads(answer.get_data())["error"]
        return answer.status_code, {one["field"]: one["reason"] for one in error["fields"]}

    def log_out(self) -> Page:
        """Leave."""
        page = self.send("/logout", {})
        self.form_token = ""
        return page

    def ask(self, where: str) -> object:
        """Ask for a page's data as a script does."""
        answer = self.browser.get(where, Accept="application/json")
        assert answer.status_code == 200, answer.get_data(as_text=True)
        told: object = json.loads(answer.get_data())
        return told

    def _token(self) -> str:
        if not self.form_token:
            page = self.browser.get("/settings")
            self.form_token = form_token(page) if page.status_code == 200 else self.browser.token("/login")
        return self.form_token


@contextmanager
def open_webmail(ini: Path, clock: Clock | None = None) -> Iterator[Webmail]:
    """Serve the site of an hm3.ini to a browser."""
    with open_parts(load(ini), clock, built=ini.parent) as site:
        app = make_app(replace(site, assets=AnyFile(ini.parent)))
        yield Webmail(site, app, Browser(app.test_client()))


def write_plain_ini(port: int, data: Path, more: str = "", host: str = "127.0.0.1") -> Path:
    """An hm3.ini that names a mail server which encrypts nothing; `more` follows its [imap]."""
    ini = data / "hm3.ini"
    ini.write_text(
        f"{QUICK_PASSWORDS}[app]\ndata = {data}\n[imap]\nhost = {host}\nport = {port}\nsecurity = none\n{more}"
    )
    return ini


def _read(answer: flask.Response) -> Page:
    html = answer.get_data(as_text=True)
    return Page(answer.status_code, answer.location or "", html, LexborHTMLParser(html))
