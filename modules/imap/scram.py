"""SCRAM-SHA-256 as a SASL client (RFC 5802, RFC 7677): the password is proven, never sent; the server proves it too."""

import base64
import binascii
import hashlib
import hmac
import secrets
import stringprep
import unicodedata

from core import Secret

_LEAST_ROUNDS, _MOST_ROUNDS = 4096, 1_000_000


class ScramError(Exception):
    """The server did not keep to the mechanism, or could not prove that it knows the password."""


class Scram:
    """One authentication: called with a challenge, it gives the response. Raises ScramError, and sends nothing."""

    def __init__(self, username: str, password: Secret, nonce: str | None = None) -> None:
        self._name = _prepare(username).replace("=", "=3D").replace(",", "=2C")
        self._password = _prepare(password).encode("utf-8")
        self._nonce = nonce or secrets.token_urlsafe(24)
        self._expected = b""
        self._steps = 0
        self.proven = False

    def __call__(self, challenge: bytes) -> bytes:
        """The response to a challenge; the first challenge is empty."""
        self._steps += 1
        if self._steps == 1:
            return b"n,," + self._first()
        if self._steps == 2:
            return self._prove(challenge)
        if self._steps == 3:
            self.verify(challenge)
            return b""
        raise ScramError("the server asks for more than the mechanism has")

    def verify(self, final: bytes) -> None:
        """Check the server's signature. Raises ScramError where it is wrong or missing."""
        given = _fields(final).get("v", "")
        if not self._expected or not hmac.compare_digest(_octets(given), self._expected):
            raise ScramError("the server could not prove that it knows the password")
        self.proven = True

    def _first(self) -> bytes:
        return f"n={self._name},r={self._nonce}".encode()

    def _prove(self, challenge: bytes) -> bytes:
        fields = _fields(challenge)
        nonce, rounds = fields.get("r", ""), fields.get("i", "")
        if not nonce.startswith(self._nonce) or nonce == self._nonce or "m" in fields:
            raise ScramError("the server's nonce does not extend ours")
        if not rounds.isdecimal() or not _LEAST_ROUNDS <= int(rounds[:9]) <= _MOST_ROUNDS:
            raise ScramError("the server's number of rounds is out of bounds")
        salted = hashlib.pbkdf2_hmac("sha256", self._password, _octets(fields.get("s", "")), int(rounds))
        client_key = _mac(salted, b"Client Key")
        without_proof = f"c=biws,r={nonce}".encode()
        signed = b",".join((self._first(), challenge, without_proof))
        signature = _mac(hashlib.sha256(client_key).digest(), signed)
        proof = bytes(one ^ other for one, other in zip(client_key, signature, strict=True))
        self._expected = _mac(_mac(salted, b"Server Key"), signed)
        return without_proof + b",p=" + base64.b64encode(proof)


def _fields(message: bytes) -> dict[str, str]:
    text = message.decode("utf-8", "replace")
    return {part[0]: part[2:] for part in text.split(",") if len(part) >= 2 and part[1] == "="}


def _octets(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ScramError("the server's message is not base64") from error


def _mac(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha256")


def _prepare(text: str) -> str:
    """SASLprep (RFC 4013) where it changes what people can type: spaces, invisible characters, compatibility forms."""
    mapped = "".join(
        " " if stringprep.in_table_c12(letter) else letter for letter in text if not stringprep.in_table_b1(letter)
    )
    return unicodedata.normalize("NFKC", mapped)
