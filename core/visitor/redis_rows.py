"""Sessions in Redis, which sees hashes and ciphertext and forgets by itself what has ended."""

import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from core.errors import ConfigError, Unavailable
from core.ini.redis_place import REDIS_WAYS, RedisPlace
from core.input.values import Secret
from core.sentences import Sentence
from core.visitor import redis_scripts as scripts
from core.visitor.rows import SessionRow

_PATIENCE = 5  # seconds that Redis has to answer


def open_redis(url: Secret | None, authority: Path | None, idle: timedelta, now: Callable[[], datetime]) -> "RedisRows":
    """Rows in the Redis at an address, of sessions that end when they rested for `idle`.

    Raises ConfigError with the reason where it does not answer.
    """
    if url is None:
        raise ConfigError(f"[session] store = redis needs [session] redis_url, such as {REDIS_WAYS}.")
    try:
        place = RedisPlace.parse(url)
    except ValueError as error:
        raise ConfigError(f"[session] {error}") from error
    client = _client(place, authority)
    try:
        client.ping()
    except (redis.RedisError, OSError) as error:
        client.close()
        raise ConfigError(
            f"Redis at {place} does not answer: {_reason(error)}. See [session] redis_url, or keep sessions in the "
            "database with [session] store = database."
        ) from error
    return RedisRows(client, idle, now)


class RedisRows:
    """Rows in Redis, one hash each. See SessionRows for what each function promises.

    Beside the rows stand sets of their ids, by family and by user. Every change is one script, which Redis runs alone.
    """

    def __init__(self, client: "redis.Redis", idle: timedelta, now: Callable[[], datetime]) -> None:
        self._client = client
        self._idle = int(idle.total_seconds())
        self._now = now
        self._scripts = {text: client.register_script(text) for text in scripts.ALL}

    def find(self, id: str) -> SessionRow | None:
        """The row of an id."""
        with _answering():
            return _read(id, self._client.hgetall(scripts.row_key(id)))

    def add(self, row: SessionRow) -> None:
        """Keep a new session's row."""
        self._run(scripts.ADD, *self._values(row))

    def succeed(self, id: str, ends: int, row: SessionRow) -> bool:
        """Keep a renewed session's row and let the one before it end then; False where that one is gone."""
        return bool(self._run(scripts.SUCCEED, id, ends, *self._values(row)))

    def replace(self, id: str, old: int, new: int, blob: bytes, last_seen: int) -> bool:
        """Put a new version in the place of the old one; False where another request was faster."""
        return bool(self._run(scripts.REPLACE, *self._times(), id, last_seen, old, new, blob))

    def touch(self, id: str, last_seen: int) -> None:
        """Remember when a session was active last."""
        self._run(scripts.TOUCH, *self._times(), id, last_seen)

    def drop_family(self, family: str) -> int:
        """Remove a session in every form its cookies had; how many rows there were."""
        return int(self._run(scripts.DROP_FAMILY, family))

    def of_user(self, user_ref: str) -> tuple[SessionRow, ...]:
        """A user's rows, the oldest renewal first."""
        found = self._run(scripts.OF_USER, user_ref)
        rows = (_read(id.decode(), dict(zip(told[::2], told[1::2], strict=True))) for id, told in found)
        return tuple(sorted((row for row in rows if row is not None), key=lambda row: (row.renewed, row.id)))

    def times_of(self, families: Sequence[str]) -> tuple[tuple[str, int, int], ...]:
        """Of each row of some sessions its family, when it was active last, and when it ends."""
        with _answering(), self._client.pipeline(transaction=False) as asking:
            for family in families:
                asking.smembers(scripts.family_key(family))
            rows = [(family, id.decode()) for family, ids in zip(families, asking.execute(), strict=True) for id in ids]
            for _, id in rows:
                asking.hmget(scripts.row_key(id), "last_seen", "ends")
            times = asking.execute()
        told = zip(rows, times, strict=True)
        return tuple((family, int(seen), int(ends)) for (family, _), (seen, ends) in told if seen and ends)

    def expire(self, now: int, idle: int) -> None:
        """Nothing: Redis forgets by itself what has ended or rested for too long."""

    def close(self) -> None:
        """Close every connection."""
        self._client.close()

    def _values(self, row: SessionRow) -> tuple[Any, ...]:  # Any: as _run takes them
        """What the scripts keep of a row."""
        now, idle = self._times()
        told = ((name, value) for name, value in vars(row).items() if name != "id" and value is not None)
        fields = (part for pair in told for part in pair)
        return now, idle, row.id, row.family, row.user_ref, max(0, row.ends - now), *fields

    def _times(self) -> tuple[int, int]:
        return int(self._now().timestamp()), self._idle

    def _run(self, script: str, *values: Any) -> Any:  # Any: octets, texts and numbers; what the script returns
        with _answering():
            return self._scripts[script](args=list(values))


def _client(place: RedisPlace, authority: Path | None) -> "redis.Redis":
    # One more try, at once: a connection that rested may have been closed by Redis meanwhile.
    common: dict[str, Any] = {  # Any: options of several types
        "username": place.name,
        "password": place.password,
        "socket_timeout": _PATIENCE,
        "retry": Retry(NoBackoff(), 1),
    }
    if place.socket:
        return redis.Redis(unix_socket_path=place.socket, **common)
    if place.encrypted:
        common |= {
            "ssl": True,
            "ssl_cert_reqs": "required",
            "ssl_check_hostname": True,
            "ssl_min_version": ssl.TLSVersion.TLSv1_2,
            "ssl_ca_certs": str(authority) if authority is not None else None,
        }
    return redis.Redis(place.host, place.port, place.database, socket_connect_timeout=_PATIENCE, **common)


@contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except (redis.RedisError, OSError) as error:
        reason = f"Redis ({_reason(error)})"
        raise Unavailable(Sentence("The place where sessions are kept does not answer."), reason) from error


def _read(id: str, told: Any) -> SessionRow | None:  # Any: octets by octets, of which redis-py says less
    if not told:
        return None
    numbers = {name: int(told[name.encode()]) for name in ("created", "renewed", "last_seen", "ends", "version")}
    family, user_ref = told[b"family"].decode(), told[b"user_ref"].decode()
    return SessionRow(id, family, user_ref, **numbers, blob=told[b"blob"], meta=told.get(b"meta"))


def _reason(error: Exception) -> str:
    return str(error).strip().rstrip(".") or type(error).__name__
