"""Where a mail server is and how far to trust it: address, encryption, certificate checks, time-outs."""

import hashlib
import hmac
import ipaddress
import re
import ssl
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Self

from core import Line
from modules.imap.errors import CertificateRefused


class Security(Enum):
    """How the connection is encrypted."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


class Verify(Enum):
    """Whether the server must show a certificate that we trust."""

    YES = "yes"
    NO = "i-accept-any-certificate"


class Mechanism(Enum):
    """How to log in with a password: the safest that is offered, or one and no other."""

    AUTO = "auto"
    SCRAM = "scram-sha-256"
    PLAIN = "plain"
    LOGIN = "login"


class Fingerprint(Line):
    """The SHA-256 fingerprint of a certificate: 64 hexadecimal digits, colons allowed."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Raise ValueError with a reason that reads after the option's name."""
        digits = text.strip().replace(":", "").lower()
        if not re.fullmatch(r"[0-9a-f]{64}", digits):
            raise ValueError("is not a SHA-256 fingerprint of 64 hexadecimal digits")
        return cls(digits)


@dataclass(frozen=True)
class Server:
    """One IMAP server and how to reach it. Time-outs are in seconds."""

    host: str
    port: int = 993
    security: Security = Security.TLS
    verify: Verify = Verify.YES
    ca_file: Path | None = None
    pinned_certificate: Fingerprint | None = None
    mechanism: Mechanism = Mechanism.AUTO
    connect_timeout: float = 10.0
    read_timeout: float = 30.0

    @property
    def warnings(self) -> tuple[str, ...]:
        """What an admin should know about this address, in sentences."""
        said = []
        if self.security is Security.NONE and not self._is_loopback():
            said.append(f"Passwords and mail travel to {self.host} unencrypted. Set security = tls.")
        if self.security is not Security.NONE and self.verify is Verify.NO and not self.pinned_certificate:
            said.append(
                f"Any certificate is accepted from {self.host}, so anybody on the way can read passwords and mail. "
                "Name its authority with ca_file, or the certificate itself with pinned_certificate."
            )
        return tuple(said)

    def context(self) -> ssl.SSLContext:
        """What TLS connections must be like: TLS 1.2 or newer and, unless it is pinned, a trusted certificate.

        Raises CertificateRefused where ca_file cannot be read.
        """
        try:
            context = ssl.create_default_context(cafile=str(self.ca_file) if self.ca_file else None)
        except (OSError, ssl.SSLError) as error:
            raise CertificateRefused(
                f"The certificates in {self.ca_file} cannot be read: {error.strerror or error}. Correct ca_file."
            ) from error
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if self.pinned_certificate or self.verify is Verify.NO:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context

    def check_pin(self, certificate: bytes | None) -> None:
        """Raise CertificateRefused where another certificate than the pinned one was shown."""
        if not self.pinned_certificate:
            return
        shown = hashlib.sha256(certificate or b"").hexdigest()
        if not hmac.compare_digest(shown, str(self.pinned_certificate)):
            raise CertificateRefused(
                f"The mail server {self.host} shows another certificate than the pinned one, with "
                f"the fingerprint {shown}. If the admin of that server confirms it, set it as pinned_certificate."
            )

    def _is_loopback(self) -> bool:
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host.lower() == "localhost"
