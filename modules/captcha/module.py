"""Captcha: a test on the login page that tells people from programs, before any password is looked at."""

from core import Module
from modules.captcha.config import CaptchaConfig

module = Module("captcha", requires=("login",), on=False)

module.config(CaptchaConfig)
