"""Files that hold keys of the server: a line for each key, the active one first, for their owner's eyes alone.

A line is the key in hexadecimal, a space and when it was made, in seconds since 1970. systemd may hand such a file over
as a credential instead; hm3 reads that and does not write it.
"""

import fcntl
import os
import stat
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from core.errors import ConfigError
from core.security.crypto import KEY_SIZE, CryptoConfig, key_id, new_key

SERVER_KEY, VAULT_KEY = "server.key", "vault.key"
_CREDENTIALS = "CREDENTIALS_DIRECTORY"
_MODE = 0o400
# systemd grants a service its credentials by an access list, whose mask stands in the bits of the group.
_OTHERS, _OTHERS_OF_CREDENTIAL = 0o077, 0o027
_LONGEST = 65536


@dataclass(frozen=True)
class HeldKey:
    """One key of a file, and when it was made."""

    key: bytes = field(repr=False)
    made: datetime

    @property
    def id(self) -> bytes:
        """What stands in front of what it sealed."""
        return key_id(self.key)


class KeyFile:
    """The keys of one file, read anew whenever the file changes, so that a running server follows a rotation."""

    def __init__(self, path: Path, *, is_credential: bool = False) -> None:
        self.path = path
        self.is_credential = is_credential
        self._name = str(path)
        self._lock = threading.Lock()
        self._seen: tuple[int, ...] = ()
        self._keys: tuple[HeldKey, ...] = ()
        self._octets: tuple[bytes, ...] = ()

    @classmethod
    def find(cls, name: str, folder: Path) -> "KeyFile":
        """The file of a name: systemd's credential where there is one, else the one in the folder."""
        credentials = os.environ.get(_CREDENTIALS)
        given = Path(credentials) / name if credentials else None
        return cls(given, is_credential=True) if given is not None and given.exists() else cls(folder / name)

    def read(self) -> tuple[HeldKey, ...]:
        """The keys, the active one first. Raises ConfigError where they cannot be read or others can read them."""
        try:
            # Each request asks several times.
            status = os.stat(self._name)
        except OSError as error:
            raise ConfigError(f"{self.path} cannot be read: {error.strerror}. Put it back from your backup.") from error
        seen = (status.st_ino, status.st_mtime_ns, status.st_size)
        if seen == self._seen:
            # What they are is changed before what was seen.
            return self._keys
        with self._lock:
            if seen != self._seen:
                self._keys = self._read(status)
                self._octets = tuple(held.key for held in self._keys)
                self._seen = seen
            return self._keys

    def octets(self) -> tuple[bytes, ...]:
        """The keys alone, as `read` gives them; the same tuple as long as they are the same."""
        self.read()
        return self._octets

    def make(self, now: datetime) -> None:
        """Begin with one new key, unless there is a file already. Raises ConfigError where it cannot be written."""
        if self.path.exists():
            return
        self._on_disk(lambda: None if self.path.exists() else self._write((HeldKey(new_key(), now),)))

    def add(self, now: datetime) -> HeldKey:
        """A new key becomes the active one; the others stay to read with. Raises ConfigError."""
        added = HeldKey(new_key(), now)
        self._on_disk(lambda: self._write((added, *self.read())))
        return added

    def drop(self, ids: Collection[bytes]) -> None:
        """Forget keys that nothing is sealed under any more; the active one always stays. Raises ConfigError."""
        self._on_disk(
            lambda: self._write(tuple(key for n, key in enumerate(self.read()) if not n or key.id not in ids))
        )

    def _on_disk(self, act: Callable[[], None]) -> None:
        if self.is_credential:
            raise ConfigError(
                f"{self.path} is a credential that systemd hands over, and hm3 does not write it. Put a line from "
                "`hm3 crypto new-key` above the others in the credential, restart hm3 and say `hm3 crypto migrate`."
            )
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with _locked(self.path.parent):
                act()
        except OSError as error:
            raise ConfigError(
                f"{self.path} cannot be written: {error.strerror}. Let {self.path.parent} belong to the user who "
                "runs hm3, or name another folder with [crypto] keys."
            ) from error

    def _write(self, keys: tuple[HeldKey, ...]) -> None:
        """Put a whole new file in the old one's place: whoever reads finds the one or the other."""
        beside = self.path.with_name(f".{self.path.name}.new")
        beside.unlink(missing_ok=True)
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MODE), "w") as file:
            file.writelines(f"{line_of(key)}\n" for key in keys)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self.path)

    def _read(self, status: os.stat_result) -> tuple[HeldKey, ...]:
        refused = _OTHERS_OF_CREDENTIAL if self.is_credential else _OTHERS
        if stat.S_IMODE(status.st_mode) & refused:
            raise ConfigError(f"{self.path} can be read by other users. Say: chmod 0400 {self.path}")
        try:
            with self.path.open(encoding="ascii") as file:
                lines = [line.split() for line in file.read(_LONGEST).splitlines()]
            keys = tuple(_held(line, status.st_mtime) for line in lines if line)
        except OSError as error:
            raise ConfigError(
                f"{self.path} cannot be read: {error.strerror}. Give it to the user who runs hm3."
            ) from error
        except (ValueError, OverflowError):
            keys = ()
        if not keys:
            raise ConfigError(f"{self.path} does not hold a key. Put back the one from your backup.")
        return keys


@dataclass(frozen=True)
class KeyFiles:
    """The files of a site: of the keys of the server, and of those of the vault."""

    server: KeyFile
    vault: KeyFile


def find_keys(config: CryptoConfig, data: Path) -> KeyFiles:
    """Where a site with its data in a folder has its keys."""
    folder = config.keys or data / "keys"
    return KeyFiles(KeyFile.find(SERVER_KEY, folder), KeyFile.find(VAULT_KEY, folder))


def make_keys(files: KeyFiles, now: datetime) -> None:
    """Begin with new keys where there are none, and read them. Raises ConfigError with the reason and the way out."""
    for file in (files.server, files.vault):
        file.make(now)
        file.read()


def line_of(key: HeldKey) -> str:
    """How a key stands in its file."""
    return f"{key.key.hex()} {int(key.made.timestamp())}"


def _held(line: list[str], written: float) -> HeldKey:
    """One line's key; where it does not say when it was made, it is as old as the file. Raises ValueError."""
    text, *made = line
    key = bytes.fromhex(text)
    if len(key) != KEY_SIZE or len(made) > 1:
        raise ValueError
    return HeldKey(key, datetime.fromtimestamp(int(made[0]) if made else written, UTC))


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Only one process writes keys in a folder at a time."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
