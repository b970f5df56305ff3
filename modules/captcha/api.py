"""Captcha: what other modules may use of it, to ask for the test on pages of their own where people log in."""

from modules.captcha.config import CaptchaConfig
from modules.captcha.handlers import make_challenge
from modules.captcha.puzzles import Puzzles
from modules.captcha.results import Challenge
from modules.captcha.services import Duty, policy_of

__all__ = ["CaptchaConfig", "Challenge", "Duty", "Puzzles", "make_challenge", "policy_of"]
