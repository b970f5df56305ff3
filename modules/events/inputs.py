"""What the page of events accepts."""

from core import Line, header, inputs


class Mark(Line):
    """What a tab heard of last, as it was told."""

    __slots__ = ()
    longest = 40


@inputs
class Heard:
    """Where a tab that comes back wants to go on."""

    mark: Mark | None = header("last-event-id", None)
