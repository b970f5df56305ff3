"""A real authorization server on this machine: discovery, keys, codes with PKCE, ID tokens, renewal, revocation.

It is Authlib's, over HTTP on a free port of the loopback. Who is logged in there, what they answer when they are asked,
and how the server misbehaves, is up to the test.
"""

import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import flask
from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import grants
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oauth2.rfc7662 import IntrospectionEndpoint
from authlib.oidc.core import UserInfo
from authlib.oidc.core.grants import OpenIDCode
from joserfc.jwk import ECKey, KeySet, RSAKey
from werkzeug.serving import make_server
from werkzeug.wrappers import Response

CLIENT_ID, CLIENT_SECRET = "hm3-at-the-provider", "the-client's: secret/%"
_METHODS = ["client_secret_basic", "client_secret_post"]
_PAGE = """<!doctype html><html lang=en><title>The provider</title><h1>Log in as {{ name }}?</h1>
<form method=post><button name=answer value=yes id=yes>Allow</button><button name=answer value=no id=no>Deny</button>
</form></html>"""


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

    def check_client(self, client: "_Client") -> bool:
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
    replies: dict[str, Callable[[], Response]] = field(default_factory=dict)
    key: RSAKey | ECKey = field(default_factory=lambda: new_key("one"))
    signs_with: RSAKey | ECKey | None = None
    algorithm: str = "RS256"
    asked: list[str] = field(default_factory=list)
    forms: list[dict[str, str]] = field(default_factory=list)
    queries: list[dict[str, str]] = field(default_factory=list)
    grants: list[Grant] = field(default_factory=list)
    spent: set[str] = field(default_factory=set)
    challenges: dict[str, "_Code"] = field(default_factory=dict)

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
class _Code:
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
class _Client:
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


def new_key(name: str) -> RSAKey:
    """A key to sign with."""
    return RSAKey.generate_key(2048, {"kid": name, "use": "sig"}, private=True)


@contextmanager
def start_provider() -> Iterator[Provider]:
    """A provider at which Ada is logged in and allows everything."""
    provider = Provider()
    app = _make_app(provider)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    provider.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _make_app(provider: Provider) -> flask.Flask:
    app = flask.Flask("provider")
    app.config["OAUTH2_REFRESH_TOKEN_GENERATOR"] = True
    server = AuthorizationServer(
        app,
        query_client=lambda _: _Client(provider.redirects),
        save_token=lambda token, request: _save(provider, token, request),
    )
    _register(server, provider)
    _add_faults(app, provider)

    @app.get("/.well-known/openid-configuration")
    def discovery() -> Mapping[str, object]:
        at = provider.issuer
        return {
            "issuer": at,
            "authorization_endpoint": f"{at}/authorize",
            "token_endpoint": f"{at}/token",
            "jwks_uri": f"{at}/keys",
            "revocation_endpoint": f"{at}/revoke",
            "introspection_endpoint": f"{at}/introspect",
            "authorization_response_iss_parameter_supported": provider.tells_issuer,
        }

    @app.get("/keys")
    def keys() -> Mapping[str, object]:
        return dict(KeySet([provider.key]).as_dict(private=False))

    @app.route("/authorize", methods=["GET", "POST"])
    def authorize() -> Response | str:
        grant = server.get_consent_grant(end_user=provider.someone)  # type: ignore[no-untyped-call]  # as below
        if flask.request.method == "GET":
            provider.queries.append(dict(flask.request.args))
            if provider.asks:
                return flask.render_template_string(_PAGE, name=provider.someone.name)
        no = provider.says_no or flask.request.form.get("answer") == "no"
        response = server.create_authorization_response(grant=grant, grant_user=None if no else provider.someone)
        assert isinstance(response, Response)
        if provider.tells_issuer:
            response.headers["Location"] += f"&iss={provider.issuer}"
        return response

    @app.post("/token")
    def token() -> Response:
        provider.forms.append(dict(flask.request.form))
        return server.create_token_response()  # type: ignore[return-value]  # a response of Flask

    @app.post("/revoke")
    def revoke() -> Response:
        return server.create_endpoint_response("revocation")  # type: ignore[no-any-return, no-untyped-call]  # has no types

    @app.post("/introspect")
    def introspect() -> Response:
        return server.create_endpoint_response("introspection")  # type: ignore[no-any-return, no-untyped-call]  # has none

    return app


def _add_faults(app: flask.Flask, provider: Provider) -> None:
    @app.before_request
    def misbehave() -> Response | None:
        provider.asked.append(flask.request.path)
        reply = provider.replies.get(flask.request.path)
        return reply() if reply is not None else None


def _register(server: AuthorizationServer, provider: Provider) -> None:
    """What the library asks of whoever uses it: where codes and tokens are kept."""

    class Codes(grants.AuthorizationCodeGrant):
        TOKEN_ENDPOINT_AUTH_METHODS = _METHODS

        def save_authorization_code(self, code: str, request: object) -> None:
            data = flask.request.values
            provider.challenges[code] = _Code(
                code,
                data["client_id"],
                data["redirect_uri"],
                data.get("scope", ""),
                provider.someone,
                data.get("nonce", ""),
                data.get("code_challenge", ""),
                data.get("code_challenge_method", ""),
                int(time.time()),
            )

        def query_authorization_code(self, code: str, client: object) -> _Code | None:
            return provider.challenges.get(code)

        def delete_authorization_code(self, authorization_code: _Code) -> None:
            provider.challenges.pop(authorization_code.code, None)

        def authenticate_user(self, authorization_code: _Code) -> Someone:
            return authorization_code.user

    class Refresh(grants.RefreshTokenGrant):
        TOKEN_ENDPOINT_AUTH_METHODS = _METHODS
        INCLUDE_NEW_REFRESH_TOKEN = True

        def authenticate_refresh_token(self, refresh_token: str) -> Grant | None:  # type: ignore[override]  # documented so
            # A token that was used before tells of a thief: then nothing of that consent counts any more.
            if refresh_token in provider.spent:
                provider.revoke_all()
            return next((one for one in provider.grants if one.refresh == refresh_token and not one.revoked), None)

        def authenticate_user(self, credential: Grant) -> Someone:
            return credential.user

        def revoke_old_credential(self, credential: object) -> None:
            """The tokens are replaced where they are saved."""

    class Identities(OpenIDCode):
        def exists_nonce(self, nonce: str, request: object) -> bool:
            return False

        def resolve_client_private_key(self, client: object) -> object:
            return provider.signs_with or provider.key

        def get_client_algorithm(self, client: object) -> str:
            return provider.algorithm

        def get_encode_header(self, client: object) -> dict[str, str]:
            key = provider.signs_with or provider.key
            return {"alg": provider.algorithm, "kid": str(key.kid)}

        def get_compatible_claims(self, request: object) -> dict[str, object]:
            now = int(time.time())
            return {"iss": provider.issuer, "aud": [CLIENT_ID], "iat": now, "exp": now + 600}

        def generate_user_info(self, user: Someone, scope: str) -> UserInfo:
            told = UserInfo(
                sub=user.subject,
                name=user.name,
                email=user.email,
                email_verified=user.verified,
                groups=list(user.groups),
            )
            told.update(provider.claims)
            return told

    class Revoke(RevocationEndpoint):
        def query_token(self, token: str, token_type_hint: str | None) -> Grant | None:
            return _find(provider, token)

        def revoke_token(self, token: Grant, request: object) -> None:
            token.revoked = True

    class Introspect(IntrospectionEndpoint):
        def query_token(self, token: str, token_type_hint: str | None) -> Grant | None:
            return _find(provider, token)

        def check_permission(self, token: Grant, client: object, request: object) -> bool:
            return True

        def introspect_token(self, token: Grant) -> dict[str, object]:
            active = not token.revoked and not token.is_expired()
            return {"active": active, "email": token.user.email, "scope": token.scope}

    server.register_grant(Codes, [CodeChallenge(required=True), Identities()])
    server.register_grant(Refresh)
    server.register_endpoint(Revoke)
    server.register_endpoint(Introspect)


def _find(provider: Provider, token: str) -> Grant | None:
    return next((one for one in provider.grants if token in (one.access, one.refresh)), None)


def _save(provider: Provider, token: dict[str, object], request: object) -> None:
    before = getattr(request, "refresh_token", None)
    token["expires_in"] = provider.lasts
    ends = time.time() + provider.lasts
    if isinstance(before, Grant):
        before.access, before.ends = str(token["access_token"]), ends
        if provider.rotates:
            provider.spent.add(before.refresh)
            before.refresh = str(token["refresh_token"])
        else:
            del token["refresh_token"]
        return
    if not provider.gives_refresh:
        token.pop("refresh_token", None)
    user = getattr(request, "user", provider.someone)
    refresh = str(token.get("refresh_token") or secrets.token_urlsafe(24))
    provider.grants.append(Grant(user, str(token.get("scope", "")), str(token["access_token"]), refresh, ends))
