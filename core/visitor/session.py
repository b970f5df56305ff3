"""The server-side record behind a session, as one request sees it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from core.errors import LoginNeeded
from core.input.values import Secret
from core.output.slots import Notice, Undo
from core.sentences import Sentence
from core.settings import UserSettings
from core.visitor.permissions import Candidate, User

_NEW_PASSWORD, _TYPED_NAME, _BROUGHT = "core.new-password", "core.typed-name", "core.brought"
_PROVED = "core.proved-otherwise"
NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Keepsake:
    """What a browser is to keep as a cookie that no script sees, and for how long."""

    value: Secret = field(repr=False)
    lasts: timedelta


@dataclass
class Session:
    """Who is asking and what is kept for them between requests. Its `id` names it to pools; it is not the cookie's.

    `idle` is how long the user wants to stay logged in without doing anything; the site's own bound holds in any case.
    `key` is the user's data key, without which nothing that is stored for them can be read (see core/visitor/keys.py).
    `roles`, `display_name` and `address` are what the login told of the user (see Identity in core/visitor/login.py);
    `passed` names the login steps that they passed. `earlier` are the secrets that requests before this one kept.
    `settings` are what the user chose, as far as this request has asked. `why` tells a stranger why they are one, where
    their session ended by itself.
    """

    id: str = ""
    visitor: Candidate | User | None = None
    created: datetime = NEVER
    last_seen: datetime = NEVER
    notices: list[Notice] = field(default_factory=list)
    after_login: str = "/"
    secrets: dict[str, Secret] = field(default_factory=dict, repr=False)
    key: bytes | None = field(default=None, repr=False)
    ended: bool = False
    renewed: bool = False
    rotated: bool = False
    idle: timedelta | None = None
    roles: frozenset[str] = frozenset()
    display_name: str = ""
    address: str = ""
    passed: frozenset[str] = frozenset()
    why: str = ""
    keepsakes: dict[str, Keepsake] = field(default_factory=dict)
    earlier: Mapping[str, Secret] = field(init=False, repr=False)
    settings: UserSettings | None = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Know what was kept before this request."""
        self.earlier = dict(self.secrets)

    def keep(self, name: str, value: Secret) -> None:
        """Keep a secret under a name for as long as the session lives."""
        self.secrets[name] = value

    def secret(self, name: str) -> Secret:
        """A kept secret. Raises LoginNeeded where there is none: only a new login can bring it back."""
        if name not in self.secrets:
            raise LoginNeeded(Sentence("Please log in again."))
        return self.secrets[name]

    def has_secret(self, name: str) -> bool:
        """Whether a secret is kept under a name."""
        return name in self.secrets

    def new_password(self) -> Secret:
        """The password of this login, kept only while it does not open what is stored. Raises LoginNeeded."""
        return self.secret(_NEW_PASSWORD)

    def keep_new_password(self, password: Secret) -> None:
        """Keep the password of this login until it opens what is stored."""
        self.keep(_NEW_PASSWORD, password)

    def forget_new_password(self) -> None:
        """Drop the password of this login: it opens what is stored."""
        self.forget(_NEW_PASSWORD)

    def typed_name(self) -> str:
        """The name that this login began with, as `LoginAttempt.account` spells it; the user's may differ."""
        return str(self.secrets.get(_TYPED_NAME, ""))

    def keep_typed_name(self, account: str) -> None:
        """Remember which name this login began with, in one spelling."""
        self.keep(_TYPED_NAME, Secret(account))

    def brought(self) -> frozenset[str]:
        """The names of the secrets that the login brought; others were kept since, most of them for a moment."""
        return frozenset(str(self.secrets.get(_BROUGHT, "")).split())

    def keep_brought(self, names: Iterable[str]) -> None:
        """Remember which secrets the login brought."""
        self.keep(_BROUGHT, Secret(" ".join(sorted(names))))

    def leave_with_browser(self, name: str, value: Secret, lasts: timedelta) -> None:
        """Have the browser keep a value that outlives the session; a `cookie()` field of this name reads it.

        The browser may change it and send it from wherever it likes: sign what has to be believed.
        """
        self.keepsakes[name] = Keepsake(value, lasts)

    def begin_anew(self) -> None:
        """Drop what is kept of whoever logged in here before, halfway or all the way; what this request kept stays."""
        for name, value in self.earlier.items():
            if self.secrets.get(name) is value:
                self.forget(name)
        if self.visitor is not None:
            self.idle, self.passed = None, frozenset()
            self.notices.clear()

    @property
    def asks_password(self) -> bool:
        """Whether the user has a password here, which shows that it is them."""
        return not self.has_secret(_PROVED)

    def came_without_password(self, proved: datetime | None) -> None:
        """The user has no password here. They have shown otherwise who they are at this moment, or at none."""
        self.keep(_PROVED, Secret(proved.isoformat() if proved is not None else ""))

    def proved_since(self, moment: datetime) -> bool:
        """Whether a user without a password has shown since then that it is them."""
        told = str(self.secrets.get(_PROVED, ""))
        return bool(told) and datetime.fromisoformat(told) >= moment

    def forget(self, name: str) -> None:
        """Drop a kept secret."""
        self.secrets.pop(name, None)

    def say(self, text: str, kind: str = "done", undo: Undo | None = None) -> None:
        """Show a sentence on the next page."""
        self.notices.append(Notice(text, kind, undo))

    def take_notices(self) -> tuple[Notice, ...]:
        """The sentences to show now; they are shown once."""
        taken, self.notices = tuple(self.notices), []
        return taken

    def renew(self) -> None:
        """Ask for a new reference and key, as after a login."""
        self.renewed = True

    def rotate(self) -> None:
        """Ask for a new reference and key for the same session, as after its user proved again who they are."""
        self.rotated = True

    def take_why(self) -> str:
        """Why the session ended that this browser had before; it is told once."""
        taken, self.why = self.why, ""
        return taken

    def end(self, why: str = "") -> None:
        """End the session: nobody is asking any more, and nothing is kept. The login page tells `why`, if anything."""
        self.visitor = None
        self.secrets.clear()
        self.roles, self.display_name, self.address = frozenset(), "", ""
        self.passed = frozenset()
        self.key = None
        self.notices.clear()
        self.why, self.ended = why, True

    def idle_for(self, now: datetime) -> timedelta:
        """The time since the last request that counts as activity."""
        return now - self.last_seen
