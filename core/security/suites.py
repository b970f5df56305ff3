"""The ways in which data can be encrypted, each with the number that stands in front of its ciphertexts.

Suite 1 is XChaCha20-Poly1305 by libsodium; suite 2 is AES-256-CBC, then HMAC-SHA-512 over everything (RFC 2104, cut to
32 octets); suite 3 is AES-256-GCM. A key of one suite is of no use to another.
"""

import hmac
import secrets
from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

try:
    from nacl import bindings
    from nacl.exceptions import CryptoError

    HAS_LIBSODIUM = True
except ImportError:
    HAS_LIBSODIUM = False

_GCM_NONCE, _XCHACHA_NONCE, _IV, _MAC = 12, 24, 16, 32


class Unreadable(ValueError):
    """A body was not made by this suite with this key for this purpose."""


class Suite(Enum):
    """How new data is encrypted; what was encrypted in another way is still read."""

    XCHACHA20 = "xchacha20"
    AES_CBC = "aes-cbc"
    AES_GCM = "aes-gcm"

    @property
    def number(self) -> int:
        """The octet in front of its ciphertexts."""
        return {"xchacha20": 1, "aes-cbc": 2, "aes-gcm": 3}[self.value]


class Encryption(Protocol):
    """One suite at work; `bound` is authenticated and not part of the body."""

    def encrypt(self, key: bytes, plain: bytes, bound: bytes) -> bytes:
        """The body of a ciphertext."""
        ...

    def decrypt(self, key: bytes, body: bytes, bound: bytes) -> bytes:
        """What was encrypted. Raises Unreadable."""
        ...


class _XChaCha20:
    def encrypt(self, key: bytes, plain: bytes, bound: bytes) -> bytes:
        nonce = secrets.token_bytes(_XCHACHA_NONCE)
        return nonce + bytes(bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(plain, bound, nonce, key))

    def decrypt(self, key: bytes, body: bytes, bound: bytes) -> bytes:
        nonce, sealed = body[:_XCHACHA_NONCE], body[_XCHACHA_NONCE:]
        try:
            return bytes(bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(sealed, bound, nonce, key))
        except (CryptoError, ValueError, TypeError) as error:
            raise Unreadable from error


class _AesCbc:
    def encrypt(self, key: bytes, plain: bytes, bound: bytes) -> bytes:
        for_cipher, for_mac = self._keys(key)
        initial = secrets.token_bytes(_IV)
        padder = padding.PKCS7(AES.block_size).padder()
        encryptor = Cipher(AES(for_cipher), CBC(initial)).encryptor()
        sealed = encryptor.update(padder.update(plain) + padder.finalize()) + encryptor.finalize()
        return initial + sealed + self._mac(for_mac, bound, initial + sealed)

    def decrypt(self, key: bytes, body: bytes, bound: bytes) -> bytes:
        for_cipher, for_mac = self._keys(key)
        initial, sealed, mac = body[:_IV], body[_IV:-_MAC], body[-_MAC:]
        # The mac is checked before anything is decrypted: a wrong padding is never seen.
        if len(body) < 2 * _IV + _MAC or not hmac.compare_digest(mac, self._mac(for_mac, bound, initial + sealed)):
            raise Unreadable
        decryptor = Cipher(AES(for_cipher), CBC(initial)).decryptor()
        unpadder = padding.PKCS7(AES.block_size).unpadder()
        return unpadder.update(decryptor.update(sealed) + decryptor.finalize()) + unpadder.finalize()

    @staticmethod
    def _keys(key: bytes) -> tuple[bytes, bytes]:
        expanded = _expand(key, 2, 96)
        return expanded[:32], expanded[32:]

    @staticmethod
    def _mac(key: bytes, bound: bytes, body: bytes) -> bytes:
        return hmac.digest(key, bound + len(bound).to_bytes(8, "big") + body, "sha512")[:_MAC]


class _AesGcm:
    def encrypt(self, key: bytes, plain: bytes, bound: bytes) -> bytes:
        nonce = secrets.token_bytes(_GCM_NONCE)
        return nonce + AESGCM(_expand(key, 3, 32)).encrypt(nonce, plain, bound)

    def decrypt(self, key: bytes, body: bytes, bound: bytes) -> bytes:
        try:
            return AESGCM(_expand(key, 3, 32)).decrypt(body[:_GCM_NONCE], body[_GCM_NONCE:], bound)
        except (InvalidTag, ValueError) as error:
            raise Unreadable from error


_EVERYWHERE: Mapping[int, Encryption] = {2: _AesCbc(), 3: _AesGcm()}
_ENCRYPTIONS = MappingProxyType({1: _XChaCha20(), **_EVERYWHERE} if HAS_LIBSODIUM else dict(_EVERYWHERE))


def default_suite() -> Suite:
    """The suite for new data where nothing else is asked for: libsodium's where it is installed."""
    return Suite.XCHACHA20 if HAS_LIBSODIUM else Suite.AES_CBC


def encryptions() -> Mapping[int, Encryption]:
    """The suites that work on this machine, by their numbers."""
    return _ENCRYPTIONS


def _expand(key: bytes, number: int, length: int) -> bytes:
    """Keys of one suite from a key for one purpose (RFC 5869)."""
    return HKDF(SHA512(), length, salt=None, info=b"hm3\0suite" + bytes([number])).derive(key)
