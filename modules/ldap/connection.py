"""ldap3's connection over sockets as this program has them: confined, with time-outs, and with TLS that verifies."""

import socket
import ssl
from typing import Any

import ldap3

from core import UpstreamError, tls
from modules.ldap.config import LdapConfig


class Encryption(ldap3.Tls):
    """TLS as the rest of this program has it, in place of ldap3's own, which knows no addresses in certificates."""

    def __init__(self, options: tls.TlsOptions, context: ssl.SSLContext) -> None:
        super().__init__(validate=ssl.CERT_REQUIRED)
        self._options = options
        self._context = context
        self.refusal: Exception | None = None

    def wrap_socket(self, connection: ldap3.Connection, do_handshake: bool = False) -> None:
        """Encrypt the connection, or close it. Raises OSError or UpstreamError, and keeps it, for ldap3 replaces it."""
        plain = connection.socket
        try:
            encrypted = self._context.wrap_socket(plain, server_hostname=connection.server.host)
            tls.check_pin(encrypted, self._options)
        except (OSError, UpstreamError) as error:
            self.refusal = error
            plain.close()
            raise
        connection.socket = encrypted


class Connection(ldap3.Connection):
    """A connection to one server that is not open yet. It changes nothing and follows nothing."""

    def __init__(
        self, config: LdapConfig, host: str, encryption: Encryption, user: str | None, password: bytes | None
    ) -> None:
        server = ldap3.Server(
            host,
            port=config.port_number,
            use_ssl=config.security is tls.Security.TLS,
            tls=encryption,
            get_info=ldap3.NONE,
        )
        super().__init__(
            server,
            user=user,
            password=password,  # type: ignore[arg-type]  # as octets, which ldap3 sends as they are; its stubs know none
            auto_referrals=False,
            auto_range=False,
            auto_escape=False,
            check_names=False,
            read_only=True,
        )
        self._config = config
        # ldap3 would bind the socket to a port before it connects, which the confined process may not.
        self.strategy._open_socket = self._open_socket

    # Any: an address of any family, as getaddrinfo tells it, with more that ldap3 notes behind it.
    def _open_socket(self, address: tuple[Any, ...], use_ssl: bool = False, unix_socket: bool = False) -> None:
        plain = socket.socket(*address[:3])
        try:
            plain.settimeout(self._config.connect_timeout.total_seconds())
            plain.connect(address[4])
        except OSError:
            plain.close()
            raise
        plain.settimeout(self._config.timeout.total_seconds())
        self.socket = plain
        if use_ssl:
            self.server.tls.wrap_socket(self, do_handshake=True)
        self.closed = False
