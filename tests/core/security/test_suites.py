"""The ways in which data is encrypted, each alike in what it promises."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as some

from core.security.crypto import (
    DecryptError,
    KeyUnavailable,
    Purpose,
    as_text,
    from_text,
    new_key,
    seal,
    unseal,
)
from core.security.suites import Suite, default_suite, encryptions

PURPOSE = Purpose("hm3.test", "owner", "kind", "object", 3)
KEY = bytes(range(32))

every_suite = pytest.mark.parametrize("suite", list(Suite))


@every_suite
@given(data=some.binary(max_size=300), pad=some.sampled_from([0, 1, 16, 64]))
def test_what_was_sealed_is_unsealed(suite: Suite, data: bytes, pad: int) -> None:
    assert unseal(KEY, seal(KEY, data, PURPOSE, suite, pad=pad), PURPOSE) == data


@every_suite
def test_the_suite_stands_in_front(suite: Suite) -> None:
    assert seal(KEY, b"", PURPOSE, suite)[:2] == bytes([1, suite.number])


@every_suite
def test_every_changed_octet_is_noticed(suite: Suite) -> None:
    blob = seal(KEY, b"words", PURPOSE, suite)
    for position in range(len(blob)):
        changed = bytearray(blob)
        changed[position] ^= 1
        with pytest.raises(DecryptError):
            unseal(KEY, bytes(changed), PURPOSE)


@every_suite
def test_every_cut_is_noticed(suite: Suite) -> None:
    blob = seal(KEY, b"words", PURPOSE, suite)
    for length in range(len(blob)):
        with pytest.raises(DecryptError):
            unseal(KEY, blob[:length], PURPOSE)


@every_suite
def test_a_suite_cannot_be_made_to_pass_for_another(suite: Suite) -> None:
    blob = seal(KEY, b"words", PURPOSE, suite)
    for other in Suite:
        if other is not suite:
            with pytest.raises(DecryptError):
                unseal(KEY, blob[:1] + bytes([other.number]) + blob[2:], PURPOSE)


@every_suite
def test_the_right_key_is_asked_for(suite: Suite) -> None:
    with pytest.raises(KeyUnavailable):
        unseal(new_key(), seal(KEY, b"words", PURPOSE, suite), PURPOSE)


def test_padding_hides_the_length() -> None:
    lengths = {len(seal(KEY, b"x" * length, PURPOSE, pad=64)) for length in range(63)}
    assert len(lengths) == 1


@given(some.binary(max_size=100))
def test_a_ciphertext_can_be_text(blob: bytes) -> None:
    assert from_text(as_text(blob)) == blob


@pytest.mark.parametrize("text", ["hm1.!", "hm1.a", "hm1.\xe9"])
def test_other_text_is_no_ciphertext(text: str) -> None:
    with pytest.raises(DecryptError):
        unseal(KEY, from_text(text), PURPOSE)


def test_libsodium_comes_first() -> None:
    assert (default_suite(), sorted(encryptions())) == (Suite.XCHACHA20, [1, 2, 3])


def test_without_libsodium_it_is_aes() -> None:
    code = (
        "import sys; sys.modules['nacl'] = None\n"
        "from core.security.crypto import *\n"
        "blob = seal(bytes(32), b'words', Purpose('hm3.test'))\n"
        "print(blob[1], unseal(bytes(32), blob, Purpose('hm3.test')).decode())\n"
        "from core.security.suites import encryptions\n"
        "print(sorted(encryptions()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["2 words", "[2, 3]"]
