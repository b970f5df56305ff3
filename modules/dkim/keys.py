"""Keys that domains publish for their signatures (RFC 6376 3.6.1, RFC 8463): read, and refused where too weak."""

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256, Hash
from cryptography.hazmat.primitives.serialization import load_der_public_key

from core import Sentence
from modules.dkim.tags import SignatureTags, Unfit, read_tags

# RFC 8301 3.2: shorter ones are not believed. Longer ones only cost time.
SHORTEST_RSA = 1024
LONGEST_RSA = 4096
# What an RSA key of that length takes at most, with all that stands around it.
_LONGEST_KEY = 2_000


@dataclass(frozen=True)
class PublishedKey:
    """A key, and whether its domain is only trying it out."""

    key: RSAPublicKey | Ed25519PublicKey
    testing: bool = False

    def signed(self, signature: bytes, octets: bytes) -> bool:
        """Whether somebody with the secret part signed these octets."""
        try:
            if isinstance(self.key, RSAPublicKey):
                self.key.verify(signature, octets, PKCS1v15(), SHA256())
            else:
                digest = Hash(SHA256())
                digest.update(octets)
                self.key.verify(signature, digest.finalize())  # RFC 8463 3: the hash is what is signed
        except InvalidSignature:
            return False
        return True


def read_key(records: Iterable[bytes], signature: SignatureTags) -> PublishedKey:
    """The key of a signature among the records at its name. Raises Unfit."""
    for record in records:
        try:
            tags = read_tags(record)
        except ValueError:
            continue
        if "p" in tags and tags.get("v", b"DKIM1") == b"DKIM1":
            return _read(tags, signature)
    raise Unfit(Sentence("The domain publishes no such key, or not any more."))


def _read(tags: dict[str, bytes], signature: SignatureTags) -> PublishedKey:
    kind, _, digest = signature.algorithm.partition("-")
    if not tags["p"]:
        raise Unfit(Sentence("The domain has taken the key back."))
    if tags.get("k", b"rsa").decode("ascii", "replace").lower() != kind:
        raise Unfit(Sentence("The published key is for another kind of signature."))
    if digest not in _words(tags.get("h", digest.encode())) or not {"*", "email"} & _words(tags.get("s", b"*")):
        raise Unfit(Sentence("The published key is for another use."))
    flags = _words(tags.get("t", b""))
    if "s" in flags and signature.identity != signature.domain:
        raise Unfit(Sentence("The published key is for another use."))
    return PublishedKey(_load(kind, tags["p"]), "y" in flags)


def _load(kind: str, text: bytes) -> RSAPublicKey | Ed25519PublicKey:
    try:
        octets = base64.b64decode(b"".join(text.split()), validate=True)
        if len(octets) > _LONGEST_KEY:
            raise ValueError("longer than any key that is used")
        key = Ed25519PublicKey.from_public_bytes(octets) if kind == "ed25519" else load_der_public_key(octets)
    except (binascii.Error, ValueError, UnsupportedAlgorithm) as error:
        raise Unfit(Sentence("The published key cannot be read.")) from error
    if isinstance(key, Ed25519PublicKey) and kind == "ed25519":
        return key
    if not isinstance(key, RSAPublicKey):
        raise Unfit(Sentence("The published key is for another kind of signature."))
    if key.key_size < SHORTEST_RSA:
        raise Unfit(
            Sentence(
                "The key has only %(bits)s bits, so that others can compute it. %(least)s are the least.",
                bits=key.key_size,
                least=SHORTEST_RSA,
            )
        )
    if key.key_size > LONGEST_RSA:
        raise Unfit(Sentence("The key is longer than this site reckons with."))
    return key


def _words(value: bytes) -> set[str]:
    return {word.strip().lower() for word in value.decode("ascii", "replace").split(":")}
