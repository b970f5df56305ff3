"""Who has which role, and what each role may do: the sections [roles] and [permissions] of hm3.ini."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from core.ini.load import Mistakes, nearest
from core.ini.reader import Entry, IniFile
from core.ini.schema import Section, parse_option
from core.ini.values import RoleName
from core.input.values import Line
from core.visitor.permissions import Roles

EVERYONE = "everyone"  # in the place of a role: all users


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


def warn_of_roles(
    ini: IniFile, sections: Iterable[Section], configs: Mapping[type, object], roles: Roles, mistakes: Mistakes
) -> None:
    """Warn of roles in options that [roles] does not name: what they are meant for would hold for nobody."""
    for section in sections:
        for option in section.options:
            entry, config = ini.entry(section.name, option.name), configs.get(section.kind)
            if option.kind != tuple[RoleName, ...] or entry is None or config is None:
                continue
            for name in getattr(config, option.name):
                if name not in (*roles.by_role, EVERYONE):
                    hint = nearest(name, (*roles.by_role, EVERYONE))
                    mistakes.warnings.append(
                        f"{ini.path}:{entry.line}: [{section.name}] {option.name}: [roles] names no role {name}, so "
                        f"that it holds for nobody, unless a directory or provider gives it. {hint}"
                    )


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
