"""Agreeing on a key with a browser, and what is sealed under it."""

import dataclasses

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDH, SECP256R1, EllipticCurvePublicKey, generate_private_key
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from core.security.agreement import (
    CLIENT_KEY,
    FOR_ANSWERS,
    FOR_REQUESTS,
    AjaxConfig,
    ClientKey,
    Exchange,
    Group,
    Unfit,
    agree,
    binding_of,
    expand,
    prove,
)
from core.security.crypto import DecryptError

BINDING = binding_of(bytes(32), "session")
KEY = ClientKey("0011223344556677", bytes(range(32)))
EXCHANGE = Exchange("POST", "/compose/draft", "ab" * 16, 7)
CHANGED = {"method": "GET", "path": "/compose", "request": "cd" * 16, "sequence": 8}


def test_keys_follow_from_secrets_as_rfc_5869_has_it() -> None:
    salt, info = bytes(range(13)), bytes(range(0xF0, 0xFA))
    first = "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
    assert expand(b"\x0b" * 22, salt, info).hex() == first


def test_both_sides_come_to_the_same_key_on_x25519() -> None:
    private = X25519PrivateKey.generate()
    made = agree(Group.X25519, private.public_key().public_bytes_raw(), BINDING)
    shared = private.exchange(X25519PublicKey.from_public_bytes(made.public))
    assert expand(shared, made.salt, CLIENT_KEY) == made.key.key


def test_both_sides_come_to_the_same_key_on_p256() -> None:
    private = generate_private_key(SECP256R1())
    made = agree(Group.P256, private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint), BINDING)
    shared = private.exchange(ECDH(), EllipticCurvePublicKey.from_encoded_point(SECP256R1(), made.public))
    assert expand(shared, made.salt, CLIENT_KEY) == made.key.key


@pytest.mark.parametrize("group", Group)
@pytest.mark.parametrize("size", [0, 1, 31, 32, 64, 65, 66])
def test_what_is_no_point_is_refused(group: Group, size: int) -> None:
    with pytest.raises(Unfit, match="is no public key"):
        agree(group, bytes(size), BINDING)


def test_every_agreement_makes_another_key() -> None:
    public = X25519PrivateKey.generate().public_key().public_bytes_raw()
    first, second = agree(Group.X25519, public, BINDING), agree(Group.X25519, public, BINDING)
    assert first.key.key != second.key.key and first.key.id != second.key.id


def test_the_proof_is_of_all_that_was_said_and_of_this_session() -> None:
    other = binding_of(bytes(32), "other")
    proofs = {
        prove(BINDING, Group.X25519, b"theirs", b"ours", "name", b"salt"),
        prove(other, Group.X25519, b"theirs", b"ours", "name", b"salt"),
        prove(BINDING, Group.P256, b"theirs", b"ours", "name", b"salt"),
        prove(BINDING, Group.X25519, b"their", b"sours", "name", b"salt"),
        prove(BINDING, Group.X25519, b"theirs", b"our", "sname", b"salt"),
        prove(BINDING, Group.X25519, b"theirs", b"ours", "names", b"alt"),
    }
    assert len(proofs) == 6


def test_what_the_browser_sealed_opens_for_its_own_request_alone() -> None:
    nonce = bytes(12)
    sealed = nonce + AESGCM(expand(KEY.key, b"", FOR_REQUESTS)).encrypt(nonce, b"words", EXCHANGE.bound("body"))
    assert KEY.open(EXCHANGE, "body", sealed) == b"words"
    for field, value in CHANGED.items():
        with pytest.raises(DecryptError):
            KEY.open(dataclasses.replace(EXCHANGE, **{field: value}), "body", sealed)  # type: ignore[arg-type]  # any field
    with pytest.raises(DecryptError):
        KEY.open(EXCHANGE, "query", sealed)


@pytest.mark.parametrize("size", range(0, 33, 4))
def test_what_is_cut_short_does_not_open(size: int) -> None:
    with pytest.raises(DecryptError):
        KEY.open(EXCHANGE, "body", bytes(size))


def test_an_answer_is_bound_to_its_status_and_is_no_request() -> None:
    nonce, sealed = KEY.seal(EXCHANGE, 200, b"words")
    answers = AESGCM(expand(KEY.key, b"", FOR_ANSWERS))
    assert answers.decrypt(nonce, sealed, EXCHANGE.bound("answer", 200)) == b"words"
    assert EXCHANGE.bound("answer", 200) != EXCHANGE.bound("answer", 404)
    with pytest.raises(DecryptError):
        KEY.open(EXCHANGE, "answer", nonce + sealed)


def test_a_key_shows_itself_nowhere() -> None:
    assert KEY.key.hex() not in repr(KEY) and str(KEY.key) not in repr(KEY)


def test_nothing_is_on_until_it_is_asked_for() -> None:
    assert AjaxConfig().wants == "" and AjaxConfig(cache=True, encrypt=True).wants == "encrypt cache"
