"""Signed references in cookies: JSON Web Tokens of one algorithm, one type and one audience (RFC 7519, RFC 8725).

A token carries a reference and when it ends. Whose it is stands in the database alone.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import GuestProtocol, OctKey

_ALGORITHM = "HS256"
_LONGEST = 1000


class TokenSigner:
    """Signs and reads tokens of one type; those of another type, key or site are worth nothing.

    Several keys are given by their ids: the first signs, and each token names the one that it was signed with.
    """

    def __init__(self, keys: bytes | Callable[[], Mapping[bytes, bytes]], kind: str, audience: str) -> None:
        self._keys = (lambda: {b"": keys}) if isinstance(keys, bytes) else keys
        self._kind = kind
        self._audience = audience

    def sign(self, reference: str, issued: datetime, ends: datetime) -> str:
        """A token for a reference, good from now to its end."""
        named, key = next(iter(self._keys().items()))
        header = {"alg": _ALGORITHM, "typ": self._kind} | ({"kid": named.hex()} if named else {})
        moments = {"iat": int(issued.timestamp()), "exp": int(ends.timestamp())}
        return jwt.encode(
            header, {"jti": reference, "aud": self._audience, **moments}, OctKey.import_key(key), [_ALGORITHM]
        )

    def read(self, token: str, now: datetime) -> str | None:
        """The reference, or None where the token is not one of ours or has ended."""
        if len(token) > _LONGEST:
            return None
        wanted = jwt.JWTClaimsRegistry(
            now=int(now.timestamp()),
            leeway=0,
            aud={"essential": True, "value": self._audience},
            exp={"essential": True},
            iat={"essential": True},
            jti={"essential": True},
        )
        try:
            found = jwt.decode(token, self._key_of, [_ALGORITHM])
            wanted.validate(found.claims)
        except (JoseError, ValueError):
            return None
        reference = found.claims["jti"]
        return reference if found.header.get("typ") == self._kind and isinstance(reference, str) else None

    def _key_of(self, token: GuestProtocol) -> OctKey:
        """The key that a token names; a token from before keys had names was signed with the oldest."""
        keys = {known.hex(): key for known, key in self._keys().items()}
        named = str(token.headers().get("kid", list(keys)[-1]))
        if named not in keys:
            raise ValueError("There is no such key.")
        return OctKey.import_key(keys[named])
