"""The handlers that add providers to other modules' pages: ways to log in, and what a user has connected."""

from core import Session, User
from modules.login.api import LoginForm, login_page
from modules.oauth.access import MAIN, AccessTokens
from modules.oauth.config import ProviderConfig
from modules.oauth.module import module
from modules.oauth.providers import Providers
from modules.oauth.results import LoginWays, MailLink, OauthSection, Way
from modules.oauth.services import MAIL, USERNAME, WAY
from modules.security.api import security_page


@module.handler(login_page)
def offer_logins(form: LoginForm, providers: Providers) -> LoginWays:
    """The providers to log in by."""
    return LoginWays(tuple(way_of(one) for one in providers.all() if one.login), form.next)


@module.handler(security_page)
def tell_login(user: User, session: Session, providers: Providers, access: AccessTokens) -> OauthSection | None:
    """How the user logged in by a provider, and their mailbox there."""
    if not session.has_secret(WAY):
        return None
    provider = providers.find(str(session.secret(WAY)))
    if provider is None:
        return None
    mail = MailLink(str(session.secret(USERNAME)), access.is_connected(MAIN)) if session.has_secret(MAIL) else None
    return OauthSection(way_of(provider), mail)


def way_of(provider: ProviderConfig) -> Way:
    """A provider as people see it."""
    return Way(str(provider.provider), provider.title)
