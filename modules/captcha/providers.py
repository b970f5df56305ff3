"""What is known of each provider: where its script is, what that loads, and where answers are checked."""

from dataclasses import dataclass

from modules.captcha.config import Provider

# What the page asks to be tested for; the provider tells it back.
ACTION = "login"


@dataclass(frozen=True)
class Facts:
    """One provider. `tells_action` is whether its answers name the action; `tells_score` whether they hold a score."""

    company: str
    script: str
    widget: str
    verify: str
    scripts: tuple[str, ...]
    frames: tuple[str, ...]
    styles: tuple[str, ...] = ()
    connections: tuple[str, ...] = ()
    tells_action: bool = False
    tells_score: bool = False


_GOOGLE = "https://www.google.com/recaptcha/"
_HCAPTCHA = ("https://hcaptcha.com", "https://*.hcaptcha.com")
_CLOUDFLARE = "https://challenges.cloudflare.com"


def facts_of(provider: Provider, site_key: str = "") -> Facts | None:
    """What is known of a provider; nothing of `proof`, for which nobody else is asked."""
    if provider in (Provider.RECAPTCHA_V2, Provider.RECAPTCHA_V3):
        third = provider is Provider.RECAPTCHA_V3
        return Facts(
            company="Google",
            script=f"{_GOOGLE}api.js" + (f"?render={site_key}" if third else ""),
            widget="" if third else "g-recaptcha",
            verify=f"{_GOOGLE}api/siteverify",
            scripts=(_GOOGLE, "https://www.gstatic.com/recaptcha/"),
            frames=(_GOOGLE, "https://recaptcha.google.com/recaptcha/"),
            connections=(_GOOGLE,),
            tells_action=third,
            tells_score=third,
        )
    if provider is Provider.HCAPTCHA:
        return Facts(
            company="hCaptcha",
            script="https://js.hcaptcha.com/1/api.js",
            widget="h-captcha",
            verify="https://api.hcaptcha.com/siteverify",
            scripts=_HCAPTCHA,
            frames=_HCAPTCHA,
            styles=_HCAPTCHA,
            connections=_HCAPTCHA,
        )
    if provider is Provider.TURNSTILE:
        return Facts(
            company="Cloudflare",
            script=f"{_CLOUDFLARE}/turnstile/v0/api.js",
            widget="cf-turnstile",
            verify=f"{_CLOUDFLARE}/turnstile/v0/siteverify",
            scripts=(_CLOUDFLARE,),
            frames=(_CLOUDFLARE,),
            tells_action=True,
        )
    return None
