"""What the tests of ldap share: a directory of people and groups, and configs that reach it."""

import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from core import Port, Secret, tls
from modules.ldap.config import LdapConfig
from modules.ldap.directory import Directory
from modules.ldap.values import Dn, Host, UserFilter
from tests.servers.needs import missing
from tests.servers.slapd import (
    GROUPS,
    PEOPLE,
    READER,
    READER_PASSWORD,
    Attributes,
    Slapd,
    person,
    slapd_missing,
    start_slapd,
)

ADA = f"uid=ada,{PEOPLE}"
BOB = f"uid=bob,{PEOPLE}"
CAROL = f"cn=Jones\\, Carol (ext),{PEOPLE}"
ADMINS = f"cn=admins,{GROUPS}"

Configure = Callable[..., LdapConfig]


@pytest.fixture(scope="session")
def elsewhere() -> Iterator[socket.socket]:
    """A port that a reference in the directory names; nobody is to connect to it."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        yield listening


@pytest.fixture(scope="session")
def slapd(elsewhere: socket.socket) -> Iterator[Slapd]:
    """The directory of this worker's tests; nobody changes it."""
    lack = slapd_missing()
    if lack:
        missing(lack)
    server = start_slapd(_entries(elsewhere.getsockname()[1]))
    yield server
    server.stop()


@pytest.fixture
def configure(slapd: Slapd) -> Configure:
    """Makes configs for the directory: found by uid or mail over TLS, unless a test says otherwise."""

    def make(server: Slapd = slapd, **options: Any) -> LdapConfig:  # Any: of whatever type the option is
        usual: dict[str, Any] = {
            "hosts": (Host("localhost"),),
            "port": Port(server.tls_port),
            "ca_file": server.ca_file,
            "base": Dn(PEOPLE),
            "filter": UserFilter("(|(uid={username})(mail={username}))"),
            "bind_dn": Dn(READER),
            "bind_password": Secret(READER_PASSWORD),
        }
        return LdapConfig(**{**usual, **options})

    return make


@pytest.fixture
def directory(configure: Configure) -> Directory:
    """The directory as an admin usually has it."""
    return Directory(configure())


def plainly(server: Slapd) -> dict[str, object]:
    """The options that reach a server without encryption, and without a search account."""
    no_tls = {"security": tls.Security.NONE, "ca_file": None, "port": Port(server.port)}
    return {**no_tls, "bind_dn": None, "bind_password": None}


def _entries(elsewhere: int) -> dict[str, Attributes]:
    return {
        ADA: person("Ada Lovelace", "ada's secret", uid="ada", mail=["ada@example.test", "countess@example.test"]),
        BOB: person("Bob", "bob's secret", uid="bob", mail=["not an address", "b\u202eb@x.example"], seeAlso=ADMINS),
        CAROL: person("Carol Jones", "carol's secret", uid="carol"),
        f"uid=zoë,{PEOPLE}": person("  Zoë\u202e   Ångström ", "grüße ☂", uid="zoë", mail="zoe@example.test"),
        f"uid=o\\2c brien+cn=O*Brien,{PEOPLE}": person("O*Brien", "o's secret", uid="o, brien"),
        f"uid=twin1,{PEOPLE}": person("Twin", "twin's secret", uid="twin1", mail="twin@example.test"),
        f"uid=twin2,{PEOPLE}": person("Twin", "twin's secret", uid="twin2", mail="twin@example.test"),
        f"cn=Double,{PEOPLE}": person("Double", "two names", uid=["double", "twofold"], mail="double@example.test"),
        f"uid=mute,{PEOPLE}": {"objectClass": "inetOrgPerson", "cn": "Mute", "sn": "Mute", "uid": "mute"},
        f"ou=elsewhere,{PEOPLE}": {
            "objectClass": ["referral", "extensibleObject"],
            "ou": "elsewhere",
            "ref": f"ldap://127.0.0.1:{elsewhere}/ou=elsewhere,{PEOPLE}",
        },
        ADMINS: {"objectClass": "groupOfNames", "cn": "admins", "member": [ADA, CAROL]},
        f"cn=auditors,{GROUPS}": {"objectClass": "groupOfUniqueNames", "cn": "auditors", "uniqueMember": CAROL},
        f"cn=helpdesk,{GROUPS}": {
            "objectClass": "posixGroup",
            "cn": "helpdesk",
            "gidNumber": "700",
            "memberUid": ["bob", "carol"],
        },
    }
