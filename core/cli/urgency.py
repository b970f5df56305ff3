"""How long a request lets others go before it, as its head tells: longer where nobody sits and waits for the answer.

Who calls a request urgent gains nothing: only those who are patient are heard.
"""

import re

# Each step below the usual urgency comes so many seconds later, where there is a line.
STEP = 0.15
# The text of a message that is shown already: half of what somebody waits for is there, and the other half is ready.
HALF_DONE = -0.1
_USUAL = 3
_URGENCIES = frozenset(b"%d" % number for number in range(8))
# Nothing of a line is tried again: anybody may send one that is as long as a head may be.
_PRIORITY = re.compile(rb"\r\npriority:([^\r\n]*+)", re.IGNORECASE)
_IN_A_FRAME = re.compile(rb"\r\nsec-fetch-dest:[ \t]*+iframe[ \t]*+\r", re.IGNORECASE)


def deference_of(head: bytes) -> float:
    """How many seconds later a request with this head might have come, all else alike (RFC 9218 4.1 and 5).

    A frame is part of a page that was answered, and goes before what came a moment earlier.
    """
    urgency = _urgency(b",".join(_PRIORITY.findall(head)))
    if urgency > _USUAL:
        return (urgency - _USUAL) * STEP
    return HALF_DONE if _IN_A_FRAME.search(head) else 0.0


def _urgency(priority: bytes) -> int:
    """From 0 to 7, the most patient; the last that is told counts (RFC 9651 4.2.2)."""
    urgency = _USUAL
    for member in priority.split(b","):
        name, _, value = member.partition(b";")[0].strip(b" \t").partition(b"=")
        if name == b"u" and value in _URGENCIES:
            urgency = int(value)
    return urgency
