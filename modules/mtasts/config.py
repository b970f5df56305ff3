"""The [mtasts] section of hm3.ini: how the policies of mail domains are asked for."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from core import ConfigError, lookup, option, tls


@dataclass(frozen=True)
class MtaStsConfig:
    """Whether the servers of recipients take encrypted mail only (MTA-STS, RFC 8461)."""

    timeout: timedelta = option(timedelta(seconds=5), help="How long to wait for the policy of one domain.")
    allow_private: bool = option(
        False, help="Whether policies may stand on this machine or in an inner network. For intranets and tests."
    )
    ca_file: Path | None = option(
        None, help="A PEM file of the authorities to trust, in place of the system's. For a private authority."
    )
    https_port: lookup.NetPort = option(
        lookup.NetPort(443), help="The port at which policies are asked for. Another one is for tests."
    )
    resolvers: tuple[lookup.NameServer, ...] = option(
        (), help="The addresses of the name servers to ask. Without it, those of the system."
    )
    resolver_port: lookup.NetPort = option(lookup.NetPort(53), help="Their port.")

    def __post_init__(self) -> None:
        """Raise ValueError where the options do not fit together."""
        if not timedelta() < self.timeout <= timedelta(seconds=30):
            raise ValueError("timeout has to be longer than nothing and 30 s at most.")
        try:
            tls.context_of(self.tls_options)
        except ConfigError as error:
            raise ValueError(str(error)) from error

    @property
    def tls_options(self) -> tls.TlsOptions:
        """Whom the servers of policies have to be vouched for by."""
        return tls.TlsOptions(tls.Security.TLS, self.ca_file)
