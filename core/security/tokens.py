"""Signed references in cookies: JSON Web Tokens of one algorithm, one type and one audience (RFC 7519, RFC 8725).

A token carries a reference and when it ends. Whose it is stands in the database alone.
"""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import GuestProtocol, OctKey

_ALGORITHM = "HS256"
_LONGEST = 1000
# Whoever asks again shows the same token: its signature need not be computed anew.
_MOST_BELIEVED = 4096


class TokenSigner:
    """Signs and reads tokens of one type; those of another type, key or site are worth nothing.

    Several keys are given by their ids: the first signs, and each token names the one that it was signed with.
    """

    def __init__(self, keys: bytes | Callable[[], Mapping[bytes, bytes]], kind: str, audience: str) -> None:
        self._keys = (lambda: {b"": keys}) if isinstance(keys, bytes) else keys
        self._kind = kind
        self._audience = audience
        self._believed: OrderedDict[bytes, _Believed] = OrderedDict()
        self._lock = threading.Lock()

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
        mark, keys = hashlib.sha256(token.encode("utf-8", "replace")).digest(), self._keys()
        with self._lock:
            known = self._believed.get(mark)
        if known is not None and known.holds(keys, int(now.timestamp())):
            return known.reference
        return self._check(token, now, mark, keys)

    def _check(self, token: str, now: datetime, mark: bytes, keys: Mapping[bytes, bytes]) -> str | None:
        """What `read` gives, from the signature itself; a token that is right is believed when it comes again."""

        def key_of(shown: GuestProtocol) -> OctKey:
            return OctKey.import_key(keys[_named(shown.headers(), keys)])

        wanted = jwt.JWTClaimsRegistry(
            now=int(now.timestamp()),
            leeway=0,
            aud={"essential": True, "value": self._audience},
            exp={"essential": True},
            iat={"essential": True},
            jti={"essential": True},
        )
        try:
            found = jwt.decode(token, key_of, [_ALGORITHM])
            wanted.validate(found.claims)
            named = _named(found.header, keys)
        except (JoseError, ValueError):
            return None
        reference = found.claims["jti"]
        if found.header.get("typ") != self._kind or not isinstance(reference, str):
            return None
        known = _Believed(reference, named, keys[named], int(found.claims["iat"]), int(found.claims["exp"]))
        with self._lock:
            self._believed[mark] = known
            if len(self._believed) > _MOST_BELIEVED:
                self._believed.popitem(last=False)
        return reference


@dataclass(frozen=True)
class _Believed:
    """A token whose signature was found right: what it says, and the key that says so."""

    reference: str = field(repr=False)
    named: bytes
    key: bytes = field(repr=False)
    issued: int
    ends: int

    def holds(self, keys: Mapping[bytes, bytes], now: int) -> bool:
        """Whether it is still right: within its time, and its key is one that is believed."""
        return keys.get(self.named) == self.key and self.issued <= now < self.ends


# Any: JSON that anybody may have written.
def _named(header: Mapping[str, Any], keys: Mapping[bytes, bytes]) -> bytes:
    """The key that a token names; a token from before keys had names was signed with the oldest.

    Raises ValueError where there is no such key.
    """
    known = {key.hex(): key for key in keys}
    named = str(header.get("kid", list(known)[-1]))
    if named not in known:
        raise ValueError("There is no such key.")
    return known[named]
