"""The handler of the status page."""

from dataclasses import dataclass

from core import Failing, Failures
from modules.status.module import module, status_page


@dataclass(frozen=True)
class SiteStatus:
    """What is wrong just now."""

    failing: tuple[Failing, ...]


@module.handler(status_page)
def look_at_failures(failures: Failures) -> SiteStatus:
    """Every contribution that failed and has not worked since."""
    return SiteStatus(failures.all())
