"""What the status page shows."""

from core import Fragment, Sentence
from modules.status.module import module, status_page
from modules.status.results import SiteStatus


@module.output(status_page.body)
def show_status(status: SiteStatus) -> Fragment:
    """The list of what fails."""
    return Fragment.titled("status/status.html", Sentence("Status"), status=status)


@module.output(status_page.data)
def tell_status(status: SiteStatus) -> SiteStatus:
    """The same for monitoring."""
    return status
