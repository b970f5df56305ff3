"""Who a provider says that somebody is: its signed ID token, checked as OpenID Connect Core 3.1.3.7 says."""

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from core import Secret, Sentence
from modules.oauth.errors import NotProven

# Signatures by the provider's own key alone: neither "none" nor one by a secret that this site holds as well.
ALGORITHMS = ("RS256", "PS256", "ES256", "RS384", "PS384", "ES384", "RS512", "PS512", "ES512", "EdDSA", "Ed25519")
_HASHES = {"256": hashlib.sha256, "384": hashlib.sha384, "512": hashlib.sha512}
LEEWAY = timedelta(seconds=60)
_LONGEST_SUBJECT = 255
_TENANT = "{tenantid}"


class Keys(Protocol):
    """Where a provider's keys come from."""

    def __call__(self, unknown: bool) -> KeySet:
        """The keys; fetched anew where a token names one that is `unknown`. Raises ProviderFailed."""
        ...


@dataclass(frozen=True)
class Expected:
    """What an ID token has to say. `issuer` may hold {tenantid}, in whose place the token's own tenant stands."""

    issuer: str
    client_id: str
    nonce: str = field(repr=False)
    now: datetime
    max_age: timedelta | None = None
    access: Secret | None = field(default=None, repr=False)


def check_identity(token: str, keys: Callable[[bool], KeySet], expected: Expected) -> Mapping[str, object]:
    """The claims of a token that was made for this site and this login just now. Raises NotProven for any other."""
    try:
        header, claims = _decode(token, keys)
    except (JoseError, ValueError, TypeError, RecursionError) as error:
        raise _not_proven() from error
    for is_right in (_names_us, _is_of_now, _is_ours):
        if not is_right(claims, expected):
            raise _not_proven()
    if expected.access is not None and "at_hash" in claims and not _fits(header, claims, expected.access):
        raise _not_proven()
    if expected.max_age is not None and not _is_fresh(claims, expected, expected.max_age):
        raise NotProven(
            Sentence("It is too long ago that you proved who you are. Please begin again and type your password there.")
        )
    return claims


def issuer_of(claims: Mapping[str, object], issuer: str) -> str:
    """The issuer that a checked token names, where a pattern stood for several."""
    return issuer.replace(_TENANT, str(claims.get("tid", "")))


def _decode(token: str, keys: Callable[[bool], KeySet]) -> tuple[Mapping[str, object], Mapping[str, object]]:
    algorithms = list(ALGORITHMS)
    try:
        decoded = jwt.decode(token, keys(False), algorithms)
    except (JoseError, ValueError):
        # A provider that changed its keys signs with one that was not there before.
        named = jws.extract_compact(token.encode()).headers().get("kid")
        if named is None or any(key.kid == named for key in keys(False).keys):
            raise
        decoded = jwt.decode(token, keys(True), algorithms)
    return decoded.header, decoded.claims


def _names_us(claims: Mapping[str, object], expected: Expected) -> bool:
    tenant, issuer = claims.get("tid"), expected.issuer
    if _TENANT in issuer and not (isinstance(tenant, str) and tenant and all(c.isalnum() or c == "-" for c in tenant)):
        return False
    audience = claims.get("aud")
    named = audience if isinstance(audience, list) else [audience]
    party = claims.get("azp", expected.client_id if len(named) == 1 else None)
    return (
        claims.get("iss") == issuer_of(claims, issuer) and expected.client_id in named and party == expected.client_id
    )


def _is_of_now(claims: Mapping[str, object], expected: Expected) -> bool:
    now, leeway = expected.now.timestamp(), LEEWAY.total_seconds()
    ends, issued, begins = _moment(claims, "exp"), _moment(claims, "iat"), _moment(claims, "nbf")
    if ends is None or issued is None or now >= ends + leeway or issued > now + leeway:
        return False
    return "nbf" not in claims or (begins is not None and begins <= now + leeway)


def _is_ours(claims: Mapping[str, object], expected: Expected) -> bool:
    nonce, subject = claims.get("nonce"), claims.get("sub")
    if not isinstance(nonce, str) or not hmac.compare_digest(nonce.encode(), expected.nonce.encode()):
        return False
    return isinstance(subject, str) and 0 < len(subject) <= _LONGEST_SUBJECT and subject.isprintable()


def _is_fresh(claims: Mapping[str, object], expected: Expected, max_age: timedelta) -> bool:
    when = _moment(claims, "auth_time")
    return when is not None and expected.now.timestamp() - when <= (max_age + LEEWAY).total_seconds()


def _fits(header: Mapping[str, object], claims: Mapping[str, object], access: Secret) -> bool:
    """Whether the access token is the one that the ID token was given with (OpenID Connect Core 3.1.3.6)."""
    make = _HASHES.get(str(header.get("alg"))[-3:], hashlib.sha512)
    digest = make(access.encode()).digest()
    half = base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()
    return hmac.compare_digest(str(claims["at_hash"]).encode(), half.encode())


def _moment(claims: Mapping[str, object], name: str) -> float | None:
    told = claims.get(name)
    return float(told) if isinstance(told, (int, float)) and not isinstance(told, bool) else None


def _not_proven() -> NotProven:
    return NotProven(Sentence("What came back does not prove who you are. Please begin again."))
