"""Files uploaded while a message is written: kept on disk, encrypted with a key that only the session has."""

import base64
import hashlib
import json
import os
import re
import secrets
import shutil
import struct
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Self

from nacl import bindings
from nacl.exceptions import CryptoError

from core import (
    Line,
    NotFound,
    Refusal,
    Secret,
    Sentence,
    Session,
    TooLarge,
    Upload,
    UpstreamError,
    pack,
    unpack,
)
from modules.compose.checking import LONGEST_NAME, UploadChecks, check_bounds, plain_name, raise_together
from modules.compose.headers import clean_line
from modules.compose.results import ComposeLimits

LIFETIME = timedelta(days=1)
CHUNK = 64 * 1024
SESSIONS_TIMES = 5
KEY = "compose.uploads"
_ID = re.compile(r"[A-Za-z0-9_-]{22}", re.ASCII)
_LENGTH = struct.Struct(">I")
_OVERHEAD = bindings.crypto_secretstream_xchacha20poly1305_ABYTES
_HEADER = bindings.crypto_secretstream_xchacha20poly1305_HEADERBYTES
_MESSAGE = bindings.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE
_FINAL = bindings.crypto_secretstream_xchacha20poly1305_TAG_FINAL


class UploadId(Line):
    """The random name of one uploaded file."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Raise ValueError unless the text can name an upload."""
        if not _ID.fullmatch(text):
            raise ValueError(Sentence("is not the name of an upload"))
        return cls(text)


class Token(UploadId):
    """The random name of one composition."""

    __slots__ = ()

    @classmethod
    def make(cls) -> Self:
        """A new one."""
        return cls(secrets.token_urlsafe(16))


@dataclass(frozen=True)
class KeptUpload:
    """One uploaded file: for which composition, what its sender said of it, and what its readers may be warned of."""

    id: UploadId
    token: Token
    name: str
    media_type: str
    size: int
    note: str = ""


def upload_key(session: Session) -> bytes:
    """The session's own key for uploads, made when first asked for."""
    if KEY not in session.secrets:
        fresh = bindings.crypto_secretstream_xchacha20poly1305_keygen()
        session.keep(KEY, Secret(base64.b64encode(fresh).decode("ascii")))
    return base64.b64decode(session.secret(KEY))


class Uploads:
    """One session's uploads. Whoever lacks the session's key can neither find nor read them."""

    def __init__(self, folder: Path, key: bytes, limits: ComposeLimits, checks: UploadChecks = UploadChecks()) -> None:
        name = hashlib.blake2b(b"folder", key=key, digest_size=16).hexdigest()
        self._all, self._folder, self._key, self._limits = folder, folder / name, key, limits
        self.checks = checks

    def keep(self, upload: Upload, token: Token) -> KeptUpload:
        """Take a file for a composition.

        Raises TooLarge beyond the bounds, another Refusal where the site does not take such a file, and UpstreamError
        where the disk or the virus scanner fails.
        """
        self._check_bounds(upload, token)
        note = self.checks.check(upload)
        media_type = clean_line(upload.media_type)[:LONGEST_NAME]
        kept = KeptUpload(
            UploadId(secrets.token_urlsafe(16)), token, plain_name(upload.filename), media_type, upload.size, note
        )
        unfinished = self._folder / f".{kept.id}"
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                self._write(file, kept, upload.stream)
            unfinished.replace(self._folder / kept.id)
        except OSError as error:
            with suppress(OSError):
                unfinished.unlink()
            raise UpstreamError(
                Sentence(
                    "%(name)s could not be kept: %(reason)s. Tell your admin.",
                    name=kept.name,
                    reason=error.strerror,
                )
            ) from error
        return kept

    def keep_all(self, files: Sequence[Upload], token: Token) -> tuple[KeptUpload, ...]:
        """Take files for a composition. Where some are not taken, the others are kept before that is raised."""
        kept: list[KeptUpload] = []
        refused: list[Refusal | UpstreamError] = []
        for file in files:
            try:
                kept.append(self.keep(file, token))
            except (Refusal, UpstreamError) as error:
                refused.append(error)
        raise_together(refused)
        return tuple(kept)

    def of(self, token: Token) -> tuple[KeptUpload, ...]:
        """The uploads of one composition, in the order in which they came."""
        return tuple(kept for kept in self._kept() if kept.token == token)

    def find(self, id: UploadId) -> KeptUpload:
        """One upload. Raises NotFound where this session has none of that name."""
        try:
            with open(self._folder / id, "rb") as file:
                return self._about(id, next(self._read(file, id)))
        except OSError as error:
            raise NotFound(Sentence("This file is not kept any more. Please attach it again.")) from error

    def open(self, id: UploadId) -> Iterator[bytes]:
        """A file's octets in pieces. Raises NotFound where it is gone or was tampered with."""
        try:
            with open(self._folder / id, "rb") as file:
                pieces = self._read(file, id)
                next(pieces, b"")
                yield from pieces
        except OSError as error:
            raise NotFound(Sentence("This file is not kept any more. Please attach it again.")) from error

    def remove(self, id: UploadId) -> None:
        """Forget one upload; one that is gone already stays gone."""
        (self._folder / id).unlink(missing_ok=True)

    def clear(self, token: Token) -> None:
        """Forget all uploads of one composition."""
        for kept in self.of(token):
            self.remove(kept.id)

    def clear_all(self) -> None:
        """Forget everything of this session."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _check_bounds(self, upload: Upload, token: Token) -> None:
        limits, kept = self._limits, self._kept()
        name, together = plain_name(upload.filename), [one.size for one in kept if one.token == token]
        check_bounds(name, upload.size, together, limits)
        if upload.size + sum(one.size for one in kept) > SESSIONS_TIMES * limits.largest_message:
            raise TooLarge(Sentence("%(name)s does not fit beside the files of your other unsent messages.", name=name))

    def _kept(self) -> list[KeptUpload]:
        try:
            with os.scandir(self._folder) as entries:
                found = sorted((entry.stat().st_mtime_ns, entry.name) for entry in entries)
        except OSError:
            return []
        kept: list[KeptUpload] = []
        for _, name in found:
            if _ID.fullmatch(name):
                try:
                    kept.append(self.find(UploadId(name)))
                except NotFound:
                    continue
        return kept

    def _write(self, file: BinaryIO, kept: KeptUpload, stream: BinaryIO) -> None:
        """The header, then pieces with their lengths: what the file is, its octets, and an empty final one."""
        state = bindings.crypto_secretstream_xchacha20poly1305_state()
        file.write(bindings.crypto_secretstream_xchacha20poly1305_init_push(state, self._key))

        def push(octets: bytes, tag: int) -> None:
            sealed = bindings.crypto_secretstream_xchacha20poly1305_push(state, octets, kept.id.encode(), tag)
            file.write(_LENGTH.pack(len(sealed)) + sealed)

        about: dict[str, object] = {
            "token": kept.token,
            "name": kept.name,
            "media_type": kept.media_type,
            "size": kept.size,
        }
        about["note"] = pack(kept.note)
        push(json.dumps(about).encode(), _MESSAGE)
        while piece := stream.read(CHUNK):
            push(piece, _MESSAGE)
        push(b"", _FINAL)

    def _read(self, file: BinaryIO, id: UploadId) -> Iterator[bytes]:
        """The pieces. Raises NotFound where one was changed, moved or cut off."""
        damaged = NotFound(Sentence("This file was damaged where it was kept. Please attach it again."))
        state = bindings.crypto_secretstream_xchacha20poly1305_state()
        header = file.read(_HEADER)
        if len(header) != _HEADER:
            raise damaged
        bindings.crypto_secretstream_xchacha20poly1305_init_pull(state, header, self._key)
        tag = _MESSAGE
        while tag != _FINAL:
            (length,) = _LENGTH.unpack(file.read(_LENGTH.size).rjust(_LENGTH.size, b"\0"))
            sealed = file.read(min(length, CHUNK + _OVERHEAD))
            if len(sealed) != length or length < _OVERHEAD:
                raise damaged
            try:
                piece, tag = bindings.crypto_secretstream_xchacha20poly1305_pull(state, sealed, id.encode())
            except (CryptoError, RuntimeError) as error:
                raise damaged from error
            yield piece

    def _about(self, id: UploadId, octets: bytes) -> KeptUpload:
        about = json.loads(octets)
        return KeptUpload(
            id, Token(about["token"]), about["name"], about["media_type"], about["size"], unpack(about["note"])
        )


def remove_old_uploads(folder: Path, now: datetime) -> None:
    """Remove what was uploaded more than a day ago, whoever left it behind."""
    limit = (now - LIFETIME).timestamp()
    for session in folder.glob("*/"):
        # Other processes do the same at the same time, and some folders are still in use.
        with suppress(OSError):
            for file in session.iterdir():
                if file.stat().st_mtime < limit:
                    file.unlink(missing_ok=True)
            session.rmdir()
