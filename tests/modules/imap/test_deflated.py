"""Connections that are compressed: what they become stays within bounds, and everything works as on others."""

import itertools
import select
import socket
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import SimpleNamespace

import pytest

from bench.between import Between, Upstream, proxy
from core import Secret, tls
from modules.imap.api import Idling, News, Server
from modules.imap.client import ImapConnection
from modules.imap.deflated import Deflated
from modules.imap.errors import ServerGone
from modules.imap.login import Credentials, connect
from modules.imap.names import Literal
from modules.imap.reader import BoundedReader
from modules.imap.server import Compression
from tests.modules.imap.conftest import numbered
from tests.modules.imap.scripted import Answer, ScriptedServer
from tests.servers.mail_user import MailUser

OFFERED = b"* CAPABILITY IMAP4rev1 AUTH=PLAIN ID COMPRESS=DEFLATE\r\n"
Far = Callable[..., tuple[Server, Between]]


@pytest.fixture
def ends() -> Iterator[tuple[Deflated, socket.socket]]:
    """Our compressed end of a connection, and the other as it is."""
    near, far = socket.socketpair()
    near.settimeout(5)
    yield Deflated(near), far
    near.close()
    far.close()


def packed(octets: bytes, end: int = zlib.Z_SYNC_FLUSH) -> bytes:
    packing = zlib.compressobj(9, wbits=-15)
    return packing.compress(octets) + packing.flush(end)


def test_no_more_is_inflated_than_was_asked_for(ends: tuple[Deflated, socket.socket]) -> None:
    near, far = ends
    far.sendall(packed(bytes(1_000_000)))
    pieces: list[int] = []
    while sum(pieces) < 1_000_000:
        pieces.append(len(near.recv(4096)))
        assert near.holds_more or sum(pieces) == 1_000_000
    assert max(pieces) == 4096


@pytest.mark.parametrize("size", [1, 2, 257, 258, 259, 4096])
def test_what_fills_the_room_to_the_last_octet_hides_nothing(ends: tuple[Deflated, socket.socket], size: int) -> None:
    near, far = ends
    far.sendall(packed(b"x" * size * 3))
    assert [len(near.recv(size)) for _ in range(3)] == [size] * 3
    near.setblocking(False)
    with pytest.raises(BlockingIOError):
        near.recv(size)
    assert not near.holds_more


def test_a_line_that_never_ends_is_given_up_however_small_it_came(ends: tuple[Deflated, socket.socket]) -> None:
    near, far = ends
    far.sendall(packed(bytes(33 * 1024 * 1024)))
    with pytest.raises(ServerGone, match="never ends"):
        BoundedReader(near, 5).readline()


def test_blocks_without_octets_do_not_keep_a_reader_beyond_its_time(
    monkeypatch: pytest.MonkeyPatch, ends: tuple[Deflated, socket.socket]
) -> None:
    near, far = ends
    empty = packed(b"")
    now = itertools.count(0.0)
    monkeypatch.setattr("modules.imap.deflated.time", SimpleNamespace(monotonic=lambda: next(now)))
    monkeypatch.setattr("modules.imap.deflated._CHUNK", len(empty))
    far.sendall(empty * 20)
    with pytest.raises(TimeoutError):
        near.recv(100)


def test_what_is_not_compressed_breaks_the_connection(ends: tuple[Deflated, socket.socket]) -> None:
    near, far = ends
    far.sendall(b"* OK this is plain text\r\n")
    with pytest.raises(ServerGone, match="broke"):
        BoundedReader(near, 5).readline()


def test_an_end_of_the_compressed_octets_is_the_end_of_the_connection(ends: tuple[Deflated, socket.socket]) -> None:
    near, far = ends
    far.sendall(packed(b"* BYE\r\n", zlib.Z_FINISH) + b"more")
    assert (near.recv(100), near.recv(100)) == (b"* BYE\r\n", b"")
    far.close()


def test_what_came_before_the_answer_was_read_counts_too() -> None:
    near, far = socket.socketpair()
    with near, far:
        assert Deflated(near, packed(b"* 1 EXISTS\r\n")).recv(100) == b"* 1 EXISTS\r\n"


def test_each_send_can_be_read_at_once(ends: tuple[Deflated, socket.socket]) -> None:
    near, far = ends
    inflating = zlib.decompressobj(wbits=-15)
    near.sendall(b"a1 NOOP\r\n")
    assert inflating.decompress(far.recv(100)) == b"a1 NOOP\r\n"
    assert near.send(b"a2 NOOP\r\n") == 9
    assert inflating.decompress(far.recv(100)) == b"a2 NOOP\r\n"


def scripted(**answers: Answer) -> ScriptedServer:
    return ScriptedServer({"CAPABILITY": OFFERED, **answers})


def connect_to(server: ScriptedServer, compression: Compression = Compression.ON) -> ImapConnection:
    return connect(replace(server.server, compression=compression), Credentials("ann", Secret("secret")))


def test_a_server_that_will_not_compress_is_used_as_it_is() -> None:
    server = scripted(COMPRESS=b"TAG NO not now\r\n")
    connection = connect_to(server)
    assert connection.run(b"NOOP").ok
    assert [line.split()[0] for line in server.lines].count(b"COMPRESS") == 1
    connection.close_quietly()
    server.stop()


@pytest.mark.parametrize("said", [b"* BYE enough\r\nTAG OK\r\n", b"ABCD99 OK of another\r\n TAG", b"+ go on TAG\r\n"])
def test_an_answer_that_makes_no_sense_ends_the_connection(said: bytes) -> None:
    server = scripted(COMPRESS=said)
    with pytest.raises(ServerGone):
        connect_to(server)
    server.stop()


def test_nothing_is_asked_of_a_server_that_does_not_offer_it_or_is_not_to_be_asked() -> None:
    for server, wanted in ((ScriptedServer(), Compression.ON), (scripted(), Compression.OFF)):
        connect_to(server, wanted).close_quietly()
        assert not server.said("COMPRESS")
        server.stop()


@pytest.fixture
def far(mail_user: MailUser) -> Iterator[Far]:
    """Makes a way to Dovecot that counts what goes over it, and is so many seconds long."""
    running = []

    def go(compression: Compression, delay: float = 0.0) -> tuple[Server, Between]:
        way = proxy(Upstream(mail_user.dovecot.host, mail_user.dovecot.imap_port), delay)
        between = way.__enter__()
        running.append(way)
        options = tls.TlsOptions(security=tls.Security.NONE)
        return Server("127.0.0.1", between.port, options, read_timeout=20, compression=compression), between

    yield go
    for way in running:
        way.__exit__(None, None, None)


def enter(server: Server, user: MailUser) -> ImapConnection:
    return connect(server, Credentials(user.name, Secret(user.password)))


@pytest.mark.servers
def test_the_password_goes_before_anything_is_compressed(far: Far, mail_user: MailUser) -> None:
    server, between = far(Compression.ON)
    connection = enter(server, mail_user)
    connection.run(b"NOOP")
    commands = between.counters.take().commands
    assert commands.index("AUTHENTICATE") < commands.index("COMPRESS") == len(commands) - 2
    connection.close_quietly()


@pytest.mark.servers
@pytest.mark.parametrize(("delay", "compressed"), [(0.0, False), (0.05, True)])
def test_only_a_far_server_is_asked_of_itself(far: Far, mail_user: MailUser, delay: float, compressed: bool) -> None:
    server, between = far(Compression.AUTOMATIC, delay)
    # A near one may seem far in the moment in which this machine does something else.
    asked = []
    for _ in range(3):
        enter(server, mail_user).close_quietly()
        asked.append("COMPRESS" in between.counters.take().commands)
    assert (all if compressed else lambda each: not all(each))(asked)


@pytest.mark.servers
def test_literals_go_both_ways_in_fewer_octets(far: Far, mail_user: MailUser) -> None:
    counted = {}
    for compression in (Compression.OFF, Compression.ON):
        server, between = far(compression)
        connection = enter(server, mail_user)
        between.counters.take()
        message = numbered(1) + b"The same words again.\r\n" * 4000
        assert connection.run(b"APPEND", b"INBOX", Literal(message)).ok
        assert connection.run(b"SELECT", b"INBOX").ok
        fetched = connection.run(b"FETCH", b"*", b"BODY.PEEK[]")
        assert message in [
            record[1] for heard in fetched.heard for record in heard.records if isinstance(record, tuple)
        ]
        traffic = between.counters.take()
        assert traffic.commands == ("APPEND", "SELECT", "FETCH")
        counted[compression] = traffic.sent, traffic.received
        assert connection.is_quiet
        connection.close_quietly()
    assert all(few < many / 20 for few, many in zip(counted[Compression.ON], counted[Compression.OFF], strict=True))


@pytest.mark.servers
def test_a_compressed_connection_tells_of_news(far: Far, mail_user: MailUser) -> None:
    server, _ = far(Compression.ON)
    idling = Idling(enter(server, mail_user))
    idling.renew()
    while not idling.is_settled:
        assert select.select([idling], [], [], 20)[0]
        assert idling.read() is News.NOTHING
    mail_user.append(numbered(1))
    assert select.select([idling], [], [], 20)[0]
    assert idling.read() is News.MESSAGES
    idling.close()


@pytest.mark.servers
def test_a_compressed_connection_that_the_server_ended_is_not_quiet(far: Far, mail_user: MailUser) -> None:
    server, _ = far(Compression.ON)
    connection = enter(server, mail_user)
    assert connection.is_quiet
    connection._imap.send(b"a1 LOGOUT\r\n")
    assert connection._imap.readline().startswith(b"* BYE")
    assert not connection.is_quiet
    connection.close_quietly()
