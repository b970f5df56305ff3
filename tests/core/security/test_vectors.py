"""Known answers, made once by other implementations: see tests/vectors/make.py."""

import json
from pathlib import Path
from typing import Any

import pytest

from core.input.values import Secret
from core.security.crypto import Purpose, lookup_hash, marks, seal, subkey, unseal
from core.security.derivation import KeyDerivation, derive_key
from core.security.recovery import recovery_key
from core.security.suites import Suite

VECTORS = Path(__file__).resolve().parents[2] / "vectors"
SEALED: list[dict[str, Any]] = json.loads((VECTORS / "sealed.json").read_text())  # Any: JSON of our own
DERIVED: dict[str, list[dict[str, Any]]] = json.loads((VECTORS / "derived.json").read_text())  # Any: as above


@pytest.mark.parametrize("known", SEALED)
def test_a_known_ciphertext_is_read(known: dict[str, Any]) -> None:
    key, blob = bytes.fromhex(known["key"]), bytes.fromhex(known["blob"])
    assert marks(blob).suite == known["suite"]
    assert unseal(key, blob, Purpose(**known["purpose"])).hex() == known["plain"]


@pytest.mark.parametrize("known", SEALED)
def test_a_known_ciphertext_is_written(known: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    nonce = bytes.fromhex(known["nonce"])
    monkeypatch.setattr("core.security.suites.secrets.token_bytes", lambda size: nonce[:size])
    (suite,) = (suite for suite in Suite if suite.number == known["suite"])
    made = seal(
        bytes.fromhex(known["key"]), bytes.fromhex(known["plain"]), Purpose(**known["purpose"]), suite, pad=known["pad"]
    )
    assert made.hex() == known["blob"]


def test_every_suite_has_known_answers() -> None:
    assert {known["suite"] for known in SEALED} == {suite.number for suite in Suite}


@pytest.mark.parametrize("known", DERIVED["subkey"])
def test_subkeys_are_what_libsodium_makes_of_them(known: dict[str, Any]) -> None:
    assert subkey(bytes.fromhex(known["key"]), known["purpose"], known["context"]).hex() == known["made"]


@pytest.mark.parametrize("known", DERIVED["lookup"])
def test_lookup_hashes_are_what_libsodium_makes_of_them(known: dict[str, Any]) -> None:
    assert lookup_hash(bytes.fromhex(known["key"]), known["value"]) == known["made"]


@pytest.mark.parametrize("known", DERIVED["password"])
def test_keys_of_passwords_are_as_known(known: dict[str, Any]) -> None:
    how = KeyDerivation.read(known["how"], bytes.fromhex(known["salt"]))
    assert derive_key(Secret(known["password"]), how).hex() == known["made"]


@pytest.mark.parametrize("known", DERIVED["recovery"])
def test_keys_of_recovery_codes_are_as_known(known: dict[str, Any]) -> None:
    assert recovery_key(bytes.fromhex(known["code"]), bytes.fromhex(known["salt"])).hex() == known["made"]
