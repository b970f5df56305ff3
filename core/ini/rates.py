"""The section [rates] of hm3.ini: how often one visitor may ask."""

from dataclasses import dataclass

from limits import parse_many

from core.ini.schema import option
from core.input.values import Line


class RateLimit(Line):
    """A bound such as `10 per minute`, or several such as `10/minute; 100/day`."""

    __slots__ = ()
    longest = 60

    @classmethod
    def parse(cls, text: str, /) -> "RateLimit":
        """Raise ValueError with a reason that reads after the option's name."""
        line = super().parse(text)
        try:
            bounds = parse_many(line)
        except ValueError:
            raise ValueError("is not a bound like 10 per minute or 300/hour") from None
        if not all(bound.amount for bound in bounds):
            raise ValueError("would let nobody in at all")
        return line


@dataclass(frozen=True)
class RatesConfig:
    """How often one visitor may ask."""

    general: RateLimit = option(RateLimit("1200 per minute"), help="All requests of one address.")
    login: RateLimit = option(RateLimit("20 per minute"), help="Attempts to log in from one address.")
    account: RateLimit = option(
        RateLimit("10 per 10 minute"), help="Attempts to log in with one name from one address."
    )
    send: RateLimit = option(RateLimit("60 per minute"), help="Messages sent and drafts saved from one address.")
    upload: RateLimit = option(RateLimit("120 per minute"), help="Files uploaded from one address.")
