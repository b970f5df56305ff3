"""Which addresses may stand in a message, and as what: one class for links, one for images."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Self
from urllib.parse import parse_qsl, unquote, urlencode

from modules.mail.links import JudgedLink, LinkJudge

LONGEST = 8000
LONGEST_DATA = 700_000
MOST_RECIPIENTS = 2000
# More links than anybody reads: where they are judged, those beyond lead nowhere.
MOST_LINKS = 3000

# As browsers do before they look at an address: controls and spaces at the ends go, and tabs and line ends anywhere.
_ENDS = "".join(map(chr, range(0x21)))
_INSIDE = re.compile(r"[\t\r\n]")
_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):")
_HTTP = re.compile(
    r"(https?)://([^\s/?#\\@<>\"'`]+@)?([^\s/?#\\@<>\"'`:]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?([/?#][^\s<>\"`]*)?",
    re.IGNORECASE,
)  # one grammar in one place
_HOST = re.compile(r"[\w.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\]")
# Most of them: without a user, a port, capital letters before the path, and letters beyond ASCII.
_PLAIN = re.compile(r"https?://([a-z0-9-]++(?:\.[a-z0-9-]++)*)(?:[/?#][!#-;=?-_a-~]*+)?")
_LONGEST_HOST = 253
_DATA_IMAGE = re.compile(r"data:image/(png|gif|jpe?g|webp);base64,[A-Za-z0-9+/=\s]+", re.IGNORECASE)
_TEL = re.compile(r"tel:\+?[0-9() .-]{1,40}", re.IGNORECASE)
_COMPOSED = ("to", "cc", "bcc", "subject", "body")
BLANK = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=="

Remote = Callable[[str], str | None]


def normal_address(address: str) -> str:
    """An address as a browser reads it."""
    if address.isprintable():
        return address.strip(" ")
    address = address.strip(_ENDS)
    return _INSIDE.sub("", address) if _INSIDE.search(address) else address


@dataclass(frozen=True)
class WebAddress:
    """The pieces of a web address: `user` stands before an @, `port` is None where none is named, `rest` follows."""

    scheme: str
    user: str
    host: str
    port: int | None = None
    rest: str = ""

    @classmethod
    def read(cls, address: str) -> Self | None:
        """The pieces of a normal address, or None where it is none of the web."""
        match = _matched(address)
        if match is None or not (host := match[3].lower().rstrip(".")):
            return None
        scheme, user = match[1].lower(), (match[2] or "").removesuffix("@")
        return cls(scheme, user, host, int(match[4][1:]) if match[4] else None, match[5] or "")

    @property
    def path(self) -> str:
        """The path."""
        return re.split("[?#]", self.rest)[0]

    @property
    def query(self) -> str:
        """What stands between a question mark and a number sign."""
        return self.rest.partition("#")[0].partition("?")[2]


def plain_host(address: str) -> str:
    """The host of a web address that is normal and plainly written, as most are; nothing for every other address."""
    match = _PLAIN.fullmatch(address) if len(address) <= LONGEST else None
    return match[1] if match is not None and len(match[1]) <= _LONGEST_HOST else ""


def http_host(address: str) -> str:
    """The host of a web address in lower case, or nothing where it is none."""
    match = _matched(address)
    return "" if match is None else match[3].lower().rstrip(".")


def read_link(address: str) -> str | None:
    """What a link may lead to: a web page, a new message, a phone number; None for everything else."""
    if plain_host(address):
        return address
    address = normal_address(address)
    match = _matched(address)
    if match is not None and match[3].strip("."):
        return address
    if address[:7].lower() == "mailto:":
        return compose_address(address)
    return address if _TEL.fullmatch(address) else None


def compose_address(address: str) -> str | None:
    """The compose page for a mailto address (RFC 6068), with only the fields that it may fill."""
    recipients, _, query = address[len("mailto:") :].partition("?")
    fields: dict[str, str] = {"to": unquote(recipients)[:MOST_RECIPIENTS]}
    for name, value in parse_qsl(query[:LONGEST], max_num_fields=50) if query.count("&") < 50 else ():
        if name.lower() in _COMPOSED:
            before = fields.get(name.lower(), "")
            fields[name.lower()] = f"{before}, {value}" if before and name.lower() in ("to", "cc", "bcc") else value
    kept = {name: _one_line(value) if name != "body" else value for name, value in fields.items() if value}
    return f"/compose?{urlencode(kept)}"


@dataclass
class Images:
    """Decides what images of one message show, and counts those that other machines would send.

    `trackers` are the names of those who count readers, by the addresses of their images; these are never shown. In
    `web` stand whole addresses of the web by what is written, which are not looked into again.
    """

    inline: Mapping[str, str] = field(default_factory=dict)
    remote: Remote | None = None
    trackers: Mapping[str, str] = field(default_factory=dict)
    web: Mapping[str, str] = field(default_factory=dict)
    withheld: int = 0
    tracked: list[str] = field(default_factory=list)
    shown_inline: set[str] = field(default_factory=set)

    def source(self, address: str) -> str | None:
        """What stands in place of an image's address; None where it shows nothing."""
        known = self.web.get(address)
        if known is not None:
            return self._of_web(known)
        address = normal_address(address)
        kind = address[:5].lower()
        if kind.startswith("cid:"):
            content_id = unquote(address[4:]).strip("<>")
            self.shown_inline.add(content_id)
            return self.inline.get(content_id)
        if kind == "data:":
            return address if len(address) <= LONGEST_DATA and _DATA_IMAGE.fullmatch(address) else None
        if address.startswith("//"):
            address = f"https:{address}"
        return self._of_web(address) if http_host(address) else None

    def background(self, address: str) -> str | None:
        """The same for pictures behind text: nothing instead of a blank one."""
        found = self.source(address)
        return None if found == BLANK else found

    def _of_web(self, address: str) -> str:
        """The same for an image of another machine."""
        if address in self.trackers:
            self.tracked.append(self.trackers[address])
            return BLANK
        shown = self.remote(address) if self.remote is not None else None
        if shown is None:
            self.withheld += 1
            return BLANK
        return shown


@dataclass
class Links:
    """Decides where links of one message lead, and keeps what was found out about them.

    `unmarked` takes off what only says who clicked; links that have such are counted, and `bare` says that it goes.
    The judge is asked about links of the message that a path names. So many as `passed` were judged another time, and
    are not among what was `found`. Addresses of the site's own pages begin with `home` where texts are shown elsewhere.
    """

    unmarked: Callable[[str], str] | None = None
    bare: bool = False
    judge: LinkJudge | None = None
    message: str = ""
    marked: int = 0
    found: list[JudgedLink] = field(default_factory=list)
    passed: int = 0
    home: str = ""
    # What was found out about equal links before: the target with its marks and without, and the judgement.
    _led: dict[str, tuple[str | None, str | None]] = field(default_factory=dict)
    _judged: dict[tuple[str, str], JudgedLink] = field(default_factory=dict)

    def target(self, address: str) -> str | None:
        """What stands in place of a link's address; None where it leads nowhere."""
        return self._from_here(self._target(address))

    def take(self, address: str, words: str) -> JudgedLink:
        """What becomes of a link with these words."""
        led = self._target(address)
        if self.judge is None:
            return JudgedLink(self._from_here(led), "")
        if len(self.found) + self.passed >= MOST_LINKS:
            return JudgedLink(None, "")
        judged = self._judged.get((address, words))
        if judged is None:
            asked = address if led is None or led.startswith("/") else led
            judged = self._judged[address, words] = self.judge.judge(self.message, asked, words)
        self.found.append(judged)
        # Whoever judges: what may stand in a link is decided here.
        href = judged.href
        if href and href != led:
            href = _own_path(href) or read_link(href)
        here = self._from_here(href)
        return judged if here == judged.href else replace(judged, href=here)

    def pass_over(self, taken: int, marked: int, lies: Iterable[JudgedLink]) -> None:
        """Count links that were taken another time, of which only the likely lies are still known."""
        known = tuple(lies)
        self.found.extend(known)
        self.passed += taken - len(known)
        self.marked += marked

    def _target(self, address: str) -> str | None:
        known = self._led.get(address)
        if known is None:
            led = freed = read_link(address)
            if led is not None and self.unmarked is not None and led[:4].lower() == "http":
                freed = self.unmarked(led if self.judge is None else self.judge.unwrapped(led))
            known = self._led[address] = (led, freed)
        led, freed = known
        self.marked += freed != led
        return freed if self.bare else led

    def _from_here(self, led: str | None) -> str | None:
        return f"{self.home}{led}" if led is not None and led.startswith("/") else led


def _matched(address: str) -> re.Match[str] | None:
    """A web address as its grammar finds it."""
    match = _HTTP.fullmatch(address) if len(address) <= LONGEST else None
    return match if match is not None and _HOST.fullmatch(match[3]) else None


def _own_path(address: str) -> str | None:
    """The path of a page of this site; None for what is none."""
    return address if re.fullmatch(r"/(?![/\\])[^\s\\]*", address) else None


def _one_line(value: str) -> str:
    return " ".join(value.split())
