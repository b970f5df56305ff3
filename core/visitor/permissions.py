"""Which visitors a page is for, who a visitor is, and what roles allow."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum


class Access(Enum):
    """Which visitors a page is for. Every page is for users unless it says otherwise.

    A page for programs is asked with a key or token in Authorization, and without any cookie.
    """

    ANYONE = "anyone"
    CANDIDATE = "candidate"
    USER = "user"
    PROGRAM = "program"


@dataclass(frozen=True)
class Candidate:
    """A visitor whose password was right and who has login steps still to pass."""

    name: str
    passed: frozenset[str] = frozenset()


@dataclass(frozen=True)
class User:
    """A visitor who has passed every login step. Only `Login` makes one."""

    name: str
    roles: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Roles:
    """What hm3.ini grants: roles to users by name, and permissions to roles."""

    by_user: Mapping[str, frozenset[str]] = field(default_factory=dict)
    by_role: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def of(self, name: str) -> frozenset[str]:
        """The roles of a user."""
        return self.by_user.get(name.casefold(), frozenset())

    def permissions(self, roles: Iterable[str]) -> frozenset[str]:
        """The names of what these roles allow."""
        return frozenset(permission for role in roles for permission in self.by_role.get(role, ()))
