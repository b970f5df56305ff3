"""What the pages of passkeys show, and what their scripts are told."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class KeyRequest:
    """What a browser is to ask a passkey for. Octets stand in base64url.

    With no `keys` any passkey for this site may answer; `verify` is how much the passkey must know of its person.
    `salt` is what it makes its key material from, `handle` what the page derives that with where the answer does not
    name its user.
    """

    challenge: str
    domain: str
    salt: str
    handle: str = ""
    keys: tuple[str, ...] = ()
    verify: str = "required"


@dataclass(frozen=True)
class NewKeyRequest:
    """What a browser is to make a passkey of. Octets stand in base64url."""

    challenge: str
    domain: str
    site: str
    salt: str
    handle: str
    user: str
    known: tuple[str, ...]
    login: bool
    algorithms: tuple[int, ...]


@dataclass(frozen=True)
class Added:
    """A passkey was added; to let it log in, it has to be asked once more with this request."""

    id: str
    request: KeyRequest | None


@dataclass(frozen=True)
class KeyView:
    """A passkey as its user sees it.

    `logs_in` says whether it opens everything alone, `stale` that it once did and has to be set up again, and `asked`
    whether it is asked for after the password.
    """

    id: str
    name: str
    made: datetime
    last_used: datetime | None
    logs_in: bool
    stale: bool
    asked: bool
    copied: datetime | None


@dataclass(frozen=True)
class KeyList:
    """A user's passkeys, the newest first, and the domain that they work for."""

    keys: tuple[KeyView, ...]
    domain: str
    is_full: bool
    locked: bool


@dataclass(frozen=True)
class KeyPage:
    """One passkey: what it is and what goes when it is removed."""

    key: KeyView
    request: KeyRequest = field(repr=False)
    domain: str
    is_last_login: bool
    is_last_factor: bool
    required: bool
    locked: bool


@dataclass(frozen=True)
class StepForm:
    """The page that asks for a passkey after the password, and where else to go for the second factor."""

    name: str
    request: KeyRequest = field(repr=False)
    other: str = ""


@dataclass(frozen=True)
class PasskeyOffer:
    """The login form's way in by passkey, and the domain that passkeys work for."""

    domain: str


@dataclass(frozen=True)
class KeyInstead:
    """Whoever is asked for a code may use a passkey in its place."""


@dataclass(frozen=True)
class KeyUnlock:
    """A passkey of the user's opens what their new password does not, and the domain that passkeys work for."""

    domain: str
