"""Encrypted connections: who is trusted, who is not, and what is said of it."""

import hashlib
import os
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from core.errors import ConfigError, UpstreamError
from core.security.tls import (
    Fingerprint,
    Security,
    TlsOptions,
    Verification,
    check_pin,
    check_plaintext,
    context_of,
    explain_tls_failure,
    is_loopback,
    make_context,
)
from demo.certificates import Certificates, make_certificates


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("tls"))


@contextmanager
def listening(certificates: Certificates, version: ssl.TLSVersion | None = None) -> Iterator[int]:
    """A server that shakes hands with everyone who comes."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates.certificate, certificates.key)
    if version is not None:
        context.maximum_version = version
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            try:
                with context.wrap_socket(connection, server_side=True) as encrypted:
                    encrypted.recv(1)
            except OSError:
                connection.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield listener.getsockname()[1]
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(60)


def shake_hands(port: int, options: TlsOptions, host: str = "localhost") -> str | None:
    with (
        socket.create_connection(("127.0.0.1", port), 5) as plain,
        context_of(options).wrap_socket(plain, server_hostname=host) as encrypted,
    ):
        check_pin(encrypted, options)
        return encrypted.version()


def fingerprint(certificates: Certificates) -> Fingerprint:
    der = ssl.PEM_cert_to_DER_cert(certificates.certificate.read_text())
    return Fingerprint.parse(hashlib.sha256(der).hexdigest())


def test_a_certificate_of_a_named_authority_is_trusted(certificates: Certificates) -> None:
    with listening(certificates) as port:
        assert shake_hands(port, TlsOptions(ca_file=certificates.ca_file)) == "TLSv1.3"


def test_a_certificate_of_a_stranger_is_not_trusted(certificates: Certificates) -> None:
    with listening(certificates) as port, pytest.raises(ssl.SSLCertVerificationError) as refused:
        shake_hands(port, TlsOptions())
    assert explain_tls_failure("mail.example", refused.value).startswith("The certificate of mail.example is not trust")


def test_a_certificate_for_another_host_is_not_trusted(certificates: Certificates) -> None:
    with listening(certificates) as port, pytest.raises(ssl.SSLCertVerificationError) as refused:
        shake_hands(port, TlsOptions(ca_file=certificates.ca_file), "mail.example")
    assert "mail.example" in explain_tls_failure("mail.example", refused.value)


def test_any_certificate_is_taken_where_the_admin_accepts_that(certificates: Certificates) -> None:
    with listening(certificates) as port:
        assert shake_hands(port, TlsOptions(verify=Verification.NOTHING), "mail.example")


def test_the_pinned_certificate_is_taken_whoever_signed_it(certificates: Certificates) -> None:
    with listening(certificates) as port:
        assert shake_hands(port, TlsOptions(pinned_certificate=fingerprint(certificates)), "mail.example")


def test_another_certificate_than_the_pinned_one_is_refused_even_if_trusted(certificates: Certificates) -> None:
    pinned = TlsOptions(ca_file=certificates.ca_file, pinned_certificate=Fingerprint.parse("ab" * 32))
    with listening(certificates) as port, pytest.raises(UpstreamError, match="localhost shows another certificate"):
        shake_hands(port, pinned)


def test_a_pinned_certificate_counts_even_where_any_is_accepted(certificates: Certificates) -> None:
    options = TlsOptions(pinned_certificate=Fingerprint.parse("ab" * 32), verify=Verification.NOTHING)
    with listening(certificates) as port, pytest.raises(UpstreamError):
        shake_hands(port, options)


def test_tls_older_than_1_2_is_not_offered() -> None:
    assert make_context(TlsOptions()).minimum_version is ssl.TLSVersion.TLSv1_2


def test_tls_1_2_still_does(certificates: Certificates) -> None:
    with listening(certificates, ssl.TLSVersion.TLSv1_2) as port:
        assert shake_hands(port, TlsOptions(ca_file=certificates.ca_file)) == "TLSv1.2"


def test_a_context_is_made_anew_where_its_authorities_were_written_or_others_are_trusted(
    certificates: Certificates, tmp_path: Path
) -> None:
    file = tmp_path / "ca.pem"
    file.write_bytes(certificates.ca_file.read_bytes())
    options = TlsOptions(ca_file=file)
    first = context_of(options)
    assert context_of(TlsOptions(ca_file=file)) is first
    assert context_of(TlsOptions(ca_file=certificates.ca_file)) is not first
    os.utime(file, ns=(1, 1))
    assert context_of(options) is not first
    file.unlink()
    with pytest.raises(ConfigError, match="there is no such file"):
        context_of(options)


def test_a_missing_file_of_authorities_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.pem: there is no such file"):
        make_context(TlsOptions(ca_file=tmp_path / "none.pem"))


def test_a_file_without_certificates_is_named(tmp_path: Path) -> None:
    (tmp_path / "bad.pem").write_text("nothing\n")
    with pytest.raises(ConfigError, match=r"bad\.pem cannot be used: it holds no certificates"):
        make_context(TlsOptions(ca_file=tmp_path / "bad.pem"))


@pytest.mark.parametrize("text", ["AB:" * 31 + "AB", "sha256:" + "ab" * 32, " " + "Ab" * 32])
def test_a_fingerprint_is_read_as_tools_print_it(text: str) -> None:
    assert Fingerprint.parse(text) == "ab" * 32


@pytest.mark.parametrize("text", ["", "ab" * 20, "zz" * 32])
def test_what_is_no_fingerprint_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        Fingerprint.parse(text)


def test_no_password_goes_over_a_network_in_the_clear() -> None:
    with pytest.raises(ValueError, match=r"security = none: .* mail\.example"):
        check_plaintext("mail.example", TlsOptions(Security.NONE))


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.9.9.9", "::1", "[::1]"])
def test_this_machine_may_be_reached_in_the_clear(host: str) -> None:
    check_plaintext(host, TlsOptions(Security.NONE))
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["localhost.example.org", "127.0.0.1.example.org", "10.0.0.1", "0.0.0.0"])
def test_another_machine_is_not_this_one(host: str) -> None:
    assert not is_loopback(host)


def test_an_encrypted_connection_may_go_anywhere() -> None:
    check_plaintext("mail.example", TlsOptions(Security.STARTTLS))
    assert TlsOptions(Security.STARTTLS).encrypted


def test_a_server_that_speaks_no_tls_is_told_as_that() -> None:
    error = ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number")
    error.reason = "WRONG_VERSION_NUMBER"
    assert "does not speak TLS on this port" in explain_tls_failure("mail.example", error)


def test_any_other_failure_is_told_with_its_reason() -> None:
    assert "bad luck" in explain_tls_failure("mail.example", ssl.SSLError("bad luck"))
