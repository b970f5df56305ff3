"""Authenticated encryption of what hm3 keeps, and the keys it is done with.

A ciphertext is version (1 octet), suite (1), key id (8), then the suite's own body over one flag octet and the data.
What a ciphertext is for stands in the associated data, so that one cannot be put in another's place.
"""

import hashlib
import os
import secrets
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from pathlib import Path

from core.errors import ConfigError, WebmailError
from core.ini.schema import option
from core.security.suites import Suite, Unreadable, default_suite, encryptions

VERSION = 1
KEY_SIZE = 32
SECRETS_PAD, SETTINGS_PAD = 64, 1024
_HEAD = struct.Struct(">BB8s")
_PLAIN, _PADDED = b"\0", b"\1"
_TEXT_MARK = "hm1."


@dataclass(frozen=True)
class CryptoConfig:
    """How what is kept is encrypted."""

    suite: Suite = option(
        default_suite(),
        help="xchacha20 (libsodium), or aes-cbc or aes-gcm where it has to be AES with 256 bits. All are always read.",
    )


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


def new_key() -> bytes:
    """Thirty-two random octets."""
    return secrets.token_bytes(KEY_SIZE)


def subkey(key: bytes, purpose: str, context: str = "") -> bytes:
    """A key of 32 octets for one purpose and context, from which neither the key nor its siblings follow."""
    salt = hashlib.blake2b(context.encode(), digest_size=16).digest()
    person = purpose.encode().ljust(16, b"\0")
    if len(person) > 16:
        raise ValueError(f"the purpose {purpose} is longer than 16 octets")
    return hashlib.blake2b(key=key, salt=salt, person=person, digest_size=KEY_SIZE).digest()


def lookup_hash(key: bytes, value: str) -> str:
    """A keyed hash by which a row is found, so that a stolen database names nobody."""
    return hashlib.blake2b(value.encode(), key=key, digest_size=32).hexdigest()


def seal(key: bytes, data: bytes, purpose: Purpose, suite: Suite | None = None, *, pad: int = 0) -> bytes:
    """Encrypt data for one purpose; with `pad`, up to a multiple of so many octets, so that lengths say little."""
    number = (suite or default_suite()).number
    head = _HEAD.pack(VERSION, number, key_id(key))
    plain = _PADDED + data + b"\x80" + b"\0" * (-(len(data) + 1) % pad) if pad else _PLAIN + data
    return head + encryptions()[number].encrypt(key, plain, _bound(head, purpose))


def unseal(key: bytes, blob: bytes, purpose: Purpose) -> bytes:
    """Decrypt what `seal` made with the same key for the same purpose.

    Raises KeyUnavailable where it was another key, and DecryptError for anything else.
    """
    head, body = blob[: _HEAD.size], blob[_HEAD.size :]
    try:
        version, number, made_with = _HEAD.unpack(head)
    except struct.error as error:
        raise DecryptError("This is no ciphertext.") from error
    encryption = encryptions().get(number)
    if version != VERSION or encryption is None:
        raise DecryptError("This was encrypted in a way that is unknown here.")
    if made_with != key_id(key):
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


class ServerKeys:
    """Keys of this server for what modules keep, one for each purpose; what they encrypt, the server can read."""

    def __init__(self, root: bytes) -> None:
        self._root = root

    def of(self, purpose: str) -> bytes:
        """The key for a purpose, named in at most 16 octets."""
        return subkey(self._root, purpose)


def server_key(folder: Path) -> bytes:
    """The server's root key, made at the first start and readable by its owner alone. Raises ConfigError."""
    file = folder / "server.key"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    except FileExistsError:
        pass
    else:
        with os.fdopen(descriptor, "w") as made:
            made.write(new_key().hex())
    try:
        key = bytes.fromhex(file.read_text().strip())
    except ValueError:
        key = b""
    if len(key) != KEY_SIZE:
        raise ConfigError(f"{file} does not hold a key. Put back the one from your backup.")
    return key


def key_id(key: bytes) -> bytes:
    """What stands in ciphertexts to tell which key they need; it tells nothing else of the key."""
    return hashlib.blake2b(key, person=b"hm3.kid", digest_size=8).digest()


def _bound(head: bytes, purpose: Purpose) -> bytes:
    fields = (purpose.name, purpose.owner, purpose.kind, purpose.object)
    counted = b"".join(struct.pack(">I", len(field.encode())) + field.encode() for field in fields)
    return struct.pack(">I", 3) + b"hm3" + head + counted + struct.pack(">Q", purpose.version)
