"""The [dkim] section of hm3.ini: how long and how far signatures of messages are checked, and who is asked for keys."""

from dataclasses import dataclass
from datetime import timedelta

from core import Size, lookup, option


@dataclass(frozen=True)
class DkimConfig:
    """Signatures of messages (DKIM), checked by this site itself."""

    timeout: timedelta = option(
        timedelta(seconds=4), help="How long to wait for the keys of one message, all together."
    )
    largest: Size = option(
        Size(10_000_000), help="The largest message that is checked; it is fetched whole when it is opened."
    )
    resolvers: tuple[lookup.NameServer, ...] = option(
        (), help="The addresses of the name servers to ask. Without it, those of the system."
    )
    resolver_port: lookup.NetPort = option(lookup.NetPort(53), help="Their port.")

    def __post_init__(self) -> None:
        """Raise ValueError where the options do not fit together."""
        if not timedelta() < self.timeout <= timedelta(seconds=30):
            raise ValueError("timeout has to be longer than nothing and 30 s at most.")
