"""Recovery codes."""

import pytest

from core.security.recovery import BadCode, new_recovery_code, read_recovery_code, recovery_key


def test_a_code_is_read_however_it_is_typed() -> None:
    code = new_recovery_code()
    octets = read_recovery_code(code)
    assert len(octets) == 20
    assert read_recovery_code(f" {code.lower().replace('-', ' ')}") == octets
    assert read_recovery_code(code.replace("0", "o").replace("1", "l")) == octets


def test_no_two_codes_are_alike() -> None:
    assert len({new_recovery_code() for _ in range(1000)}) == 1000


def test_a_mistyped_letter_is_noticed() -> None:
    code = new_recovery_code()
    wrong = ("A" if code[0] != "A" else "B") + code[1:]
    with pytest.raises(BadCode, match="mistyped"):
        read_recovery_code(wrong)


@pytest.mark.parametrize(
    ("text", "reason"), [("", "0 letters"), ("ABCD" * 9, "36 letters"), ("!" * 33, "cannot hold !")]
)
def test_what_is_no_code_is_told(text: str, reason: str) -> None:
    with pytest.raises(BadCode, match=reason):
        read_recovery_code(text)


def test_the_key_follows_from_code_and_salt() -> None:
    assert recovery_key(b"c" * 20, b"s") == recovery_key(b"c" * 20, b"s") != recovery_key(b"c" * 20, b"t")
