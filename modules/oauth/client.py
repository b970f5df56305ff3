"""What this site asks of one provider: codes for tokens, new tokens for old ones, and that a token is worth nothing."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session

from core import Secret, Sentence
from modules.oauth.config import OauthConfig, ProviderConfig
from modules.oauth.errors import Denied, ProviderFailed, Revoked
from modules.oauth.presets import Endpoints
from modules.oauth.values import ClientLogin
from modules.oauth.web import bounded

log = logging.getLogger("hm3.oauth")

# RFC 6749 5.1: a provider need not say how long a token lasts. Then it is renewed after so many seconds.
_USUALLY_LASTS = 600
_LONGEST_TOKEN = 16_384
_LONGEST_LIFE = 7 * 24 * 60 * 60


@dataclass(frozen=True)
class Tokens:
    """What a token endpoint gave. `lasts` is in seconds."""

    access: Secret = field(repr=False)
    lasts: int
    refresh: Secret | None = field(default=None, repr=False)
    identity: str = field(default="", repr=False)


@dataclass(frozen=True)
class Request:
    """What makes one request for authorization its own, and what it asks for."""

    state: str
    nonce: str
    verifier: str = field(repr=False)
    scopes: tuple[str, ...]
    more: Mapping[str, str] = field(default_factory=dict)


class ProviderClient:
    """This site, as one provider knows it."""

    def __init__(self, config: OauthConfig, provider: ProviderConfig, endpoints: Endpoints, redirect: str = "") -> None:
        self._config = config
        self._provider = provider
        self._endpoints = endpoints
        self._redirect = redirect

    def authorization_address(self, request: Request) -> str:
        """Where a browser goes, to be sent back with a code (RFC 6749 4.1.1, RFC 7636)."""
        with self._session() as session:
            address, _ = session.create_authorization_url(
                self._endpoints.authorization,
                state=request.state,
                code_verifier=request.verifier,
                scope=" ".join(request.scopes),
                nonce=request.nonce,
                **request.more,
            )
        return str(address)

    def exchange(self, code: str, verifier: str) -> Tokens:
        """The tokens for a code. Raises Denied where the provider takes the code not, and ProviderFailed."""
        try:
            return self._ask(
                lambda session: session.fetch_token(
                    self._endpoints.token, grant_type="authorization_code", code=code, code_verifier=verifier
                )
            )
        except OAuthError as error:
            self._log(error)
            raise Denied(
                Sentence(
                    "%(provider)s does not take its own answer any more. Please begin again.",
                    provider=self._provider.title,
                )
            ) from error

    def renew(self, token: Secret) -> Tokens:
        """New tokens for a refresh token. Raises Revoked where it is worth nothing any more, and ProviderFailed."""
        try:
            return self._ask(lambda session: session.refresh_token(self._endpoints.token, refresh_token=str(token)))
        except OAuthError as error:
            self._log(error)
            if error.error in ("invalid_grant", "interaction_required", "consent_required"):
                raise Revoked(
                    Sentence("%(provider)s does not let this site in any more.", provider=self._provider.title)
                ) from error
            raise self._failed() from error

    def revoke(self, token: Secret) -> None:
        """Have the provider forget a refresh token (RFC 7009). Raises ProviderFailed where it does not say that it did.

        A provider without an address for that forgets it when it was not used for a while.
        """
        if not self._endpoints.revocation:
            return
        with self._session() as session:
            response = session.revoke_token(  # type: ignore[no-untyped-call]  # its types leave this one out
                self._endpoints.revocation, token=str(token), token_type_hint="refresh_token"
            )
        # RFC 7009 2.2: what was worth nothing before counts as revoked; some say that with an error.
        if response.status_code not in (200, 204, 400):
            raise self._failed()

    def _ask(self, act: Callable[[OAuth2Session], Mapping[str, object]]) -> Tokens:
        try:
            with self._session() as session:
                told = act(session)
            return _tokens(told)
        except (requests.RequestException, ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
            log.warning("%s answered its token endpoint with nonsense: %s", self._provider.provider, type(error))
            raise self._failed() from error

    def _session(self) -> OAuth2Session:
        provider = self._provider
        method = provider.client_login
        if method is ClientLogin.AUTOMATIC:
            method = provider.facts.client_login
        shown = method.value if provider.client_secret else "none"
        session = OAuth2Session(
            str(provider.client_id),
            str(provider.client_secret) if provider.client_secret else None,
            token_endpoint_auth_method=shown,
            revocation_endpoint_auth_method=shown,
            redirect_uri=self._redirect,
            code_challenge_method="S256",
        )
        bounded(session, self._config)
        return session

    def _failed(self) -> ProviderFailed:
        return ProviderFailed(
            Sentence(
                "%(provider)s does not answer as it should. Please try again later.", provider=self._provider.title
            )
        )

    def _log(self, error: OAuthError) -> None:
        # The codes of RFC 6749 5.2 help an admin; what a provider writes besides may hold anything.
        code = str(error.error)
        known = code if code.isascii() and code.replace("_", "").isalnum() and len(code) < 60 else "something else"
        log.warning("%s refused a token: %s", self._provider.provider, known)


def _tokens(told: Mapping[str, object]) -> Tokens:
    """Raises ValueError for what is no answer of a token endpoint."""
    access, refresh, identity = told["access_token"], told.get("refresh_token"), told.get("id_token")
    lasts = int(str(told.get("expires_in") or _USUALLY_LASTS))
    if not isinstance(access, str) or not 0 < len(access) <= _LONGEST_TOKEN or not access.isprintable():
        raise ValueError("no access token")
    if str(told.get("token_type", "")).lower() != "bearer":
        raise ValueError("a token that is not a bearer's")
    if refresh is not None and not (isinstance(refresh, str) and 0 < len(refresh) <= _LONGEST_TOKEN):
        raise ValueError("a refresh token that is none")
    if identity is not None and not (isinstance(identity, str) and len(identity) <= _LONGEST_TOKEN):
        raise ValueError("an ID token that is none")
    return Tokens(
        Secret(access), max(1, min(lasts, _LONGEST_LIFE)), Secret(refresh) if refresh else None, identity or ""
    )
