"""The handler of the page of times."""

from core import Meters
from modules.timing.module import module, times_page
from modules.timing.results import SiteTimes, summarise


@module.handler(times_page)
def look_at_times(meters: Meters) -> SiteTimes:
    """What each page took of late, in this worker and for all its users."""
    return summarise(meters.pages())
