"""What a provider's answer comes to: tokens, and claims that were proven to be about whoever came back with it."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field

from core import Clock, Sentence
from modules.oauth.client import Request, Tokens
from modules.oauth.config import ProviderConfig
from modules.oauth.errors import Denied, NotProven
from modules.oauth.flow import CONNECT, Flow
from modules.oauth.identity import Expected, check_identity
from modules.oauth.inputs import Answer
from modules.oauth.module import module
from modules.oauth.presets import Endpoints
from modules.oauth.providers import Providers

# RFC 6749 4.1.2.1 and OpenID Connect Core 3.1.2.6: the person, or the provider for them, said no.
_SAID_NO = frozenset({"access_denied", "consent_required", "login_required", "interaction_required"})


@dataclass(frozen=True)
class Proven:
    """A provider, whom it speaks of, and the tokens that it gave for them."""

    provider: ProviderConfig
    issuer: str
    claims: Mapping[str, object] = field(repr=False)
    tokens: Tokens = field(repr=False)


class Answers:
    """Asks providers on behalf of browsers, and checks what they answer."""

    def __init__(self, providers: Providers, clock: Clock) -> None:
        self._providers = providers
        self._clock = clock

    def address(self, flow: Flow) -> str:
        """Where a browser goes to be asked. Raises NotFound and ProviderFailed."""
        provider = self._providers.get(flow.provider)
        mail = provider.mail
        more = dict(provider.facts.offline) if mail else {}
        if flow.purpose == CONNECT:
            # Somebody may have several accounts there: the one they are logged in with need not be the one they mean.
            more["prompt"] = " ".join(dict.fromkeys(("select_account", *more.get("prompt", "").split())))
        if provider.max_age is not None:
            more["max_age"] = str(int(provider.max_age.total_seconds()))
        request = Request(flow.state, flow.nonce, flow.verifier, provider.scopes_for(mail=mail), more)
        return self._providers.client(provider).authorization_address(request)

    def prove(self, flow: Flow, answer: Answer) -> Proven:
        """Who came back. Raises Denied, NotProven and ProviderFailed."""
        provider = self._providers.get(flow.provider)
        endpoints = self._providers.endpoints(provider)
        _check_sender(endpoints, answer, provider)
        if answer.error in _SAID_NO:
            raise Denied(Sentence("You were not let in at %(provider)s, or said no there.", provider=provider.title))
        if answer.error or not answer.code:
            raise Denied(
                Sentence(
                    "%(provider)s could not do what this site asked for. Please try again later.",
                    provider=provider.title,
                )
            )
        tokens = self._providers.client(provider).exchange(str(answer.code), flow.verifier)
        expected = Expected(
            endpoints.issuer,
            str(provider.client_id),
            flow.nonce,
            self._clock.now(),
            provider.max_age,
            tokens.access,
        )
        claims = check_identity(tokens.identity, lambda unknown: self._providers.keys(provider, unknown), expected)
        return Proven(provider, endpoints.issuer, claims, tokens)


@module.service
def open_answers(providers: Providers, clock: Clock) -> Answers:
    """What is asked of this site's providers."""
    return Answers(providers, clock)


def _check_sender(endpoints: Endpoints, answer: Answer, provider: ProviderConfig) -> None:
    """Raise NotProven where the answer says that another provider sent it (RFC 9207 2.4)."""
    if not answer.iss and not endpoints.tells_issuer:
        return
    # An issuer that stands for several tenants is a pattern; the ID token names the one that counts.
    start, _, rest = endpoints.issuer.partition("{tenantid}")
    is_right = answer.iss.startswith(start) and answer.iss.endswith(rest) if rest else False
    if not is_right and not hmac.compare_digest(answer.iss.encode(), endpoints.issuer.encode()):
        raise NotProven(
            Sentence("That answer did not come from %(provider)s. Please begin again.", provider=provider.title)
        )
