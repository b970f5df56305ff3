"""A site where people log in by any address, before real servers that a name server of the test names."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from demo.dovecot import Dovecot
from demo.submission import Submission
from tests.modules.webmail import Page, Webmail, open_webmail
from tests.passwords import QUICK_PASSWORDS
from tests.servers.dns import NameServer, start_name_server

DOMAIN = "example.test"


@dataclass
class Listener:
    """A server that only counts who connects, and hangs up."""

    port: int
    connections: int = 0
    heard: list[bytes] = field(default_factory=list)


@contextmanager
def start_listener(greeting: bytes = b"") -> Iterator[Listener]:
    """A listener at a port of its own; it says its greeting and keeps what it hears."""
    listening = socket.create_server(("127.0.0.1", 0))
    listener = Listener(listening.getsockname()[1])

    def accept() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection:
                listener.connections += 1
                connection.settimeout(0.5)
                try:
                    connection.sendall(greeting)
                    listener.heard.append(connection.recv(4096))
                except OSError:
                    continue

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield listener
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join()


@dataclass
class Somewhere:
    """The served site, the names that it knows, and the server of hm3.ini, which counts who connects."""

    webmail: Webmail
    names: NameServer
    house: Listener

    def says(self, port: int, domain: str = DOMAIN, smtp: int | None = None) -> None:
        """Let a domain's records name servers on this machine."""
        self.names.says(f"_imaps._tcp.{domain}", "SRV", f"0 1 {port} localhost.")
        if smtp is not None:
            self.names.says(f"_submissions._tcp.{domain}", "SRV", f"0 1 {smtp} localhost.")

    def propose(self, address: str, visitor: Webmail | None = None, **fields: str) -> Page:
        """Type an address and go where that leads."""
        browser = visitor or self.webmail
        browser.form_token = ""
        sent = browser.send("/login", {"username": address, "password": "", **fields})
        return browser.see(sent.location) if sent.status == 303 else sent

    def confirm(self, page: Page, password: str, visitor: Webmail | None = None, **more: str) -> Page:
        """Send the password to the servers that a page shows."""
        browser = visitor or self.webmail
        sealed = page.value("input[name=servers]")
        sent = browser.send("/login/servers", {"servers": sealed, "password": password, **more})
        browser.form_token = ""
        return sent

    def name_servers(self, page: Page, username: str, port: int, visitor: Webmail | None = None, **more: str) -> Page:
        """Name servers on this machine by hand, and go where that leads."""
        browser = visitor or self.webmail
        form = browser.see("/login/servers/by-hand")
        fields = {"imap_host": "localhost", "imap_port": str(port), "imap_security": "tls", "username": username}
        sent = browser.send("/login/servers/by-hand", {"servers": form.value("input[name=servers]"), **fields, **more})
        return browser.see(sent.location) if sent.status == 303 else sent

    def user(self, visitor: Webmail | None = None) -> str | None:
        """Who is logged in."""
        return (visitor or self.webmail).see("/settings").one("body").attributes.get("data-user")


@contextmanager
def open_somewhere(
    folder: Path,
    dovecot: Dovecot,
    submission: Submission,
    *,
    ports: tuple[int, ...] = (),
    more: str = "",
    modules: str = "",
) -> Iterator[Somewhere]:
    """Serve the site; `ports` are of further mail servers, `more` follows [discovery], and `modules` its [modules]."""
    with start_name_server() as names, start_listener() as house:
        known = ", ".join(map(str, (dovecot.imaps_port, dovecot.imap_port, submission.tls_port, *ports)))
        ini = folder / "hm3.ini"
        ini.write_text(
            f"""{QUICK_PASSWORDS}
[app]
data = {folder}
[modules]
discovery = on
{modules}
[imap]
host = mail.house.test
domain = house.test
[smtp]
host = localhost
port = {house.port}
[discovery]
resolvers = 127.0.0.1
resolver_port = {names.port}
ca_file = {dovecot.ca_file}
allow_private = yes
more_ports = {known}
{more}
"""
        )
        with open_webmail(ini) as webmail:
            yield Somewhere(webmail, names, house)
