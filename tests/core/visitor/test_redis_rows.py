"""Sessions in a real Redis: what it sees, what it forgets, and what happens when it is not there."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.errors import ConfigError, Unavailable
from core.ini.redis_place import RedisPlace
from core.ini.session import SessionConfig
from core.input.reading import Client
from core.input.values import Secret
from core.security.crypto import new_key
from core.visitor.devices import Devices
from core.visitor.permissions import Roles, User
from core.visitor.redis_rows import RedisRows, open_redis
from core.visitor.session import Session
from core.visitor.store import Opened, SessionStore
from demo.certificates import make_certificates
from demo.ports import free_port
from tests.core.visitor.conftest import NOON
from tests.core.visitor.test_rows import NOW, ROW
from tests.servers.redis import RedisServer

IDLE = timedelta(hours=2)


def opened_at(url: str, authority: Path | None = None) -> RedisRows:
    return open_redis(Secret(url), authority, IDLE, lambda: NOON)


@pytest.fixture
def redis_rows(redis_server: RedisServer) -> Iterator[RedisRows]:
    """Rows in an empty Redis."""
    opened = opened_at(redis_server.url)
    yield opened
    opened.close()


@pytest.mark.servers
def test_redis_sees_hashes_and_ciphertext_alone(redis_rows: RedisRows, redis_server: RedisServer) -> None:
    store = SessionStore(redis_rows, new_key(), SessionConfig(), Roles(), lambda: NOON)
    session = Session(visitor=User("canary-user"), key=new_key())
    session.keep("canary", Secret("canary-password"))
    cookies = store.save(Opened(session), client=Client("192.0.2.9", "canary-agent Firefox/1"))
    assert cookies is not None and store.open(cookies, Client("192.0.2.9", "Firefox/2")).session.visitor == User(
        "canary-user"
    )
    client = redis_server.client()
    keys = [key.decode() for key in client.scan_iter()]
    assert len(keys) == 3
    for key in keys:
        assert key.startswith("hm3:") and set(key.rpartition(":")[2]) <= set("0123456789abcdef")
        held = client.hgetall(key) if ":session:" in key else client.smembers(key)
        for word in (b"canary", b"Firefox", b"192.0.2", cookies.key.encode(), cookies.reference.encode()):
            assert word not in repr(held).encode()


@pytest.mark.servers
def test_redis_forgets_a_session_that_rests_or_ends(redis_rows: RedisRows, redis_server: RedisServer) -> None:
    redis_rows.add(replace(ROW, ends=NOW + 24 * 3600))
    client = redis_server.client()
    assert 7200 <= int(client.ttl("hm3:session:a1")) <= 7260
    assert 86400 <= int(client.ttl("hm3:user:u1")) <= 86460
    redis_rows.succeed("a1", NOW + 30, replace(ROW, id="a2"))
    assert 30 <= int(client.ttl("hm3:session:a1")) <= 90
    assert 3600 <= int(client.ttl("hm3:session:a2")) <= 3660
    redis_rows.touch("a2", NOW - 7000)
    assert 200 <= int(client.ttl("hm3:session:a2")) <= 260
    redis_rows.expire(NOW, NOW)
    assert redis_rows.find("a2") is not None


@pytest.mark.servers
def test_what_redis_forgot_leaves_no_trace(redis_rows: RedisRows, redis_server: RedisServer) -> None:
    redis_rows.add(ROW)
    redis_rows.add(replace(ROW, id="a2"))
    client = redis_server.client()
    client.delete("hm3:session:a1")
    assert [row.id for row in redis_rows.of_user("u1")] == ["a2"]
    client.delete("hm3:session:a2")
    redis_rows.add(replace(ROW, id="a3"))
    assert client.smembers("hm3:family:f1") == {b"a3"}
    assert redis_rows.drop_family("f1") == 1
    assert list(client.scan_iter()) == []


@pytest.mark.servers
def test_sessions_are_listed_and_logged_out_everywhere(redis_rows: RedisRows) -> None:
    root, key = new_key(), new_key()
    store = SessionStore(redis_rows, root, SessionConfig(), Roles(), lambda: NOON)
    phone = store.save(Opened(Session(visitor=User("ada"), key=key)), client=Client("192.0.2.9", "Firefox/1 Linux"))
    store.save(Opened(Session(visitor=User("bob"), key=key)))
    devices = Devices(redis_rows, root, lambda: NOON)
    (known,) = devices.of("ada", key, "")
    assert (known.label, known.place) == ("Firefox · Linux", "192.0.2.0/24")
    assert (devices.end("bob", known.id), devices.end_all("ada"), devices.of("ada", key, "")) == (False, 1, ())
    assert store.open(phone, Client("192.0.2.9", "Firefox/1 Linux")).session.visitor is None
    assert len(devices.of("bob", key, "")) == 1


@pytest.mark.servers
def test_a_redis_that_goes_away_is_told_and_what_it_held_is_not_ended(
    redis_rows: RedisRows, redis_server: RedisServer
) -> None:
    redis_rows.add(ROW)
    redis_server.stop()
    for asked in (
        lambda: redis_rows.find("a1"),
        lambda: redis_rows.replace("a1", 0, 1, b"", NOW),
        lambda: redis_rows.of_user("u1"),
    ):
        with pytest.raises(Unavailable, match="does not answer") as refused:
            asked()
        assert refused.value.reason.startswith("Redis (")
    redis_server.start()
    assert redis_rows.find("a1") is None


@pytest.mark.servers
def test_redis_is_asked_with_tls_and_a_certificate_that_holds(redis_server: RedisServer, tmp_path: Path) -> None:
    rows = opened_at(redis_server.tls_url, redis_server.certificates.ca_file)
    rows.add(ROW)
    assert rows.find("a1") == ROW
    rows.close()
    for authority in (None, make_certificates(tmp_path).ca_file):
        with pytest.raises(ConfigError, match="does not answer") as refused:
            opened_at(redis_server.tls_url, authority)
        assert "CERTIFICATE_VERIFY_FAILED" in str(refused.value).upper().replace(" ", "_")


@pytest.mark.servers
def test_the_rights_that_the_guide_names_are_enough(redis_server: RedisServer) -> None:
    guide = (Path(__file__).resolve().parents[3] / "docs" / "deploy.md").read_text()
    (line,) = (line for line in guide.splitlines() if line.startswith("user hm3 on "))
    words = line.removeprefix("user ").split()
    redis_server.client().execute_command("ACL", "SETUSER", *words)  # type: ignore[no-untyped-call]  # it has no types
    rows = opened_at(redis_server.url.replace(":test@", "hm3:password@"))
    rows.add(ROW)
    assert rows.succeed("a1", NOW + 30, replace(ROW, id="a2"))
    assert rows.replace("a2", 0, 1, b"new", NOW)
    rows.touch("a2", NOW + 1)
    assert [row.id for row in rows.of_user("u1")] == ["a1", "a2"] and rows.find("a2") is not None
    assert rows.drop_family("f1") == 2
    rows.close()


@pytest.mark.servers
def test_redis_is_asked_through_a_socket(redis_server: RedisServer) -> None:
    rows = opened_at(redis_server.socket_url)
    rows.add(ROW)
    assert rows.find("a1") == ROW
    rows.close()


@pytest.mark.servers
def test_a_wrong_password_is_told_at_start_without_showing_it(redis_server: RedisServer) -> None:
    with pytest.raises(ConfigError) as refused:
        opened_at(redis_server.url.replace(":test@", ":canary@"))
    assert "port" in str(refused.value) and "canary" not in str(refused.value)


def test_a_redis_that_is_not_there_is_told_at_start() -> None:
    port = free_port()
    with pytest.raises(ConfigError, match=rf"Redis at 127.0.0.1, port {port} does not answer: .* See \[session\]"):
        opened_at(f"redis://127.0.0.1:{port}")


def test_redis_needs_an_address() -> None:
    with pytest.raises(ConfigError, match=r"\[session\] store = redis needs \[session\] redis_url"):
        open_redis(None, None, IDLE, lambda: NOON)


@pytest.mark.parametrize(
    ("url", "place", "said"),
    [
        ("redis://localhost", RedisPlace("localhost"), "localhost, port 6379"),
        ("redis://[::1]:7000/3", RedisPlace("::1", 7000, database=3), "[::1], port 7000"),
        (
            "rediss://hm3:a%40b@redis.example",
            RedisPlace("redis.example", encrypted=True, name="hm3", password=Secret("a@b")),
            "redis.example, port 6379",
        ),
        ("unix:///run/redis/redis.sock", RedisPlace(socket="/run/redis/redis.sock"), "socket /run/redis/redis.sock"),
    ],
)
def test_an_address_says_where_redis_is(url: str, place: RedisPlace, said: str) -> None:
    assert RedisPlace.parse(url) == place
    assert str(place) == said


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("localhost:6379", "is not an address like"),
        ("http://canary@localhost", "is not an address like"),
        ("redis://localhost:canary", "is not an address like"),
        ("redis://localhost/canary", "is not an address like"),
        ("redis:///0", "is not an address like"),
        # Options of an address could switch the certificate's check off.
        ("rediss://redis.example?ssl_cert_reqs=none", "is not an address like"),
        ("unix://redis.sock", "names no socket"),
        ("unix:///", "names no socket"),
        ("redis://:canary@redis.example", "would send sessions unencrypted to redis.example"),
        ("redis://192.0.2.7", "would send sessions unencrypted to 192.0.2.7"),
    ],
)
def test_an_address_that_cannot_be_or_is_not_safe_is_refused_without_showing_it(url: str, reason: str) -> None:
    with pytest.raises(ValueError, match=f"^redis_url {reason}") as refused:
        RedisPlace.parse(url)
    assert "canary" not in str(refused.value)
