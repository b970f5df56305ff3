"""The stream of events."""

import random

from core import Stream
from modules.events.module import events_page, module
from modules.events.results import Listening

# A tab whose stream ended comes back after so many milliseconds; not all at once after a restart.
_SOONEST, _LATEST = 2_000, 6_000


@module.output(events_page.stream)
def stream(listening: Listening) -> Stream:
    """A beginning, after which the hub goes on."""
    beginning = b"retry: %d\n\n" % random.randint(_SOONEST, _LATEST)
    return Stream(iter([beginning]), "text/event-stream", takes=listening.join)
