"""Time zones by their names in the IANA database."""

import re
from functools import lru_cache
from zoneinfo import ZoneInfo

LONGEST = 64
_NAME = re.compile(r"UTC|GMT|[A-Z][A-Za-z_]*(?:/[A-Za-z0-9_+-]+){1,2}")


# The names come from browsers, which may send anything: so many are known at once.
@lru_cache(maxsize=1024)
def zone_named(name: str) -> ZoneInfo | None:
    """The zone of this name; None where none is known here."""
    if len(name) > LONGEST or not _NAME.fullmatch(name):
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None
