"""Whom a provider's claims speak of: a name that nobody else gets, a mail address, and roles."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from core import Sentence
from modules.oauth.config import ProviderConfig
from modules.oauth.errors import Denied
from modules.oauth.identity import issuer_of
from modules.oauth.values import Naming

_LONGEST = 320
_LONGEST_NAME = 100


@dataclass(frozen=True)
class Person:
    """Somebody who logged in at a provider. `mail_name` is who they are to its mail servers."""

    name: str
    display_name: str = ""
    address: str = ""
    mail_name: str = ""
    roles: frozenset[str] = frozenset()


def person_of(claims: Mapping[str, object], provider: ProviderConfig, issuer: str) -> Person:
    """Whom checked claims speak of. Raises Denied for somebody who may not log in here."""
    address = _address(claims.get("email"))
    verified = address if claims.get("email_verified") is True else ""
    if provider.allowed_domains and verified.rpartition("@")[2] not in provider.allowed_domains:
        raise Denied(
            Sentence(
                "This site is not open to that account: %(provider)s vouches for no address of yours that may log in.",
                provider=provider.title,
            )
        )
    # The whole issuer stands in the name, so that no address of mail is ever the same as somebody's name.
    subject = f"{claims['sub']}@{issuer_of(claims, issuer)}"
    return Person(
        name=verified if provider.name is Naming.EMAIL else subject,
        display_name=_line(claims.get("name"))[:_LONGEST_NAME],
        address=address,
        mail_name=mail_name_of(claims, provider),
        roles=_roles(claims, provider),
    )


def mail_name_of(claims: Mapping[str, object], provider: ProviderConfig) -> str:
    """Who somebody is to the provider's mail servers; their address where it says nothing else."""
    claim = str(provider.mail_name or provider.facts.mail_name)
    return _line(claims.get(claim))[:_LONGEST] or _address(claims.get("email"))


def _roles(claims: Mapping[str, object], provider: ProviderConfig) -> frozenset[str]:
    told = claims.get(str(provider.roles_claim))
    values = {str(value) for value in (told if isinstance(told, list) else [told]) if isinstance(value, str)}
    pairs = provider.roles.pairs if provider.roles is not None else ()
    return frozenset(role for role, value in pairs if value in values)


def _address(told: object) -> str:
    """An address in its one spelling; nothing where it cannot be one."""
    text = _line(told).strip().lower()
    local, at, domain = text.rpartition("@")
    is_one = local and at and domain and len(text) <= _LONGEST and not any(letter.isspace() for letter in text)
    return text if is_one and not set(text) & set('<>"(),:;\\[]') else ""


def _line(told: object) -> str:
    """Text in one line; nothing for anything else."""
    if not isinstance(told, str) or any(
        unicodedata.category(letter) in ("Cc", "Cs", "Cf", "Zl", "Zp") for letter in told
    ):
        return ""
    return unicodedata.normalize("NFC", told)
