"""The gate before the login, and what happens when somebody came through it all."""

import ipaddress
import math
from collections.abc import Iterator
from datetime import timedelta

from core import (
    AtFarewell,
    AtLogin,
    Client,
    Clock,
    LoginAttempt,
    LoginGate,
    Moment,
    Secret,
    Sentence,
    ServerKeys,
    Session,
    TooMany,
    User,
    crypto,
)
from modules.throttle.browsers import Browsers
from modules.throttle.inputs import KnownBrowser
from modules.throttle.module import ThrottleConfig, module
from modules.throttle.store import Counter, FailureCounts, Locked, Taken

COOKIE = "throttle_browser"


class Throttle:
    """Counts the attempts of one request: as failures until it is known how they end."""

    def __init__(
        self, counts: FailureCounts, config: ThrottleConfig, keys: ServerKeys, clock: Clock, browser: KnownBrowser
    ) -> None:
        self._counts = counts
        self._config = config
        self._clock = clock
        self._marks = str(browser.throttle_browser)
        self._hashes = keys.of("hm3.throttle")
        self._browsers = Browsers(keys.of("hm3.known"), config.remember)
        self._taken: dict[LoginAttempt, list[tuple[Taken, ...]]] = {}

    def admit(self, attempt: LoginAttempt) -> None:
        """Let an attempt through. Raises TooMany under a lock, in the same words whoever is meant."""
        try:
            taken = self._counts.take(self._counters(attempt))
        except Locked as lock:
            raise TooMany(say_wait(lock.wait), lock.wait) from lock
        self._taken.setdefault(attempt, []).append(taken)

    def failed(self, attempt: LoginAttempt) -> None:
        """The attempt counts as the failure that it was."""
        self._taken[attempt].pop()
        self._counts.failed(self._ref(attempt.account))

    def failures(self, attempt: LoginAttempt) -> int:
        """How many failures count against an attempt: with its name or of its address, whichever are more.

        The attempt itself is not among them while nobody knows how it ends.
        """
        return max(0, self._counts.failures(self._counters(attempt)) - len(self._taken.get(attempt, ())))

    def arrive(self, user: User, client: Client, session: Session) -> None:
        """The login is complete: begin the counts of the name anew, know the browser, and tell what happened before."""
        now, marks, own = self._clock.now(), self._marks, dict[str, set[str]]()
        for name in sorted({user.name, session.typed_name()} - {""}):
            attempt = LoginAttempt(name, client)
            counters = (*self._of_name(attempt), *self._counters(attempt))
            own.setdefault(self._ref(attempt.account), set()).update(one.id for one in counters if one.account)
            marks = self._browsers.remember(marks, attempt.account, now)
        told = self._counts.begin_anew(own, self._all_taken())
        for several in self._taken.values():
            several[:] = [() for _ in several]
        session.leave_with_browser(COOKIE, Secret(marks), self._config.remember)
        failures, since = sum(one.failures for one in told), min(one.since for one in told)
        if failures:
            session.say(say_failures(failures, Moment(since)), "problem")

    def unlock(self, name: str) -> int:
        """Begin the counts of a name, or of an address, anew; how many there were."""
        attempt = LoginAttempt(name, Client(name))
        found = self._counts.unlock(self._ref(attempt.account))
        address = self._of_address(attempt)
        found += self._counts.failures((address,)) > 0
        self._counts.forget((address.id,))
        return found

    def erase(self, name: str) -> None:
        """Forget every count of a name, and what its user would be told."""
        self._counts.erase(self._ref(LoginAttempt(name, Client()).account))

    def close(self) -> None:
        """Give back what turned out to be no failure."""
        self._counts.give_back(self._all_taken())
        self._taken.clear()

    def _all_taken(self) -> tuple[Taken, ...]:
        return tuple(one for several in self._taken.values() for taken in several for one in taken)

    def _counters(self, attempt: LoginAttempt) -> tuple[Counter, ...]:
        """What an attempt is held against. A browser that is known for the name has a count of its own."""
        browser = self._browsers.known(self._marks, attempt.account, self._clock.now())
        if browser is None:
            return (*self._of_name(attempt), self._of_address(attempt))
        ref = self._ref(attempt.account)
        return (Counter(self._ref(f"{browser} {attempt.account}", "browser"), self._config.of_name, ref),)

    def _of_name(self, attempt: LoginAttempt) -> tuple[Counter, ...]:
        ref = self._ref(attempt.account)
        here = self._ref(f"{network(attempt.client.address)} {attempt.account}", "here")
        name = Counter(self._ref(attempt.account, "name"), self._config.of_name, ref)
        return name, Counter(here, self._config.of_name_here, ref)

    def _of_address(self, attempt: LoginAttempt) -> Counter:
        return Counter(self._ref(network(attempt.client.address), "address"), self._config.of_address)

    def _ref(self, value: str, kind: str = "account") -> str:
        return crypto.lookup_hash(self._hashes, f"{kind} {value}")


@module.service
def open_throttle(
    counts: FailureCounts, config: ThrottleConfig, keys: ServerKeys, clock: Clock, browser: KnownBrowser
) -> Iterator[Throttle]:
    """The counting of one request."""
    throttle = Throttle(counts, config, keys, clock, browser)
    try:
        yield throttle
    finally:
        throttle.close()


@module.service
def stand_at_gate(throttle: Throttle) -> LoginGate:
    """Nobody's password is looked at under a lock."""
    return throttle


@module.service
def welcome(throttle: Throttle, client: Client, session: Session) -> AtLogin:
    """What is done when the last login step was passed."""
    return AtLogin(lambda user: throttle.arrive(user, client, session))


@module.service
def erase_counts(throttle: Throttle) -> AtFarewell:
    """What was counted for a name goes when its user leaves for good."""
    return AtFarewell(throttle.erase)


def network(address: str) -> str:
    """Whose attempts count together: an IPv4 address, or the /64 of an IPv6 one."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(known, ipaddress.IPv6Address):
        return str(known.ipv4_mapped or ipaddress.ip_network((known, 64), strict=False))
    return str(known)


def say_wait(wait: timedelta) -> str:
    """How long to wait, rounded up to minutes."""
    return Sentence.counted(
        "There were too many failed attempts. Please wait a minute and try again.",
        "There were too many failed attempts. Please wait %(num)s minutes and try again.",
        math.ceil(wait / timedelta(minutes=1)),
    )


def say_failures(failures: int, since: Moment) -> str:
    """What a user is told who logs in after failed attempts."""
    return Sentence.counted(
        "There was %(num)s failed attempt to log in as you since %(since)s.",
        "There were %(num)s failed attempts to log in as you since %(since)s.",
        failures,
        since=since,
    )
