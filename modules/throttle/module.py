"""Throttle: whoever gets names or passwords wrong too often has to wait, longer each time."""

from dataclasses import dataclass
from datetime import timedelta

from core import Access, Count, Module, Rate, option

module = Module("throttle", requires=("login",))

unlock_page = module.page("unlock", "/login/unlock", access=Access.ANYONE, layout="bare.html")
free_page = module.page(
    "free", "/login/unlock", method="POST", access=Access.ANYONE, retry=unlock_page, rate=Rate.LOGIN
)
freed_page = module.page("freed", "/login/unlocked", access=Access.ANYONE, layout="bare.html")


class FailureCount(Count):
    """How many failed attempts."""

    __slots__ = ()
    least = 1
    most = 100_000


@dataclass(frozen=True)
class Rule:
    """After how many failures there is a first lock, and for how long a failure counts."""

    failures: int
    window: timedelta


@module.config
@dataclass(frozen=True)
class ThrottleConfig:
    """How failed attempts to log in are answered: after too many of them, those who try have to wait."""

    failures: FailureCount = option(
        FailureCount(10),
        help="So many failed attempts with one name, wherever they come from, lock it. So many from a browser that "
        "logged in with the name before lock that browser and nobody else.",
    )
    failures_here: FailureCount = option(
        FailureCount(5), help="So many failed attempts with one name from one address lock the name for that address."
    )
    failures_of_address: FailureCount = option(
        FailureCount(100), help="So many failed attempts of one address, with any names, lock the address."
    )
    lock: timedelta = option(
        timedelta(seconds=60), help="How long the first lock lasts. Each failure after it doubles the time."
    )
    longest_lock: timedelta = option(timedelta(hours=1), help="No lock lasts longer.")
    window: timedelta = option(timedelta(days=1), help="For how long a failure with a name counts.")
    window_of_address: timedelta = option(
        timedelta(hours=1), help="For how long a failure of an address counts, whatever the name."
    )
    remember: timedelta = option(
        timedelta(days=180),
        help="For how long a browser is known in which somebody logged in. Strangers cannot lock it out.",
    )

    def __post_init__(self) -> None:
        """Raise ValueError where the options do not fit together."""
        if min(self.lock, self.window, self.window_of_address, self.remember) < timedelta(seconds=1):
            raise ValueError("lock, window, window_of_address and remember have to be a second or longer.")
        if self.longest_lock < self.lock:
            raise ValueError("longest_lock is shorter than lock. Make it as long or longer.")

    @property
    def of_name(self) -> Rule:
        """What holds for one name, wherever attempts come from, and for one browser that is known for it."""
        return Rule(self.failures, self.window)

    @property
    def of_name_here(self) -> Rule:
        """What holds for one name at one address."""
        return Rule(self.failures_here, self.window)

    @property
    def of_address(self) -> Rule:
        """What holds for one address."""
        return Rule(self.failures_of_address, self.window_of_address)

    def lock_after(self, failures: int, rule: Rule) -> timedelta:
        """How long the lock lasts that a failure begins; nothing while there are few enough."""
        if failures < rule.failures:
            return timedelta()
        doublings = min(failures - rule.failures, 40)  # more would be longer than any lock may last
        seconds = int(self.lock.total_seconds()) << doublings
        return timedelta(seconds=min(seconds, int(self.longest_lock.total_seconds())))
