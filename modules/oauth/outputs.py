"""What oauth shows."""

from core import Fragment, Sentence
from modules.login.api import other_slot
from modules.oauth.module import leave_page, module
from modules.oauth.results import Leaving, LoginWays, OauthSection
from modules.security.api import section_slot


@module.output(other_slot)
def show_logins(page: LoginWays) -> Fragment | None:
    """The ways to log in by a provider, below the login form."""
    return Fragment.of("oauth/logins.html", page=page) if page.ways else None


@module.output(leave_page.body)
def show_leaving(page: Leaving) -> Fragment:
    """The page from which it goes on to the provider."""
    return Fragment.titled("oauth/leave.html", Sentence("Log in with %(provider)s", provider=page.title), page=page)


@module.output(section_slot)
def show_section(section: OauthSection) -> Fragment:
    """The section about the login by a provider."""
    return Fragment.of("oauth/section.html", section=section)
