"""Connecting and logging in to real servers: encryption, certificates, mechanisms, and each way to fail."""

import hashlib
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import modules.imap.pool
from core import Guesses, Line, Meters, Port, Secret, Session, UpstreamError, User, tls
from demo.certificates import make_certificates
from demo.dovecot import Dovecot
from demo.ports import free_port
from modules.imap.access import find_access
from modules.imap.config import ConnectionCount, ImapConfig
from modules.imap.errors import CertificateRefused, LoginRefused, ServerGone, Unreachable, WrongPassword
from modules.imap.login import Credentials, connect
from modules.imap.pool import ConnectionPool
from modules.imap.server import Mechanism, Server
from modules.imap.services import ImapAuthenticator, close_at_logout, offer_authenticator, open_pool, open_store
from modules.mail.api import AskedAccount, MailboxName, RoleSettings
from tests.modules.imap.conftest import server_of
from tests.modules.imap.scripted import ScriptedServer
from tests.servers.mail_user import MailUser

pytestmark = pytest.mark.servers


def log_in(server: Server, user: MailUser, password: str | None = None) -> bool:
    connection = connect(server, Credentials(user.name, Secret(password or user.password)))
    answered = connection.run(b"NOOP").ok
    connection.close_quietly()
    return answered


def refused(server: Server, user: MailUser, error: type[UpstreamError], password: str = "hunter-22") -> str:
    with pytest.raises(error) as caught:
        log_in(server, user, password)
    assert password not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("mechanism", list(Mechanism))
@pytest.mark.parametrize("security", [tls.Security.TLS, tls.Security.STARTTLS])
def test_every_mechanism_logs_in_and_tells_a_wrong_password(
    mail_user: MailUser, mechanism: Mechanism, security: tls.Security
) -> None:
    dovecot = mail_user.dovecot
    port = dovecot.imaps_port if security is tls.Security.TLS else dovecot.imap_port
    server = Server("localhost", port, tls.TlsOptions(security, dovecot.ca_file), mechanism)
    assert log_in(server, mail_user)
    assert "does not accept this name and password" in refused(server, mail_user, WrongPassword)


def test_a_password_in_any_script_logs_in(dovecot: Dovecot) -> None:
    dovecot.add_user("many@example.test", 'naïve "пароль" \\密码')
    user = MailUser("many@example.test", 'naïve "пароль" \\密码', dovecot)
    for mechanism in Mechanism:
        assert log_in(replace(server_of(dovecot), mechanism=mechanism), user)


def test_the_bare_server_takes_the_login_command(bare_mail_user: MailUser) -> None:
    assert log_in(server_of(bare_mail_user.dovecot), bare_mail_user)


def test_a_mechanism_that_is_not_offered_is_told(mail_user: MailUser) -> None:
    plain = ScriptedServer()
    server = replace(plain.server, mechanism=Mechanism.SCRAM)
    assert "does not offer scram-sha-256" in refused(server, mail_user, LoginRefused)
    plain.stop()


@pytest.mark.parametrize(
    ("offered", "sent"),
    [
        ("AUTH=XOAUTH2", b"user=ann\x01auth=Bearer token\x01\x01"),
        ("AUTH=OAUTHBEARER AUTH=XOAUTH2", b"n,a=ann,\x01host=127.0.0.1\x01port=%d\x01auth=Bearer token\x01\x01"),
    ],
)
def test_an_access_token_is_shown_as_the_server_wants_it(offered: str, sent: bytes) -> None:
    scripted = ScriptedServer({"CAPABILITY": f"* CAPABILITY IMAP4rev1 {offered} AUTH=PLAIN\r\n".encode()})
    connect(scripted.server, Credentials("ann", token=Secret("token"))).close_quietly()
    scripted.stop()
    assert scripted.responses == [sent.replace(b"%d", str(scripted.server_port).encode())]


def test_a_server_that_takes_no_tokens_gets_none() -> None:
    scripted = ScriptedServer()
    with pytest.raises(LoginRefused, match="takes no access tokens"):
        connect(scripted.server, Credentials("ann", token=Secret("token")))
    scripted.stop()
    assert scripted.responses == []


def test_a_name_no_mechanism_can_carry_is_wrong() -> None:
    scripted = ScriptedServer()
    with pytest.raises(WrongPassword, match="characters"):
        connect(scripted.server, Credentials("a\0b", Secret("x")))
    scripted.stop()


def test_a_server_that_proves_nothing_is_not_believed() -> None:
    scripted = ScriptedServer({"CAPABILITY": b"* CAPABILITY IMAP4rev1 AUTH=SCRAM-SHA-256\r\n"})
    with pytest.raises(UpstreamError, match="without proving"):
        connect(scripted.server, Credentials("ann", Secret("x")))
    scripted.stop()


def test_an_unknown_authority_is_not_trusted(dovecot: Dovecot, mail_user: MailUser) -> None:
    server = replace(server_of(dovecot), options=tls.TlsOptions())
    assert "certificate of localhost is not trusted" in refused(server, mail_user, CertificateRefused)
    starting = Server("localhost", dovecot.imap_port, tls.TlsOptions(tls.Security.STARTTLS))
    assert "certificate of localhost is not trusted" in refused(starting, mail_user, CertificateRefused)


def test_any_certificate_is_accepted_only_when_asked_for(dovecot: Dovecot, mail_user: MailUser) -> None:
    options = tls.TlsOptions(verify=tls.Verification.NOTHING)
    server = replace(server_of(dovecot), options=options)
    assert log_in(server, mail_user)


def test_a_pinned_certificate_is_trusted_and_no_other(dovecot: Dovecot, mail_user: MailUser) -> None:
    shown = ssl.PEM_cert_to_DER_cert(dovecot.certificates.certificate.read_text())
    pin = tls.Fingerprint.parse(hashlib.sha256(shown).hexdigest())
    server = replace(server_of(dovecot), options=tls.TlsOptions(pinned_certificate=pin))
    assert log_in(server, mail_user)
    other = tls.TlsOptions(pinned_certificate=tls.Fingerprint.parse("ab" * 32))
    assert pin in refused(replace(server, options=other), mail_user, CertificateRefused)


def test_a_server_that_speaks_no_tls_is_told(dovecot: Dovecot, mail_user: MailUser) -> None:
    server = replace(server_of(dovecot), port=dovecot.imap_port)
    assert "does not speak TLS on this port" in refused(server, mail_user, CertificateRefused)


def test_a_server_without_starttls_gets_no_password(mail_user: MailUser) -> None:
    plain = ScriptedServer()
    server = replace(plain.server, options=tls.TlsOptions(tls.Security.STARTTLS))
    assert "does not offer STARTTLS" in refused(server, mail_user, CertificateRefused)
    assert [line for line in plain.lines if not line.startswith(b"CAPABILITY")] == []
    plain.stop()


@pytest.mark.parametrize("answer", [b"TAG OK go\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n", b"TAG NO no\r\n"])
def test_octets_sent_ahead_of_the_encryption_are_not_believed(mail_user: MailUser, answer: bytes) -> None:
    plain = ScriptedServer({"CAPABILITY": b"* CAPABILITY IMAP4rev1 STARTTLS\r\n", "STARTTLS": answer})
    server = replace(plain.server, options=tls.TlsOptions(tls.Security.STARTTLS))
    assert "STARTTLS" in refused(server, mail_user, ServerGone)
    plain.stop()


def test_a_host_that_is_not_there_is_told_from_one_that_refuses(mail_user: MailUser) -> None:
    assert "There is no mail server" in refused(Server("nowhere.invalid"), mail_user, Unreachable)
    assert "refuses connections" in refused(Server("localhost", free_port()), mail_user, Unreachable)


def test_a_server_that_says_nothing_is_given_up(mail_user: MailUser) -> None:
    silent = ScriptedServer(greeting=b"", patience=1)
    assert "did not answer" in refused(silent.server, mail_user, UpstreamError)
    silent.stop()


def test_a_server_that_is_no_imap_server_is_told(mail_user: MailUser) -> None:
    other = ScriptedServer(greeting=b"220 mail.example.org ESMTP\r\n")
    refused(other.server, mail_user, ServerGone)
    other.stop()


def test_an_expired_certificate_is_not_trusted(tmp_path: Path, mail_user: MailUser) -> None:
    old = make_certificates(tmp_path, days=1, starts=datetime.now(UTC) - timedelta(days=10))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(old.certificate, old.key)
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with pytest.raises(OSError):
            context.wrap_socket(listening.accept()[0], server_side=True)

    thread = threading.Thread(target=serve)
    thread.start()
    server = Server("localhost", listening.getsockname()[1], tls.TlsOptions(ca_file=old.ca_file))
    assert "expired" in refused(server, mail_user, CertificateRefused)
    thread.join(60)
    listening.close()


@pytest.fixture
def config(dovecot: Dovecot) -> ImapConfig:
    """The section of hm3.ini for the test's Dovecot."""
    return ImapConfig(host=Line("localhost"), port=Port(dovecot.imaps_port), ca_file=dovecot.ca_file)


@pytest.fixture
def opened(config: ImapConfig) -> Iterator[ConnectionPool]:
    """The shared pool as the core opens and closes it."""
    opening = open_pool(config, Meters())
    yield next(opening)
    assert next(opening, None) is None


def test_who_the_mail_server_lets_in_is_let_in(config: ImapConfig, mail_user: MailUser, opened: ConnectionPool) -> None:
    way = ImapAuthenticator(config, opened)
    identity = way.authenticate(f" {mail_user.name.upper()} ", Secret(mail_user.password))
    assert identity is not None
    assert (way.name, identity.name) == ("imap", mail_user.name)
    assert way.authenticate(mail_user.name, Secret("wrong")) is None
    assert way.authenticate("", Secret("")) is None


def test_where_only_another_way_counts_the_mail_server_lets_nobody_in(
    config: ImapConfig, opened: ConnectionPool
) -> None:
    assert isinstance(offer_authenticator(config, opened, None), ImapAuthenticator)
    assert offer_authenticator(replace(config, login=False), opened, None) is None


def test_a_name_without_a_domain_gets_the_usual_one(
    config: ImapConfig, mail_user: MailUser, opened: ConnectionPool
) -> None:
    way = ImapAuthenticator(replace(config, domain=Line("example.test")), opened)
    identity = way.authenticate(mail_user.name.partition("@")[0], Secret(mail_user.password))
    assert identity is not None
    assert identity.name == mail_user.name


def test_a_log_in_that_cannot_be_checked_is_an_upstream_error(config: ImapConfig, opened: ConnectionPool) -> None:
    with pytest.raises(Unreachable):
        ImapAuthenticator(replace(config, port=Port(free_port())), opened).authenticate("ann", Secret("x"))


def test_a_session_opens_its_users_mail_and_closes_it_at_log_out(
    config: ImapConfig, mail_user: MailUser, opened: ConnectionPool
) -> None:
    identity = ImapAuthenticator(config, opened).authenticate(mail_user.name, Secret(mail_user.password))
    assert identity is not None
    session = Session(id="one", secrets=dict(identity.secrets))
    access = find_access(session, config, AskedAccount(), (), None)
    store = open_store(User(identity.name), session, opened, access, RoleSettings(), Guesses())
    assert store.state(MailboxName("INBOX")).messages == 0
    shelves = opened._shelves
    assert list(shelves) == [("one", "main")]
    close_at_logout(session, opened).close()
    assert list(shelves) == []


def test_the_connection_of_a_log_in_is_that_of_the_first_page_and_of_nobody_else() -> None:
    scripted, now = ScriptedServer(), [0.0]
    pool = ConnectionPool(clock=lambda: now[0], idle=1000)
    pool.log_in(scripted.server, scripted.account.credentials)
    stranger = replace(scripted.account, credentials=Credentials("ann", Secret("other")))
    for account, connections in ((stranger, 2), (scripted.account, 2), (scripted.account, 2)):
        with pool.lease(account) as lent:
            assert (lent.new, scripted.connections) == (account is stranger, connections)
    pool.log_in(scripted.server, scripted.account.credentials)
    pool.log_in(scripted.server, scripted.account.credentials)
    now[0] = 31
    pool.reap()
    assert pool._welcome == {}
    pool.close()
    with pytest.raises(ServerGone), pool.lease(scripted.account):
        pass
    pool.log_in(scripted.server, scripted.account.credentials)
    assert pool._welcome == {}
    scripted.stop()


def test_no_more_connections_wait_for_first_pages_than_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(modules.imap.pool, "_MOST_WELCOME", 1)
    scripted = ScriptedServer()
    pool = ConnectionPool()
    for name in ("ann", "bob"):
        pool.log_in(scripted.server, Credentials(name, Secret("secret")))
    with pool.lease(replace(scripted.account, credentials=Credentials("bob", Secret("secret")))) as lent:
        assert not lent.new
    assert pool._welcome == {}
    pool.close()
    scripted.stop()


def test_what_a_server_tells_by_itself_is_not_asked_for() -> None:
    told = b"[CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN]"
    scripted = ScriptedServer({"AUTHENTICATE": b"TAG OK " + told + b" welcome\r\n"}, b"* OK " + told + b" ready\r\n")
    connect(scripted.server, Credentials("ann", Secret("secret"))).close_quietly()
    assert scripted.said("CAPABILITY") == []
    assert scripted.said("AUTHENTICATE") == [b"AUTHENTICATE PLAIN AGFubgBzZWNyZXQ=\r\n"]
    scripted.stop()


def test_a_config_says_what_does_not_fit_together(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="readable by anyone"):
        ImapConfig(host=Line("mail.example.org"), security=tls.Security.NONE)
    with pytest.raises(ValueError, match="no such file"):
        ImapConfig(ca_file=tmp_path / "nothing")
    with pytest.raises(ValueError, match="longer than nothing"):
        ImapConfig(timeout=timedelta())


def test_a_config_knows_the_usual_ports() -> None:
    assert ImapConfig().server.port == 993
    assert ImapConfig(security=tls.Security.STARTTLS).server.port == 143
    assert ImapConfig(port=Port(1993), connections_per_session=ConnectionCount(1)).server.port == 1993


def test_a_server_whose_certificate_nobody_looks_at_is_warned_of() -> None:
    (warning,) = ImapConfig(verify=tls.Verification.NOTHING).warnings
    assert warning.startswith("Any certificate is accepted from localhost")
    assert ImapConfig().warnings == ()
