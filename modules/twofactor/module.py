"""Twofactor: a code from an app after the password, with recovery codes for the day the app is lost."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from core import Access, Line, Module, Rate, RoleName, option, parse_span
from modules.twofactor.results import CodeForm

module = Module("twofactor", requires=("login", "security"))

code_page = module.page("code", "/login/code", access=Access.CANDIDATE, layout="bare.html")
other_slot = module.slot("other", offers=CodeForm)
check_page = module.page(
    "check", "/login/code", method="POST", access=Access.CANDIDATE, retry=code_page, rate=Rate.LOGIN
)
enrol_page = module.page("enrol", "/login/second-factor", access=Access.CANDIDATE, layout="bare.html")
enrolled_page = module.page(
    "enrolled", "/login/second-factor", method="POST", access=Access.CANDIDATE, retry=enrol_page, rate=Rate.LOGIN
)
setup_page = module.page("setup", "/security/two-factor")
confirm_page = module.page("confirm", "/security/two-factor", method="POST", retry=setup_page, rate=Rate.LOGIN)
codes_page = module.page("codes", "/security/two-factor/codes")
seen_page = module.page("seen", "/security/two-factor/codes", method="POST")
renew_page = module.page("renew", "/security/two-factor/codes/new", method="POST", retry=setup_page, rate=Rate.LOGIN)
distrust_page = module.page("distrust", "/security/two-factor/trusted/<id>/forget", method="POST")
off_page = module.page("off", "/security/two-factor/off", method="POST", retry=setup_page, rate=Rate.LOGIN)


class TrustTime(timedelta):
    """A span of time; none at all is off."""

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Raise ValueError with a reason that reads after the option's name."""
        if text == "off":
            return cls()
        span = parse_span(text)
        if span < timedelta(minutes=1):
            raise ValueError("is shorter than a minute; say off where it is not wanted")
        return cls(seconds=span.total_seconds())


@module.config
@dataclass(frozen=True)
class TwofactorConfig:
    """A code from an app after the password."""

    required: tuple[RoleName, ...] = option(
        (), help="Roles whose users must have a second factor, or everyone. Without it, whoever wants one has one."
    )
    issuer: Line = option(Line("hm3"), help="What the app calls the account.")
    trust: TrustTime = option(
        TrustTime(days=30),
        help="For how long users may have no code asked on a device, or off. Their password is asked for all the same.",
    )

    def requires(self, roles: frozenset[str]) -> bool:
        """Whether a user with these roles must have a second factor."""
        return "everyone" in self.required or bool(roles & set(self.required))
