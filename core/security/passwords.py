"""Passwords of local accounts: how they are hashed, checked and hashed anew, and keys that follow from a password."""

import base64
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from enum import Enum
from typing import ClassVar, Self

import bcrypt

from core.ini.schema import option
from core.ini.values import Size
from core.input.values import Count, Secret
from core.processors import anywhere

try:
    from nacl import pwhash
    from nacl.exceptions import InvalidkeyError

    HAS_ARGON2 = True
except ImportError:
    HAS_ARGON2 = False

LEAST_MEMORY, LEAST_PASSES = 19 * 1024 * 1024, 2
LEAST_ROUNDS, LEAST_COST = 210_000, 10
_ARGON2 = re.compile(r"\$argon2id\$v=19\$m=(\d{1,9}),t=(\d{1,4}),p=(\d{1,3})\$[^$]+\$[^$]+", re.ASCII)
_BCRYPT = re.compile(r"\$hm3-bcrypt\$(\$2b\$(\d\d)\$[./A-Za-z0-9]{53})", re.ASCII)
_PBKDF2 = re.compile(r"\$pbkdf2-sha512\$i=(\d{1,9})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)", re.ASCII)


class PasswordHash(Enum):
    """How passwords of local accounts are hashed."""

    ARGON2ID = "argon2id"
    BCRYPT = "bcrypt"
    PBKDF2 = "pbkdf2"


class Passes(Count):
    """How often Argon2id goes over its memory."""

    __slots__ = ()
    least: ClassVar[int] = LEAST_PASSES
    most: ClassVar[int] = 100


class BcryptCost(Count):
    """The binary logarithm of bcrypt's rounds."""

    __slots__ = ()
    least: ClassVar[int] = LEAST_COST
    most: ClassVar[int] = 20


class Rounds(Count):
    """How many rounds PBKDF2 makes."""

    __slots__ = ()
    least: ClassVar[int] = LEAST_ROUNDS
    most: ClassVar[int] = 100_000_000


class HashMemory(Size):
    """How much memory one Argon2id hash takes."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Raise ValueError with a reason that reads after the option's name."""
        size = super().parse(text)
        if not LEAST_MEMORY <= size <= 4 * 1024**3:
            raise ValueError("is not between 19 MiB and 4 GiB")
        return cls(size)


@dataclass(frozen=True)
class PasswordConfig:
    """How passwords of local accounts are hashed."""

    hash: PasswordHash = option(PasswordHash.ARGON2ID, help="argon2id, bcrypt or pbkdf2. All are always understood.")
    memory: HashMemory = option(HashMemory(64 * 1024 * 1024), help="Memory of one Argon2id hash, at least 19 MiB.")
    passes: Passes = option(Passes(3), help="Passes of Argon2id over its memory, at least 2.")
    bcrypt_cost: BcryptCost = option(BcryptCost(12), help="The cost of bcrypt, at least 10.")
    pbkdf2_rounds: Rounds = option(Rounds(600_000), help="Rounds of PBKDF2-SHA-512, at least 210000.")


class PasswordHasher:
    """Makes and checks the strings that stand for passwords."""

    def __init__(self, config: PasswordConfig, pepper: bytes) -> None:
        self._config = config
        self._pepper = pepper
        self._nobody = self._unmatched()

    def hash(self, password: Secret) -> str:
        """A string from which the password does not follow, with a salt of its own."""
        with anywhere():
            return self._hashed(password.encode())

    def verify(self, password: Secret, kept: str | None) -> bool:
        """Whether the password is the one; with nothing kept, as much work is done, and it is not."""
        octets, known = password.encode(), kept is not None
        with anywhere():
            return self._matches(octets, kept if kept is not None else self._nobody) and known

    def is_outdated(self, kept: str) -> bool:
        """Whether the string was made in another way, or with other work, than is asked for now."""
        config = self._config
        if found := _ARGON2.fullmatch(kept):
            wanted = (int(config.memory) // 1024, int(config.passes))
            return config.hash is not PasswordHash.ARGON2ID or (int(found[1]), int(found[2])) != wanted
        if found := _BCRYPT.fullmatch(kept):
            return config.hash is not PasswordHash.BCRYPT or int(found[2]) != config.bcrypt_cost
        found = _PBKDF2.fullmatch(kept)
        usual = config.hash is PasswordHash.PBKDF2 or not HAS_ARGON2
        return found is None or not usual or int(found[1]) != config.pbkdf2_rounds

    def _hashed(self, octets: bytes) -> str:
        if self._config.hash is PasswordHash.BCRYPT:
            return self._bcrypt(octets)
        if self._config.hash is PasswordHash.PBKDF2 or not HAS_ARGON2:
            return _pbkdf2(octets, secrets.token_bytes(32), int(self._config.pbkdf2_rounds))
        return pwhash.argon2id.str(octets, int(self._config.passes), int(self._config.memory)).decode()

    def _matches(self, octets: bytes, kept: str) -> bool:
        if _ARGON2.fullmatch(kept) and HAS_ARGON2:
            try:
                return bool(pwhash.verify(kept.encode(), octets))
            except InvalidkeyError:
                return False
        if found := _BCRYPT.fullmatch(kept):
            return bcrypt.checkpw(self._peppered(octets), found[1].encode())
        if found := _PBKDF2.fullmatch(kept):
            again = _pbkdf2(octets, base64.b64decode(found[2] + "=="), int(found[1]))
            return hmac.compare_digest(again, kept)
        return False

    def _unmatched(self) -> str:
        """What looks like a hash of the kind made now, costs as much to check, and stands for no password."""
        config = self._config
        if config.hash is PasswordHash.BCRYPT:
            return f"$hm3-bcrypt${bcrypt.gensalt(int(config.bcrypt_cost)).decode()}{secrets.token_hex(16)[:31]}"
        if config.hash is PasswordHash.PBKDF2 or not HAS_ARGON2:
            return _pbkdf2_text(secrets.token_bytes(32), secrets.token_bytes(64), int(config.pbkdf2_rounds))
        work = f"m={int(config.memory) // 1024},t={int(config.passes)},p=1"
        return f"$argon2id$v=19${work}${_letters(secrets.token_bytes(16))}${_letters(secrets.token_bytes(32))}"

    def _bcrypt(self, octets: bytes) -> str:
        hashed = bcrypt.hashpw(self._peppered(octets), bcrypt.gensalt(int(self._config.bcrypt_cost)))
        return f"$hm3-bcrypt${hashed.decode()}"

    def _peppered(self, octets: bytes) -> bytes:
        """What bcrypt hashes: 44 letters whatever the password is, since it takes 72 octets and no NUL."""
        return base64.b64encode(hmac.digest(self._pepper, octets, "sha256"))


def _pbkdf2(octets: bytes, salt: bytes, rounds: int) -> str:
    return _pbkdf2_text(salt, hashlib.pbkdf2_hmac("sha512", octets, salt, rounds, 64), rounds)


def _pbkdf2_text(salt: bytes, made: bytes, rounds: int) -> str:
    return "$".join(("", "pbkdf2-sha512", f"i={rounds}", _letters(salt), _letters(made)))


def _letters(octets: bytes) -> str:
    return base64.b64encode(octets).decode().rstrip("=")
