"""The client's part of SASL mechanisms, as mail protocols use them: what to answer to a server's challenges."""

import base64
import binascii
import hashlib
import hmac
import re
import secrets
import stringprep
import unicodedata
from typing import Protocol

from core.errors import UpstreamError
from core.input.values import Secret

LEAST_ROUNDS, MOST_ROUNDS = 4096, 1_000_000
# RFC 4013 2.3: what a prepared string must not hold.
_PROHIBITED = (
    stringprep.in_table_c12,
    stringprep.in_table_c21_c22,
    stringprep.in_table_c3,
    stringprep.in_table_c4,
    stringprep.in_table_c5,
    stringprep.in_table_c6,
    stringprep.in_table_c7,
    stringprep.in_table_c8,
    stringprep.in_table_c9,
)
_SAFE = re.compile(r"[^\x00\x01\r\n]*")
# What RFC 4013 leaves as it is: no table of it names any of these.
_PLAIN = re.compile("[ -~]*")


class Mechanism(Protocol):
    """One authentication with one mechanism: `initial` is the first response, `challenge` each later one."""

    name: str

    def initial(self) -> bytes:
        """What to send first."""
        ...

    def challenge(self, message: bytes) -> bytes:
        """What to answer to a challenge. Raises UpstreamError where the server does not keep to the mechanism."""
        ...

    def finish(self) -> None:
        """Call after success. Raises UpstreamError where the server has not proven itself though it should have."""
        ...


class _OneMessage:
    """A mechanism whose client speaks once; a challenge after that is a refusal to be acknowledged."""

    def __init__(self, name: str, message: bytes, acknowledgement: bytes = b"") -> None:
        self.name = name
        self._message = message
        self._acknowledgement = acknowledgement

    def initial(self) -> bytes:
        """The one message."""
        return self._message

    def challenge(self, message: bytes) -> bytes:
        """Acknowledge the refusal, whose reason comes with the server's answer."""
        return self._acknowledgement

    def finish(self) -> None:
        """Nothing is left to prove."""


class _Login:
    """LOGIN: the name, then the password, whatever the server's questions are worded like."""

    name = "LOGIN"

    def __init__(self, username: str, password: Secret) -> None:
        self._answers = [_clean(username).encode(), _clean(password).encode()]

    def initial(self) -> bytes:
        """Nothing: the server asks first."""
        return b""

    def challenge(self, message: bytes) -> bytes:
        """The next answer. Raises UpstreamError on a third question."""
        if not self._answers:
            raise UpstreamError("The server asks for more than a name and a password.")
        return self._answers.pop(0)

    def finish(self) -> None:
        """Nothing is left to prove."""


class Scram:
    """SCRAM-SHA-256 (RFC 5802, RFC 7677): the password is proven, never sent, and the server proves itself too."""

    name = "SCRAM-SHA-256"

    def __init__(self, username: str, password: Secret, nonce: str | None = None) -> None:
        self._username = prepare(username).replace("=", "=3D").replace(",", "=2C")
        self._password = prepare(password).encode()
        self._nonce = nonce or secrets.token_urlsafe(24)
        self._server_signature: bytes | None = None
        self._proven = False

    def initial(self) -> bytes:
        """The client's first message; no channel is bound."""
        return b"n,," + self._first()

    def challenge(self, message: bytes) -> bytes:
        """The proof, after the server's first message; nothing, after its last one proved that it knows the password.

        Raises UpstreamError where a message breaks the mechanism or proves nothing.
        """
        if self._server_signature is None:
            return self._prove(message)
        given = _octets(_fields(message).get("v", ""))
        if self._proven or not hmac.compare_digest(given, self._server_signature):
            raise UpstreamError(
                "The server could not prove that it knows the password: it may be another one than it says."
            )
        self._proven = True
        return b""

    def finish(self) -> None:
        """Raise UpstreamError unless the server has proven that it knows the password."""
        if not self._proven:
            raise UpstreamError("The server let us in without proving that it knows the password.")

    def _first(self) -> bytes:
        return f"n={self._username},r={self._nonce}".encode()

    def _prove(self, message: bytes) -> bytes:
        fields = _fields(message)
        nonce, rounds = fields.get("r", ""), fields.get("i", "")
        # RFC 5802 5.1: an m= is a mandatory extension, and we know none.
        if not nonce.startswith(self._nonce) or nonce == self._nonce or "m" in fields:
            raise UpstreamError("The server's answer to SCRAM-SHA-256 does not fit our question.")
        if not re.fullmatch("[0-9]{1,9}", rounds, re.ASCII) or not LEAST_ROUNDS <= int(rounds) <= MOST_ROUNDS:
            raise UpstreamError("The server asks for a number of SCRAM-SHA-256 rounds that is out of bounds.")
        salted = hashlib.pbkdf2_hmac("sha256", self._password, _octets(fields.get("s", "")), int(rounds))
        client_key = _mac(salted, b"Client Key")
        without_proof = f"c=biws,r={nonce}".encode()
        signed = b",".join((self._first(), message, without_proof))
        signature = _mac(hashlib.sha256(client_key).digest(), signed)
        proof = (int.from_bytes(client_key) ^ int.from_bytes(signature)).to_bytes(len(signature))
        self._server_signature = _mac(_mac(salted, b"Server Key"), signed)
        return without_proof + b",p=" + base64.b64encode(proof)


def scram_sha_256(username: str, password: Secret) -> Mechanism:
    """SCRAM-SHA-256 without channel binding (RFC 7677). Raises ValueError where name or password cannot be prepared."""
    return Scram(username, password)


def plain(username: str, password: Secret) -> Mechanism:
    """PLAIN (RFC 4616). Raises ValueError where name or password holds a NUL or a line end."""
    return _OneMessage("PLAIN", f"\0{_clean(username)}\0{_clean(password)}".encode())


def login(username: str, password: Secret) -> Mechanism:
    """LOGIN, which only older servers need. Raises ValueError where name or password holds a NUL or a line end."""
    return _Login(username, password)


def xoauth2(username: str, token: Secret) -> Mechanism:
    """XOAUTH2, as Google and Microsoft define it. Raises ValueError where name or token holds control characters."""
    message = f"user={_clean(username)}\x01auth=Bearer {_clean(token)}\x01\x01"
    return _OneMessage("XOAUTH2", message.encode())


def oauthbearer(username: str, token: Secret, host: str = "", port: int = 0) -> Mechanism:
    """OAUTHBEARER (RFC 7628 3.1). Raises ValueError where name or token holds control characters."""
    # RFC 5801 4: , and = of a name are escaped.
    name = _clean(username).replace("=", "=3D").replace(",", "=2C")
    where = f"host={_clean(host)}\x01port={port}\x01" if host and port else ""
    message = f"n,a={name},\x01{where}auth=Bearer {_clean(token)}\x01\x01"
    # RFC 7628 3.2.3: a refusal is acknowledged by a lone %x01.
    return _OneMessage("OAUTHBEARER", message.encode(), b"\x01")


def prepare(text: str) -> str:
    """A name or password by SASLprep (RFC 4013), so that what looks the same is the same. Raises ValueError."""
    if _PLAIN.fullmatch(text):
        return text
    mapped = "".join(
        " " if stringprep.in_table_c12(letter) else letter for letter in text if not stringprep.in_table_b1(letter)
    )
    prepared = unicodedata.ucd_3_2_0.normalize("NFKC", mapped)
    if any(table(letter) for letter in prepared for table in _PROHIBITED):
        raise ValueError("holds characters that no name or password can hold")
    if any(stringprep.in_table_d1(letter) for letter in prepared):
        ends = stringprep.in_table_d1(prepared[0]) and stringprep.in_table_d1(prepared[-1])
        if not ends or any(stringprep.in_table_d2(letter) for letter in prepared):
            raise ValueError("mixes directions of writing")
    return prepared


def _clean(text: str) -> str:
    if not _SAFE.fullmatch(text):
        raise ValueError("holds characters that no name or password can hold")
    return text


def _fields(message: bytes) -> dict[str, str]:
    text = message.decode("utf-8", "replace")
    return {part[0]: part[2:] for part in text.split(",") if part[1:2] == "="}


def _octets(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise UpstreamError("The server's SCRAM-SHA-256 message is not base64.") from error


def _mac(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha256")
