"""What a provider of the tests knows, and how it is to behave."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from joserfc.jwk import ECKey, RSAKey
from werkzeug.wrappers import Response

CLIENT_ID, CLIENT_SECRET = "hm3-at-the-provider", "the-client's: secret/%"


def new_key(name: str) -> RSAKey:
    """A key to sign with."""
    return RSAKey.generate_key(2048, {"kid": name, "use": "sig"}, private=True)


@dataclass(frozen=True)
class Someone:
    """Somebody with an account at the provider."""

    subject: str
    email: str
    name: str = "Ada Lovelace"
    verified: bool = True
    groups: tuple[str, ...] = ()

    def get_user_id(self) -> str:
        return self.subject


@dataclass
class Grant:
    """What one consent came to: tokens, one after the other."""

    user: Someone
    scope: str
    access: str
    refresh: str
    ends: float
    revoked: bool = False
    client_id: str = CLIENT_ID

    def check_client(self, client: "KnownClient") -> bool:
        return True

    def get_scope(self) -> str:
        return self.scope

    def get_expires_in(self) -> int:
        return int(self.ends - time.time())

    def is_expired(self) -> bool:
        return self.ends < time.time()

    def is_revoked(self) -> bool:
        return self.revoked

    def get_user(self) -> Someone:
        return self.user


@dataclass
class Provider:
    """The running server, and what tests may change and look at."""

    port: int = 0
    redirects: set[str] = field(default_factory=set)
    someone: Someone = field(default_factory=lambda: Someone("1815", "ada@example.test"))
    says_no: bool = False
    asks: bool = False
    rotates: bool = True
    gives_refresh: bool = True
    tells_issuer: bool = True
    lasts: int = 3600
    claims: dict[str, object] = field(default_factory=dict)
    replies: dict[str, Callable[[], Response | None]] = field(default_factory=dict)
    key: RSAKey | ECKey = field(default_factory=lambda: new_key("one"))
    signs_with: RSAKey | ECKey | None = None
    algorithm: str = "RS256"
    asked: list[str] = field(default_factory=list)
    forms: list[dict[str, str]] = field(default_factory=list)
    queries: list[dict[str, str]] = field(default_factory=list)
    grants: list[Grant] = field(default_factory=list)
    spent: set[str] = field(default_factory=set)
    challenges: dict[str, "Code"] = field(default_factory=dict)

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def count(self, path: str) -> int:
        """How often something was asked for."""
        return self.asked.count(path)

    def revoke_all(self) -> None:
        """Take everything back, as somebody does in their account's settings at the provider."""
        for grant in self.grants:
            grant.revoked = True

    def renewals(self) -> int:
        """How often a token was renewed, or was to be."""
        return sum(form.get("grant_type") == "refresh_token" for form in self.forms)


@dataclass
class Code:
    """A code and what it was given for."""

    code: str
    client_id: str
    redirect_uri: str
    scope: str
    user: Someone
    nonce: str
    code_challenge: str
    code_challenge_method: str
    auth_time: int

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str:
        return self.nonce

    def get_auth_time(self) -> int:
        return self.auth_time

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


@dataclass(frozen=True)
class KnownClient:
    """The one site that the provider knows."""

    redirects: set[str]
    client_id: str = CLIENT_ID
    id_token_signed_response_alg: str = "RS256"

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> None:
        return None

    def get_allowed_scope(self, scope: str) -> str:
        return scope or ""

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri in self.redirects

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == CLIENT_SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method in ("client_secret_basic", "client_secret_post")

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in ("authorization_code", "refresh_token")
