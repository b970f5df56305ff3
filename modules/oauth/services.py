"""What oauth does at log-in, log-out and farewell, and what it has to seal anew when keys change."""

import json

from core import AtFarewell, AtLogin, AtLogout, Secret, ServerSealed, Session, User, UserSealed
from modules.oauth.access import MAIN, AccessTokens
from modules.oauth.client import Tokens
from modules.oauth.handover import Handover
from modules.oauth.module import module
from modules.oauth.providers import Providers
from modules.oauth.revocations import Revocations
from modules.oauth.vault import Vault

# What the session keeps: by which provider somebody logged in, and where they read mail by it, as whom.
WAY, MAIL, USERNAME = "oauth.way", "oauth.mail", "oauth.username"
_FRESH = "oauth.fresh"


def keep_fresh(session: Session, provider: str, tokens: Tokens) -> None:
    """Have the session hold what a login brought until its last step is passed."""
    told = [provider, str(tokens.access), tokens.lasts, str(tokens.refresh or "")]
    session.keep(_FRESH, Secret(json.dumps(told)))


@module.service
def keep_tokens(session: Session, providers: Providers, access: AccessTokens) -> AtLogin:
    """What the provider gave is kept when the last login step was passed, and not before."""

    def keep(user: User) -> None:
        if session.has_secret(_FRESH):
            name, token, lasts, refresh = json.loads(session.secret(_FRESH))
            session.forget(_FRESH)
            access.keep(MAIN, providers.get(name), Tokens(Secret(token), lasts, Secret(refresh) if refresh else None))

    return AtLogin(keep)


@module.service
def drop_handed(session: Session, handover: Handover) -> AtLogout:
    """No access token of a session stays in memory when it ends."""
    name = session.id
    return AtLogout(lambda: handover.drop_session(name))


@module.service
def take_leave(session: Session, vault: Vault, providers: Providers, revocations: Revocations) -> AtFarewell:
    """A user who goes leaves no token here, nor at the providers where their own session still opens them."""

    def erase(user: str) -> None:
        visitor = session.visitor
        key = session.key if isinstance(visitor, User) and visitor.name == user else None
        opened = [(kept, vault.open(kept, key)) for kept in vault.of(user)] if key is not None else []
        vault.forget_all(user)
        for kept, token in opened:
            provider = providers.find(kept.provider)
            if token is not None and provider is not None:
                revocations.revoke(provider, token)

    return AtFarewell(erase)


@module.service
def seal_for_users(vault: Vault) -> UserSealed:
    """Refresh tokens are under users' data keys."""
    return UserSealed("refresh tokens", vault.reseal)


@module.service
def seal_in_vault(vault: Vault) -> ServerSealed:
    """And around that under the vault's."""
    return ServerSealed("refresh tokens", vault.renew)


@module.service
def seal_waiting(revocations: Revocations) -> ServerSealed:
    """So are tokens that a provider is still to forget."""
    return ServerSealed("tokens to be revoked", revocations.renew)
