"""What the site's scripts and the server tell each other inside of TLS: agreeing on a key, and sealing under it.

Both sides make a key pair for one exchange (X25519 or P-256), and HKDF-SHA-256 (RFC 5869) makes the client key of what
they share. Requests and answers have keys of their own that follow from it, so that neither passes for the other, and
AES-256-GCM seals them (NIST SP 800-38D). What a ciphertext belongs to is bound into it.
"""

import hmac
import secrets
import struct
from dataclasses import dataclass, field
from enum import Enum

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ec import ECDH, SECP256R1, EllipticCurvePublicKey, generate_private_key
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from core.ini.schema import option
from core.security.crypto import DecryptError, subkey
from core.sentences import Sentence

CLIENT_KEY = b"hm3.ajax.v1"
FOR_REQUESTS, FOR_ANSWERS = b"hm3.ajax.ask", b"hm3.ajax.answer"
NONCE_SIZE, TAG_SIZE = 12, 16
_LENGTH, _NUMBER = struct.Struct(">I"), struct.Struct(">Q")


@dataclass(frozen=True)
class AjaxConfig:
    """What browsers' scripts exchange with the server and what they keep, encrypted once more inside of TLS."""

    encrypt: bool = option(
        False,
        help="Encrypt what scripts send and get, under a key that browser and server agree on after the login. It "
        "helps against machines between them that open TLS and only read, and against their logs and dumps; not "
        "against one that changes scripts.",
    )
    cache: bool = option(
        False,
        help="Let browsers keep lists and opened messages, encrypted, so that they show at once when they are opened "
        "again. Without it browsers keep no mail at all.",
    )

    @property
    def wants(self) -> str:
        """What is on, in words for the site's scripts; empty where nothing is."""
        return " ".join([name for name, on in (("encrypt", self.encrypt), ("cache", self.cache)) if on])


class Group(Enum):
    """The curves on which a key can be agreed."""

    X25519 = "X25519"
    P256 = "P-256"


class Unfit(ValueError):
    """A public key is none of its curve, or one that would give the shared secret away."""


@dataclass(frozen=True)
class Exchange:
    """One request and its answer: what both sides bind into what they seal for it.

    `request` is a random name that the browser gave it, `sequence` its number among those of one page.
    """

    method: str
    path: str
    request: str
    sequence: int

    def bound(self, part: str, status: int = 0) -> bytes:
        """The associated data of one part: `query`, `body` or, with its HTTP status, `answer`."""
        words = ("hm3.ajax.v1", part, self.method, self.path, self.request, str(status))
        return _counted(*(word.encode() for word in words)) + _NUMBER.pack(self.sequence)


@dataclass(frozen=True)
class ClientKey:
    """The key of one browser's session, and the name that both sides have for it."""

    id: str
    key: bytes = field(repr=False)

    def open(self, exchange: Exchange, part: str, sealed: bytes) -> bytes:
        """What the browser sealed for one part of its request. Raises DecryptError."""
        nonce, body = sealed[:NONCE_SIZE], sealed[NONCE_SIZE:]
        try:
            return self._cipher(FOR_REQUESTS).decrypt(nonce, body, exchange.bound(part))
        except (InvalidTag, ValueError) as error:
            raise DecryptError("This request was not sealed for here.") from error

    def seal(self, exchange: Exchange, status: int, plain: bytes) -> tuple[bytes, bytes]:
        """The nonce and the ciphertext of an answer."""
        nonce = secrets.token_bytes(NONCE_SIZE)
        return nonce, self._cipher(FOR_ANSWERS).encrypt(nonce, plain, exchange.bound("answer", status))

    def _cipher(self, purpose: bytes) -> AESGCM:
        return AESGCM(expand(self.key, b"", purpose))


@dataclass(frozen=True)
class Agreement:
    """A new client key, and what the browser is told so that it comes to the same."""

    key: ClientKey
    public: bytes
    salt: bytes
    proof: bytes


def binding_of(server: bytes, session: str) -> bytes:
    """The key by which a session's pages know that an answer to their offer is the server's, for this session.

    `server` is the server's key for it. The session is named by its own id, which outlives the renewal of its cookies.
    """
    return subkey(server, "hm3.ck", session)


def agree(group: Group, public: bytes, binding: bytes) -> Agreement:
    """Answer a browser's offer. Raises Unfit for a public key that is none."""
    ours, shared = (_on_x25519 if group is Group.X25519 else _on_p256)(public)
    salt = subkey(binding, "hm3.ck.salt")
    name = secrets.token_hex(8)
    key = ClientKey(name, expand(shared, salt, CLIENT_KEY))
    return Agreement(key, ours, salt, prove(binding, group, public, ours, name, salt))


def prove(binding: bytes, group: Group, theirs: bytes, ours: bytes, name: str, salt: bytes) -> bytes:
    """The HMAC over all that was said while a key was agreed on."""
    transcript = _counted(CLIENT_KEY, group.value.encode(), theirs, ours, name.encode(), salt)
    return hmac.digest(binding, transcript, "sha256")


def expand(secret: bytes, salt: bytes, purpose: bytes) -> bytes:
    """A key of 32 octets for one purpose (HKDF-SHA-256, RFC 5869)."""
    return HKDF(SHA256(), 32, salt=salt, info=purpose).derive(secret)


def _on_x25519(public: bytes) -> tuple[bytes, bytes]:
    """Our public key and the shared secret (RFC 7748 6.1)."""
    private = X25519PrivateKey.generate()
    try:
        shared = private.exchange(X25519PublicKey.from_public_bytes(public))
    except ValueError as error:
        raise Unfit(Sentence("is no public key of its curve")) from error
    return private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw), shared


def _on_p256(public: bytes) -> tuple[bytes, bytes]:
    """Our public key, as an uncompressed point, and the shared secret (SEC 1 2.3.3, NIST SP 800-56A 5.7.1.2)."""
    private = generate_private_key(SECP256R1())
    try:
        theirs = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), public)
    except ValueError as error:
        raise Unfit(Sentence("is no public key of its curve")) from error
    ours = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return ours, private.exchange(ECDH(), theirs)


def _counted(*parts: bytes) -> bytes:
    return b"".join(_LENGTH.pack(len(part)) + part for part in parts)
