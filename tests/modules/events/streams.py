"""Browsers with open streams before the whole site, and how many connections the mail server sees of a user."""

import http.client
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from demo.dovecot import Dovecot
from tests.servers.mail_user import MailUser

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


class Stream:
    """An open stream, read as a browser reads it."""

    def __init__(self, answer: http.client.HTTPResponse, connection: http.client.HTTPConnection) -> None:
        self.answer = answer
        self._connection = connection

    def event(self) -> dict[str, str]:
        """The next event's fields; signs of life are `{"": ...}`, and the end is nothing. Raises TimeoutError."""
        fields: dict[str, str] = {}
        while (line := self.answer.readline().decode()) != "\n":
            if not line:
                return {}
            name, _, value = line.rstrip("\n").partition(":")
            fields[name] = value.strip()
        return fields

    def until(self, event: str) -> dict[str, str]:
        """The next event of a kind."""
        while (fields := self.event()).get("event") != event:
            assert fields, f"the stream ended before {event}"
        return fields

    def is_over(self) -> bool:
        """Whether the stream ends; what is told before is passed over."""
        while self.event():
            pass
        return True

    def close(self) -> None:
        """As when a tab is closed."""
        self.answer.close()
        self._connection.close()


@dataclass
class Browser:
    """One browser's cookies, and its requests over real connections."""

    host: str
    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(
        self, path: str, form: dict[str, str] | None = None, **headers: str
    ) -> tuple[http.client.HTTPResponse, http.client.HTTPConnection]:
        """Send a request; the answer is still to be read."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=90)
        sent = {"User-Agent": AGENT, "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if form is not None:
            body = urlencode(form)
            sent |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://{self.host}:{self.port}"}
        connection.request("POST" if form is not None else "GET", path, body, sent | headers)
        answer = connection.getresponse()
        for cookie in answer.headers.get_all("Set-Cookie", []):
            name, _, value = cookie.split(";")[0].partition("=")
            self.cookies[name] = value
        return answer, connection

    def read(self, path: str, form: dict[str, str] | None = None, **headers: str) -> tuple[int, str]:
        """The status and the text of an answer."""
        answer, connection = self.ask(path, form, **headers)
        text = answer.read().decode()
        connection.close()
        return answer.status, text

    def send(self, path: str, **fields: str) -> int:
        """Submit a form, with the token of a page that has one."""
        _, text = self.read("/login" if path == "/login" else "/settings")
        token = text.split('name="csrf_token" value="')[1].split('"')[0]
        return self.read(path, {**fields, "csrf_token": token})[0]

    def log_in(self, user: MailUser) -> "Browser":
        """Fill in the login form."""
        assert self.send("/login", username=user.name, password=user.password) == 303
        return self

    def stream(self, account: str = "main", heard: str = "") -> Stream:
        """Open a stream of events."""
        more = {"Last-Event-ID": heard} if heard else {}
        return Stream(*self.ask(f"/events/{account}", None, Accept="text/event-stream", **more))


@contextmanager
def serving(ini: Path) -> Iterator[Callable[[], Browser]]:
    """The site of an hm3.ini in a process of its own; what is called gives another browser."""
    command = [sys.executable, "-m", "tests.modules.events.served", str(ini)]
    with (ini.parent / "log").open("w") as log:
        server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
        try:
            assert server.stdout is not None
            where = urlsplit(server.stdout.readline().strip())
            assert where.hostname and where.port, (ini.parent / "log").read_text()
            host, port = where.hostname, where.port
            yield lambda: Browser(host, port)
        finally:
            server.terminate()
            server.communicate(timeout=90)


def connections(dovecot: Dovecot, name: str) -> int:
    """How many connections the mail server has of a user now."""
    command = ["doveadm", "-c", str(dovecot.layout.run / "dovecot.conf"), "who", "-1", name]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return sum(line.split()[0] == name for line in told.splitlines())


def until(holds: Callable[[], bool], seconds: float = 90) -> bool:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True
