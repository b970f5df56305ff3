"""Keys that follow from a password: slowly, and with a salt that is kept beside what the key opens."""

import hashlib
import secrets
from dataclasses import dataclass

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from core.errors import WebmailError
from core.input.values import Secret
from core.processors import anywhere
from core.security.passwords import HAS_ARGON2, LEAST_MEMORY, LEAST_PASSES, LEAST_ROUNDS, PasswordConfig

if HAS_ARGON2:
    from nacl import pwhash

SALT_SIZE, KEY_SIZE = 16, 32


class WeakParameters(WebmailError):
    """A key is to be derived in an unknown way, or with less work than is safe."""


@dataclass(frozen=True)
class KeyDerivation:
    """How a key follows from a password; kept beside what the key opens."""

    salt: bytes
    memory: int = 64 * 1024 * 1024
    passes: int = 3
    rounds: int = 0

    def __str__(self) -> str:
        """The parameters in one line, as they are kept and bound into what the key opens."""
        return f"pbkdf2-sha512:{self.rounds}" if self.rounds else f"argon2id:{self.memory}:{self.passes}"

    @classmethod
    def read(cls, text: str, salt: bytes) -> "KeyDerivation":
        """The parameters that `str` wrote. Raises WeakParameters for others."""
        kind, *numbers = text.split(":")
        if kind == "argon2id" and len(numbers) == 2:
            return cls(salt, int(numbers[0]), int(numbers[1]))
        if kind == "pbkdf2-sha512" and len(numbers) == 1:
            return cls(salt, 0, 0, int(numbers[0]))
        raise WeakParameters(f"{text} names no way to derive a key.")


def derive_key(password: Secret, how: KeyDerivation) -> bytes:
    """32 octets that follow from a password and a salt. Raises WeakParameters below what is safe."""
    with anywhere():
        return _derived(password.encode(), how)


def _derived(octets: bytes, how: KeyDerivation) -> bytes:
    if how.rounds:
        if is_weak(how):
            raise WeakParameters(f"{how.rounds} rounds of PBKDF2 are too few.")
        return hashlib.pbkdf2_hmac("sha512", octets, how.salt, how.rounds, KEY_SIZE)
    if is_weak(how):
        raise WeakParameters(f"Argon2id with {how.memory} octets and {how.passes} passes is too little work.")
    if len(how.salt) != SALT_SIZE:
        raise WeakParameters(f"Argon2id takes a salt of {SALT_SIZE} octets, not of {len(how.salt)}.")
    if not HAS_ARGON2:
        argon2 = Argon2id(
            salt=how.salt, length=KEY_SIZE, iterations=how.passes, lanes=1, memory_cost=how.memory // 1024
        )
        return argon2.derive(octets)
    return bytes(pwhash.argon2id.kdf(KEY_SIZE, octets, how.salt, how.passes, how.memory))


def is_weak(how: KeyDerivation) -> bool:
    """Whether `derive_key` refuses it for too little work."""
    return how.rounds < LEAST_ROUNDS if how.rounds else how.memory < LEAST_MEMORY or how.passes < LEAST_PASSES


def new_derivation(config: PasswordConfig) -> KeyDerivation:
    """How keys are derived from now on, with a salt of their own."""
    if HAS_ARGON2:
        return KeyDerivation(secrets.token_bytes(SALT_SIZE), int(config.memory), int(config.passes))
    return KeyDerivation(secrets.token_bytes(2 * SALT_SIZE), 0, 0, max(600_000, int(config.pbkdf2_rounds)))
