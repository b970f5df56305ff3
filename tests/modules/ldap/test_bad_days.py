"""What happens when a directory is down, is not who it should be, or does not fit: a sentence, and the log says why."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core import Port, Secret, tls
from demo.certificates import make_certificates
from demo.ports import free_port
from modules.ldap.config import LdapConfig
from modules.ldap.directory import Directory
from modules.ldap.errors import CertificateRefused, Misconfigured, Unclear, Unreachable
from modules.ldap.values import Dn, Host, UserDn
from tests.modules.ldap.conftest import Configure
from tests.modules.ldap.scripted import BIND, CUT, EXTENDED, SEARCH, SILENCE, Script, ScriptedDirectory, result
from tests.servers.slapd import PEOPLE, READER, Slapd, person, start_slapd

PASSWORD = Secret("ada's secret")
Start = Callable[[Script], ScriptedDirectory]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts scripted servers, and stops them."""
    servers: list[ScriptedDirectory] = []

    def begin(script: Script) -> ScriptedDirectory:
        servers.append(ScriptedDirectory(script))
        return servers[-1]

    yield begin
    for server in servers:
        server.stop()


def scripted(server: ScriptedDirectory, **options: object) -> Directory:
    """A directory on a scripted server, which encrypts nothing unless a test says otherwise."""
    usual: dict[str, object] = {"base": Dn(PEOPLE), "security": tls.Security.NONE, "timeout": timedelta(seconds=30)}
    return Directory(LdapConfig(hosts=(Host("127.0.0.1"),), port=Port(server.port), **{**usual, **options}))  # type: ignore[arg-type]  # of whatever type the option is


def user_dn(**options: object) -> dict[str, object]:
    """The options of a directory where nobody searches."""
    return {"base": None, "user_dn": UserDn(f"uid={{username}},{PEOPLE}"), **options}


@pytest.mark.parametrize(
    ("script", "error"),
    [
        ({SEARCH: 51}, Unreachable),
        ({SEARCH: 52}, Unreachable),
        ({SEARCH: 3}, Unreachable),
        ({SEARCH: CUT}, Unreachable),
        ({SEARCH: b"\x30\x02\x02\x00"}, Unreachable),
        ({SEARCH: 50}, Misconfigured),
        ({SEARCH: 32}, Misconfigured),
        ({SEARCH: 10}, Misconfigured),
        ({BIND: 51}, Unreachable),
        ({BIND: 8}, Misconfigured),
        ({BIND: 10}, Misconfigured),
    ],
)
def test_each_bad_answer_is_told_apart(start: Start, script: Script, error: type[Exception]) -> None:
    directory = scripted(start(script))
    with pytest.raises(error):
        directory.recognise("ada", PASSWORD)


@pytest.mark.parametrize("said", [SILENCE, b"220 mail.example.org ESMTP\r\n" * 20, b"\x30\x84\xff\xff\xff\xff"])
def test_answers_that_do_not_end_are_waited_for_as_long_as_hm3_ini_says(start: Start, said: int | bytes) -> None:
    directory = scripted(start({SEARCH: said}), timeout=timedelta(milliseconds=300))
    with pytest.raises(Unreachable):
        directory.recognise("ada", PASSWORD)


@pytest.mark.parametrize("code", [49, 48, 32, 53, 19, 50, 34])
def test_locked_and_expired_accounts_are_answered_as_wrong_passwords_are(start: Start, code: int) -> None:
    assert scripted(start({BIND: code}), **user_dn()).recognise("ada", PASSWORD) is None


def test_why_an_account_is_closed_is_in_the_log(start: Start, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "hm3.ldap")
    scripted(start({BIND: 53}), **user_dn()).recognise("ada", PASSWORD)
    assert "53 unwillingToPerform" in caplog.text and PASSWORD not in caplog.text


def test_who_may_not_read_their_own_entry_is_told_to_ask_the_admin(
    start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(Misconfigured):
        scripted(start({}), **user_dn()).recognise("ada", PASSWORD)
    assert f"uid=ada,{PEOPLE} may not read their own entry" in caplog.text


def test_a_server_without_starttls_gets_no_password(start: Start, caplog: pytest.LogCaptureFixture) -> None:
    server = start({EXTENDED: 2})
    with pytest.raises(CertificateRefused):
        scripted(server, **user_dn(security=tls.Security.STARTTLS)).recognise("ada", PASSWORD)
    assert PASSWORD.encode() not in server.heard
    assert "does not take STARTTLS" in caplog.text


@pytest.mark.parametrize("ahead", [0, 1])
@pytest.mark.parametrize("octets", [3, 100])
def test_what_is_said_in_the_clear_after_starttls_lets_nobody_in(start: Start, ahead: int, octets: int) -> None:
    # The answer to the bind that is to come, whole or begun.
    server = start({EXTENDED: lambda number: result(number, 0x78, 0) + result(number + ahead, 0x61, 0)[:octets]})
    with pytest.raises((CertificateRefused, Unreachable)):
        scripted(server, **user_dn(security=tls.Security.STARTTLS, timeout=timedelta(seconds=1))).recognise(
            "ada", PASSWORD
        )
    assert PASSWORD.encode() not in server.heard


def test_a_server_that_does_not_speak_tls_gets_no_password(start: Start) -> None:
    server = start({})
    with pytest.raises((CertificateRefused, Unreachable)):
        scripted(server, **user_dn(security=tls.Security.TLS)).recognise("ada", PASSWORD)
    assert PASSWORD.encode() not in server.heard


def test_where_nothing_listens_people_are_asked_to_come_later(caplog: pytest.LogCaptureFixture) -> None:
    config = LdapConfig(hosts=(Host("localhost"),), port=Port(free_port()), base=Dn(PEOPLE), security=tls.Security.NONE)
    with pytest.raises(Unreachable, match="try again later") as caught:
        Directory(config).recognise("ada", PASSWORD)
    assert "localhost" not in str(caught.value)
    assert "localhost at port" in caplog.text and "refused" in caplog.text


@pytest.mark.servers
def test_a_wrong_password_of_the_account_that_searches_is_the_admins(
    configure: Configure, caplog: pytest.LogCaptureFixture
) -> None:
    directory = Directory(configure(bind_password=Secret("not the reader's")))
    with pytest.raises(Misconfigured, match="Tell the admin"):
        directory.recognise("ada", PASSWORD)
    assert "bind_dn or bind_password is wrong: 49 invalidCredentials" in caplog.text
    assert "not the reader's" not in caplog.text


@pytest.mark.servers
def test_a_base_that_is_not_there_is_the_admins(configure: Configure, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(Misconfigured):
        Directory(configure(base=Dn("ou=gone,dc=example,dc=test"))).recognise("ada", PASSWORD)
    assert "there is no entry ou=gone,dc=example,dc=test" in caplog.text


@pytest.mark.servers
@pytest.mark.parametrize("security", [tls.Security.TLS, tls.Security.STARTTLS])
@pytest.mark.parametrize(
    ("made", "reason"),
    [
        ({"days": 1, "starts": datetime.now(UTC) - timedelta(days=9)}, "certificate has expired"),
        ({"host": "other.example.test"}, "Hostname mismatch"),
    ],
)
def test_a_certificate_of_yesterday_or_of_another_gets_no_password(
    configure: Configure,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    security: tls.Security,
    made: dict[str, object],
    reason: str,
) -> None:
    server = start_slapd({}, certificates=make_certificates(tmp_path, **made))  # type: ignore[arg-type]  # as named
    try:
        port = server.tls_port if security is tls.Security.TLS else server.port
        with pytest.raises(CertificateRefused, match="could not show who it is"):
            Directory(configure(server, security=security, port=Port(port))).recognise("ada", PASSWORD)
        assert " BIND dn=" not in server.log and "SRCH" not in server.log
    finally:
        server.stop()
    assert reason in caplog.text


@pytest.mark.servers
def test_an_authority_that_nobody_named_is_not_trusted(configure: Configure, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(CertificateRefused):
        Directory(configure(ca_file=None)).recognise("ada", PASSWORD)
    assert "The certificate of localhost is not trusted" in caplog.text


@pytest.mark.servers
def test_another_certificate_than_the_pinned_one_is_not_trusted(
    configure: Configure, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(CertificateRefused):
        Directory(configure(pinned_certificate=tls.Fingerprint("0" * 64))).recognise("ada", PASSWORD)
    assert "shows another certificate than the pinned one" in caplog.text


@pytest.mark.servers
def test_addresses_in_certificates_count(configure: Configure) -> None:
    assert Directory(configure(hosts=(Host("127.0.0.1"),))).recognise("ada", PASSWORD) is not None


@pytest.mark.servers
def test_a_dead_server_is_passed_over_once(configure: Configure, caplog: pytest.LogCaptureFixture) -> None:
    # The whole of 127/8 is this machine; slapd listens on one address of it.
    directory = Directory(configure(hosts=(Host("127.0.0.2"), Host("localhost"))))
    assert directory.recognise("ada", PASSWORD) is not None
    assert "127.0.0.2 at port" in caplog.text
    caplog.clear()
    assert directory.recognise("ada", Secret("wrong")) is None
    assert "127.0.0.2" not in caplog.text


@pytest.mark.servers
def test_when_the_server_that_answered_last_dies_the_others_are_asked_again(configure: Configure) -> None:
    entries = {f"uid=eve,{PEOPLE}": person("Eve", "eve's secret", uid="eve")}
    server = start_slapd(entries)
    directory = Directory(configure(server, hosts=(Host("127.0.0.2"), Host("localhost"))))
    try:
        assert directory.recognise("eve", Secret("eve's secret")) is not None
    finally:
        server.stop()
    with pytest.raises(Unreachable):
        directory.recognise("eve", Secret("eve's secret"))


@pytest.mark.servers
def test_a_server_without_tls_gets_nothing(configure: Configure) -> None:
    server = start_slapd({}, encrypts=False)
    try:
        with pytest.raises(CertificateRefused):
            Directory(configure(server, security=tls.Security.STARTTLS, port=Port(server.port))).recognise(
                "ada", PASSWORD
            )
        assert " BIND dn=" not in server.log and READER not in server.log
    finally:
        server.stop()


@pytest.mark.servers
def test_nothing_that_people_read_names_a_server(configure: Configure, slapd: Slapd) -> None:
    for error in (Unreachable, CertificateRefused, Misconfigured, Unclear):
        assert str(error()).endswith(".") and "localhost" not in str(error()) and "dc=" not in str(error())
