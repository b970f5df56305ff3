"""Login: what other modules may use of it."""

from modules.login.module import form_slot, login_page, password_page
from modules.login.results import LoginForm

__all__ = ["LoginForm", "form_slot", "login_page", "password_page"]
