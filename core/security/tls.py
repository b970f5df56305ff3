"""How connections to mail, directory and other servers are encrypted, and whom they trust."""

import contextlib
import hashlib
import ipaddress
import re
import ssl
import time
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from pathlib import Path
from typing import Self

from core.errors import ConfigError, UpstreamError

_BELIEVED = 600.0  # seconds
_HOST = re.compile(r"[\w.-]+|\[?[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*(%\w+)?\]?")
_FINGERPRINT = re.compile(r"[0-9a-f]{64}", re.ASCII)


class Security(Enum):
    """How a connection is encrypted: from its first octet, after STARTTLS, or not at all."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


class Verification(Enum):
    """Whether a server must show a certificate that we trust."""

    CERTIFICATE = "certificate"
    NOTHING = "i-accept-any-certificate"


@dataclass(frozen=True)
class Ports:
    """The ports of one protocol: where servers encrypt from the first octet, and where after STARTTLS."""

    tls: int
    starttls: int


IMAP, SMTP, LDAP = Ports(993, 143), Ports(465, 587), Ports(636, 389)


class Fingerprint(str):
    """The SHA-256 fingerprint of a certificate: 64 hexadecimal digits, colons between them or not."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Raise ValueError unless the text is a SHA-256 fingerprint."""
        digits = text.strip().lower().removeprefix("sha256:").replace(":", "").replace(" ", "")
        if not _FINGERPRINT.fullmatch(digits):
            raise ValueError("is not the SHA-256 fingerprint of a certificate (64 hexadecimal digits)")
        return cls(digits)


@dataclass(frozen=True)
class TlsOptions:
    """How one server is reached. A pinned certificate is trusted whoever signed it, and nothing else is."""

    security: Security = Security.TLS
    ca_file: Path | None = None
    pinned_certificate: Fingerprint | None = None
    verify: Verification = Verification.CERTIFICATE

    @property
    def encrypted(self) -> bool:
        """Whether what is sent cannot be read on the way."""
        return self.security is not Security.NONE


def make_context(options: TlsOptions) -> ssl.SSLContext:
    """A client context of TLS 1.2 or newer. Raises ConfigError where the file of authorities cannot be used."""
    try:
        if options.ca_file is not None and not options.ca_file.is_file():
            raise ConfigError(
                f"ca_file = {options.ca_file}: there is no such file. Name a PEM file of trusted authorities."
            )
        context = ssl.create_default_context(cafile=options.ca_file)
    except (ssl.SSLError, OSError) as error:
        reason = "it holds no certificates in PEM" if isinstance(error, ssl.SSLError) else error.strerror
        raise ConfigError(f"ca_file = {options.ca_file} cannot be used: {reason}.") from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if options.pinned_certificate is not None or options.verify is Verification.NOTHING:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def context_of(options: TlsOptions) -> ssl.SSLContext:
    """The same, made anew only after ten minutes or where the file of authorities was written since.

    To read all that a system trusts takes tens of milliseconds. Whoever gets it changes nothing of it: others have it
    too. Raises ConfigError as `make_context` does.
    """
    written = 0
    if options.ca_file is not None:
        with contextlib.suppress(OSError):
            written = options.ca_file.stat().st_mtime_ns
    return _context_of(options, written, time.monotonic() // _BELIEVED)


@lru_cache(maxsize=64)
def _context_of(options: TlsOptions, written: int, period: float) -> ssl.SSLContext:
    return make_context(options)


def check_pin(connection: ssl.SSLSocket, options: TlsOptions) -> None:
    """Raise UpstreamError unless the server shows the pinned certificate; call it before anything secret is sent."""
    if options.pinned_certificate is None:
        return
    shown = hashlib.sha256(connection.getpeercert(binary_form=True) or b"").hexdigest()
    if shown != options.pinned_certificate:
        raise UpstreamError(
            f"{connection.server_hostname or 'The server'} shows another certificate than the pinned one. "
            f"Its SHA-256 fingerprint is {shown}; if that is right, set pinned_certificate to it."
        )


def check_name(host: str, option: str = "host") -> None:
    """Raise ValueError, for the option of a section, where a server's name is a URL, holds its port, or cannot be."""
    if "/" in host or host.count(":") == 1 or "]:" in host:
        raise ValueError(
            f"{option} = {host} holds more than the server's name. Its port and how it is encrypted have options of "
            "their own: port and security."
        )
    if not _HOST.fullmatch(host):
        raise ValueError(f"{option} = {host} is not the name of a server, like mail.example.org, nor an address.")


def doubt_trust(host: str, options: TlsOptions) -> tuple[str, ...]:
    """What an admin should know of a server whose certificate nobody looks at, in a sentence."""
    if not options.encrypted or options.pinned_certificate or options.verify is Verification.CERTIFICATE:
        return ()
    return (
        f"Any certificate is accepted from {host}, so anybody on the way can read passwords and mail. Name its "
        "authority with ca_file, or the certificate itself with pinned_certificate.",
    )


def doubt_port(port: int | None, security: Security, usual: Ports, option: str = "port") -> tuple[str, ...]:
    """What an admin should know of a port that servers use for another way of encryption, in a sentence."""
    other = usual.tls if security is Security.STARTTLS else usual.starttls
    if port != other or security is Security.NONE:
        return ()
    meant = Security.TLS if security is Security.STARTTLS else Security.STARTTLS
    where = option.removesuffix("port")
    return (
        f"{option} = {port} is where servers expect {where}security = {meant.value}, and it is {security.value}. "
        f"Unless yours is set up in another way, say {where}security = {meant.value}, or leave {option} out.",
    )


def check_plaintext(host: str, options: TlsOptions) -> None:
    """Raise ValueError, for the config dataclass of a section, where passwords would cross a network unencrypted."""
    if not options.encrypted and not is_loopback(host):
        raise ValueError(
            f"security = none: passwords would cross the network to {host} readable by anyone. "
            "Use tls or starttls; none is for a server on this machine."
        )


def is_loopback(host: str) -> bool:
    """Whether a host name or address can only be this machine."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def explain_tls_failure(host: str, error: ssl.SSLError) -> str:
    """Why no encrypted connection to a host came about, in a sentence."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"The certificate of {host} is not trusted: {error.verify_message}."
    reason = getattr(error, "reason", None) or str(error)  # only errors of OpenSSL have a reason
    if reason in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE"):
        return f"{host} does not speak TLS on this port. Try another port, or security = starttls."
    return f"No encrypted connection to {host} came about: {reason}."
