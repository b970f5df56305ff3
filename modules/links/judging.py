"""The one place that decides about the address of a link: where it leads, and what is odd about that, in words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from core import Sentence
from modules.links.gateways import Gateways, Step
from modules.links.hosts import Host, Sites
from modules.links.words import named_hosts
from modules.mail.api import (
    LinkMark,
    LinkOddity,
    LinkWeight,
    WebAddress,
    imitated,
    is_readable,
    mixes_scripts,
    normal_address,
    plain_host,
    read_link,
)

_LONGEST_DETAIL = 120
LONGEST_SHOWN = 2000
_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]{0,30}):")
# What would run, or show, what the sender wrote as if it came from here or from this computer.
_RUNNING = frozenset(
    "javascript data vbscript file blob about filesystem view-source mhtml jar ms-msdt search-ms".split()
)
_USUAL_PORTS = frozenset({("http", 80), ("https", 443)})


@dataclass(frozen=True)
class Finding:
    """What is found out about one link.

    `address` is what a browser would ask for, and nothing where it leads nowhere. `shown` is the target as people read
    it, `host` the name of where it finally leads, as far as that is known, and `final` the address there where others
    stand between.
    """

    address: str
    shown: str
    host: str = ""
    final: str = ""
    marks: tuple[LinkMark, ...] = ()

    @property
    def is_web(self) -> bool:
        """Whether it leads away from here, into the web."""
        return bool(self.host)

    @property
    def is_odd(self) -> bool:
        """Whether there is reason to look twice before following it."""
        return any(mark.weight is not LinkWeight.FACT for mark in self.marks)


@dataclass(frozen=True)
class Before:
    """What was found out before about equal addresses and hosts, for as long as one request is answered."""

    addresses: dict[str, tuple[WebAddress | None, tuple[Step, ...]]] = field(default_factory=dict)
    hosts: dict[str, Host] = field(default_factory=dict)
    # Of addresses and of hosts whether they are plain: see `is_plain`.
    plain: dict[str, bool] = field(default_factory=dict)
    plain_hosts: dict[str, bool] = field(default_factory=dict)


@dataclass(frozen=True)
class Judgement:
    """Judges links by what is known of those who pass on, and of sites. What it finds out it adds to `before`."""

    gateways: Gateways
    sites: Sites

    def judge(self, address: str, words: str, before: Before | None = None) -> Finding:
        """What is found out about a link with these words."""
        before = before or Before()
        address = normal_address(address)
        first, steps = self._follow(address, before)
        if first is None:
            return _beside_the_web(address)
        targets = [step.target for step in steps if step.target] if steps else []
        real = (WebAddress.read(targets[-1]) if targets else None) or first
        host = before.hosts.get(real.host)
        if host is None:
            host = before.hosts[real.host] = Host.read(real.host)
        named = named_hosts(words, self.sites)
        marks = tuple(self._marks(first, real, host, steps, named)) if _may_be_odd(real, host, steps, named) else ()
        final = targets[-1] if targets else ""
        return Finding(address, _shown(first, real, host, targets), host.both, final, marks)

    def is_plain(self, address: str, words: str, before: Before) -> bool:
        """Whether a link leads to an address of the web that is shown as it is written, with nothing odd about it."""
        return self._is_direct(address, before) and not named_hosts(words, self.sites)

    def _marks(
        self, first: WebAddress, real: WebAddress, host: Host, steps: tuple[Step, ...], named: tuple[str, ...]
    ) -> Iterator[LinkMark]:
        """All that is odd about a link."""
        said = self._said_else(named, host, first) if named and not _is_open(steps) else []
        if said:
            yield _leads_elsewhere(said[0], host)
        if real.user:
            yield from _user(real, host)
        if host.is_foreign:
            yield from _letters(host)
        if host.is_number:
            yield from _number(host)
        if steps:
            yield from _steps(steps, host, named=any(self.sites.same(one, host.name) for one in named))
        if real.port is not None:
            yield from _port(real)

    def unwrapped(self, address: str, before: Before | None = None) -> str:
        """A web address without those who only pass it on, as far as it says where to."""
        before = before or Before()
        if self._is_direct(address, before):
            return address
        _, steps = self._follow(address, before)
        if not steps:
            return address
        targets = [step.target for step in steps if step.target]
        return targets[-1] if targets else address

    def _follow(self, address: str, before: Before) -> tuple[WebAddress | None, tuple[Step, ...]]:
        """An address as it is read, and who stands between it and where it leads."""
        known = before.addresses.get(address)
        if known is None:
            read = WebAddress.read(address)
            known = before.addresses[address] = (read, self.gateways.beyond(read))
        return known

    def _is_direct(self, address: str, before: Before) -> bool:
        """Whether an address is plainly written, and its host neither passes on nor is odd."""
        known = before.plain.get(address)
        if known is None:
            host = plain_host(address)
            known = before.plain[address] = bool(host) and self._is_plain_host(host, before)
        return known

    def _is_plain_host(self, host: str, before: Before) -> bool:
        known = before.plain_hosts.get(host)
        if known is None:
            read = Host.read(host)
            same = read.name == host and read.seen == host and not read.is_number and not read.is_foreign
            known = before.plain_hosts[host] = same and not self.gateways.are_at(host)
        return known

    def _said_else(self, named: tuple[str, ...], host: Host, first: WebAddress) -> list[str]:
        """Of the hosts that the words name those to which the link does not lead, and which it does not pass."""
        passed = (host.name, Host.read(first.host).name)
        return [said for said in named if not any(self.sites.same(said, one) for one in passed)]


def _may_be_odd(real: WebAddress, host: Host, steps: tuple[Step, ...], named: tuple[str, ...]) -> bool:
    """Whether there is anything about a link that could be odd; about most there is not."""
    return bool(named or steps or real.user or host.is_number or host.is_foreign or real.port is not None)


def _is_open(steps: tuple[Step, ...]) -> bool:
    """Whether a gateway tells nothing of where the link leads, so that its words cannot be held against it."""
    return bool(steps) and not steps[-1].target and steps[-1].protects


def _beside_the_web(address: str) -> Finding:
    """What is no address of the web: a new message, a phone number, or what leads nowhere."""
    led = read_link(address)
    if led is not None:
        return Finding(led, address[:LONGEST_SHOWN])
    scheme = _SCHEME.match(address)
    if scheme is None:
        return Finding("", "")
    name = scheme[1].lower()
    weight = LinkWeight.LIE if name in _RUNNING else LinkWeight.FACT
    why = (
        Sentence(
            "A link was removed: its address begins with %(scheme)s: and could run what the sender wrote.", scheme=name
        )
        if name in _RUNNING
        else Sentence(
            "A link was removed: its address begins with %(scheme)s: and is none that this site follows.", scheme=name
        )
    )
    return Finding("", "", marks=(LinkMark(LinkOddity.REMOVED, weight, f"{name}:", why),))


def _leads_elsewhere(said: str, host: Host) -> LinkMark:
    why = Sentence("Its words name %(said)s, but it leads to %(host)s.", said=said, host=host.both)
    return LinkMark(LinkOddity.SITE, LinkWeight.LIE, _short(host.both), why, said)


def _user(address: WebAddress, host: Host) -> Iterator[LinkMark]:
    user = address.user.partition(":")[0] or address.user
    if "." in user or "%2e" in user.lower():
        yield LinkMark(
            LinkOddity.NAME,
            LinkWeight.LIE,
            _short(host.both),
            Sentence(
                "A link begins with %(said)s, which is only a user name: it leads to %(host)s.",
                said=_short(user),
                host=host.both,
            ),
        )
    else:
        why = Sentence("It sends the user name %(user)s to %(host)s.", user=_short(user), host=host.both)
        yield LinkMark(LinkOddity.USER, LinkWeight.CAREFUL, _short(user), why)


def _letters(host: Host) -> Iterator[LinkMark]:
    weight = LinkWeight.LIE
    if not is_readable(host.name):
        why = Sentence("A link leads to %(name)s, which claims to have other letters and has none.", name=host.name)
    elif mixes_scripts(host.seen):
        why = Sentence("A link leads to %(name)s, which mixes letters of several alphabets.", name=host.both)
    elif look := imitated(host.seen):
        why = Sentence("A link leads to %(name)s, which looks like %(look)s and is not.", name=host.both, look=look)
    else:
        weight = LinkWeight.FACT
        why = Sentence("Its name has letters beyond A to Z: %(name)s.", name=host.both)
    yield LinkMark(LinkOddity.LETTERS, weight, _short(host.both), why)


def _number(host: Host) -> Iterator[LinkMark]:
    if host.written.strip("[]") == host.name:
        why = Sentence("It leads to a machine by its number, %(number)s, and not to a name.", number=host.name)
    else:
        why = Sentence(
            "It leads to a machine by its number, %(number)s, which is written as %(written)s.",
            number=host.name,
            written=_short(host.written),
        )
    yield LinkMark(LinkOddity.NUMBER, LinkWeight.CAREFUL, host.name[:_LONGEST_DETAIL], why)


def _steps(steps: tuple[Step, ...], host: Host, *, named: bool) -> Iterator[LinkMark]:
    """Who passes the link on. A gateway that leads to where the words say is worth no word."""
    passing = next((step for step in steps if not step.protects), None)
    gateway = next((step for step in steps if step.protects), None)
    if passing is not None:
        yield _passes_on(passing, host)
    elif gateway is not None and not named:
        yield _wrapped(gateway, steps, host)


def _passes_on(step: Step, host: Host) -> LinkMark:
    if step.target:
        why = Sentence("%(name)s passes on to %(host)s.", name=step.name, host=host.both)
        return LinkMark(LinkOddity.PASSES_ON, LinkWeight.CAREFUL, _short(host.both), why)
    why = Sentence("%(host)s passes on to another site, and does not say to which.", host=host.both)
    return LinkMark(LinkOddity.PASSES_ON, LinkWeight.CAREFUL, "…", why)


def _wrapped(gateway: Step, steps: tuple[Step, ...], host: Host) -> LinkMark:
    known = steps[-1].target or gateway.target
    if known:
        why = Sentence("%(name)s looks at it first; then it leads to %(host)s.", name=gateway.name, host=host.both)
        return LinkMark(LinkOddity.WRAPPED, LinkWeight.FACT, _short(f"{gateway.name} → {host.both}"), why)
    if gateway.domain:
        told = Host.read(gateway.domain.lower()).both
        why = Sentence("%(name)s looks at it first; then it leads to %(host)s.", name=gateway.name, host=_short(told))
        return LinkMark(LinkOddity.WRAPPED, LinkWeight.FACT, _short(f"{gateway.name} → {told}"), why)
    why = Sentence("%(name)s looks at it first, and does not say where it leads.", name=gateway.name)
    return LinkMark(LinkOddity.WRAPPED, LinkWeight.FACT, gateway.name, why)


def _port(address: WebAddress) -> Iterator[LinkMark]:
    if (address.scheme, address.port) not in _USUAL_PORTS:
        why = Sentence("It asks for port %(port)s, where web pages rarely are.", port=str(address.port))
        yield LinkMark(LinkOddity.PORT, LinkWeight.CAREFUL, str(address.port), why)


def _shown(first: WebAddress, real: WebAddress, host: Host, targets: list[str]) -> str:
    """The target as people read it: where it really leads, both forms of its name, and who passes it on."""
    line = _written(real, host)
    strange = host.seen != host.name or host.written.strip("[]") != host.name
    if not strange and not targets:
        return line[:LONGEST_SHOWN]
    other = [_written(real, Host(host.name, host.name, host.written))] if strange else []
    lines = [line, *other, *([f"({first.host})"] if targets else ())]
    return "\n".join(line[:LONGEST_SHOWN] for line in dict.fromkeys(lines))


def _written(address: WebAddress, host: Host) -> str:
    user = f"{address.user}@" if address.user else ""
    port = "" if address.port is None else f":{address.port}"
    name = f"[{host.seen}]" if ":" in host.seen else host.seen
    return f"{address.scheme}://{user}{name}{port}{address.rest}"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_DETAIL else f"{text[: _LONGEST_DETAIL - 1]}…"
