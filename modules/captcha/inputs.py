"""What the login form holds besides name and password."""

from core import Secret, form, inputs


class Token(Secret):
    """An answer to a test, as the script of its provider put it into the form."""

    __slots__ = ()
    longest = 8192


@inputs
class Answer:
    """The answer to the test, by the names that providers give their fields."""

    captcha_puzzle: Token = form(Token(""))
    captcha_proof: Token = form(Token(""))
    captcha_answer: Token = form(Token(""))
    recaptcha: Token = form(Token(""), called="g-recaptcha-response")
    hcaptcha: Token = form(Token(""), called="h-captcha-response")
    turnstile: Token = form(Token(""), called="cf-turnstile-response")
