"""The [trust] section of hm3.ini: whose findings about senders are believed."""

from dataclasses import dataclass

from core import Line, option


@dataclass(frozen=True)
class TrustConfig:
    """What the reader is told about senders."""

    authserv_id: tuple[Line, ...] = option(
        (),
        help="The names by which your own mail servers sign what they found out about a sender, as they stand first in "
        "Authentication-Results, such as mx.example.org. Name only servers that take such lines of others away. "
        "Without it none is believed.",
    )

    def believes(self, server: str) -> bool:
        """Whether what this server found out is believed."""
        return server.lower() in {one.lower() for one in self.authserv_id}
