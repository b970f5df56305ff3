"""A domain that signs its mail, by an implementation that is not ours, and publishes its keys."""

import base64
import subprocess
from dataclasses import dataclass, field
from functools import cache

import dkim
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

DOMAIN = "example.test"
LETTER = (
    b"Received: from there\r\nFrom: Ada Field <ada@example.test>\r\nTo: robin@example.test\r\nSubject:  Plants  \r\n"
    b" and\tflowers\r\nDate: Fri, 01 May 2026 10:00:00 +0000\r\nList-Unsubscribe: <https://example.test/u>\r\n"
    b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n\r\nHello  there \t\r\n\r\nBye\r\n\r\n\r\n"
)


@cache
def rsa_key(bits: int) -> RSAPrivateKey:
    """An RSA key of so many bits, the same every time."""
    return generate_private_key(65537, bits)


@cache
def weak_key() -> tuple[bytes, bytes]:
    """An RSA key of 512 bits, which libraries make no more: its secret part, and what a domain would publish of it."""
    made = subprocess.run(["openssl", "genrsa", "-traditional", "512"], capture_output=True, check=True).stdout
    told = subprocess.run(
        ["openssl", "rsa", "-pubout", "-outform", "DER"], input=made, capture_output=True, check=True
    ).stdout
    return made, told


@dataclass
class Signer:
    """Signs messages; `records` is what it publishes, by name."""

    domain: str = DOMAIN
    selector: str = "key"
    records: dict[str, list[bytes]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Where its key is."""
        return f"{self.selector}._domainkey.{self.domain}"

    def sign(
        self,
        letter: bytes = LETTER,
        *,
        forms: tuple[bytes, bytes] = (b"relaxed", b"relaxed"),
        length: bool = False,
        fields: tuple[bytes, ...] | None = None,
        algorithm: bytes = b"rsa-sha256",
        bits: int = 1024,
    ) -> bytes:
        """The letter with a signature on top; the key is published, if nothing is yet."""
        secret, published = self._ed25519() if algorithm.startswith(b"ed") else self._rsa(bits)
        self.records.setdefault(self.name, [published])
        made = dkim.DKIM(letter).sign(
            self.selector.encode(),
            self.domain.encode(),
            secret,
            signature_algorithm=algorithm,
            canonicalize=forms,
            include_headers=list(fields) if fields is not None else None,
            length=length,
        )
        return bytes(made) + letter

    def _rsa(self, bits: int) -> tuple[bytes, bytes]:
        if bits < 1024:
            secret, public = weak_key()
            return secret, b"v=DKIM1; p=" + base64.b64encode(public)
        key = rsa_key(bits)
        secret = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
        public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return secret, b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)

    def _ed25519(self) -> tuple[bytes, bytes]:
        key = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
        public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return base64.b64encode(b"k" * 32), b"v=DKIM1; k=ed25519; p=" + base64.b64encode(public)
