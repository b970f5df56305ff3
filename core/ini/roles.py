"""Who has which role, and what each role may do: the sections [roles] and [permissions] of hm3.ini."""

from collections import defaultdict
from collections.abc import Collection, Iterable

from core.ini.load import Mistakes, nearest
from core.ini.reader import Entry, IniFile
from core.ini.schema import parse_option
from core.input.values import Line
from core.visitor.permissions import Roles


def read_roles(ini: IniFile, permissions: Collection[str], off: Iterable[str], mistakes: Mistakes) -> Roles:
    """The roles of users and the permissions of roles.

    A permission that no module named is a mistake, unless it is one of a module that is `off`. So is a role that
    nobody has.
    """
    users: defaultdict[str, set[str]] = defaultdict(set)
    roles = _entries(ini, "roles")
    for role, entry in roles.items():
        for user in _names(ini, "roles", entry, mistakes):
            users[user.casefold()].add(role)
    # A role to which nothing is granted is a role all the same: modules may know what it means.
    granted: dict[str, frozenset[str]] = dict.fromkeys(roles, frozenset())
    sleeping = tuple(f"{name}." for name in off)
    for role, entry in _entries(ini, "permissions").items():
        if role not in roles:
            hint = nearest(entry.name, (other.name for other in roles.values()))
            mistakes.add(entry.line, f"[permissions] {entry.name}: [roles] has no such role. {hint}")
        named = _names(ini, "permissions", entry, mistakes)
        for name in named:
            if name not in permissions and not name.startswith(sleeping):
                hint = nearest(name, permissions)
                mistakes.add(entry.line, f"[permissions] {entry.name}: there is no permission {name}. {hint}")
        granted[role] = frozenset(named)
    return Roles({user: frozenset(has) for user, has in users.items()}, granted)


def _entries(ini: IniFile, section: str) -> dict[str, Entry]:
    found = ini.sections.get(section)
    return dict(found.entries) if found else {}


def _names(ini: IniFile, section: str, entry: Entry, mistakes: Mistakes) -> tuple[str, ...]:
    try:
        names = parse_option(tuple[Line, ...], entry.text, ini.folder)
    except ValueError as error:
        mistakes.add(entry.line, f"[{section}] {entry.name}: one of the names {error}.")
        return ()
    return names if isinstance(names, tuple) else ()
