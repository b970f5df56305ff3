"""Authenticated encryption of what hm3 keeps, and the keys it is done with.

A ciphertext is version (1 octet), suite (1), key id (8), nonce (24), then XChaCha20-Poly1305 over one flag octet and
the data. What a ciphertext is for stands in the associated data, so that one cannot be put in another's place.
"""

import hashlib
import os
import secrets
import struct
from dataclasses import dataclass
from pathlib import Path

from nacl import bindings
from nacl.exceptions import CryptoError

from core.errors import ConfigError, WebmailError

VERSION, SUITE = 1, 1
KEY_SIZE = bindings.crypto_aead_xchacha20poly1305_ietf_KEYBYTES
_NONCE_SIZE = bindings.crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
_HEAD = struct.Struct(">BB8s")
_PLAIN = b"\0"


class DecryptError(WebmailError):
    """A ciphertext is damaged, belongs elsewhere, or was made with another key. Nothing is told apart on purpose."""


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


def seal(key: bytes, data: bytes, purpose: Purpose) -> bytes:
    """Encrypt data for one purpose."""
    head = _HEAD.pack(VERSION, SUITE, _key_id(key))
    nonce = secrets.token_bytes(_NONCE_SIZE)
    body = bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(_PLAIN + data, _bound(head, purpose), nonce, key)
    return head + nonce + bytes(body)


def unseal(key: bytes, blob: bytes, purpose: Purpose) -> bytes:
    """Decrypt what `seal` made with the same key for the same purpose. Raises DecryptError for anything else."""
    head, nonce, body = blob[: _HEAD.size], blob[_HEAD.size :][:_NONCE_SIZE], blob[_HEAD.size + _NONCE_SIZE :]
    try:
        version, suite, key_id = _HEAD.unpack(head)
        if (version, suite) != (VERSION, SUITE) or key_id != _key_id(key):
            raise DecryptError("This was encrypted with another key.")
        data = bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(body, _bound(head, purpose), nonce, key)
    except (struct.error, CryptoError, ValueError, TypeError) as error:
        raise DecryptError("This cannot be decrypted.") from error
    return bytes(data[1:])


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


def _key_id(key: bytes) -> bytes:
    return hashlib.blake2b(key, person=b"hm3.kid", digest_size=8).digest()


def _bound(head: bytes, purpose: Purpose) -> bytes:
    fields = (purpose.name, purpose.owner, purpose.kind, purpose.object)
    counted = b"".join(struct.pack(">I", len(field.encode())) + field.encode() for field in fields)
    return struct.pack(">I", 3) + b"hm3" + head + counted + struct.pack(">Q", purpose.version)
