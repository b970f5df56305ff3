"""An authenticator made of software: it does what a security key does, and on demand what none should do."""

import hashlib
import hmac
import json
import secrets
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding
from webauthn.helpers import encode_cbor

ORIGIN = "http://localhost"
PRESENT, VERIFIED, ATTESTED = 1, 4, 64

Asked = Mapping[str, Any]  # Any: JSON of the site


def letters(octets: bytes) -> str:
    return urlsafe_b64encode(octets).decode().rstrip("=")


def octets(text: str) -> bytes:
    return urlsafe_b64decode(f"{text}===")


@dataclass
class SoftKey:
    """One passkey; what it does wrong is told by its fields."""

    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    inner: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    handle: bytes = b""
    count: int = 0
    step: int = 1
    origin: str = ORIGIN
    domain: str = ""
    flags: int = PRESENT | VERIFIED
    gives_material: bool = True
    client: dict[str, object] = field(default_factory=dict)
    told_id: bytes = b""
    attests: bool = False
    certified: bool = False

    def make(self, asked: Asked, **statement: object) -> dict[str, str]:
        """What a browser sends of a new passkey."""
        self.handle = octets(asked["handle"])
        point = self.private.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        held = bytes(16) + struct.pack(">H", len(self.id)) + self.id + encode_cbor(public)
        data = self._data(asked, ATTESTED) + held
        client = self._client("webauthn.create", asked)
        attestation = {"fmt": "none", "attStmt": {}, "authData": data} | statement
        if self.attests:
            signed = self.private.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
            certificates = {"x5c": [self._certificate()]} if self.certified else {}
            attestation |= {"fmt": "packed", "attStmt": {"alg": -7, "sig": signed} | certificates}
        return self._sent({"clientDataJSON": client, "attestationObject": encode_cbor(attestation)}, None)

    def answer(self, asked: Asked, *, names_user: bool = True) -> dict[str, str]:
        """What a browser sends of a use of the passkey."""
        self.count += self.step
        data, client = self._data(asked), self._client("webauthn.get", asked)
        signed = self.private.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        response = {"clientDataJSON": client, "authenticatorData": data, "signature": signed}
        if names_user:
            response["userHandle"] = self.handle
        return self._sent(response, self.material(asked) if self.gives_material else None)

    def material(self, asked: Asked) -> str:
        """The key that the page derives from what the passkey gives (the extension prf)."""
        given = hmac.new(self.inner, octets(asked["salt"]), "sha256").digest()
        return letters(HKDF(SHA256(), 32, self.handle, b"hm3.kek.passkey").derive(given))

    def _certificate(self) -> bytes:
        """A certificate of the maker, such as hardware has."""
        name, now = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Maker")]), datetime.now(UTC)
        made = x509.CertificateBuilder().subject_name(name).issuer_name(name).serial_number(1)
        made = made.public_key(self.private.public_key())
        made = made.not_valid_before(now - timedelta(1)).not_valid_after(now + timedelta(1))
        return made.sign(self.private, SHA256()).public_bytes(Encoding.DER)

    def _data(self, asked: Asked, more: int = 0) -> bytes:
        domain = hashlib.sha256((self.domain or asked["domain"]).encode()).digest()
        return domain + struct.pack(">BI", self.flags | more, self.count)

    def _client(self, kind: str, asked: Asked) -> bytes:
        told = {"type": kind, "challenge": asked["challenge"], "origin": self.origin, "crossOrigin": False}
        return json.dumps(told | self.client).encode()

    def _sent(self, response: Mapping[str, bytes], material: str | None) -> dict[str, str]:
        told = {name: letters(value) for name, value in response.items()}
        name = letters(self.told_id or self.id)
        answer = {"id": name, "rawId": name, "type": "public-key", "response": told}
        return {"answer": json.dumps(answer)} | ({"material": material} if material else {})
