"""Ciphertexts in the wrong place, changed, cut or mixed: none is read."""

import dataclasses
import itertools
import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from core.input.values import Secret
from core.security.crypto import DecryptError, KeyUnavailable, Purpose, marks, seal, subkey, unseal
from core.security.derivation import KeyDerivation, WeakParameters, derive_key
from core.security.suites import Suite, encryptions

ROOT = Path(__file__).resolve().parents[3]
KEY = bytes(range(32))
PURPOSE = Purpose("hm3.test", "owner", "kind", "object", 3)
OTHERS = {"name": "hm3.else", "owner": "eve", "kind": "other", "object": "another", "version": 4}
NONCE_SIZES = {1: 24, 2: 16, 3: 12}

every_suite = pytest.mark.parametrize("suite", list(Suite))
purposes = some.builds(
    Purpose, *(some.text(max_size=40) for _ in range(4)), some.integers(min_value=0, max_value=2**64 - 1)
)


@every_suite
@given(data=some.binary(max_size=300), purpose=purposes, pad=some.sampled_from([0, 1, 64, 1024]))
def test_any_data_for_any_purpose_come_back(suite: Suite, data: bytes, purpose: Purpose, pad: int) -> None:
    assert unseal(KEY, seal(KEY, data, purpose, suite, pad=pad), purpose) == data


@every_suite
@given(first=purposes, second=purposes)
def test_two_purposes_never_pass_for_each_other(suite: Suite, first: Purpose, second: Purpose) -> None:
    blob = seal(KEY, b"words", first, suite)
    if first != second:
        with pytest.raises(DecryptError):
            unseal(KEY, blob, second)


@every_suite
@pytest.mark.parametrize(
    "fields", [fields for size in range(1, 6) for fields in itertools.combinations(OTHERS, size)], ids="-".join
)
def test_every_part_of_the_purpose_counts(suite: Suite, fields: tuple[str, ...]) -> None:
    blob = seal(KEY, b"words", PURPOSE, suite)
    other = dataclasses.replace(PURPOSE, **{name: OTHERS[name] for name in fields})  # type: ignore[arg-type]  # by name
    with pytest.raises(DecryptError):
        unseal(KEY, blob, other)


@every_suite
@pytest.mark.parametrize(("one", "other"), list(itertools.combinations(("name", "owner", "kind", "object"), 2)))
def test_parts_of_the_purpose_cannot_change_places(suite: Suite, one: str, other: str) -> None:
    blob = seal(KEY, b"words", PURPOSE, suite)
    swapped = {one: getattr(PURPOSE, other), other: getattr(PURPOSE, one)}
    with pytest.raises(DecryptError):
        unseal(KEY, blob, dataclasses.replace(PURPOSE, **swapped))


@every_suite
def test_every_flipped_bit_is_noticed(suite: Suite) -> None:
    blob = seal(KEY, b"words", PURPOSE, suite)
    for position, bit in itertools.product(range(len(blob)), range(8)):
        changed = bytearray(blob)
        changed[position] ^= 1 << bit
        with pytest.raises(DecryptError):
            unseal(KEY, bytes(changed), PURPOSE)


@every_suite
def test_every_cut_and_every_addition_is_noticed(suite: Suite) -> None:
    blob = seal(KEY, b"words", PURPOSE, suite)
    for length in range(len(blob)):
        for changed in (blob[:length], blob[length + 1 :], blob[:length] + b"\0" + blob[length:]):
            with pytest.raises(DecryptError):
                unseal(KEY, changed, PURPOSE)
    with pytest.raises(DecryptError):
        unseal(KEY, blob + b"\0", PURPOSE)


@every_suite
def test_another_users_key_opens_nothing_even_under_a_false_name(suite: Suite) -> None:
    mine, theirs = subkey(KEY, "hm3.test", "ada"), subkey(KEY, "hm3.test", "bob")
    blob = seal(mine, b"words", PURPOSE, suite)
    with pytest.raises(KeyUnavailable):
        unseal(theirs, blob, PURPOSE)
    with pytest.raises(DecryptError):
        unseal(theirs, blob, PURPOSE, made_with=marks(blob).made_with)


@pytest.mark.parametrize(("suite", "other"), list(itertools.permutations(Suite, 2)))
def test_a_body_of_one_suite_is_none_of_another(suite: Suite, other: Suite) -> None:
    blob, decoy = seal(KEY, b"words", PURPOSE, suite), seal(KEY, b"words", PURPOSE, other)
    for mixed in (decoy[:10] + blob[10:], blob[:1] + decoy[1:2] + blob[2:]):
        with pytest.raises(DecryptError):
            unseal(KEY, mixed, PURPOSE)


@every_suite
def test_nonces_do_not_come_twice(suite: Suite) -> None:
    encryption, size = encryptions()[suite.number], NONCE_SIZES[suite.number]
    many = 100_000
    assert len({encryption.encrypt(KEY, b"", b"")[:size] for _ in range(many)}) == many


@pytest.mark.parametrize(
    "how",
    ["argon2id:1048576:3", "argon2id:67108864:1", "argon2id:19922943:2", "pbkdf2-sha512:209999", "pbkdf2-sha512:-1"],
)
def test_a_wrap_that_asks_for_too_little_work_is_refused(how: str) -> None:
    with pytest.raises(WeakParameters):
        derive_key(Secret("words"), KeyDerivation.read(how, bytes(16)))


@pytest.mark.parametrize("how", ["", "argon2id", "argon2i:67108864:3", "scrypt:1:2", "argon2id:1:2:3"])
def test_an_unknown_way_to_derive_is_refused(how: str) -> None:
    with pytest.raises(WeakParameters, match="names no way"):
        KeyDerivation.read(how, bytes(16))


CHILD = """
import json, sys
if sys.argv[1] == "absent":
    sys.modules["nacl"] = None
from core.input.values import Secret
from core.security.crypto import DecryptError, Purpose, seal, unseal
from core.security.derivation import KeyDerivation, derive_key, new_derivation
from core.security.passwords import PasswordConfig
from core.security.suites import default_suite, encryptions
given = json.loads(sys.argv[2])
try:
    sodium = unseal(bytes(32), bytes.fromhex(given["sodium"]), Purpose("hm3.test")).decode()
except DecryptError as error:
    sodium = str(error)
print(json.dumps({
    "suites": sorted(encryptions()), "default": default_suite().value, "sodium": sodium,
    "aes": unseal(bytes(32), bytes.fromhex(given["aes"]), Purpose("hm3.test")).decode(),
    "new": str(new_derivation(PasswordConfig())),
    "salt": len(new_derivation(PasswordConfig()).salt),
    "argon2": derive_key(Secret("words"), KeyDerivation.read("argon2id:19922944:2", bytes(16))).hex(),
}))
"""


def child(state: str) -> dict[str, object]:
    """What a process of its own tells, with or without libsodium."""
    purpose = Purpose("hm3.test")
    given = {
        "sodium": seal(bytes(32), b"words", purpose, Suite.XCHACHA20).hex(),
        "aes": seal(bytes(32), b"words", purpose, Suite.AES_GCM).hex(),
    }
    command = [sys.executable, "-c", CHILD, state, json.dumps(given)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    told: dict[str, object] = json.loads(done.stdout)
    return told


def test_without_libsodium_it_is_aes_and_pbkdf2_and_older_wraps_still_open() -> None:
    absent, present = child("absent"), child("present")
    assert (absent["suites"], absent["default"]) == ([2, 3], "aes-cbc")
    assert (absent["new"], absent["salt"]) == ("pbkdf2-sha512:600000", 32)
    assert absent["sodium"] == "This was encrypted in a way that is unknown here."
    assert absent["aes"] == "words" and absent["argon2"] == present["argon2"]
    assert (present["suites"], present["default"], present["sodium"]) == ([1, 2, 3], "xchacha20", "words")
    assert (present["new"], present["salt"]) == ("argon2id:67108864:3", 16)
