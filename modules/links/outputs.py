"""What the leaving page shows to people."""

from core import Fragment, Sentence
from modules.links.module import leave_page, module
from modules.links.results import LeavingPage


@module.output(leave_page.body)
def show_leaving(leaving: LeavingPage) -> Fragment:
    """Where the link leads, what is odd about it, and the way on."""
    title = Sentence("This link leads to %(host)s", host=leaving.host)
    return Fragment.titled("links/leave.html", title, leaving=leaving)
