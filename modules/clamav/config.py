"""The [clamav] section of hm3.ini: where clamd listens, and what becomes of files that it cannot check."""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from pathlib import Path
from typing import ClassVar

from core import Count, Line, Size, option, tls


class ClamPort(Count):
    """A TCP port."""

    __slots__ = ()
    least: ClassVar[int] = 1
    most: ClassVar[int] = 65535


class Unchecked(Enum):
    """What becomes of a file that could not be checked."""

    REFUSE = "refuse"
    ACCEPT = "accept"


@dataclass(frozen=True)
class ClamavConfig:
    """Files are looked through for viruses by clamd, the daemon of ClamAV."""

    socket: Path | None = option(
        None,
        help="The Unix socket of clamd, such as /run/clamav/clamd.ctl. Without it, host and port are connected to.",
    )
    host: Line = option(Line("localhost"), help="The machine on which clamd listens. Files go there unencrypted.")
    port: ClamPort = option(ClamPort(3310), help="Its TCP port.")
    timeout: timedelta = option(timedelta(seconds=60), help="How long to wait for each answer of clamd.")
    largest: Size = option(
        Size(25_000_000), help="The largest file that clamd takes. Not more than StreamMaxLength in clamd.conf."
    )
    uploads: bool = option(True, help="Check the files that people send.")
    downloads: bool = option(
        False, help="Check the files of messages before they are saved. They are fetched twice then."
    )
    unchecked: Unchecked = option(
        Unchecked.REFUSE,
        help="What becomes of a file that is too large, or that clamd cannot check: refuse, or accept. Who accepts it "
        "is told that it was not checked.",
    )

    def __post_init__(self) -> None:
        """Raise ValueError where the options do not fit together."""
        tls.check_name(self.host)
        if not timedelta() < self.timeout <= timedelta(minutes=10):
            raise ValueError("timeout has to be longer than nothing and 10 min at most.")
