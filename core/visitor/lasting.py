"""A login that outlives its session, sealed under a key that the server does not keep: a passkey's or a token's."""

import json
from dataclasses import dataclass, field

from core.errors import Conflict
from core.input.values import Secret
from core.security.crypto import SECRETS_PAD, Purpose, seal, subkey, unseal
from core.security.suites import Suite
from core.sentences import Sentence
from core.visitor.login import Identity
from core.visitor.permissions import User
from core.visitor.session import Session

# What core itself keeps in a session for the moment is of no use to another one.
_PASSING = "core."


@dataclass(frozen=True)
class LastingLogin:
    """Who logged in, with what their session keeps, and the login steps that they had passed."""

    identity: Identity = field(repr=False)
    passed: frozenset[str] = frozenset()

    @classmethod
    def of(cls, session: Session, names: frozenset[str] | None = None) -> "LastingLogin":
        """The login behind a user's session; of its secrets those with these `names`, or all but core's own.

        Raises Conflict where the session is no user's or their data key is not at hand.
        """
        if not isinstance(session.visitor, User) or session.key is None:
            raise Conflict(Sentence("Unlock what is stored for you first."))
        kept = {
            name: secret
            for name, secret in session.secrets.items()
            if not name.startswith(_PASSING) and (names is None or name in names)
        }
        identity = Identity(
            session.visitor.name,
            kept,
            key=session.key,
            roles=session.roles,
            display_name=session.display_name,
            address=session.address,
        )
        return cls(identity, session.passed)

    def seal(self, key: bytes, place: str, suite: Suite | None = None) -> bytes:
        """This login under a key of 32 octets; `place` says where it is kept, so that no other place takes it."""
        who = self.identity
        told = {
            "name": who.name,
            "secrets": {name: str(secret) for name, secret in who.secrets.items()},
            "key": who.key.hex() if who.key is not None else "",
            "roles": sorted(who.roles),
            "display_name": who.display_name,
            "address": who.address,
            "passed": sorted(self.passed),
        }
        return seal(subkey(key, "hm3.lasting"), json.dumps(told).encode(), _purpose(place), suite, pad=SECRETS_PAD)

    @classmethod
    def unseal(cls, key: bytes, blob: bytes, place: str) -> "LastingLogin":
        """The login that was sealed under this key for this place. Raises DecryptError where either is another."""
        told = json.loads(unseal(subkey(key, "hm3.lasting"), blob, _purpose(place)))
        identity = Identity(
            told["name"],
            {name: Secret(value) for name, value in told["secrets"].items()},
            key=bytes.fromhex(told["key"]) or None,
            roles=frozenset(told["roles"]),
            display_name=told["display_name"],
            address=told["address"],
        )
        return cls(identity, frozenset(told["passed"]))


def _purpose(place: str) -> Purpose:
    return Purpose("hm3.lasting", "", "login", place)
