"""Passkeys: log in with a device or a security key in place of the password, or after it as a second factor."""

import re
from dataclasses import dataclass
from typing import Self

from core import Access, Line, Module, Rate, Sentence, option

module = Module("passkeys", requires=("login", "security"))

request_page = module.page("request", "/login/passkey", access=Access.ANYONE)
finish_page = module.page("finish", "/login/passkey", method="POST", access=Access.ANYONE, rate=Rate.LOGIN)
step_page = module.page("step", "/login/security-key", access=Access.CANDIDATE, layout="bare.html")
stepped_page = module.page(
    "stepped", "/login/security-key", method="POST", access=Access.CANDIDATE, retry=step_page, rate=Rate.LOGIN
)
list_page = module.page("list", "/security/passkeys")
begin_page = module.page("begin", "/security/passkeys/begin", method="POST", retry=list_page, rate=Rate.LOGIN)
add_page = module.page("add", "/security/passkeys", method="POST", retry=list_page, rate=Rate.LOGIN)
one_page = module.page("one", "/security/passkeys/<id>")
seal_page = module.page("seal", "/security/passkeys/<id>/login", method="POST", retry=one_page, rate=Rate.LOGIN)
name_page = module.page("name", "/security/passkeys/<id>/name", method="POST", retry=one_page)
factor_page = module.page("factor", "/security/passkeys/<id>/factor", method="POST", retry=one_page, rate=Rate.LOGIN)
remove_page = module.page("remove", "/security/passkeys/<id>/remove", method="POST", retry=one_page, rate=Rate.LOGIN)
unlock_request_page = module.page("unlock-request", "/security/unlock/passkey")
unlock_page = module.page("unlock", "/security/unlock/passkey", method="POST", rate=Rate.LOGIN)


class Domain(Line):
    """A domain name such as mail.example.org; browsers take no address in numbers for a passkey."""

    __slots__ = ()
    longest = 253

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Raise ValueError with a reason that reads after the option's name."""
        label = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
        name = super().parse(text).lower()
        if not re.fullmatch(rf"{label}(\.{label})*", name) or re.fullmatch(r"[0-9.]+", name):
            raise ValueError(Sentence("is not a domain like mail.example.org"))
        return cls(name)


@module.config
@dataclass(frozen=True)
class PasskeysConfig:
    """Devices and security keys that log in, with or without a password."""

    rp_id: Domain | None = option(
        None,
        help="The domain that passkeys are made for: the host of [app] address, or a domain above it. Passkeys made "
        "for one domain are worth nothing for another. Without it, the host of [app] address, else the first of "
        "allowed_hosts, else localhost.",
    )
