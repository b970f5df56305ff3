"""Oauth: log in by another provider, and read mail with the tokens that it gives, without keeping any password."""

from core import Access, Module, Rate
from modules.login.api import login_page
from modules.oauth.config import OauthConfig, ProviderConfig

module = Module("oauth", requires=("login", "security"), on=False)

module.config(OauthConfig)
module.config(ProviderConfig)

begin_page = module.page(
    "begin", "/oauth/login/<provider>", method="POST", access=Access.ANYONE, retry=login_page, rate=Rate.ELSEWHERE
)
connect_page = module.page("connect", "/oauth/connect/<provider>", method="POST", rate=Rate.ELSEWHERE)
leave_page = module.page("leave", "/oauth/leave", access=Access.ANYONE, retry=login_page, layout=None)
return_page = module.page(
    "return",
    "/oauth/return/<provider>",
    access=Access.ANYONE,
    retry=login_page,
    layout="bare.html",
    rate=Rate.ELSEWHERE,
    lenient=True,
)
finish_page = module.page("finish", "/oauth/finish")
disconnect_page = module.page("disconnect", "/oauth/disconnect", method="POST")
