"""The [ldap] section of hm3.ini: what it takes, and what does not fit together."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core import Secret, tls
from modules.ldap.config import LdapConfig
from modules.ldap.values import Attribute, Dn, GroupFilter, Host, RoleGroups, UserDn, UserFilter

BASE = Dn("ou=people,dc=example,dc=org")
TEMPLATE = UserDn("uid={username},ou=people,dc=example,dc=org")


def test_a_base_is_enough() -> None:
    config = LdapConfig(base=BASE)
    assert config.port_number == 636 and config.options.encrypted
    assert config.attributes == ("uid", "cn", "mail") and config.role_groups == ()


def test_the_port_follows_the_encryption_and_whole_seconds_are_waited() -> None:
    config = LdapConfig(base=BASE, security=tls.Security.STARTTLS, timeout=timedelta(seconds=1.5))
    assert config.port_number == 389 and config.patience == 2


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({}, "give base"),
        ({"base": BASE, "user_dn": TEMPLATE}, "give base"),
        ({"base": BASE, "hosts": ()}, "hosts names no server"),
        (
            {"base": BASE, "security": tls.Security.NONE, "hosts": (Host("127.0.0.1"), Host("ldap.example.org"))},
            "anyone",
        ),
        ({"base": BASE, "ca_file": Path("/nowhere/ca.pem")}, "there is no such file"),
        ({"base": BASE, "timeout": timedelta()}, "longer than nothing"),
        ({"base": BASE, "bind_dn": BASE}, "go together"),
        ({"base": BASE, "bind_dn": BASE, "bind_password": Secret("")}, "go together"),
        ({"base": BASE, "bind_password": Secret("x")}, "go together"),
        ({"user_dn": TEMPLATE, "bind_dn": BASE, "bind_password": Secret("x")}, "nobody searches"),
        ({"user_dn": TEMPLATE, "name": Attribute("mail")}, "user_dn has to begin with mail="),
        ({"base": BASE, "name": Attribute("mail")}, r"\(\|\(uid=\{username\}\)\(mail=\{username\}\)\)"),
        ({"base": BASE, "roles": RoleGroups("admin: admins")}, "group_base has to say"),
        ({"base": BASE, "roles": RoleGroups("a: admins"), "member_of": Attribute("memberOf")}, "has to be a DN"),
    ],
)
def test_options_that_do_not_fit_together_are_refused(options: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        LdapConfig(**options)


@pytest.mark.parametrize(
    ("kind", "text", "reason"),
    [
        (Host, "ldap://localhost", "is not a host name"),
        (Host, "localhost:389", "port has an option of its own"),
        (Host, "", "is not a host name"),
        (Attribute, "uid)(", "is not the name of an attribute"),
        (Attribute, "", "is not the name of an attribute"),
        (Dn, "people", "is not a DN"),
        (Dn, "uid={username},dc=org", "nothing fills in"),
        (UserDn, "uid=ada,dc=org", "has to hold {username}"),
        (UserDn, "uid={user},dc=org", "has to hold {username}"),
        (UserFilter, "uid={username}", "is not a filter"),
        (UserFilter, "(uid=ada)", "has to hold {username}"),
        (UserFilter, "(|(uid={username})(cn={name}))", "has to hold {username}"),
        (GroupFilter, "(cn=x)", "has to hold {dn}"),
        (GroupFilter, "(member={a b})", "has to hold {dn}"),
        (RoleGroups, ";", "names no role"),
        (RoleGroups, "admin", "is not a list"),
        (RoleGroups, "ad min: cn=x", "is not a list"),
        (RoleGroups, "admin: cn=x,", "is not a DN"),
    ],
)
def test_each_mistake_has_its_reason(kind: Any, text: str, reason: str) -> None:  # Any: one of the types above
    with pytest.raises(ValueError, match=reason.replace("{", r"\{").replace("}", r"\}")):
        kind.parse(text)


@pytest.mark.parametrize("host", ["ldap.example.org", "10.0.0.1", "::1"])
def test_a_host_is_a_name_or_an_address(host: str) -> None:
    assert Host.parse(host) == host


def test_the_name_of_an_entry_may_hold_spaces_between_its_parts() -> None:
    template = UserDn.parse("UID={username}, ou=people, dc=org")
    assert LdapConfig(user_dn=template).user_dn == template


def test_roles_may_stand_on_lines_of_their_own_and_groups_may_hold_escaped_semicolons() -> None:
    roles = RoleGroups.parse("admin: cn=a\\;b:c,dc=org\n\n support : helpdesk; ")
    assert roles.pairs == (("admin", "cn=a\\;b:c,dc=org"), ("support", "helpdesk"))


def test_a_filter_of_groups_tells_which_attributes_it_needs() -> None:
    assert GroupFilter.parse("(|(member={dn})(memberUid={UID})(gid={gidNumber}))").attributes == ("gidnumber", "uid")
    assert LdapConfig(base=BASE, imap_name=Attribute("login")).attributes == ("uid", "cn", "mail", "login")


def test_passwords_do_not_show_in_a_config() -> None:
    assert "hush" not in repr(LdapConfig(base=BASE, bind_dn=BASE, bind_password=Secret("hush")))


def test_a_directory_that_may_be_anybody_is_warned_of() -> None:
    anybody = LdapConfig(base=BASE, verify=tls.Verification.NOTHING)
    assert "log in as anybody" in anybody.warnings[0]
    assert LdapConfig(base=BASE).warnings == ()
