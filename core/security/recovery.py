"""Recovery codes: 160 random bits that a person writes down, and the key that follows from them."""

import secrets

from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

# Crockford's letters: none that look alike.
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CHECKED = _LETTERS + "*~$=U"
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})
_GROUPS, _LENGTH = 8, 32


class BadCode(ValueError):
    """The text is no recovery code: a letter is missing or was mistaken."""


def new_recovery_code() -> str:
    """Thirty-two letters in groups of four, then one that checks the others."""
    number = secrets.randbits(5 * _LENGTH)
    letters = "".join(_LETTERS[number >> 5 * place & 31] for place in reversed(range(_LENGTH)))
    groups = [letters[at : at + 4] for at in range(0, _LENGTH, 4)]
    return "-".join([*groups, _CHECKED[number % len(_CHECKED)]])


def read_recovery_code(text: str) -> bytes:
    """The octets of a code however it was typed: any case, any spaces. Raises BadCode."""
    letters = "".join(letter for letter in text.upper() if not letter.isspace() and letter != "-").translate(_READ_AS)
    if len(letters) != _LENGTH + 1:
        raise BadCode(f"has {len(letters)} letters instead of {_LENGTH + 1}")
    number = 0
    for letter in letters[:-1]:
        if letter not in _LETTERS:
            raise BadCode(f"cannot hold {letter}")
        number = number << 5 | _LETTERS.index(letter)
    if letters[-1] != _CHECKED[number % len(_CHECKED)]:
        raise BadCode("was mistyped: its last letter does not fit the others")
    return number.to_bytes(5 * _LENGTH // 8, "big")


def recovery_key(code: bytes, salt: bytes) -> bytes:
    """The key that a code stands for; the code is random enough to need no slow way."""
    return HKDF(SHA512(), 32, salt=salt, info=b"hm3\0recovery").derive(code)
