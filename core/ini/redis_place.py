"""Where a Redis is, as [session] redis_url says."""

import ipaddress
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from core.ini.app import is_address
from core.input.values import Secret

REDIS_WAYS = "redis://localhost:6379/0, rediss://name:password@host:6379/0 or unix:///run/redis/redis.sock"
DEFAULT_PORT = 6379


@dataclass(frozen=True)
class RedisPlace:
    """Where a Redis is: a host and port, or a socket; and who asks it."""

    host: str = ""
    port: int = DEFAULT_PORT
    socket: str = ""
    database: int = 0
    encrypted: bool = False
    name: str | None = None
    password: Secret | None = field(default=None, repr=False)

    @classmethod
    def parse(cls, url: str) -> "RedisPlace":
        """What an address says. Raises ValueError, which does not repeat the address: it may hold a password."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port or DEFAULT_PORT
        except ValueError:
            raise _refused(f"is not an address like {REDIS_WAYS}") from None
        if parts.scheme not in ("redis", "rediss", "unix") or parts.query or parts.fragment:
            raise _refused(f"is not an address like {REDIS_WAYS}")
        name = unquote(parts.username) if parts.username else None
        password = Secret(unquote(parts.password)) if parts.password else None
        if parts.scheme == "unix":
            if host or not parts.path.startswith("/") or parts.path == "/":
                raise _refused(f"names no socket; it looks like {REDIS_WAYS}")
            return cls(socket=unquote(parts.path), name=name, password=password)
        number = parts.path.removeprefix("/") or "0"
        if not host or not (number.isascii() and number.isdigit()):
            raise _refused(f"is not an address like {REDIS_WAYS}")
        if parts.scheme == "redis" and not _is_loopback(host):
            raise _refused(f"would send sessions unencrypted to {host}. Say rediss:// and let Redis speak TLS")
        return cls(host, port, "", int(number), parts.scheme == "rediss", name, password)

    def __str__(self) -> str:
        inner = f"[{self.host}]" if is_address(self.host) and ":" in self.host else self.host
        return f"socket {self.socket}" if self.socket else f"{inner}, port {self.port}"


def _is_loopback(host: str) -> bool:
    return ipaddress.ip_address(host).is_loopback if is_address(host) else host == "localhost"


def _refused(reason: str) -> ValueError:
    return ValueError(f"redis_url {reason}.")
