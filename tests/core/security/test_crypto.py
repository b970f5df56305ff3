"""Encryption of what is kept."""

import pytest

from core.security.crypto import DecryptError, Purpose, lookup_hash, new_key, seal, subkey, unseal

PURPOSE = Purpose("hm3.test", "owner", "kind", "object", 3)


def test_what_was_sealed_is_unsealed() -> None:
    key = new_key()
    assert unseal(key, seal(key, b"words", PURPOSE), PURPOSE) == b"words"


def test_two_seals_of_the_same_differ() -> None:
    key = new_key()
    assert seal(key, b"words", PURPOSE) != seal(key, b"words", PURPOSE)


def test_every_changed_octet_is_noticed() -> None:
    key = new_key()
    blob = seal(key, b"words", PURPOSE)
    for position in range(len(blob)):
        changed = bytearray(blob)
        changed[position] ^= 1
        with pytest.raises(DecryptError):
            unseal(key, bytes(changed), PURPOSE)


@pytest.mark.parametrize("blob", [b"", b"\x01", b"\x01\x01" + b"x" * 8, b"x" * 34])
def test_what_is_no_ciphertext_is_refused(blob: bytes) -> None:
    with pytest.raises(DecryptError):
        unseal(new_key(), blob, PURPOSE)


@pytest.mark.parametrize(
    "other",
    [
        Purpose("hm3.else", "owner", "kind", "object", 3),
        Purpose("hm3.test", "other", "kind", "object", 3),
        Purpose("hm3.test", "owner", "kind", "object", 4),
        Purpose("hm3.test", "ownerk", "ind", "object", 3),
    ],
)
def test_a_ciphertext_cannot_stand_elsewhere(other: Purpose) -> None:
    key = new_key()
    with pytest.raises(DecryptError):
        unseal(key, seal(key, b"words", PURPOSE), other)


def test_subkeys_differ_by_purpose_and_context() -> None:
    key = new_key()
    keys = {subkey(key, "hm3.a"), subkey(key, "hm3.b"), subkey(key, "hm3.a", "x"), key}
    assert len(keys) == 4
    with pytest.raises(ValueError, match="longer than 16"):
        subkey(key, "x" * 17)


def test_a_lookup_hash_needs_the_key() -> None:
    assert lookup_hash(b"a" * 32, "ada") != lookup_hash(b"b" * 32, "ada")
