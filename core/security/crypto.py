"""Authenticated encryption of what hm3 keeps, and the keys it is done with.

A ciphertext is version (1 octet), suite (1), key id (8), then the suite's own body over one flag octet and the data.
What a ciphertext is for stands in the associated data, so that one cannot be put in another's place.
"""

import hashlib
import secrets
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from functools import cache, lru_cache
from os.path import isfile
from pathlib import Path

from core.errors import WebmailError
from core.ini.schema import option
from core.security.suites import Suite, Unreadable, default_suite, encryptions

VERSION = 1
KEY_SIZE = 32
SECRETS_PAD, SETTINGS_PAD = 64, 1024
_HEAD = struct.Struct(">BB8s")
_PLAIN, _PADDED = b"\0", b"\1"
_BOUND = (3).to_bytes(4, "big") + b"hm3"
_NO_CONTEXT = hashlib.blake2b(b"", digest_size=16).digest()
_TEXT_MARK = "hm1."


@dataclass(frozen=True)
class CryptoConfig:
    """How what is kept is encrypted."""

    suite: Suite = option(
        default_suite(),
        help="xchacha20 (libsodium), or aes-cbc or aes-gcm where it has to be AES with 256 bits. All are always read.",
    )
    keys: Path | None = option(
        None,
        help="The folder of server.key and vault.key, best outside of what is backed up. Without it, keys in [app] "
        "data. Where systemd hands them over as credentials, those count.",
    )

    def __post_init__(self) -> None:
        """Raise ValueError where the keys cannot be in that folder."""
        if self.keys is not None and isfile(self.keys):
            raise ValueError(f"keys = {self.keys} is a file. Name a folder.")


class DecryptError(WebmailError):
    """A ciphertext is damaged or belongs elsewhere. Nothing more is told apart on purpose."""


class KeyUnavailable(DecryptError):
    """A ciphertext was made with another key than the one at hand."""


@dataclass(frozen=True)
class Purpose:
    """What a ciphertext is for: whose it is, which kind of object, which one, and its version."""

    name: str
    owner: str = ""
    kind: str = ""
    object: str = ""
    version: int = 0


@dataclass(frozen=True)
class Marks:
    """What a ciphertext says of itself: how it was made, and the id of the key that it needs."""

    version: int
    suite: int
    made_with: bytes


def marks(blob: bytes) -> Marks:
    """What stands in front of a ciphertext. Raises DecryptError where it is none."""
    try:
        return Marks(*_HEAD.unpack(blob[: _HEAD.size]))
    except struct.error as error:
        raise DecryptError("This is no ciphertext.") from error


def new_key() -> bytes:
    """Thirty-two random octets."""
    return secrets.token_bytes(KEY_SIZE)


def subkey(key: bytes, purpose: str, context: str = "") -> bytes:
    """A key of 32 octets for one purpose and context, from which neither the key nor its siblings follow."""
    salt = hashlib.blake2b(context.encode(), digest_size=16).digest() if context else _NO_CONTEXT
    return hashlib.blake2b(key=key, salt=salt, person=_person(purpose), digest_size=KEY_SIZE).digest()


def lookup_hash(key: bytes, value: str) -> str:
    """A keyed hash by which a row is found, so that a stolen database names nobody."""
    return hashlib.blake2b(value.encode(), key=key, digest_size=32).hexdigest()


def seal(
    key: bytes,
    data: bytes,
    purpose: Purpose,
    suite: Suite | None = None,
    *,
    pad: int = 0,
    made_with: bytes | None = None,
) -> bytes:
    """Encrypt data for one purpose; with `pad`, up to a multiple of so many octets, so that lengths say little.

    `made_with` is the id of the key that this one follows from, where that is what the ciphertext shall name.
    """
    number = (suite or default_suite()).number
    head = _HEAD.pack(VERSION, number, made_with or key_id(key))
    plain = _PADDED + data + b"\x80" + b"\0" * (-(len(data) + 1) % pad) if pad else _PLAIN + data
    return head + encryptions()[number].encrypt(key, plain, _bound(head, purpose))


def unseal(key: bytes, blob: bytes, purpose: Purpose, *, made_with: bytes | None = None) -> bytes:
    """Decrypt what `seal` made with the same key for the same purpose.

    Raises KeyUnavailable where it was another key, and DecryptError for anything else.
    """
    head, body = blob[: _HEAD.size], blob[_HEAD.size :]
    try:
        version, suite, told = _HEAD.unpack(head)
    except struct.error as error:
        raise DecryptError("This is no ciphertext.") from error
    encryption = encryptions().get(suite)
    if version != VERSION or encryption is None:
        raise DecryptError("This was encrypted in a way that is unknown here.")
    if told != (made_with or key_id(key)):
        raise KeyUnavailable("This was encrypted with another key.")
    try:
        plain = encryption.decrypt(key, body, _bound(head, purpose))
    except Unreadable as error:
        raise DecryptError("This cannot be decrypted.") from error
    return plain[1:].rstrip(b"\0")[:-1] if plain[:1] == _PADDED else plain[1:]


def as_text(blob: bytes) -> str:
    """A ciphertext as letters, for places that hold text."""
    return _TEXT_MARK + urlsafe_b64encode(blob).decode().rstrip("=")


def from_text(text: str) -> bytes:
    """What `as_text` wrote. Raises DecryptError where it did not."""
    inner = text.removeprefix(_TEXT_MARK)
    try:
        return urlsafe_b64decode(inner + "=" * (-len(inner) % 4)) if inner != text else b""
    except ValueError as error:
        raise DecryptError("This is no ciphertext.") from error


def key_id(key: bytes) -> bytes:
    """What stands in ciphertexts to tell which key they need; it tells nothing else of the key."""
    return hashlib.blake2b(key, person=b"hm3.kid", digest_size=8).digest()


def _bound(head: bytes, purpose: Purpose) -> bytes:
    counted = (_counted(purpose.name), _counted(purpose.owner), _counted(purpose.kind), _counted(purpose.object))
    return b"".join((_BOUND, head, *counted, purpose.version.to_bytes(8, "big")))


# Few are named again and again.
@lru_cache(maxsize=1024)
def _counted(field: str) -> bytes:
    octets = field.encode()
    return len(octets).to_bytes(4, "big") + octets


@cache
def _person(purpose: str) -> bytes:
    person = purpose.encode().ljust(16, b"\0")
    if len(person) > 16:
        raise ValueError(f"the purpose {purpose} is longer than 16 octets")
    return person
