"""Signed references in cookies: JSON Web Tokens of one algorithm, one type and one audience (RFC 7519, RFC 8725).

A token carries a reference and when it ends. Whose it is stands in the database alone.
"""

from datetime import datetime

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

_ALGORITHM = "HS256"
_LONGEST = 1000


class TokenSigner:
    """Signs and reads tokens of one type; those of another type, key or site are worth nothing."""

    def __init__(self, key: bytes, kind: str, audience: str) -> None:
        self._key = OctKey.import_key(key)
        self._kind = kind
        self._audience = audience

    def sign(self, reference: str, issued: datetime, ends: datetime) -> str:
        """A token for a reference, good from now to its end."""
        header = {"alg": _ALGORITHM, "typ": self._kind}
        moments = {"iat": int(issued.timestamp()), "exp": int(ends.timestamp())}
        return jwt.encode(header, {"jti": reference, "aud": self._audience, **moments}, self._key, [_ALGORITHM])

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
            found = jwt.decode(token, self._key, [_ALGORITHM])
            wanted.validate(found.claims)
        except (JoseError, ValueError):
            return None
        reference = found.claims["jti"]
        return reference if found.header.get("typ") == self._kind and isinstance(reference, str) else None
