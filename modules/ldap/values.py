"""The values that only a directory needs in hm3.ini: hosts, attributes, DNs, filters, and who has which role."""

import re
from typing import ClassVar, Self

from core import Line
from modules.ldap.names import check_dn, check_filter, placeholders

_HOST = re.compile(r"[A-Za-z0-9.:-]+", re.ASCII)
_ATTRIBUTE = re.compile(r"[A-Za-z][A-Za-z0-9-]*|[0-9]+(\.[0-9]+)+", re.ASCII)
_ROLE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@+-]*", re.ASCII)


class Host(Line):
    """The name of a server, such as ldap.example.org, or its address."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Raise ValueError with a reason that reads after the option's name."""
        if not _HOST.fullmatch(text) or text.count(":") == 1:
            raise ValueError("is not a host name like ldap.example.org; the port has an option of its own")
        return super().parse(text)


class Attribute(Line):
    """The name of an attribute, such as uid."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Raise ValueError with a reason that reads after the option's name."""
        if not _ATTRIBUTE.fullmatch(text):
            raise ValueError("is not the name of an attribute, like uid")
        return super().parse(text)


class Dn(Line):
    """The name of an entry, such as ou=people,dc=example,dc=org."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Raise ValueError with a reason that reads after the option's name."""
        check_dn(text)
        if placeholders(text):
            raise ValueError("holds a word in braces, which nothing fills in here")
        return super().parse(text)


class UserDn(Line):
    """The name of a user's entry, such as uid={username},ou=people,dc=example,dc=org."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Raise ValueError with a reason that reads after the option's name."""
        check_dn(text)
        if placeholders(text) != {"username"}:
            raise ValueError("has to hold {username} and nothing else in braces")
        return super().parse(text)


class UserFilter(Line):
    """A filter that finds a user, such as (uid={username})."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Raise ValueError with a reason that reads after the option's name."""
        check_filter(text)
        if placeholders(text) != {"username"}:
            raise ValueError("has to hold {username} and nothing else in braces")
        return super().parse(text)


class GroupFilter(Line):
    """A filter that tells whether a user is in a group, such as (member={dn}) or (memberUid={uid})."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Raise ValueError with a reason that reads after the option's name."""
        check_filter(text)
        names = placeholders(text)
        if not names or not all(_ATTRIBUTE.fullmatch(name) for name in names):
            raise ValueError("has to hold {dn}, or an attribute of the user in braces such as {uid}")
        return super().parse(text)

    @property
    def attributes(self) -> tuple[str, ...]:
        """The attributes of the user that it needs."""
        return tuple(sorted(placeholders(self) - {"dn"}))


class RoleGroups(Line):
    """Roles with the groups that give them, such as admin: cn=admins,ou=groups,dc=example,dc=org; support: helpdesk."""

    __slots__ = ()
    longest: ClassVar[int] = 20_000

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Raise ValueError with a reason that reads after the option's name."""
        groups = super().parse(text.replace("\r", "").replace("\n", ";"))
        if not groups.pairs:
            raise ValueError("names no role")
        for role, group in groups.pairs:
            if not _ROLE.fullmatch(role) or not group:
                raise ValueError("is not a list like admin: cn=admins,ou=groups,dc=example,dc=org; support: helpdesk")
            if "=" in group:
                Dn.parse(group)
        return groups

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Each role with a group: the DN of one, or the name of one below group_base. Semicolons stand between."""
        parts = (part.partition(":") for part in re.split(r"(?<!\\);", self) if part.strip())
        return tuple((role.strip(), group.strip()) for role, _, group in parts)
