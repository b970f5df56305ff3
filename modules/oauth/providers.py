"""The providers of this site, with what they say of themselves: read when first needed, kept for a while."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from core import AppConfig, NotFound, Sentence
from modules.oauth.client import ProviderClient
from modules.oauth.config import OauthConfig, ProviderConfig
from modules.oauth.errors import ProviderFailed
from modules.oauth.module import module
from modules.oauth.presets import Endpoints
from modules.oauth.values import WebAddress
from modules.oauth.web import open_session, read_object

log = logging.getLogger("hm3.oauth")
T = TypeVar("T")

_KEPT = 3600.0
# A provider that failed is asked again after so many seconds, however many people wait for it.
_RESTS = 10.0
# A token may name any key: the provider's keys are fetched anew at most so often.
_KEYS_REST = 30.0
_WELL_KNOWN = "/.well-known/openid-configuration"


@dataclass
class _Known:
    """What is known of one provider. Times are of the monotonic clock."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    endpoints: Endpoints | None = None
    endpoints_at: float = 0.0
    keys: KeySet | None = None
    keys_at: float = 0.0
    failed_at: float | None = None


class Providers:
    """Finds providers by name, and learns their addresses and keys."""

    def __init__(self, config: OauthConfig, providers: tuple[ProviderConfig, ...], address: str) -> None:
        self._config = config
        self._providers = {str(provider.provider): provider for provider in providers}
        self._address = address
        self._known = {name: _Known() for name in self._providers}

    def get(self, name: str) -> ProviderConfig:
        """A provider by its name. Raises NotFound."""
        if name not in self._providers:
            raise NotFound(Sentence("There is no such provider here."))
        return self._providers[name]

    def find(self, name: str) -> ProviderConfig | None:
        """A provider by its name; None where hm3.ini has none of it any more."""
        return self._providers.get(name)

    def all(self) -> tuple[ProviderConfig, ...]:
        """All of them, in the order of hm3.ini."""
        return tuple(self._providers.values())

    def client(self, provider: ProviderConfig) -> ProviderClient:
        """What asks a provider. Raises ProviderFailed where its addresses cannot be learned."""
        return ProviderClient(self._config, provider, self.endpoints(provider), self.redirect(provider))

    def redirect(self, provider: ProviderConfig) -> str:
        """Where the provider sends browsers back to: each has an address of its own, so that none answers for another.

        Raises ProviderFailed where hm3.ini does not say what the site's address is: a browser's word does not count.
        """
        if not self._address:
            raise ProviderFailed(Sentence("The admin has to say in hm3.ini what the address of this site is."))
        return f"{self._address}/oauth/return/{provider.provider}"

    def endpoints(self, provider: ProviderConfig) -> Endpoints:
        """The provider's addresses. Raises ProviderFailed."""
        if (fixed := provider.fixed) is not None:
            return fixed
        known = self._known[str(provider.provider)]
        with known.lock:
            if known.endpoints is None or time.monotonic() - known.endpoints_at > _KEPT:
                known.endpoints = self._guarded(known, provider, lambda: self._discover(provider))
                known.endpoints_at = time.monotonic()
            return known.endpoints

    def keys(self, provider: ProviderConfig, unknown: bool = False) -> KeySet:
        """The keys that the provider signs with; fetched anew where a token names an `unknown` one. ProviderFailed."""
        address = self.endpoints(provider).keys
        known = self._known[str(provider.provider)]
        with known.lock:
            age = time.monotonic() - known.keys_at
            if known.keys is None or age > _KEPT or (unknown and age > _KEYS_REST):
                known.keys = self._guarded(known, provider, lambda: self._fetch_keys(provider, address))
                known.keys_at = time.monotonic()
            return known.keys

    def _guarded(self, known: _Known, provider: ProviderConfig, ask: Callable[[], T]) -> T:
        """What a provider says, or the same failure as just before. Raises ProviderFailed."""
        if known.failed_at is not None and time.monotonic() - known.failed_at < _RESTS:
            raise _silent(provider)
        try:
            found = ask()
        except ProviderFailed:
            log.warning("[oauth.%s] the provider does not say where or with which keys it works", provider.provider)
            known.failed_at = time.monotonic()
            raise
        known.failed_at = None
        return found

    def _discover(self, provider: ProviderConfig) -> Endpoints:
        """OpenID Connect Discovery 4.3: what another issuer says of itself does not count."""
        issuer = str(provider.issuer)
        with open_session(self._config) as session:
            told = read_object(session, issuer.rstrip("/") + _WELL_KNOWN)
        if told.get("issuer") != issuer:
            log.error("[oauth.%s] issuer: the provider calls itself otherwise", provider.provider)
            raise _silent(provider)
        return Endpoints(
            issuer,
            str(provider.authorization_url or "") or _address(told, "authorization_endpoint", provider),
            str(provider.token_url or "") or _address(told, "token_endpoint", provider),
            str(provider.keys_url or "") or _address(told, "jwks_uri", provider),
            str(provider.revocation_url or "")
            or (_address(told, "revocation_endpoint", provider) if "revocation_endpoint" in told else ""),
            told.get("authorization_response_iss_parameter_supported") is True,
        )

    def _fetch_keys(self, provider: ProviderConfig, address: str) -> KeySet:
        with open_session(self._config) as session:
            told = read_object(session, address)
        listed = told.get("keys")
        # RFC 7517 5: keys of kinds that are not understood are left alone; a shared secret signs nothing here.
        usable = [key for key in listed if _is_public(key)] if isinstance(listed, list) else []
        try:
            return KeySet.import_key_set({"keys": usable})
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise _silent(provider) from error


@module.shared
def open_providers(config: OauthConfig, providers: tuple[ProviderConfig, ...], app: AppConfig) -> Providers:
    """The providers that hm3.ini names."""
    return Providers(config, providers, str(app.address or ""))


def _is_public(key: object) -> bool:
    return isinstance(key, dict) and key.get("kty") in ("RSA", "EC", "OKP") and key.get("use", "sig") == "sig"


def _address(told: dict[str, object], name: str, provider: ProviderConfig) -> str:
    try:
        return str(WebAddress.parse(str(told.get(name, ""))))
    except ValueError as error:
        log.error("[oauth.%s] the provider has no usable %s", provider.provider, name)
        raise _silent(provider) from error


def _silent(provider: ProviderConfig) -> ProviderFailed:
    return ProviderFailed(
        Sentence("%(provider)s does not answer as it should. Please try again later.", provider=provider.title)
    )
