"""A mail server that waits as it is told to, and tabs whose ends of the connections are in a test's hands."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from core import LivingSessions, Outlet, Secret, tls
from core.database.engine import Database, open_database
from core.visitor.database_rows import DatabaseRows
from core.visitor.rows import SessionRow
from modules.events.config import EventsConfig
from modules.events.hub import Hub
from modules.events.paces import Paces
from modules.events.tabs import Listener
from modules.imap.api import Account, Credentials, Server

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
HASTE = Paces(sessions=0.05, first_pause=0.05, longest_pause=0.2, linger=0.2, apart=0.05, step=0.05)


@dataclass
class WaitingServer:
    """Knows IDLE; `begins` is its answer to that, `ends` the one to DONE, `notifies` the one to NOTIFY.

    TAG stands for the command's; without an answer to NOTIFY the connection ends there.
    """

    capability: bytes = b"IMAP4rev1 IDLE AUTH=PLAIN"
    greeting: bytes = b"* OK ready\r\n"
    begins: bytes = b"+ waiting\r\n"
    ends: bytes = b"TAG OK done\r\n"
    examines: bytes = b"* 3 EXISTS\r\nTAG OK done\r\n"
    notifies: bytes = b"TAG OK done\r\n"
    lines: list[bytes] = field(default_factory=list)
    connections: int = 0

    def __post_init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def account(self, name: str = "ann", **server: object) -> Account:
        """An account on it."""
        options = tls.TlsOptions(security=tls.Security.NONE)
        patience: dict[str, object] = {"connect_timeout": 60, "read_timeout": 60}
        there = Server("127.0.0.1", self.port, options, **patience | server)  # type: ignore[arg-type]  # any option
        return Account("s1", "main", there, Credentials(name, Secret("secret")))

    def tell(self, octets: bytes) -> None:
        """Say something by itself, to all who are connected."""
        for one in self._open:
            with suppress(OSError):
                one.sendall(octets)

    def commands(self, name: bytes) -> list[bytes]:
        """The commands of a name that came, without their tags and ends."""
        sent = [line.rstrip().partition(b" ")[2] for line in self.lines]
        return [command for command in sent if command.split(b" ")[0] == name]

    def cut(self) -> None:
        """End all connections."""
        for one in self._open:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        self._open.clear()

    def stop(self) -> None:
        """Listen no more."""
        # A thread that waits for connections keeps the port open: the shutdown wakes it.
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                one, _ = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(one)
            threading.Thread(target=self._serve, args=(one,), daemon=True).start()

    def _serve(self, one: socket.socket) -> None:
        with suppress(OSError), one, one.makefile("rb") as reader:
            one.sendall(self.greeting)
            waiting = b""
            while line := reader.readline():
                self.lines.append(line)
                tag, _, command = line.rstrip().partition(b" ")
                if line == b"DONE\r\n":
                    one.sendall(self.ends.replace(b"TAG", waiting))
                elif command == b"IDLE":
                    waiting = tag
                    one.sendall(self.begins.replace(b"TAG", tag))
                elif command == b"CAPABILITY":
                    one.sendall(b"* CAPABILITY %s\r\n%s OK done\r\n" % (self.capability, tag))
                elif command.startswith(b"EXAMINE"):
                    one.sendall(self.examines.replace(b"TAG", tag))
                elif command.startswith(b"NOTIFY"):
                    if not self.notifies:
                        return
                    one.sendall(self.notifies.replace(b"TAG", tag))
                elif command.startswith(b"AUTHENTICATE"):
                    one.sendall(b"+ \r\n")
                    reader.readline()
                    one.sendall(tag + b" OK done\r\n")
                else:
                    one.sendall(tag + b" OK done\r\n")


@dataclass
class Tab:
    """The browser's end of a stream."""

    connection: socket.socket

    def __post_init__(self) -> None:
        self.connection.settimeout(60)
        self._reader = self.connection.makefile("rb")

    def events(self, count: int) -> list[str]:
        """The names of the next events; fewer where the stream ends."""
        found: list[str] = []
        while len(found) < count and (line := self._reader.readline()):
            if line.startswith(b"event: "):
                found.append(line.decode().split()[1])
        return found

    def rest(self) -> bytes:
        """All that comes until the stream ends."""
        return self._reader.read()

    def close(self) -> None:
        """As when a tab is closed."""
        self._reader.close()
        self.connection.close()


@dataclass
class House:
    """A hub, with sessions s1 and s2 that live."""

    hub: Hub
    rows: DatabaseRows
    database: Database
    tabs: list[Tab] = field(default_factory=list)
    on_news: Callable[[], None] = lambda: None

    def open(self, account: Account, user: str = "ann", heard: str = "", session: str = "s1") -> Tab:
        """Open one more tab."""
        with socket.create_server(("127.0.0.1", 0)) as listening:
            tab = Tab(socket.create_connection(listening.getsockname()))
            ours, _ = listening.accept()
        ours.setblocking(False)
        self.tabs.append(tab)
        self.hub.join(
            Outlet(ours, chunked=False), Listener(user, session, timedelta(hours=1), account, heard, self.on_news)
        )
        return tab


@contextmanager
def open_house(folder: Path, paces: Paces = HASTE, config: EventsConfig | None = None) -> Iterator[House]:
    """A hub of its own; everything is closed in the end."""
    database = open_database(folder)
    rows = DatabaseRows(database)
    now = int(NOON.timestamp())
    for family in ("s1", "s2"):
        rows.add(SessionRow(family, family, "u1", now, now, now, now + 3600, 0, b"blob"))
    hub = Hub(config or EventsConfig(), LivingSessions(rows, lambda: NOON), paces)
    house = House(hub, rows, database)
    try:
        yield house
    finally:
        hub.close()
        for tab in house.tabs:
            tab.close()
        database.close()
