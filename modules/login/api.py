"""Login: what other modules may use of it."""

from modules.login.handlers import check_password
from modules.login.inputs import Password
from modules.login.module import form_slot, login_page, logout_page, other_slot, password_page
from modules.login.results import LoginForm, PasswordLater

__all__ = [
    "LoginForm",
    "Password",
    "PasswordLater",
    "check_password",
    "form_slot",
    "login_page",
    "logout_page",
    "other_slot",
    "password_page",
]
