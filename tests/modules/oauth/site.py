"""A whole site over HTTP whose users log in by a provider on this machine."""

import dataclasses
import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import flask
import requests

from core import Clock
from core.loader import SHIPPED, load
from core.web.app import make_app
from core.web.site import Site, open_parts
from tests.core.web.door import AnyFile, Browser
from tests.passwords import QUICK_PASSWORDS
from tests.servers.authorization import CLIENT_ID, CLIENT_SECRET, Provider

FROM_ELSEWHERE = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
USUAL = ("login", "security", "preferences", "oauth")
AT_HOME = "http://localhost"


@dataclass
class OauthSite:
    """The served site, its provider, and its clock."""

    app: flask.Flask
    site: Site
    provider: Provider
    ahead: list[timedelta] = field(default_factory=lambda: [timedelta()])

    def browser(self) -> Browser:
        return Browser(self.app.test_client())

    def later(self, **delta: float) -> None:
        self.ahead[0] += timedelta(**delta)

    def log_in(self, browser: Browser | None = None, name: str = "work") -> tuple[Browser, flask.Response]:
        """A browser that went all the way, and what it got when it came back."""
        browser = browser or self.browser()
        return browser, come_back(browser, ask_provider(go(browser, name)))


def go(browser: Browser, name: str = "work", **fields: str) -> str:
    """Begin to log in; the address at the provider that the browser is sent to."""
    begun = browser.post(f"/oauth/login/{name}", fields)
    assert (begun.status_code, begun.location) == (303, "/oauth/leave"), begun.get_data(as_text=True)
    return address_on(browser.get("/oauth/leave"))


def address_on(page: flask.Response) -> str:
    """Where a page leads by itself."""
    found = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', page.get_data(as_text=True))
    assert found, page.get_data(as_text=True)
    return html.unescape(found[1])


def ask_provider(address: str) -> str:
    """What the provider sends the browser back with."""
    answer = requests.get(address, allow_redirects=False, timeout=60)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def come_back(browser: Browser, address: str) -> flask.Response:
    """Come back to this site, as a browser does that another site sends."""
    parts = urlsplit(address)
    assert f"{parts.scheme}://{parts.netloc}" == AT_HOME
    return browser.get(f"{parts.path}?{parts.query}", **FROM_ELSEWHERE)


def asked_for(address: str) -> dict[str, str]:
    """The query of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def words(page: flask.Response) -> str:
    """The document."""
    return html.unescape(page.get_data(as_text=True))


def provider_section(provider: Provider, name: str = "work", more: str = "") -> str:
    """What hm3.ini says of the provider."""
    return (
        f"[oauth.{name}]\nissuer = {provider.issuer}\nclient_id = {CLIENT_ID}\nclient_secret = {CLIENT_SECRET}\n"
        f"label = Work\n{more}\n"
    )


@contextmanager
def open_site(
    folder: Path, provider: Provider, more: str = "", *, sections: str = "", modules: tuple[str, ...] = USUAL
) -> Iterator[OauthSite]:
    """Serve a site with these modules; `more` is said of the provider, `sections` are more of hm3.ini."""
    off = [one.name for one in sorted(SHIPPED.iterdir()) if (one / "module.py").is_file() and one.name not in modules]
    switches = "\n".join([*(f"{name} = off" for name in off), "oauth = on"])
    provider.redirects |= {f"{AT_HOME}/oauth/return/{name}" for name in ("work", "other")}
    ini = folder / "hm3.ini"
    ini.write_text(
        f"{QUICK_PASSWORDS}[app]\ndata = {folder / 'data'}\naddress = {AT_HOME}\n[modules]\n{switches}\n"
        "[rates]\nlogin = 1000 per minute\naccount = 1000 per minute\n"
        f"{provider_section(provider, more=more)}{sections}"
    )
    ini.chmod(0o600)
    ahead = [timedelta()]
    with open_parts(load(ini), Clock(lambda: datetime.now(UTC) + ahead[0])) as parts:
        site = dataclasses.replace(parts, assets=AnyFile(folder))
        yield OauthSite(make_app(site), site, provider, ahead)
