"""The handler of the status page."""

from core import Failures
from modules.status.module import module, status_page
from modules.status.results import SiteStatus


@module.handler(status_page)
def look_at_failures(failures: Failures) -> SiteStatus:
    """Every contribution that failed and has not worked since."""
    return SiteStatus(failures.all())
