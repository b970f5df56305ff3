"""Tokens and cookies: each kind opens its own door, and nothing that is not ours opens any."""

import base64
import hashlib
import hmac
import json

import flask
import pytest

from tests.modules.api.office import KEY, Office, is_in


def pair(office: Office) -> tuple[str, str]:
    browser, _ = office.house.enter()
    reference, key = (browser.client.get_cookie(name) for name in ("hm3_session", "hm3_key"))
    assert reference is not None and key is not None
    return reference.value, key.value


def with_cookies(office: Office, reference: str, key: str) -> flask.Response:
    return office.ask("GET", "/mail/", None, cookies={"hm3_session": reference, "hm3_key": key})


def test_a_cookie_is_no_token(office: Office) -> None:
    reference, key = pair(office)
    for text in (f"{reference}.{key}", reference, key, f"{key}.{reference}"):
        assert not is_in(office, text)


def test_a_token_is_no_cookie(office: Office) -> None:
    reference, _, key = office.token().rpartition(".")
    assert with_cookies(office, reference, key).status_code == 401
    assert with_cookies(office, office.token(), key).status_code == 401


def test_halves_of_different_kinds_open_nothing_together(office: Office) -> None:
    (reference, key), (lent, _, lent_key) = pair(office), office.token().rpartition(".")
    assert not is_in(office, f"{lent}.{key}") and not is_in(office, f"{reference}.{lent_key}")
    assert with_cookies(office, reference, lent_key).status_code == 401
    assert with_cookies(office, lent, key).status_code == 401


def test_a_token_says_what_it_is_and_nothing_of_whom(office: Office) -> None:
    office.house.passwords["ada@garden.example"] = "old"
    head, body, _, _ = office.token("ada@garden.example").split(".")
    read = [json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))) for part in (head, body)]
    assert read[0]["alg"] == "HS256" and read[0]["typ"] == "hm3-api+jwt"
    assert set(read[1]) == {"jti", "aud", "iat", "exp"} and "garden" not in json.dumps(read[1])


@pytest.mark.parametrize("alg", ["none", "None", "NONE", "nOnE", ""])
def test_an_unsigned_token_opens_nothing(office: Office, alg: str) -> None:
    _, body, _, key = office.token().split(".")
    head = base64.urlsafe_b64encode(json.dumps({"alg": alg, "typ": "hm3-api+jwt"}).encode()).decode().rstrip("=")
    assert not is_in(office, f"{head}.{body}..{key}")


@pytest.mark.parametrize("secret", [b"", b"k" * 32, KEY.encode(), b"-----BEGIN PUBLIC KEY-----"])
@pytest.mark.parametrize("more", [{}, {"kid": "../../dev/null"}, {"jku": "https://evil.example"}, {"crit": ["x"]}])
def test_a_token_signed_by_somebody_else_opens_nothing(office: Office, secret: bytes, more: dict[str, object]) -> None:
    _, body, _, key = office.token().split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    head = {"alg": "HS256", "typ": "hm3-api+jwt", **more}
    forged = ".".join(_sign(head, claims, secret))
    assert not is_in(office, f"{forged}.{key}")


def _sign(head: dict[str, object], claims: dict[str, object], secret: bytes) -> tuple[str, str, str]:
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in (head, claims)]
    mac = hmac.digest(secret, ".".join(parts).encode(), hashlib.sha256)
    return parts[0], parts[1], base64.urlsafe_b64encode(mac).decode().rstrip("=")


def test_a_token_with_any_part_changed_opens_nothing(office: Office) -> None:
    token = office.token()
    for place in range(0, len(token) - 2, 7):
        other = "A" if token[place] != "A" else "B"
        assert not is_in(office, token[:place] + other + token[place + 1 :])
    assert is_in(office, token)
