"""The [captcha] section of hm3.ini: which test tells people from programs, for whom it is and how it is checked."""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Self
from urllib.parse import urlsplit

from core import Count, Line, Secret, Sentence, option, tls


class Provider(Enum):
    """Who makes the test and says whether it was passed."""

    PROOF = "proof"
    RECAPTCHA_V2 = "recaptcha-v2"
    RECAPTCHA_V3 = "recaptcha-v3"
    HCAPTCHA = "hcaptcha"
    TURNSTILE = "turnstile"


class When(Enum):
    """Who has to pass the test."""

    ALWAYS = "always"
    AFTER_FAILURES = "after-failures"


class OnTrouble(Enum):
    """What becomes of a login while the provider cannot be asked."""

    REFUSE = "refuse"
    ADMIT = "admit"


class Score(float):
    """A number from 0 to 1."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Raise ValueError with a reason that reads after the option's name."""
        try:
            number = float(text)
        except ValueError:
            number = -1.0
        if not 0 <= number <= 1:
            raise ValueError(Sentence("is not a number from 0 to 1, like 0.5"))
        return cls(number)


class Effort(Count):
    """How many leading bits of a hash have to be zero; each more doubles the work."""

    __slots__ = ()
    least = 4
    most = 24


class FailureCount(Count):
    """How many failed attempts."""

    __slots__ = ()
    least = 1
    most = 1000


class VerifyAddress(Line):
    """An https address; one on this machine may begin with http."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Raise ValueError with a reason that reads after the option's name."""
        reason = Sentence("is not an address like https://captcha.example.org/siteverify")
        try:
            parts = urlsplit(super().parse(text))
            host, port = parts.hostname or "", parts.port
        except ValueError:
            raise ValueError(reason) from None
        if parts.scheme != "https" and not (parts.scheme == "http" and tls.is_loopback(host)):
            raise ValueError(reason)
        if not host or "@" in parts.netloc or port == 0:
            raise ValueError(reason)
        return cls(text)


@dataclass(frozen=True)
class CaptchaConfig:
    """A test on the login page that tells people from programs."""

    provider: Provider = option(
        Provider.PROOF,
        help="proof asks the browser for some work and no other site for anything. The others load a script of theirs "
        "into the login page, which tells them of everybody who opens it; say so in your privacy notice.",
    )
    site_key: Line | None = option(None, help="The key that the provider gave for the page. Not for proof.")
    secret: Secret | None = option(None, help="The key that the provider gave for the server. Not for proof.")
    hostnames: tuple[Line, ...] = option(
        (), help="The hosts whose login page the test may have been passed on. Has to be given where it is not proof."
    )
    when: When = option(
        When.ALWAYS,
        help="after-failures asks for the test once the module throttle has counted some failed attempts; without that "
        "module it is always asked for.",
    )
    failures: FailureCount = option(FailureCount(3), help="After how many failed attempts, with after-failures.")
    score: Score = option(Score(0.5), help="The least score of recaptcha-v3, from 0 for programs to 1 for people.")
    on_trouble: OnTrouble = option(
        OnTrouble.REFUSE, help="Whether people can log in while the provider cannot be asked: refuse or admit."
    )
    timeout: timedelta = option(timedelta(seconds=3), help="How long to wait for the provider.")
    verify_address: VerifyAddress | None = option(
        None, help="Where the provider is asked. Without it, where the provider says."
    )
    effort: Effort = option(
        Effort(18), help="How much work proof is: each more doubles it. 18 is about a second on a phone."
    )
    question: bool = option(
        False,
        help="With proof: offer a sum to people without scripts. Programs can do sums too; without it, logging "
        "in needs scripts.",
    )

    def __post_init__(self) -> None:
        """Raise ValueError where the options do not fit together."""
        if self.timeout < timedelta(milliseconds=1):
            raise ValueError("timeout has to be longer than nothing.")
        if self.provider is Provider.PROOF:
            return
        for name in ("site_key", "secret", "hostnames"):
            if not getattr(self, name):
                raise ValueError(f"{name} is missing; {self.provider.value} needs it. Or say provider = proof.")
