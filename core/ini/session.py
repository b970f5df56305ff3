"""The section [session] of hm3.ini: how long sessions live, where they are kept, and what they are bound to."""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from pathlib import Path

from core.errors import ConfigError
from core.ini.redis_place import REDIS_WAYS, RedisPlace
from core.ini.schema import option
from core.input.values import Secret
from core.security import tls


class Store(Enum):
    """Where sessions are kept."""

    DATABASE = "database"
    REDIS = "redis"


class Fingerprint(Enum):
    """What of a browser a session is bound to; each holds what stands before it too."""

    OFF = "off"
    BROWSER = "browser"
    NETWORK = "network"
    STRICT = "strict"


@dataclass(frozen=True)
class SessionConfig:
    """How long a session lives, where it is kept, and which browser may go on with it."""

    idle: timedelta = option(timedelta(hours=2), help="After so long without activity a session ends.")
    longest: timedelta = option(timedelta(hours=24), help="After so long a session ends in any case.")
    store: Store = option(
        Store.DATABASE,
        help="Where sessions are kept, encrypted under a key that only the browser has: the database, or Redis.",
    )
    redis_url: Secret | None = option(
        None,
        help="Where Redis is, such as redis://localhost:6379/0, rediss://name:password@host:6379/0 with TLS, or "
        "unix:///run/redis/redis.sock. Another machine is asked with TLS alone.",
    )
    redis_ca: Path | None = option(
        None,
        help="A file with the certificates that the one of Redis has to be signed by. Without it, the system's.",
    )
    fingerprint: Fingerprint = option(
        Fingerprint.BROWSER,
        help="Whose requests a session takes: browser means the same browser on the same system, in whatever version; "
        "network also the same network (IPv4 /24, IPv6 /48), which moving phones leave; strict also the same version "
        "and languages. Others are asked to log in, and the session itself goes on.",
    )

    def __post_init__(self) -> None:
        """Raise ValueError where the options do not fit together."""
        if self.store is Store.REDIS and self.redis_url is None:
            raise ValueError(f"store = redis needs redis_url, such as {REDIS_WAYS}.")
        if self.redis_url is not None:
            RedisPlace.parse(self.redis_url)
        if self.redis_ca is not None:
            try:
                tls.context_of(tls.TlsOptions(ca_file=self.redis_ca))
            except ConfigError as error:
                raise ValueError(str(error).replace("ca_file", "redis_ca", 1)) from error  # as it is called here
        if min(self.idle, self.longest) <= timedelta():
            raise ValueError("idle and longest have to be longer than nothing, or nobody could log in.")

    @property
    def warnings(self) -> tuple[str, ...]:
        """What an admin should know of these options, in sentences."""
        if self.redis_url is None or self.store is Store.REDIS:
            return ()
        return (
            "redis_url is not used, because sessions are kept in the database. Say store = redis, or take it away.",
        )
