"""Who the directory says somebody is, asked of a real server."""

import hashlib
import socket
import ssl

import pytest

from core import Port, Secret, tls
from modules.ldap.directory import Directory
from modules.ldap.errors import Misconfigured, Unclear
from modules.ldap.values import Attribute, Dn, UserDn, UserFilter
from tests.modules.ldap.conftest import Configure, plainly
from tests.servers.slapd import PEOPLE, SUFFIX, Slapd, start_slapd

pytestmark = pytest.mark.servers


def test_the_right_password_tells_who_it_is(directory: Directory) -> None:
    ada = directory.recognise("ada", Secret("ada's secret"))
    assert ada is not None
    assert (ada.name, ada.imap_name) == ("ada", "ada")
    assert (ada.display_name, ada.address) == ("Ada Lovelace", "ada@example.test")
    assert ada.roles == frozenset()


@pytest.mark.parametrize("name", ["ADA", "ada@example.test", "Countess@Example.Test"])
def test_one_person_has_one_name_however_they_come(directory: Directory, name: str) -> None:
    ada = directory.recognise(name, Secret("ada's secret"))
    assert ada is not None and ada.name == "ada"


def test_a_wrong_password_is_wrong(directory: Directory) -> None:
    assert directory.recognise("ada", Secret("bob's secret")) is None


def test_for_an_unknown_name_a_password_is_sent_as_well_so_that_it_takes_as_long(
    directory: Directory, slapd: Slapd
) -> None:
    before = len(slapd.log)
    assert directory.recognise("nobody", Secret("ada's secret")) is None
    assert f",{PEOPLE}" in slapd.log[before:].rpartition(" BIND dn=")[2]


def test_an_empty_password_is_refused_before_the_server_is_asked(directory: Directory, slapd: Slapd) -> None:
    before = slapd.log.count(" ACCEPT ")
    assert directory.recognise("ada", Secret("")) is None
    assert slapd.log.count(" ACCEPT ") == before


@pytest.mark.parametrize("name", ["", "a\0da", "ada\0", "ada\n", "a\u00adda", "\u202eada", "a" * 257])
def test_names_with_what_is_not_seen_are_refused_before_the_server_is_asked(
    directory: Directory, slapd: Slapd, name: str
) -> None:
    before = slapd.log.count(" ACCEPT ")
    assert directory.recognise(name, Secret("ada's secret")) is None
    assert slapd.log.count(" ACCEPT ") == before


INJECTIONS = [
    "*",
    "a*",
    "*)(uid=*",
    "*)(uid=*))(|(uid=*",
    "ada)(objectClass=*",
    r"\00",
    r"ada\00",
    r"\2a",
    f"ada,{PEOPLE}",
    "ada,dc=x",
    "ada+cn=Ada Lovelace",
    "#616461",
    "ada)(|",
    "&(uid=ada)",
    "ada\\",
]


@pytest.mark.parametrize("name", INJECTIONS)
def test_a_name_is_never_part_of_the_filter(directory: Directory, name: str) -> None:
    assert directory.recognise(name, Secret("ada's secret")) is None


@pytest.mark.parametrize("name", [*INJECTIONS, f"ada,{PEOPLE}+uid=x", " ada", "ada "])
def test_a_name_is_never_part_of_the_dn(configure: Configure, name: str) -> None:
    config = configure(base=None, user_dn=UserDn(f"uid={{username}},{PEOPLE}"), bind_dn=None, bind_password=None)
    assert Directory(config).recognise(name.strip("\0"), Secret("bob's secret")) is None


def test_the_server_sees_a_star_as_a_star(directory: Directory, slapd: Slapd) -> None:
    directory.recognise("*)(mail=seen", Secret("x"))
    assert 'filter="(|(uid=\\2A\\29\\28mail=seen)(mail=\\2A\\29\\28mail=seen))"' in slapd.log


@pytest.mark.parametrize(
    ("name", "password"),
    [("zoë", "grüße ☂"), ("zoe\u0308", "grüße ☂"), ("o, brien", "o's secret"), ("carol", "carol's secret")],
)
def test_odd_letters_in_names_and_passwords_are_only_letters(directory: Directory, name: str, password: str) -> None:
    assert directory.recognise(name, Secret(password)) is not None


@pytest.mark.parametrize(("name", "password"), [("zoë", "grüße ☂"), ("ada", "ada's secret"), ("ADA", "ada's secret")])
def test_a_dn_can_stand_in_for_a_search(configure: Configure, name: str, password: str) -> None:
    config = configure(base=None, user_dn=UserDn(f"uid={{username}},{PEOPLE}"), bind_dn=None, bind_password=None)
    person = Directory(config).recognise(name, Secret(password))
    assert person is not None and person.name == name.lower() and person.address
    assert Directory(config).recognise(name, Secret("wrong")) is None


def test_what_is_shown_of_a_person_is_one_clean_line(directory: Directory) -> None:
    zoe = directory.recognise("zoë", Secret("grüße ☂"))
    assert zoe is not None and zoe.display_name == "Zoë Ångström"


def test_what_is_no_address_is_none(directory: Directory) -> None:
    bob = directory.recognise("bob", Secret("bob's secret"))
    assert bob is not None and bob.address == ""


def test_two_entries_that_match_are_nobody(
    directory: Directory, slapd: Slapd, caplog: pytest.LogCaptureFixture
) -> None:
    assert directory.recognise("twin@example.test", Secret("twin's secret")) is None
    assert "More than one entry matches" in caplog.text and "uid=twin2" in caplog.text
    assert directory.recognise("twin1", Secret("twin's secret")) is not None


def test_who_has_two_names_is_told_that_one_is_needed(directory: Directory) -> None:
    with pytest.raises(Unclear, match="one user name for you alone"):
        directory.recognise("double", Secret("two names"))
    assert directory.recognise("double", Secret("wrong")) is None


def test_a_name_that_somebody_else_is_found_by_too_is_nobodys(configure: Configure) -> None:
    directory = Directory(configure(name=Attribute("mail")))
    with pytest.raises(Unclear):
        directory.recognise("twin1", Secret("twin's secret"))
    zoe = directory.recognise("zoë", Secret("grüße ☂"))
    assert zoe is not None and zoe.name == "zoe@example.test"


def test_who_has_no_password_is_not_let_in(directory: Directory) -> None:
    assert directory.recognise("mute", Secret("anything")) is None


def test_references_to_other_servers_are_not_followed(directory: Directory, elsewhere: socket.socket) -> None:
    assert directory.recognise("nobody", Secret("x")) is None
    with pytest.raises(BlockingIOError):
        elsewhere.accept()


def test_a_base_that_is_a_reference_is_not_followed_either(configure: Configure, elsewhere: socket.socket) -> None:
    with pytest.raises(Misconfigured):
        Directory(configure(base=Dn(f"ou=elsewhere,{PEOPLE}"))).recognise("ada", Secret("ada's secret"))
    with pytest.raises(BlockingIOError):
        elsewhere.accept()


def test_the_name_for_the_mail_server_may_be_another_attribute(configure: Configure) -> None:
    directory = Directory(configure(imap_name=Attribute("mail")))
    ada = directory.recognise("ada", Secret("ada's secret"))
    carol = directory.recognise("carol", Secret("carol's secret"))
    assert ada is not None and ada.imap_name == "ada@example.test"
    assert carol is not None and carol.imap_name == "carol"


def test_starttls_is_as_good_as_tls(configure: Configure, slapd: Slapd) -> None:
    config = configure(security=tls.Security.STARTTLS, port=Port(slapd.port))
    assert Directory(config).recognise("ada", Secret("ada's secret")) is not None
    assert "TLS established" in slapd.log


def test_on_this_machine_nothing_need_be_encrypted_and_nobody_need_search(configure: Configure, slapd: Slapd) -> None:
    directory = Directory(configure(**plainly(slapd)))
    assert directory.recognise("ada", Secret("ada's secret")) is not None
    assert directory.recognise("ada", Secret("wrong")) is None


def test_where_nobody_may_search_unnamed_the_account_of_hm3_ini_does(configure: Configure) -> None:
    server = start_slapd({}, anonymous=False)
    try:
        named, unnamed = configure(server), configure(server, bind_dn=None, bind_password=None)
        assert Directory(named).recognise("ada", Secret("ada's secret")) is None
        with pytest.raises(Misconfigured):
            Directory(unnamed).recognise("ada", Secret("ada's secret"))
    finally:
        server.stop()


def test_a_pinned_certificate_is_trusted_whoever_signed_it(configure: Configure, slapd: Slapd) -> None:
    shown = ssl.PEM_cert_to_DER_cert(slapd.certificates.certificate.read_text())
    pin = tls.Fingerprint(hashlib.sha256(shown).hexdigest())
    config = configure(ca_file=None, pinned_certificate=pin)
    assert Directory(config).recognise("ada", Secret("ada's secret")) is not None


def test_a_search_below_one_entry_finds_nobody_beside_it(configure: Configure) -> None:
    config = configure(base=Dn(f"ou=groups,{SUFFIX}"), filter=UserFilter("(uid={username})"))
    assert Directory(config).recognise("ada", Secret("ada's secret")) is None
