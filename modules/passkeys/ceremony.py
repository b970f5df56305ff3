"""What authenticators answer, read and verified: when they make a passkey and when they prove to have it.

Everything here comes from strangers. Whatever does not read or verify is NotVerified, whose reason is for the log.
"""

import binascii
import json
import struct
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field

from cryptography.exceptions import UnsupportedAlgorithm
from webauthn import verify_authentication_response, verify_registration_response
from webauthn.helpers import (
    base64url_to_bytes,
    decode_credential_public_key,
    decoded_public_key_to_cryptography,
    parse_attestation_object,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import AttestationFormat

from core import WebmailError
from modules.passkeys.party import RelyingParty

# ES256, EdDSA and RS256 (RFC 9053 2.1 and 2.2, RFC 8812 2): what browsers and keys offer.
ALGORITHMS = (-8, -7, -257)
LONGEST_ID = 1023
_LONGEST_PUBLIC_KEY = 2048
# Attestation is not asked for; what authenticators sign with the new key itself comes all the same.
_FORMATS = (AttestationFormat.NONE, AttestationFormat.PACKED)
_UNREADABLE = (
    WebAuthnException,
    UnsupportedAlgorithm,
    binascii.Error,
    struct.error,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    OverflowError,
    RecursionError,
)


class NotVerified(WebmailError):
    """What an authenticator is said to have answered is not an answer to what was asked, or not of this key."""


@dataclass(frozen=True)
class Told:
    """An answer as it came: the challenge and the page that it is said to answer, and by which key."""

    credential: bytes
    challenge: bytes
    origin: str
    handle: bytes | None
    raw: dict[str, object] = field(repr=False)


@dataclass(frozen=True)
class NewCredential:
    """A key that an authenticator just made."""

    credential: bytes
    public_key: bytes = field(repr=False)
    sign_count: int


def read_answer(text: str) -> Told:
    """What an answer says of itself, before anything is verified. Raises NotVerified where it cannot be read."""
    try:
        raw = json.loads(text)
        client = json.loads(base64url_to_bytes(raw["response"]["clientDataJSON"]))
        handle = raw["response"].get("userHandle")
        told = Told(
            base64url_to_bytes(raw["id"]),
            base64url_to_bytes(client["challenge"]),
            client["origin"],
            base64url_to_bytes(handle) if handle else None,
            raw,
        )
        # Pages of others may show this one in a frame; none of ours is meant to be.
        is_framed = client.get("crossOrigin", False) is not False or "topOrigin" in client
    except _UNREADABLE as error:
        raise NotVerified(f"The answer cannot be read: {type(error).__name__}.") from error
    if is_framed or not isinstance(told.origin, str) or not 0 < len(told.credential) <= LONGEST_ID:
        raise NotVerified("The answer comes from a frame, or names no key.")
    return told


def verify_new(told: Told, party: RelyingParty, *, verified: bool) -> NewCredential:
    """The key that was made. With `verified`, the authenticator knows its person. Raises NotVerified.

    The challenge is taken as it is told: whoever calls has checked it.
    """
    if not party.takes(told.origin):
        raise NotVerified("Another site asked.")
    try:
        made = verify_registration_response(
            credential=told.raw,
            expected_challenge=told.challenge,
            expected_rp_id=party.id,
            expected_origin=told.origin,
            require_user_verification=verified,
        )
        attestation = parse_attestation_object(made.attestation_object)
        decoded_public_key_to_cryptography(decode_credential_public_key(made.credential_public_key))
    except _UNREADABLE as error:
        raise NotVerified(f"The new key does not verify: {type(error).__name__}.") from error
    if made.fmt not in _FORMATS or attestation.att_stmt.x5c:
        raise NotVerified("An attestation came that nobody asked for.")
    if made.credential_id != told.credential or len(made.credential_public_key) > _LONGEST_PUBLIC_KEY:
        raise NotVerified("The key has another name, or is too long.")
    return NewCredential(made.credential_id, made.credential_public_key, made.sign_count)


def verify_use(told: Told, public_key: bytes, party: RelyingParty, *, verified: bool) -> int:
    """How often the key was used, as it counts itself; zero where it does not count. Raises NotVerified.

    The challenge is taken as it is told, and the count is not compared with the one before: whoever calls does both.
    """
    if not party.takes(told.origin):
        raise NotVerified("Another site asked.")
    try:
        used = verify_authentication_response(
            credential=told.raw,
            expected_challenge=told.challenge,
            expected_rp_id=party.id,
            expected_origin=told.origin,
            credential_public_key=public_key,
            credential_current_sign_count=0,
            require_user_verification=verified,
        )
    except _UNREADABLE as error:
        raise NotVerified(f"The answer does not verify: {type(error).__name__}.") from error
    return used.new_sign_count


def as_letters(octets: bytes) -> str:
    """Octets in base64url, without padding."""
    return urlsafe_b64encode(octets).decode().rstrip("=")
