"""Access tokens of the user who asks: kept in their session alone, renewed in time, worth nothing once disconnected."""

import json
import time
from datetime import timedelta

from core import Clock, LoginNeeded, Secret, Sentence, Session, SetupNeeded, User, crypto
from modules.oauth.client import Tokens
from modules.oauth.config import ProviderConfig
from modules.oauth.errors import ProviderFailed, Revoked
from modules.oauth.handover import Handover
from modules.oauth.module import module
from modules.oauth.providers import Providers
from modules.oauth.revocations import Revocations
from modules.oauth.vault import BUSY, Kept, Vault

# The mailbox of the login itself, beside which users may connect others.
MAIN = "main"
# A token is renewed so long before its end, so that it still works when the mail server looks at it.
EARLY = timedelta(seconds=60)
_STEP = 0.05
_ACCESS = "oauth.access"


class AccessTokens:
    """Tokens for the accounts of the user whose session it is. Raises LoginNeeded where it is nobody's."""

    def __init__(
        self,
        session: Session,
        vault: Vault,
        providers: Providers,
        handover: Handover,
        revocations: Revocations,
        clock: Clock,
    ) -> None:
        self._session = session
        self._vault = vault
        self._providers = providers
        self._handover = handover
        self._revocations = revocations
        self._clock = clock

    @property
    def _user(self) -> str:
        if not isinstance(self._session.visitor, User):
            raise LoginNeeded(Sentence("Please log in."))
        return self._session.visitor.name

    def keep(self, account: str, provider: ProviderConfig, tokens: Tokens) -> None:
        """Keep what the provider just gave for an account."""
        self._vault.keep(self._user, self._session.key, account, provider, tokens.refresh)
        self._hold(account, tokens)

    def is_connected(self, account: str) -> bool:
        """Whether the provider lets this site in, as far as is known."""
        kept = self._vault.find(self._user, account)
        return kept is not None and self._provider(kept) is not None

    def token(self, account: str) -> Secret:
        """A token that works now. Raises SetupNeeded where the account has to be connected again, and ProviderFailed.

        What another session disconnected is not used any more, though a token for it may still be at hand here.
        """
        kept, provider = self._known(account)
        held = self._held(account)
        if held is not None:
            return held
        with self._handover.lock(kept.owner, account):
            handed = self._handover.take(self._session.id, account)
            if handed is not None and self._is_good(handed[1]):
                self._put(account, *handed)
                return handed[0]
            return self._renew(account, provider)

    def refused(self, account: str) -> None:
        """The mail server took the token not: get another. Raises SetupNeeded where the provider gives none."""
        _, provider = self._known(account)
        self._drop(account)
        self._renew(account, provider)

    def disconnect(self, account: str) -> None:
        """Erase what is kept for an account, in every session at once, then have the provider forget it."""
        self._drop(account)
        kept = self._vault.find(self._user, account)
        if kept is None:
            return
        provider, token = self._provider(kept), self._refresh_token(kept)
        self._vault.forget(kept)
        if provider is not None and token is not None:
            self._revocations.revoke(provider, token)

    def _renew(self, account: str, provider: ProviderConfig) -> Secret:
        if self._session.key is None:
            raise SetupNeeded(Sentence("Unlock what is stored for you first."), "/security/unlock")
        kept = self._lease(account)
        try:
            token = self._refresh_token(kept)
            if token is None:
                raise _lost(provider, account)
            tokens = self._providers.client(provider).renew(token)
            # The new one counts from now on at the provider; it is kept before anything else is done with it.
            if tokens.refresh not in (None, token) and not self._replace(kept, provider, tokens.refresh):
                raise _lost(provider, account)
        except Revoked as error:
            self._vault.end(kept)
            raise _lost(provider, account) from error
        finally:
            self._vault.release(kept)
        return self._hold(account, tokens)

    def _replace(self, kept: Kept, provider: ProviderConfig, token: Secret | None) -> bool:
        assert token is not None and self._session.key is not None, "the one before was opened with it"
        if self._vault.replace(kept, self._session.key, token):
            return True
        self._revocations.revoke(provider, token)
        return False

    def _lease(self, account: str) -> Kept:
        """Be the one who renews the token, in whatever process. Raises ProviderFailed where that takes long."""
        ends = time.monotonic() + BUSY.total_seconds()
        while True:
            kept, provider = self._known(account)
            if self._vault.lease(kept):
                return kept
            if time.monotonic() > ends:
                raise ProviderFailed(
                    Sentence(
                        "%(provider)s does not answer as it should. Please try again later.", provider=provider.title
                    )
                )
            time.sleep(_STEP)

    def _known(self, account: str) -> tuple[Kept, ProviderConfig]:
        kept = self._vault.find(self._user, account)
        provider = self._provider(kept) if kept is not None else None
        if kept is None or provider is None:
            self._drop(account)
            title = self._providers.find(kept.provider) if kept is not None else None
            raise _lost(title, account)
        return kept, provider

    def _provider(self, kept: Kept) -> ProviderConfig | None:
        """The provider of a connected account; None where it is not what it was, or lets nobody in."""
        provider = self._providers.find(kept.provider)
        is_good = provider is not None and provider.mail and kept.connected and self._vault.is_of(kept, provider)
        return provider if is_good else None

    def _refresh_token(self, kept: Kept) -> Secret | None:
        try:
            return self._vault.open(kept, self._session.key) if self._session.key is not None else None
        except crypto.DecryptError:
            return None

    def _hold(self, account: str, tokens: Tokens) -> Secret:
        early = min(EARLY.total_seconds(), tokens.lasts / 4)
        until = self._clock.now().timestamp() + tokens.lasts - early
        self._handover.give(self._session.id, account, tokens.access, until)
        self._put(account, tokens.access, until)
        return tokens.access

    def _put(self, account: str, token: Secret, until: float) -> None:
        self._session.keep(f"{_ACCESS}.{account}", Secret(json.dumps([str(token), int(until)])))

    def _held(self, account: str) -> Secret | None:
        if not self._session.has_secret(f"{_ACCESS}.{account}"):
            return None
        token, until = json.loads(self._session.secret(f"{_ACCESS}.{account}"))
        return Secret(token) if self._is_good(until) else None

    def _is_good(self, until: float) -> bool:
        return self._clock.now().timestamp() < until

    def _drop(self, account: str) -> None:
        self._session.forget(f"{_ACCESS}.{account}")
        self._handover.drop(self._session.id, account)


@module.service
def open_tokens(
    session: Session,
    vault: Vault,
    providers: Providers,
    handover: Handover,
    revocations: Revocations,
    clock: Clock,
) -> AccessTokens:
    """The tokens of the user who asks."""
    return AccessTokens(session, vault, providers, handover, revocations, clock)


def _lost(provider: ProviderConfig | None, account: str) -> SetupNeeded:
    path = "/security" if account == MAIN else "/accounts"
    if provider is None:
        return SetupNeeded(Sentence("That mailbox is not connected any more. Connect it again to read it here."), path)
    return SetupNeeded(
        Sentence(
            "%(provider)s does not let this site in any more. Connect the mailbox again to read it here.",
            provider=provider.title,
        ),
        path,
    )
