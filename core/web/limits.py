"""How often one visitor may ask: bounds by address, and for logins by the name too."""

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, wraps
from typing import Any

import flask
from flask_limiter import Limiter
from limits import RateLimitItem, parse_many
from limits.storage import MovingWindowSupport
from werkzeug.exceptions import TooManyRequests

from core.ini.rates import RatesConfig
from core.output.slots import Rate
from core.web.bearer import typed_name
from core.web.requests import this_request
from core.web.shared_windows import SCHEME as SHARED
from core.web.shared_windows import SharedCounts
from core.web.windows import SCHEME

LONGEST_NAME = 320
_NAME = "{name}"


class TooOften(TooManyRequests):
    """A visitor asks more often than hm3.ini allows."""


@dataclass(frozen=True)
class Bound:
    """How often what is counted by one name may happen; pages of the same scope are counted together.

    `around` is what stands before and after that name where it is counted.
    """

    item: RateLimitItem
    counted_by: Callable[[], str]
    around: tuple[str, str]
    most: int
    seconds: int

    @classmethod
    def of(cls, item: RateLimitItem, counted_by: Callable[[], str], scope: str) -> "Bound":
        """The bound with what `limits` would find out about it with every request."""
        before, _, after = item.key_for(_NAME, scope).partition(_NAME)
        return cls(item, counted_by, (before, after), item.amount, item.get_expiry())

    def key(self) -> str:
        """Under which name the request that is answered is counted."""
        before, after = self.around
        return f"{before}{self.counted_by()}{after}"


def by_address() -> str:
    """Whose requests are counted together: an IPv4 address, or the /64 of an IPv6 one."""
    return _network(this_request().remote_addr or "nowhere")


# Whoever asks comes from the same address again.
@lru_cache(maxsize=1024)
def _network(address: str) -> str:
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((known, 64), strict=False)) if known.version == 6 else address


def by_account() -> str:
    """The name that somebody tries to log in with, in any spelling, and from where: strangers do not use it up."""
    request = this_request()
    typed = request.form.get("username") or typed_name(request)
    name = "".join(typed[:LONGEST_NAME].casefold().split())
    return f"{by_address()} {name or 'nobody'}"


def add_limits(app: flask.Flask, rates: RatesConfig, counts: SharedCounts | None = None) -> Callable[[Rate, Any], Any]:
    """Returns what puts a view under its bounds. Requests are counted in `counts`, or in this process alone."""
    # Any: flask-limiter hands on to the storage what it is given.
    shared: dict[str, Any] = {} if counts is None else {"counts": counts}
    limiter = Limiter(
        by_address,
        storage_uri=f"{SCHEME if counts is None else SHARED}://",
        storage_options=shared,
        strategy="moving-window",
        headers_enabled=False,
    )
    # Known to the site already, it sets up its counts and no hooks: those look, around every request, for bounds of
    # whole sites, of which there are none, and read the text of a page's bounds anew. Pages are put under theirs here.
    app.extensions["limiter"] = {limiter}
    limiter.init_app(app)
    storage = limiter.storage
    assert isinstance(storage, MovingWindowSupport)
    acquire = storage.acquire_entry
    bounds: dict[Rate, str] = {
        Rate.GENERAL: rates.general,
        Rate.LOGIN: rates.login,
        Rate.ELSEWHERE: rates.login,
        Rate.SEND: rates.send,
        Rate.UPLOAD: rates.upload,
    }

    def under(rate: Rate, view: Any) -> Any:  # Any: Flask leaves views untyped
        asked = [Bound.of(item, by_address, rate.value) for item in parse_many(bounds[rate])]
        if rate is Rate.LOGIN:
            asked += [Bound.of(item, by_account, "account") for item in parse_many(rates.account)]
        # Those of the shortest time first, until one is exceeded.
        asked.sort(key=lambda bound: bound.item)

        @wraps(view)
        def limited(**path: str) -> Any:  # Any: what the view answers
            for bound in asked:
                if not acquire(bound.key(), bound.most, bound.seconds):
                    raise TooOften
            return view(**path)

        return limited

    return under
