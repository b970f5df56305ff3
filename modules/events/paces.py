"""How often the streams and their connections do what they do."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Paces:
    """All in seconds.

    A stream lives for `life` at most, so that whoever it belongs to is asked for anew. An account whose server refused
    is left alone for `refusal`; one whose connection lived for `good` is tried again soon. A connection that has no tab
    any more stays for `linger`: tabs go from page to page.
    """

    beat: float = 25.0
    sessions: float = 2.0
    life: float = 600.0
    renewal: float = 540.0
    settling: float = 30.0
    linger: float = 10.0
    first_pause: float = 5.0
    longest_pause: float = 300.0
    good: float = 60.0
    refusal: float = 600.0
    apart: float = 1.0
    step: float = 0.5
