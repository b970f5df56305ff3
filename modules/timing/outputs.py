"""What the page of times shows."""

from core import Fragment, Sentence
from modules.timing.module import module, times_page
from modules.timing.results import SiteTimes


@module.output(times_page.body)
def show_times(times: SiteTimes) -> Fragment:
    """The table of pages."""
    return Fragment.titled("timing/timing.html", Sentence("Timing"), times=times)


@module.output(times_page.data)
def tell_times(times: SiteTimes) -> SiteTimes:
    """The same for monitoring."""
    return times
