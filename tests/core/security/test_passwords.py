"""Passwords: hashed, checked, hashed anew, and which may be chosen."""

import re
import subprocess
import sys
import time

import pytest

from core.input.values import Secret
from core.security.derivation import KeyDerivation, WeakParameters, derive_key, new_derivation
from core.security.passwords import (
    BcryptCost,
    HashMemory,
    Passes,
    PasswordConfig,
    PasswordHash,
    PasswordHasher,
    Rounds,
)
from core.security.weak_passwords import refuse_weak

CHEAP = PasswordConfig(
    memory=HashMemory(19 * 1024 * 1024), passes=Passes(2), bcrypt_cost=BcryptCost(10), pbkdf2_rounds=Rounds(210_000)
)
PEPPER = b"p" * 32


def hasher(
    kind: PasswordHash = PasswordHash.ARGON2ID, *, passes: int = 2, cost: int = 10, rounds: int = 210_000
) -> PasswordHasher:
    config = PasswordConfig(kind, CHEAP.memory, Passes(passes), BcryptCost(cost), Rounds(rounds))
    return PasswordHasher(config, PEPPER)


every_hash = pytest.mark.parametrize("kind", list(PasswordHash))


@every_hash
def test_a_password_is_known_again_and_another_is_not(kind: PasswordHash) -> None:
    made = hasher(kind).hash(Secret("correct horse"))
    assert hasher(kind).verify(Secret("correct horse"), made)
    assert not hasher(kind).verify(Secret("correct horsf"), made)


@every_hash
def test_as_much_work_is_done_where_nothing_is_kept_as_where_something_is(kind: PasswordHash) -> None:
    one = hasher(kind)
    kept = one.hash(Secret("correct horse"))
    known: list[float] = []
    unknown: list[float] = []
    for _ in range(9):
        for times, stored in ((known, kept), (unknown, None)):
            begun = time.thread_time()
            assert not one.verify(Secret("another horse"), stored)
            times.append(time.thread_time() - begun)
    # Without the work it would be some hundredths.
    assert 0.25 < min(unknown) / min(known) < 4


@every_hash
def test_two_users_with_one_password_have_different_hashes(kind: PasswordHash) -> None:
    ours = hasher(kind)
    assert ours.hash(Secret("correct horse")) != ours.hash(Secret("correct horse"))


@every_hash
def test_the_whole_password_counts(kind: PasswordHash) -> None:
    ours, long = hasher(kind), "p\N{GRINNING FACE} " * 340
    made = ours.hash(Secret(long))
    assert ours.verify(Secret(long), made)
    assert [ours.verify(Secret(other), made) for other in (long[:72], long[:-1], long.strip())] == [False] * 3


@every_hash
def test_every_way_is_understood_whichever_is_used(kind: PasswordHash) -> None:
    made = hasher(kind).hash(Secret("correct horse"))
    assert [hasher(other).verify(Secret("correct horse"), made) for other in PasswordHash] == [True] * 3
    assert [hasher(other).is_outdated(made) for other in PasswordHash] == [other is not kind for other in PasswordHash]


@pytest.mark.parametrize(
    ("kind", "change"), [("argon2id", {"passes": 3}), ("bcrypt", {"cost": 11}), ("pbkdf2", {"rounds": 210_001})]
)
def test_a_hash_with_other_work_is_outdated(kind: str, change: dict[str, int]) -> None:
    made = hasher(PasswordHash(kind)).hash(Secret("correct horse"))
    assert hasher(PasswordHash(kind), **change).is_outdated(made)


def test_the_default_is_as_strong_as_promised() -> None:
    made = PasswordHasher(PasswordConfig(), PEPPER).hash(Secret("correct horse"))
    assert re.match(r"\$argon2id\$v=19\$m=65536,t=3,p=1\$", made)


@pytest.mark.parametrize("kept", [None, "", "plain", "$ARGON2ID$v=19$m=65536,t=3,p=1$YWFh$YWFh", "$1$abc$def"])
def test_nothing_and_nonsense_let_nobody_in(kept: str | None) -> None:
    assert not hasher().verify(Secret(kept or ""), kept)


def test_nonsense_is_outdated() -> None:
    assert hasher().is_outdated("$1$abc$def")


def test_bcrypt_needs_the_sites_pepper() -> None:
    made = hasher(PasswordHash.BCRYPT).hash(Secret("correct horse"))
    assert not PasswordHasher(CHEAP, b"q" * 32).verify(Secret("correct horse"), made)


@pytest.mark.parametrize("size", ["18M", "5G", "many"])
def test_memory_below_what_is_safe_is_refused(size: str) -> None:
    with pytest.raises(ValueError):
        HashMemory.parse(size)


def test_memory_is_read_from_hm3_ini() -> None:
    assert HashMemory.parse("64 MiB") == 64 * 1024 * 1024


def test_a_key_follows_from_password_and_salt_alone() -> None:
    how = new_derivation(CHEAP)
    again = KeyDerivation.read(str(how), how.salt)
    assert derive_key(Secret("correct horse"), how) == derive_key(Secret("correct horse"), again)
    assert derive_key(Secret("correct horse"), how) != derive_key(Secret("correct horse"), new_derivation(CHEAP))
    assert derive_key(Secret("correct horsf"), how) != derive_key(Secret("correct horse"), how)


def test_keys_made_without_libsodium_are_found_with_it() -> None:
    how = KeyDerivation(b"s" * 32, 0, 0, 210_000)
    code = (
        "import sys; sys.modules['nacl'] = None\n"
        "from core.security.derivation import *\nfrom core.security.passwords import *\n"
        "how = new_derivation(PasswordConfig()); print(str(how))\n"
        "print(derive_key(Secret('correct horse'), KeyDerivation(b's' * 32, 0, 0, 210_000)).hex())\n"
        "ours = PasswordHasher(PasswordConfig(), b'p' * 32); print(ours.hash(Secret('correct horse')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    kind, key, made = done.stdout.split()
    assert kind == "pbkdf2-sha512:600000"
    assert key == derive_key(Secret("correct horse"), KeyDerivation.read(f"pbkdf2-sha512:{210_000}", how.salt)).hex()
    assert hasher().verify(Secret("correct horse"), made)


@pytest.mark.parametrize("how", ["argon2id:19922943:2", "argon2id:67108864:1", "pbkdf2-sha512:209999"])
def test_a_key_is_not_derived_with_too_little_work(how: str) -> None:
    with pytest.raises(WeakParameters):
        derive_key(Secret("correct horse"), KeyDerivation.read(how, b"s" * 16))


def test_a_salt_of_another_length_is_named() -> None:
    with pytest.raises(WeakParameters, match="a salt of 16 octets, not of 1"):
        derive_key(Secret("correct horse"), KeyDerivation(b"s"))


@pytest.mark.parametrize("how", ["md5:1", "argon2id:1", "pbkdf2-sha512:1:2", ""])
def test_an_unknown_derivation_is_named(how: str) -> None:
    with pytest.raises(WeakParameters, match="names no way"):
        KeyDerivation.read(how, b"")


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("short", "shorter than 12"),
        ("x" * 1025, "longer than 1024"),
        ("ababababababab", "too few different"),
        ("password1234567", "many people use"),
        ("sunflowersunflower", "one word twice"),
        ("ada.lovelace@example.org", "your own name"),
        ("lovelace2026", "your own name"),
    ],
)
def test_a_bad_password_cannot_be_chosen(password: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        refuse_weak(Secret(password), "ada.lovelace@example.org")


@pytest.mark.parametrize("password", ["correct horse battery", "Zx9 garden lamp", "\N{SEEDLING} grows in the shed"])
def test_a_good_password_can(password: str) -> None:
    refuse_weak(Secret(password), "ada@example.org", "hm3")
