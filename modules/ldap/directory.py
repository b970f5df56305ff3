"""Asking the directory who somebody is: find the entry, let the server check the password, read what it says."""

import logging
import re
import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from ldap3.core.results import RESULT_SUCCESS

from core import Secret, tls
from modules.ldap.config import LdapConfig
from modules.ldap.errors import CertificateRefused, Misconfigured, MissingEntry, Unclear, Unreachable
from modules.ldap.link import Account, Entry, Link, open_link
from modules.ldap.names import escape_dn, escape_filter, fill, is_typable, one_spelling

log = logging.getLogger("hm3.ldap")

_LONGEST_DISPLAY_NAME = 200
_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\\\"]{1,64}@[^\s@<>()\[\],;:\\\"]{1,255}")
_ANY = "(objectClass=*)"


@dataclass(frozen=True)
class Person:
    """Whom the directory recognised, and what it says of them."""

    name: str
    imap_name: str
    display_name: str = ""
    address: str = ""
    roles: frozenset[str] = frozenset()


class Directory:
    """The servers of hm3.ini as one: the one that answered last is asked first, and the next where it fails."""

    def __init__(self, config: LdapConfig) -> None:
        self._config = config
        self._context = tls.make_context(config.options)
        self._hosts: tuple[str, ...] = config.hosts

    def recognise(self, username: str, password: Secret) -> Person | None:
        """Who this is, or None where name or password is wrong.

        Raises Unreachable, CertificateRefused, Misconfigured or Unclear where that cannot be told.
        """
        # RFC 4513 5.1.2: a bind without a password succeeds at many servers, whoever it names.
        if not password or "\0" in password or not is_typable(username):
            return None
        failed: Unreachable | CertificateRefused | None = None
        hosts = self._hosts
        for place, host in enumerate(hosts):
            try:
                person = self._ask(host, username, password)
            except (Unreachable, CertificateRefused) as error:
                failed = error
                continue
            if place:
                self._hosts = hosts[place:] + hosts[:place]
            return person
        assert failed is not None, "the config names a server at least"
        raise failed

    def _ask(self, host: str, username: str, password: Secret) -> Person | None:
        if self._config.user_dn is not None:
            dn = fill(self._config.user_dn, {"username": escape_dn(username)})
            return self._ask_by_dn(host, Account(dn, password))
        assert self._config.base is not None, "the config refuses anything else"
        with open_link(self._config, self._context, host, self._searcher()) as link:
            if self._config.bind_dn is not None and link.bind() != RESULT_SUCCESS:
                link.refuse_account()
            found = self._find(link, username)
            entry = found[0] if len(found) == 1 else None
            # Names that nobody has are asked for as well, so that they take as long.
            dn = entry.dn if entry is not None else f"uid={secrets.token_hex(8)},{self._config.base}"
            with open_link(self._config, self._context, host, Account(dn, password)) as own:
                is_right = own.bind() == RESULT_SUCCESS
            return self._person(link, entry, username) if is_right and entry is not None else None

    def _ask_by_dn(self, host: str, account: Account) -> Person | None:
        with open_link(self._config, self._context, host, account) as link:
            if link.bind() != RESULT_SUCCESS:
                return None
            found = link.search(account.dn, _ANY, self._config.attributes, most=1, below=False)
            if not found:
                log.error("%s may not read their own entry, so that their name is not known.", account.dn)
                raise Misconfigured
            return self._person(link, found[0], None)

    def _searcher(self) -> Account | None:
        if self._config.bind_dn is None or self._config.bind_password is None:
            return None
        return Account(self._config.bind_dn, self._config.bind_password)

    def _find(self, link: Link, username: str) -> Sequence[Entry]:
        """The entries that a name matches; the second is enough to know that there are too many."""
        assert self._config.base is not None, "only who searches comes here"
        filter_ = fill(self._config.filter, {"username": escape_filter(username)})
        found = link.search(self._config.base, filter_, self._config.attributes, most=2, below=True)
        if len(found) > 1:
            log.warning("More than one entry matches a name, so that it logs nobody in: %s", [one.dn for one in found])
        return found

    def _person(self, link: Link, entry: Entry, typed: str | None) -> Person:
        """What an entry says. `typed` is the name that found it, where one was searched."""
        name = self._name(entry)
        found_by_name = typed is None or one_spelling(typed) == one_spelling(name)
        # Another entry may have the value as well; then it is nobody's name.
        if not found_by_name and [one.dn for one in self._find(link, name)] != [entry.dn]:
            log.error("%s = %s is not the name of %s alone.", self._config.name, name, entry.dn)
            raise Unclear
        return Person(
            name=one_spelling(name),
            imap_name=self._imap_name(entry) or name,
            display_name=_display_name(entry.first(self._config.display_name)),
            address=next((one for one in entry.values(self._config.address) if _is_address(one)), ""),
            roles=frozenset(role for role, group in self._config.role_groups if self._belongs(link, entry, group)),
        )

    def _name(self, entry: Entry) -> str:
        values = [value.strip() for value in entry.values(self._config.name)]
        if len(values) != 1 or not is_typable(values[0]):
            log.error("%s has %s values of %s; one is needed.", entry.dn, len(values), self._config.name)
            raise Unclear
        return values[0]

    def _imap_name(self, entry: Entry) -> str:
        values = entry.values(self._config.imap_name) if self._config.imap_name is not None else ()
        return next((value for value in values if is_typable(value)), "")

    def _belongs(self, link: Link, entry: Entry, group: str) -> bool:
        """Whether an entry is in a group. The server compares DNs, which have many spellings."""
        base, below = (group, False) if "=" in group else (str(self._config.group_base), True)
        if self._config.member_of is not None:
            base, filter_ = entry.dn, f"({self._config.member_of}={escape_filter(group)})"
        else:
            # A value that nobody has, where the entry has none.
            values = {
                one: escape_filter(entry.first(one) or secrets.token_hex(16))
                for one in self._config.group_filter.attributes
            }
            filter_ = fill(self._config.group_filter, {**values, "dn": escape_filter(entry.dn)})
        if below:
            filter_ = f"(&(cn={escape_filter(group)}){filter_})"
        try:
            return bool(link.search(base, filter_, ["1.1"], most=1, below=below))
        except MissingEntry:  # as the log says; a group that is not there gives nobody a role
            return False


def _is_address(text: str) -> bool:
    return is_typable(text) and _ADDRESS.fullmatch(text) is not None


def _display_name(text: str) -> str:
    shown = "".join(one for one in text if unicodedata.category(one) not in ("Cc", "Cf", "Cs", "Zl", "Zp"))
    return " ".join(shown.split())[:_LONGEST_DISPLAY_NAME]
