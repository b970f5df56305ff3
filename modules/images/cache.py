"""Images that were fetched already: kept in the data folder, encrypted for one session, until it ends."""

import os
import secrets
import shutil
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from pathlib import Path

from core import ServerKeys, Session, User, crypto
from modules.images.drawing import TYPES, Picture

# In seconds.
KEPT_FOR = 24 * 60 * 60.0
SWEEP_EVERY = 60.0
_PAD = 4096


class ImageFiles:
    """The files of all sessions. The oldest make room, and none lasts longer than a day."""

    def __init__(self, folder: Path, most: int, now: Callable[[], float] = time.time) -> None:
        self._folder = folder
        self._most = most
        self._now = now
        self._lock = threading.Lock()
        self._swept: float | None = None

    def read(self, name: str) -> bytes | None:
        """What is kept under a name, such as user/session/image."""
        try:
            return (self._folder / name).read_bytes()
        except OSError:
            return None

    def write(self, name: str, octets: bytes) -> None:
        """Keep octets under a name. Where the disk does not take them, they are not kept."""
        place = self._folder / name
        fresh = place.with_name(f".{secrets.token_hex(8)}")
        with suppress(OSError):
            place.parent.mkdir(parents=True, exist_ok=True)
            fresh.write_bytes(octets)
            moment = self._now()
            os.utime(fresh, (moment, moment))
            fresh.replace(place)
        self._sweep()

    def erase(self, name: str) -> None:
        """Remove everything under a name."""
        shutil.rmtree(self._folder / name, ignore_errors=True)

    def _sweep(self) -> None:
        """Now and then remove what is too old, and the oldest of what is too much."""
        with self._lock:
            now = self._now()
            if self._swept is not None and now - self._swept < SWEEP_EVERY:
                return
            self._swept = now
        kept: list[tuple[float, int, Path]] = []
        for file in self._folder.glob("*/*/*"):
            with suppress(OSError):
                told = file.stat()
                kept.append((told.st_mtime, told.st_size, file))
        room, oldest = self._most, now - KEPT_FOR
        for moment, size, file in sorted(kept, reverse=True):
            room -= size
            if room < 0 or moment < oldest:
                file.unlink(missing_ok=True)
        for folder in (*self._folder.glob("*/*"), *self._folder.glob("*")):
            with suppress(OSError):
                folder.rmdir()  # which takes empty ones only


class ImageCache:
    """The images of one session, which no other one can read."""

    def __init__(self, files: ImageFiles, keys: ServerKeys, session: Session) -> None:
        self._files = files
        self._keys = keys
        # As they are now: what is erased at the end of a session is what was its own.
        self._user = session.visitor.name if isinstance(session.visitor, User) else ""
        self._session, self._session_key = session.id, session.key

    # Every page that may show a picture has this cache, and few ask it for one.
    @cached_property
    def _key(self) -> bytes:
        return crypto.subkey(self._session_key or self._keys.of("hm3.images"), "hm3.images.keep", self._session)

    @cached_property
    def _names(self) -> bytes:
        return crypto.subkey(self._keys.of("hm3.images"), "hm3.images.name")

    @cached_property
    def _place(self) -> str:
        return f"{self.of_user(self._user)}/{self._name(self._session)}"

    def of_user(self, name: str) -> str:
        """Where everything of a user is kept."""
        return self._name(f"user {name}")

    def find(self, address: str) -> Picture | None:
        """The image that came from an address, if it is kept."""
        name = self._name(address)
        blob = self._files.read(f"{self._place}/{name}")
        if blob is None:
            return None
        try:
            told = crypto.unseal(self._key, blob, self._purpose(name))
        except crypto.DecryptError:
            return None
        media_type, _, octets = told.partition(b"\n")
        return Picture(TYPES[int(media_type)], octets)

    def keep(self, address: str, picture: Picture) -> None:
        """Keep an image for as long as the session lasts."""
        name = self._name(address)
        told = b"%d\n%s" % (TYPES.index(picture.media_type), picture.octets)
        sealed = crypto.seal(self._key, told, self._purpose(name), self._keys.suite, pad=_PAD)
        self._files.write(f"{self._place}/{name}", sealed)

    def erase(self) -> None:
        """Remove the images of this session."""
        self._files.erase(self._place)

    def erase_all_of(self, user: str) -> None:
        """Remove the images of all sessions of a user."""
        self._files.erase(self.of_user(user))

    def _name(self, of: str) -> str:
        return crypto.lookup_hash(self._names, of)[:32]

    def _purpose(self, name: str) -> crypto.Purpose:
        return crypto.Purpose("hm3.images", self._place, "image", name)
