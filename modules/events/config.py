"""The [events] section of hm3.ini: how many tabs and how many connections may wait for news at the same time."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from core import Count, option


class WaitingCount(Count):
    """How many may wait at the same time."""

    __slots__ = ()
    most: ClassVar[int] = 100_000


@dataclass(frozen=True)
class EventsConfig:
    """Telling open tabs of new mail at once. Whoever finds no room asks every half minute, as without this module."""

    streams: WaitingCount = option(
        WaitingCount(500),
        help="How many tabs may wait for news at the same time, in each of [app] workers. With 0 none does.",
    )
    streams_per_user: WaitingCount = option(WaitingCount(20), help="How many tabs of one user may wait.")
    connections: WaitingCount = option(
        WaitingCount(500),
        help="How many connections to mail servers may wait for the tabs: one for each user and account, however many "
        "tabs there are, in each of [app] workers. The mail server has to allow them beside those that pages use.",
    )
    heartbeat: timedelta = option(
        timedelta(seconds=25),
        help="After how long a silent stream shows a sign of life. Proxies on the way have to wait for longer.",
    )

    def __post_init__(self) -> None:
        """Raise ValueError where streams would do nothing but beat."""
        if self.heartbeat < timedelta(seconds=1):
            raise ValueError("heartbeat has to be one second at least.")
