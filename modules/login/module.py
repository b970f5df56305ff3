"""Login: the password step, and the way out."""

from core import Access, Module, Rate
from modules.login.results import LoginForm

module = Module("login")

login_page = module.page("login", "/login", access=Access.ANYONE, layout="bare.html")
password_page = module.page(
    "password", "/login", method="POST", access=Access.ANYONE, retry=login_page, rate=Rate.LOGIN
)
logout_page = module.page("logout", "/logout", method="POST", access=Access.ANYONE)
form_slot = module.slot("form", offers=LoginForm)
# Below the form: ways to log in that have a form of their own.
other_slot = module.slot("other", offers=LoginForm)
home_page = module.page("home", "/", access=Access.ANYONE)
