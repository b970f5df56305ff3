"""The [ldap] section of hm3.ini: where the directory is, how people are found in it, and what it says of them."""

import math
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from core import ConfigError, Port, Secret, option, tls
from modules.ldap.values import Attribute, Dn, GroupFilter, Host, RoleGroups, UserDn, UserFilter


@dataclass(frozen=True)
class LdapConfig:
    """The directory that knows people's passwords."""

    hosts: tuple[Host, ...] = option(
        (Host("localhost"),), help="The servers' names, as in their certificates. Where one fails, the next is asked."
    )
    port: Port | None = option(None, help="Their port. Without it 636 for tls, and 389 for starttls and none.")
    security: tls.Security = option(
        tls.Security.TLS,
        help="tls (ldaps) encrypts from the first octet; starttls begins in the clear and sends nothing before the "
        "server encrypts; none is only for a server on this machine.",
    )
    ca_file: Path | None = option(
        None, help="A PEM file of the authorities to trust, in place of the system's. For a private authority."
    )
    pinned_certificate: tls.Fingerprint | None = option(
        None, help="The SHA-256 fingerprint of the one certificate to trust, whoever signed it."
    )
    verify: tls.Verification = option(
        tls.Verification.CERTIFICATE,
        help="i-accept-any-certificate lets anyone between hm3 and the directory read passwords and let themselves in.",
    )
    base: Dn | None = option(
        None, help="The entry below which people are searched, such as ou=people,dc=example,dc=org."
    )
    filter: UserFilter = option(
        UserFilter("(uid={username})"),
        help="How they are found by what they type. It has to find them by the attribute of the option name too, as in "
        "(|(uid={username})(mail={username})). Exactly one entry must match.",
    )
    bind_dn: Dn | None = option(None, help="Whose account searches. Without it, the search is anonymous.")
    bind_password: Secret | None = option(None, help="The password of that account.")
    user_dn: UserDn | None = option(
        None,
        help="In place of base and a search: the name of everybody's entry, such as "
        "uid={username},ou=people,dc=example,dc=org.",
    )
    name: Attribute = option(
        Attribute("uid"),
        help="The attribute that is a user's name here. Settings and roles belong to it, so people must not be able to "
        "change it themselves.",
    )
    display_name: Attribute = option(
        Attribute("cn"), help="The attribute that stands before the address in their mail."
    )
    address: Attribute = option(Attribute("mail"), help="The attribute with the address that they send as.")
    imap_name: Attribute | None = option(
        None, help="The attribute with the name for the mail server. Without it, the user's name here is taken."
    )
    roles: RoleGroups | None = option(
        None,
        help="Roles that groups give, with semicolons or on lines of their own: "
        "admin: cn=admins,ou=groups,dc=example,dc=org; support: helpdesk. A group without = is one below group_base. "
        "What roles may do stands in [permissions].",
    )
    group_base: Dn | None = option(None, help="The entry below which groups are looked up by their cn.")
    group_filter: GroupFilter = option(
        GroupFilter("(|(member={dn})(uniqueMember={dn})(memberUid={uid}))"),
        help="How a group names its members: {dn} is the user's entry, other words in braces are its attributes.",
    )
    member_of: Attribute | None = option(
        None,
        help="Where people's entries name their groups, that attribute, such as memberOf. group_filter is not asked "
        "then, and roles have to name groups by their DNs.",
    )
    connect_timeout: timedelta = option(timedelta(seconds=5), help="How long to wait for a connection.")
    timeout: timedelta = option(timedelta(seconds=10), help="How long to wait for each answer.")

    def __post_init__(self) -> None:
        """Raise ValueError where the options do not fit together."""
        if not self.hosts:
            raise ValueError("hosts names no server.")
        for host in self.hosts:
            tls.check_plaintext(host, self.options)
        try:
            tls.context_of(self.options)
        except ConfigError as error:
            raise ValueError(str(error)) from error
        if min(self.connect_timeout, self.timeout) <= timedelta():
            raise ValueError("connect_timeout and timeout have to be longer than nothing.")
        self._check_search()
        self._check_groups()

    def _check_search(self) -> None:
        if (self.base is None) == (self.user_dn is None):
            raise ValueError("give base, below which people are searched, or user_dn, and not both.")
        if (self.bind_dn is None) != (not self.bind_password):
            # RFC 4513 5.1.2: a name without a password logs nobody in, and many servers call that success.
            raise ValueError("bind_dn and bind_password go together.")
        if self.user_dn is not None and self.bind_dn is not None:
            raise ValueError("bind_dn has nothing to do where user_dn is given: nobody searches.")
        by_name = f"{self.name}={{username}}".lower()
        if self.user_dn is not None and not self.user_dn.replace(" ", "").lower().startswith(by_name):
            raise ValueError(
                f"user_dn has to begin with {by_name}, or name has to be the attribute that it begins with."
            )
        if self.user_dn is None and f"({by_name})" not in self.filter.replace(" ", "").lower():
            raise ValueError(
                f"filter does not find people by {self.name}, which is their name here. Write it as in "
                f"(|{self.filter}({by_name}))."
            )

    def _check_groups(self) -> None:
        by_cn = [group for _, group in self.role_groups if "=" not in group]
        if by_cn and self.member_of is not None:
            raise ValueError(f"roles: with member_of, {by_cn[0]} has to be a DN.")
        if by_cn and self.group_base is None:
            raise ValueError(f"roles: {by_cn[0]} is not a DN, so group_base has to say where it is.")

    @property
    def options(self) -> tls.TlsOptions:
        """How connections are encrypted and whom they trust."""
        return tls.TlsOptions(self.security, self.ca_file, self.pinned_certificate, self.verify)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What an admin should know about this directory, in sentences."""
        doubts = tls.doubt_port(self.port, self.security, tls.LDAP)
        if not self.options.encrypted or self.pinned_certificate or self.verify is tls.Verification.CERTIFICATE:
            return doubts
        return (
            *doubts,
            "Any certificate is accepted, so anybody between hm3 and the directory can read passwords and log in as "
            "anybody. Name its authority with ca_file, or the certificate itself with pinned_certificate.",
        )

    @property
    def port_number(self) -> int:
        """The port, as given or as usual."""
        return int(self.port or (636 if self.security is tls.Security.TLS else 389))

    @property
    def patience(self) -> int:
        """How long to wait for an answer, in whole seconds, as the protocol counts them."""
        return max(1, math.ceil(self.timeout.total_seconds()))

    @property
    def role_groups(self) -> tuple[tuple[str, str], ...]:
        """Each role with a group that gives it."""
        return self.roles.pairs if self.roles is not None else ()

    @property
    def attributes(self) -> tuple[str, ...]:
        """What is asked of a user's entry."""
        wanted = [self.name, self.display_name, self.address, *self.group_filter.attributes]
        return tuple(dict.fromkeys([*wanted, *([self.imap_name] if self.imap_name else [])]))
