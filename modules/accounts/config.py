"""The [accounts] section of hm3.ini: which further mail accounts users may save."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from core import ConfigError, Count, Line, Port, option, tls


class MostAccounts(Count):
    """How many accounts a user may save."""

    __slots__ = ()
    most: ClassVar[int] = 50


@dataclass(frozen=True)
class AccountsConfig:
    """Further mail accounts, which users save with their servers and passwords."""

    most: MostAccounts = option(MostAccounts(10), help="How many accounts a user may save. With 0 nobody can.")
    hosts: tuple[Line, ...] = option(
        (),
        help="The only servers that users may name, such as imap.example.org or *.example.org. Without it they may "
        "name any server of the open net.",
    )
    ports: tuple[Port, ...] = option(
        (Port(143), Port(993), Port(465), Port(587)), help="The only ports of such servers."
    )
    ca_file: Path | None = option(
        None, help="A PEM file of the authorities to trust for such servers, in place of the system's."
    )
    inner_networks: bool = option(
        False, help="Whether users may name servers on this machine and in inner networks, too."
    )

    def __post_init__(self) -> None:
        """Raise ValueError where a server cannot be, or the file of authorities cannot be used."""
        for host in self.hosts:
            tls.check_name(host.removeprefix("*."), "hosts")
        try:
            tls.context_of(tls.TlsOptions(ca_file=self.ca_file))
        except ConfigError as error:
            raise ValueError(str(error)) from error

    def allows(self, host: str) -> bool:
        """Whether users may name this server."""
        if not self.hosts:
            return True
        return any(
            host == allowed.lower() or (allowed.startswith("*.") and host.endswith(allowed[1:].lower()))
            for allowed in self.hosts
        )
