"""What a remembered browser keeps: a selector by which a row is found, and a validator that opens it."""

import secrets
from dataclasses import dataclass, field
from typing import ClassVar, Self

from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from core import Secret, crypto

_LENGTHS = (22, 43)  # of 16 and 32 octets in base64
_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


class TokenText(Secret):
    """The cookie of a remembered browser; what cannot be one counts as none and stops nobody."""

    __slots__ = ()
    longest: ClassVar[int] = 66

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Any text."""
        parts = text.split(".")
        fits = tuple(map(len, parts)) == _LENGTHS and _LETTERS.issuperset("".join(parts))
        return cls(text if fits else "")


@dataclass(frozen=True)
class Token:
    """A selector and a validator. The server keeps a hash of each, and a login that only the validator opens."""

    selector: str = field(repr=False)
    validator: str = field(repr=False)

    @classmethod
    def new(cls) -> "Token":
        """A token that nobody had before, with 128 and 256 random bits."""
        return cls(secrets.token_urlsafe(16), secrets.token_urlsafe(32))

    @classmethod
    def read(cls, text: TokenText) -> "Token | None":
        """The token in a cookie, if there is one."""
        selector, _, validator = text.partition(".")
        return cls(selector, validator) if selector and validator else None

    @property
    def text(self) -> Secret:
        """The token as a cookie holds it."""
        return Secret(f"{self.selector}.{self.validator}")

    @property
    def key(self) -> bytes:
        """The key that follows from the validator and from nothing that the server keeps (HKDF, RFC 5869)."""
        return HKDF(SHA512(), 32, salt=None, info=b"hm3\0remember").derive(self.validator.encode())

    def id(self, lookup: bytes) -> str:
        """What the row is called."""
        return crypto.lookup_hash(lookup, f"selector {self.selector}")

    def proof(self, lookup: bytes) -> str:
        """What the row keeps of the validator."""
        return crypto.lookup_hash(lookup, f"validator {self.validator}")
