"""Which mailbox a provider opened, and who keeps it: the login's own mailbox, or a module with saved accounts."""

import json
from dataclasses import dataclass
from typing import Protocol

from core import Secret, Session
from modules.oauth.client import Tokens
from modules.oauth.config import ProviderConfig

_PENDING = "oauth.connected"


@dataclass(frozen=True)
class Connected:
    """A mailbox that was just connected, not yet kept. `account` is the one that is connected again, if any."""

    provider: str
    account: str
    username: str
    address: str
    display_name: str
    tokens: Tokens


class Connecting(Protocol):
    """Keeps further accounts of users. One module may offer it."""

    def keep(self, connected: Connected, provider: ProviderConfig) -> str:
        """The name of the account that is kept for a mailbox.

        Raises Refusal where there is no room, or where it is another mailbox than that of the account.
        """
        ...


def hold(session: Session, connected: Connected) -> None:
    """Have the session hold a mailbox until it is kept."""
    tokens = connected.tokens
    told = [
        [connected.provider, connected.account, connected.username, connected.address, connected.display_name],
        [str(tokens.access), tokens.lasts, str(tokens.refresh or "")],
    ]
    session.keep(_PENDING, Secret(json.dumps(told)))


def take(session: Session) -> Connected | None:
    """The mailbox that the session holds; it holds it no longer."""
    if not session.has_secret(_PENDING):
        return None
    words, (access, lasts, refresh) = json.loads(session.secret(_PENDING))
    session.forget(_PENDING)
    provider, account, username, address, display_name = words
    tokens = Tokens(Secret(access), lasts, Secret(refresh) if refresh else None)
    return Connected(provider, account, username, address, display_name, tokens)
