"""The policies of mail domains: asked for when they are needed, a few at a time, and kept as long as they say."""

import logging
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

import idna

from core import lookup
from modules.mtasts.config import MtaStsConfig
from modules.mtasts.policy import MtaPolicy, has_record, read_policy
from modules.mtasts.web import NoPolicy, Web

log = logging.getLogger("hm3.mtasts")
# A page asks for so many domains at most; all pages together wait for so many.
MOST_DOMAINS = 20
_AT_ONCE = 8
_MOST_KEPT = 5_000
_SHORTEST = 300.0  # seconds
_LONGEST = 86_400.0
_NAME = re.compile(r"(?=.{1,200}\Z)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+", re.ASCII)


def domain_of(address: str) -> str:
    """The domain of an address in ASCII (IDNA 2008); nothing where it has none that could have a policy."""
    domain = address.rpartition("@")[2].strip().rstrip(".").lower()
    try:
        name = domain if domain.isascii() else idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError:
        return ""
    return name if "@" in address and _NAME.fullmatch(name) and name.rpartition(".")[2][0].isalpha() else ""


def domains_of(addresses: Iterable[str]) -> tuple[str, ...]:
    """The domains of some addresses, each once, as many as a page asks for."""
    return tuple(dict.fromkeys(filter(None, map(domain_of, addresses))))[:MOST_DOMAINS]


class Policies:
    """Knows the policies of domains."""

    def __init__(self, config: MtaStsConfig, names: lookup.Lookup, clock: Callable[[], float] = time.monotonic) -> None:
        self._names = names
        self._web = Web(config, names)
        self._seconds = config.timeout.total_seconds()
        self._clock = clock
        self._kept: OrderedDict[str, tuple[float, MtaPolicy | None]] = OrderedDict()
        self._lock = threading.Lock()
        self._workers = ThreadPoolExecutor(_AT_ONCE, "mtasts")

    def known(self, domains: Sequence[str]) -> dict[str, MtaPolicy | None]:
        """What is known of these domains without asking anybody."""
        now = self._clock()
        with self._lock:
            kept = ((domain, self._kept.get(domain)) for domain in domains)
            return {domain: found[1] for domain, found in kept if found is not None and now < found[0]}

    def find(self, domains: Sequence[str]) -> dict[str, MtaPolicy | None]:
        """The policies of domains, None of those without one; those that did not say in time are left out."""
        known = self.known(domains)
        waited = {domain: self._workers.submit(self._ask, domain) for domain in domains if domain not in known}
        ends = time.monotonic() + self._seconds + 1
        for domain, asked in waited.items():
            try:
                known[domain] = asked.result(max(0.0, ends - time.monotonic()))
            except TimeoutError:
                asked.cancel()
        return known

    def _ask(self, domain: str) -> MtaPolicy | None:
        ends = time.monotonic() + self._seconds
        try:
            told = has_record(self._names.texts(f"_mta-sts.{domain}", self._seconds))
            policy = read_policy(self._web.fetch(domain, ends)) if told else None
        except (lookup.NotLookedUp, NoPolicy) as error:
            log.debug("no policy: %s", error)
            policy = None
        age = min(_LONGEST, max(_SHORTEST, policy.age)) if policy is not None else _SHORTEST
        with self._lock:
            self._kept[domain] = (self._clock() + age, policy)
            self._kept.move_to_end(domain)
            while len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        return policy
