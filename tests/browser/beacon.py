"""A server of somebody else's, which notes who calls; and what a browser did on the net, by its own records."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from selenium.webdriver import Chrome
from selenium.webdriver.chrome.options import Options

from demo.ports import LOOPBACK
from tests.modules.mail.letters import PIXEL
from tests.options import browser_driver, without_window

# What a browser does by itself, without any page.
_QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-domain-reliability",
    "--disable-features=OptimizationHints,MediaRouter,DialMediaRouteProvider,AutofillServerCommunication,Translate",
    "--no-first-run",
    "--no-pings",
)


@dataclass
class Beacon:
    """Where it listens, how many connections were made to it, and the headers of what it was asked for.

    `callers` are the first labels of the hosts that it was asked as, `pages` what it shows in place of a picture.
    """

    port: int
    connections: list[object] = field(default_factory=list)
    requests: dict[str, dict[str, str]] = field(default_factory=dict)
    callers: set[str] = field(default_factory=set)
    pages: dict[str, bytes] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """Its address; the name is another one than the site's."""
        return f"http://localhost:{self.port}"


@contextmanager
def listening() -> Iterator[Beacon]:
    """Listen until the end of the block; answer everything with a picture."""
    server = ThreadingHTTPServer((LOOPBACK, 0), BaseHTTPRequestHandler)
    beacon = Beacon(server.server_port)

    class Handler(BaseHTTPRequestHandler):
        def setup(self) -> None:
            beacon.connections.append(self.client_address)
            super().setup()

        def do_GET(self) -> None:
            beacon.requests[self.path] = {name.lower(): value for name, value in self.headers.items()}
            beacon.callers.add(self.headers.get("Host", "").partition(".")[0])
            page = beacon.pages.get(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "image/png" if page is None else "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(PIXEL if page is None else page)))
            self.end_headers()
            self.wfile.write(PIXEL if page is None else page)

        def log_message(self, format: str, *arguments: object) -> None:
            """Say nothing."""

    server.RequestHandlerClass = Handler
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield beacon
    finally:
        server.shutdown()
        server.server_close()


@dataclass
class Records:
    """Every host that a browser looked up or asked for something, in the order in which it did.

    They are whole once the browser has ended.
    """

    file: Path

    def hosts(self) -> set[str]:
        """The hosts, in small letters."""
        text = self.file.read_text("utf-8", "replace").rstrip()
        # A browser that was ended in haste leaves the list open.
        log = json.loads(text if text.endswith("}") else text.rstrip(",") + "]}")
        found: set[str] = set()
        for event in log["events"]:
            found.update(_hosts(event.get("params", {})))
        return found

    def elsewhere(self, site: str) -> set[str]:
        """The hosts besides that of a site."""
        return self.hosts() - {urlsplit(site).hostname or "", ""}


def _hosts(told: dict[str, Any]) -> Iterator[str]:  # Any: JSON of the browser's own tools
    """The hosts that one event of a browser's record names: of an address, or of a question for one."""
    for key in ("url", "host", "hostname", "location", "destination"):
        value = told.get(key)
        if (
            isinstance(value, str)
            and value
            and not value.startswith(("data:", "blob:", "chrome", "about:", "devtools:"))
        ):
            try:
                yield (urlsplit(value if "//" in value else f"//{value}").hostname or "").lower()
            except ValueError:
                continue


@contextmanager
def recorded(folder: Path) -> Iterator[tuple[Chrome, Callable[[], Records]]]:
    """A browser with a profile, so that it looks ahead as people's do; it ends when its records are asked for."""
    file = folder / "net.json"
    options = without_window(Options())
    size = "--window-size=1440,900"
    for argument in (*_QUIET, size, "--lang=en", f"--log-net-log={file}", f"--user-data-dir={folder / 'profile'}"):
        options.add_argument(argument)
    chrome = Chrome(options=options, service=browser_driver(str(folder / "driver.log")))
    ended = False

    def end() -> Records:
        nonlocal ended
        ended = True
        chrome.quit()
        return Records(file)

    try:
        yield chrome, end
    finally:
        if not ended:
            chrome.quit()
