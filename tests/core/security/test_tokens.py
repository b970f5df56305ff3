"""Signed references: what is taken, and everything that is not."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some
from joserfc import jwt
from joserfc.jwk import OctKey

from core.security.tokens import TokenSigner

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
KEY, KIND, SITE = b"k" * 32, "hm3-session+jwt", "site"
SIGNER = TokenSigner(KEY, KIND, SITE)
TOKEN = SIGNER.sign("reference", NOON, NOON + timedelta(hours=1))
GOOD = {"jti": "reference", "aud": SITE, "iat": int(NOON.timestamp()), "exp": int(NOON.timestamp()) + 60}


def forged(header: dict[str, object], claims: dict[str, object], key: bytes = KEY) -> str:
    """A token with any header and claims, rightly signed where that can be."""
    return jwt.encode({"typ": KIND, **header}, claims, OctKey.import_key(key), ["HS256", "HS384", "HS512"])


def unsigned(header: dict[str, object]) -> str:
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in (header, GOOD)]
    return ".".join([*parts, ""])


def test_a_token_gives_its_reference_back() -> None:
    assert SIGNER.read(TOKEN, NOON) == "reference"


def test_it_carries_nobodys_name() -> None:
    payload = TOKEN.split(".")[1]
    assert set(json.loads(base64.urlsafe_b64decode(payload + "=="))) == {"jti", "aud", "iat", "exp"}


def test_it_ends() -> None:
    assert SIGNER.read(TOKEN, NOON + timedelta(hours=2)) is None


@pytest.mark.parametrize(
    "other", [TokenSigner(b"x" * 32, KIND, SITE), TokenSigner(KEY, "other+jwt", SITE), TokenSigner(KEY, KIND, "other")]
)
def test_a_token_of_another_key_type_or_site_is_worth_nothing(other: TokenSigner) -> None:
    assert SIGNER.read(other.sign("reference", NOON, NOON + timedelta(hours=1)), NOON) is None


@pytest.mark.parametrize(
    "token",
    [
        forged({"alg": "HS256"}, GOOD, b"0" * 32),
        forged({"alg": "HS384"}, GOOD, b"k" * 48),
        unsigned({"alg": "none", "typ": KIND}),
        unsigned({"alg": "NONE", "typ": KIND}),
        unsigned({"alg": "RS256", "typ": KIND}),
        unsigned({"alg": "HS256", "typ": KIND, "kid": "../../dev/null"}),
        unsigned({"alg": "HS256", "typ": KIND, "jku": "http://127.0.0.1:9/"}),
        unsigned({"alg": "HS256", "typ": KIND, "crit": ["b64"], "b64": False}),
    ],
)
def test_no_other_algorithm_and_no_trick_of_the_header_is_taken(token: str) -> None:
    assert SIGNER.read(token, NOON) is None


@pytest.mark.parametrize("missing", ["jti", "aud", "iat", "exp"])
def test_every_claim_has_to_be_there(missing: str) -> None:
    claims = {name: value for name, value in GOOD.items() if name != missing}
    assert SIGNER.read(forged({"alg": "HS256"}, claims), NOON) is None


def test_a_reference_is_text() -> None:
    assert SIGNER.read(forged({"alg": "HS256"}, {**GOOD, "jti": 5}), NOON) is None


def test_every_changed_letter_is_noticed() -> None:
    for position, letter in enumerate(TOKEN[:-1]):
        changed = TOKEN[:position] + ("A" if letter != "A" else "B") + TOKEN[position + 1 :]
        assert SIGNER.read(changed, NOON) is None


@given(some.text(max_size=1200))
def test_any_other_text_is_no_token(text: str) -> None:
    assert SIGNER.read(text, NOON) is None


def test_a_token_names_its_key_and_is_read_while_that_is_kept() -> None:
    old, new = (b"o" * 8, b"o" * 32), (b"n" * 8, b"n" * 32)
    before = TokenSigner(lambda: dict([old]), KIND, SITE).sign("reference", NOON, NOON + timedelta(hours=1))
    rotated = TokenSigner(lambda: dict([new, old]), KIND, SITE)
    assert rotated.read(before, NOON) == "reference"
    assert TokenSigner(lambda: dict([new]), KIND, SITE).read(before, NOON) is None
    after = rotated.sign("reference", NOON, NOON + timedelta(hours=1))
    assert TokenSigner(lambda: dict([new]), KIND, SITE).read(after, NOON) == "reference"


@pytest.mark.parametrize("named", ["../../dev/null", "", "6f", "a" * 64])
def test_a_token_that_names_another_key_is_worth_nothing(named: str) -> None:
    signer = TokenSigner(lambda: {b"k" * 8: KEY}, KIND, SITE)
    assert signer.read(forged({"alg": "HS256", "kid": named}, GOOD), NOON) is None
    assert signer.read(forged({"alg": "HS256", "kid": (b"k" * 8).hex()}, GOOD), NOON) == "reference"


def test_a_token_that_was_believed_ends_all_the_same() -> None:
    signer = TokenSigner(KEY, KIND, SITE)
    token = signer.sign("reference", NOON, NOON + timedelta(hours=1))
    assert [signer.read(token, NOON + timedelta(minutes=late)) for late in (0, 59, 61)] == ["reference"] * 2 + [None]


def test_a_token_that_was_believed_is_worth_nothing_once_its_key_is_gone() -> None:
    keys = {b"old": b"o" * 32}
    signer = TokenSigner(lambda: keys, KIND, SITE)
    token = signer.sign("reference", NOON, NOON + timedelta(hours=1))
    believed = signer.read(token, NOON)
    keys.clear()
    keys[b"new"] = b"n" * 32
    assert (believed, signer.read(token, NOON)) == ("reference", None)


def test_a_token_is_believed_for_its_own_letters_alone() -> None:
    signer = TokenSigner(KEY, KIND, SITE)
    token = signer.sign("reference", NOON, NOON + timedelta(hours=1))
    signer.read(token, NOON)
    head, claims, signature = token.split(".")
    other = "A" if signature[0] != "A" else "B"
    assert signer.read(f"{head}.{claims}.{other}{signature[1:]}", NOON) is None


def test_the_latest_tokens_alone_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.security.tokens._MOST_BELIEVED", 2)
    signer = TokenSigner(KEY, KIND, SITE)
    tokens = [signer.sign(str(number), NOON, NOON + timedelta(hours=1)) for number in range(5)]
    assert [signer.read(token, NOON) for token in tokens * 2] == list("01234") * 2
