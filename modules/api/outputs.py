"""What programs are answered, and what the page of a link shows."""

from core import Fragment, Sentence
from modules.api.module import end_page, link_page, login_page, make_page, module
from modules.api.results import Ended, Lent, LinkShown, MadeLink


@module.output(login_page.data)
def tell_token(lent: Lent) -> Lent:
    """The token and when it ends."""
    return lent


@module.output(end_page.data)
def tell_end(ended: Ended) -> Ended:
    """That the session has ended."""
    return ended


@module.output(make_page.data)
def tell_link(made: MadeLink) -> MadeLink:
    """The link and when it ends."""
    return made


@module.output(link_page.body)
def show_link(page: LinkShown) -> Fragment:
    """One button that goes on."""
    return Fragment.titled("api/link.html", Sentence("Log in"), page=page)
