"""A user's open sessions, as they see them: on which device, from where, since when; and ending them."""

import ipaddress
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from core.input.reading import Client
from core.security.crypto import SECRETS_PAD, DecryptError, Purpose, lookup_hash, seal, subkey, unseal
from core.security.suites import Suite
from core.visitor.rows import SessionRow, SessionRows

# The first that a User-Agent names counts: most name others too.
_BROWSERS = {
    "Edg": "Edge",
    "OPR": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "CriOS": "Chrome",
    "Chromium": "Chromium",
    "Chrome": "Chrome",
    "HeadlessChrome": "Chrome",
    "Safari": "Safari",
}
_SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac OS X": "macOS",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}


@dataclass(frozen=True)
class Device:
    """One open session. `place` is the network it was opened from, never a whole address."""

    id: str
    label: str
    place: str
    created: datetime
    last_seen: datetime
    current: bool


class Devices:
    """The open sessions of users. What they tell of a device is encrypted under its user's data key."""

    def __init__(self, rows: SessionRows, root: bytes, now: Callable[[], datetime]) -> None:
        self._rows = rows
        self._lookup = subkey(root, "hm3.lookup")
        self._now = now

    def of(self, user: str, key: bytes | None, current: str) -> tuple[Device, ...]:
        """A user's open sessions, the one that asks first, then the one that was used last."""
        devices: dict[str, Device] = {}
        for row in self._of(user):
            label, place = read_device(row.meta, key, row.family)
            is_current = row.family == current
            moments = (_moment(row.created), _moment(row.last_seen))
            devices[row.family] = Device(row.family, label, place, *moments, is_current)
        return tuple(sorted(devices.values(), key=lambda device: (not device.current, -device.last_seen.timestamp())))

    def end(self, user: str, family: str) -> bool:
        """End one session of a user; whether there was one."""
        return self._end(row.family for row in self._of(user) if row.family == family) > 0

    def end_others(self, user: str, current: str) -> int:
        """End every session of a user but one; how many there were."""
        return self._end(row.family for row in self._of(user) if row.family != current)

    def end_all(self, user: str) -> int:
        """End every session of a user; how many there were."""
        return self._end(row.family for row in self._of(user))

    def _of(self, user: str) -> tuple[SessionRow, ...]:
        now = int(self._now().timestamp())
        return tuple(row for row in self._rows.of_user(self._ref(user)) if row.ends > now)

    def _end(self, families: Iterable[str]) -> int:
        return sum(self._rows.drop_family(family) > 0 for family in set(families))

    def _ref(self, user: str) -> str:
        return lookup_hash(self._lookup, user)


def describe_device(client: Client, key: bytes | None, family: str, suite: Suite | None = None) -> bytes | None:
    """What is kept of the device that opened a session; nothing where the user's data key is not at hand."""
    if key is None:
        return None
    told = json.dumps({"label": device_label(client.agent), "place": network(client.address)})
    return seal(_meta_key(key), told.encode(), _purpose(family), suite, pad=SECRETS_PAD)


def device_label(agent: str) -> str:
    """A browser and a system by their usual names, from a User-Agent header."""
    browser = next((name for mark, name in _BROWSERS.items() if re.search(rf"\b{mark}/", agent)), "")
    system = next((name for mark, name in _SYSTEMS.items() if mark in agent), "")
    return " · ".join(filter(None, (browser, system)))


def network(address: str) -> str:
    """The network of an address: enough to know one's own, too little to find a person."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return ""
    return str(ipaddress.ip_network((known, 24 if known.version == 4 else 48), strict=False))


def read_device(meta: bytes | None, key: bytes | None, family: str) -> tuple[str, str]:
    """Label and network of a device, as `describe_device` kept them; nothing where that cannot be read."""
    if meta is None or key is None:
        return "", ""
    try:
        told = json.loads(unseal(_meta_key(key), meta, _purpose(family)))
    except DecryptError:
        # Opened while the user had another data key: there is nothing to tell.
        return "", ""
    return str(told["label"]), str(told["place"])


def _meta_key(key: bytes) -> bytes:
    return subkey(key, "hm3.device")


def _purpose(family: str) -> Purpose:
    return Purpose("hm3.device", "", "session", family)


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
