"""What a provider of the tests does at each step: how codes, tokens and ID tokens are made, found and taken back."""

import secrets
import time

import flask
from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import grants
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import UserInfo
from authlib.oidc.core.grants import OpenIDCode

from tests.servers.provider_state import CLIENT_ID, Code, Grant, KnownClient, Provider, Someone

_METHODS = ["client_secret_basic", "client_secret_post"]


class Server(AuthorizationServer):
    """The library's server, for one provider of the tests."""

    def __init__(self, app: flask.Flask, provider: Provider) -> None:
        self.provider = provider
        super().__init__(
            app,
            query_client=lambda _: KnownClient(provider.redirects),
            save_token=lambda token, request: save_tokens(provider, token, request),
        )
        self.register_grant(Codes, [CodeChallenge(required=True), Identities(provider)])
        self.register_grant(Refresh)
        self.register_endpoint(Revoke)


class Codes(grants.AuthorizationCodeGrant):
    """Codes for tokens."""

    TOKEN_ENDPOINT_AUTH_METHODS = _METHODS

    def save_authorization_code(self, code: str, request: object) -> None:
        data = flask.request.values
        self.server.provider.challenges[code] = Code(
            code,
            data["client_id"],
            data["redirect_uri"],
            data.get("scope", ""),
            self.server.provider.someone,
            data.get("nonce", ""),
            data.get("code_challenge", ""),
            data.get("code_challenge_method", ""),
            int(time.time()),
        )

    def query_authorization_code(self, code: str, client: object) -> Code | None:
        found: Code | None = self.server.provider.challenges.get(code)
        return found

    def delete_authorization_code(self, authorization_code: Code) -> None:
        self.server.provider.challenges.pop(authorization_code.code, None)

    def authenticate_user(self, authorization_code: Code) -> Someone:
        return authorization_code.user


class Refresh(grants.RefreshTokenGrant):
    """New tokens for old ones."""

    TOKEN_ENDPOINT_AUTH_METHODS = _METHODS
    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, refresh_token: str) -> Grant | None:  # type: ignore[override]  # documented so
        # A token that was used before tells of a thief: then nothing of that consent counts any more.
        if refresh_token in self.server.provider.spent:
            self.server.provider.revoke_all()
        return next(
            (one for one in self.server.provider.grants if one.refresh == refresh_token and not one.revoked), None
        )

    def authenticate_user(self, credential: Grant) -> Someone:
        return credential.user

    def revoke_old_credential(self, credential: object) -> None:
        """The tokens are replaced where they are saved."""


class Identities(OpenIDCode):
    """ID tokens, with the claims and the key that a test wants."""

    def __init__(self, provider: Provider) -> None:
        super().__init__()
        self._provider = provider

    def exists_nonce(self, nonce: str, request: object) -> bool:
        return False

    def resolve_client_private_key(self, client: object) -> object:
        return self._provider.signs_with or self._provider.key

    def get_client_algorithm(self, client: object) -> str:
        return self._provider.algorithm

    def get_encode_header(self, client: object) -> dict[str, str]:
        key = self._provider.signs_with or self._provider.key
        return {"alg": self._provider.algorithm, "kid": str(key.kid)}

    def get_compatible_claims(self, request: object) -> dict[str, object]:
        now = int(time.time())
        return {"iss": self._provider.issuer, "aud": [CLIENT_ID], "iat": now, "exp": now + 600}

    def generate_user_info(self, user: Someone, scope: str) -> UserInfo:
        told = UserInfo(
            sub=user.subject,
            name=user.name,
            email=user.email,
            email_verified=user.verified,
            groups=list(user.groups),
        )
        told.update(self._provider.claims)
        return told


class Revoke(RevocationEndpoint):
    """Tokens that are worth nothing any more."""

    def query_token(self, token: str, token_type_hint: str | None) -> Grant | None:
        return find_grant(self.server.provider, token)

    def revoke_token(self, token: Grant, request: object) -> None:
        token.revoked = True


def find_grant(provider: Provider, token: str) -> Grant | None:
    """What a token belongs to."""
    return next((one for one in provider.grants if token in (one.access, one.refresh)), None)


def save_tokens(provider: Provider, token: dict[str, object], request: object) -> None:
    """Keep what was just made; a token that was renewed counts no more."""
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
