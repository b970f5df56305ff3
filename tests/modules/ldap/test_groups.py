"""Which roles groups give, asked of a real server."""

import pytest

from core import Secret
from modules.ldap.directory import Directory
from modules.ldap.values import Attribute, Dn, GroupFilter, RoleGroups, UserDn
from tests.modules.ldap.conftest import ADMINS, Configure
from tests.servers.slapd import GROUPS, PEOPLE

pytestmark = pytest.mark.servers

PASSWORDS = {"ada": "ada's secret", "bob": "bob's secret", "carol": "carol's secret"}
EACH = RoleGroups.parse(f"admin: {ADMINS}\nauditor: CN=Auditors, {GROUPS.upper()}\nsupport: cn=helpdesk,{GROUPS}")


def roles_of(directory: Directory, name: str) -> frozenset[str]:
    person = directory.recognise(name, Secret(PASSWORDS[name]))
    assert person is not None
    return person.roles


@pytest.mark.parametrize(
    ("name", "roles"), [("ada", {"admin"}), ("bob", {"support"}), ("carol", {"admin", "auditor", "support"})]
)
def test_groups_name_members_by_dn_or_by_uid(configure: Configure, name: str, roles: set[str]) -> None:
    assert roles_of(Directory(configure(roles=EACH)), name) == roles


def test_without_roles_in_hm3_ini_no_group_gives_any(configure: Configure) -> None:
    assert roles_of(Directory(configure()), "carol") == frozenset()


def test_a_group_may_be_named_by_its_cn(configure: Configure) -> None:
    config = configure(roles=RoleGroups.parse("admin: Admins; support: helpdesk; boss: adm*"), group_base=Dn(GROUPS))
    assert roles_of(Directory(config), "carol") == {"admin", "support"}


def test_a_group_of_that_name_elsewhere_gives_no_role(configure: Configure) -> None:
    config = configure(roles=RoleGroups.parse("admin: admins"), group_base=Dn(PEOPLE))
    assert roles_of(Directory(config), "ada") == frozenset()


def test_one_role_may_come_from_several_groups(configure: Configure) -> None:
    roles = RoleGroups.parse(f"staff: {ADMINS}; staff: cn=helpdesk,{GROUPS}")
    assert {name: roles_of(Directory(configure(roles=roles)), name) for name in ("ada", "bob")} == {
        "ada": {"staff"},
        "bob": {"staff"},
    }


def test_a_group_that_is_not_there_gives_no_role_and_is_told_in_the_log(
    configure: Configure, caplog: pytest.LogCaptureFixture
) -> None:
    config = configure(roles=RoleGroups.parse(f"admin: cn=gone,{GROUPS}; boss: {ADMINS}"))
    assert roles_of(Directory(config), "ada") == {"boss"}
    assert f"there is no entry cn=gone,{GROUPS}" in caplog.text


def test_a_user_without_the_attribute_that_groups_name_is_in_none_of_them(configure: Configure) -> None:
    config = configure(
        roles=RoleGroups.parse("support: helpdesk"),
        group_base=Dn(GROUPS),
        group_filter=GroupFilter("(memberUid={telephoneNumber})"),
    )
    assert roles_of(Directory(config), "bob") == frozenset()


def test_entries_may_name_their_groups_themselves(configure: Configure) -> None:
    # The attribute is another than in most directories, for which the server would need an overlay.
    config = configure(roles=RoleGroups.parse(f"admin: CN=ADMINS,{GROUPS}"), member_of=Attribute("seeAlso"))
    assert roles_of(Directory(config), "bob") == {"admin"}
    assert roles_of(Directory(config), "ada") == frozenset()


def test_roles_are_read_by_users_themselves_where_nobody_searches(configure: Configure) -> None:
    dn = UserDn(f"uid={{username}},{PEOPLE}")
    config = configure(base=None, user_dn=dn, bind_dn=None, bind_password=None, roles=EACH)
    assert roles_of(Directory(config), "ada") == {"admin"}
