"""The command that says with which addresses this site is registered at its providers."""

from modules.oauth.errors import ProviderFailed
from modules.oauth.module import module
from modules.oauth.providers import Providers


@module.command("addresses")
def say_addresses(providers: Providers) -> str:
    """Say for each provider the address to register there as redirect URI."""
    try:
        lines = [f"{one.provider}: {providers.redirect(one)}" for one in providers.all()]
    except ProviderFailed:
        return "Say first in hm3.ini what people type to come here: [app] address = https://mail.example.org"
    return "\n".join(lines) or "hm3.ini names no provider yet: add a section such as [oauth.google]."
