"""Which addresses may stand in a message, and as what: one function for links, one for images."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlencode

LONGEST = 8000
LONGEST_DATA = 700_000
MOST_RECIPIENTS = 2000

# As browsers do before they look at an address: controls and spaces at the ends go, and tabs and line ends anywhere.
_ENDS = "".join(map(chr, range(0x21)))
_INSIDE = re.compile(r"[\t\r\n]")
_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):")
_HTTP = re.compile(
    r"(https?)://([^\s/?#\\@<>\"'`]+@)?([^\s/?#\\@<>\"'`:]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?([/?#][^\s<>\"`]*)?",
    re.IGNORECASE,
)  # one grammar in one place
_HOST = re.compile(r"[\w.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\]")
_DATA_IMAGE = re.compile(r"data:image/(png|gif|jpe?g|webp);base64,[A-Za-z0-9+/=\s]+", re.IGNORECASE)
_TEL = re.compile(r"tel:\+?[0-9() .-]{1,40}", re.IGNORECASE)
_COMPOSED = ("to", "cc", "bcc", "subject", "body")
BLANK = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=="

Remote = Callable[[str], str | None]


def normal(address: str) -> str:
    """An address as a browser reads it."""
    return _INSIDE.sub("", address.strip(_ENDS))


def http_host(address: str) -> str:
    """The host of a web address in lower case, or nothing where it is none."""
    match = _HTTP.fullmatch(address)
    if match is None or not _HOST.fullmatch(match[3]) or len(address) > LONGEST:
        return ""
    return match[3].lower().rstrip(".")


def link(address: str) -> str | None:
    """What a link may lead to: a web page, a new message, a phone number; None for everything else."""
    address = normal(address)
    if http_host(address):
        return address
    if address.lower().startswith("mailto:"):
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

    `trackers` are the names of those who count readers, by the addresses of their images; these are never shown.
    """

    inline: Mapping[str, str] = field(default_factory=dict)
    remote: Remote | None = None
    trackers: Mapping[str, str] = field(default_factory=dict)
    withheld: int = 0
    tracked: list[str] = field(default_factory=list)
    shown_inline: set[str] = field(default_factory=set)

    def source(self, address: str) -> str | None:
        """What stands in place of an image's address; None where it shows nothing."""
        address = normal(address)
        if address.lower().startswith("cid:"):
            content_id = unquote(address[4:]).strip("<>")
            self.shown_inline.add(content_id)
            return self.inline.get(content_id)
        if address.lower().startswith("data:"):
            return address if len(address) <= LONGEST_DATA and _DATA_IMAGE.fullmatch(address) else None
        if address.startswith("//"):
            address = f"https:{address}"
        if not http_host(address):
            return None
        if address in self.trackers:
            self.tracked.append(self.trackers[address])
            return BLANK
        shown = self.remote(address) if self.remote is not None else None
        if shown is None:
            self.withheld += 1
            return BLANK
        return shown

    def background(self, address: str) -> str | None:
        """The same for pictures behind text: nothing instead of a blank one."""
        found = self.source(address)
        return None if found == BLANK else found


@dataclass
class Links:
    """Decides where links of one message lead, and counts those that say who clicked; `bare` takes that off."""

    unmarked: Callable[[str], str] | None = None
    bare: bool = False
    marked: int = 0

    def target(self, address: str) -> str | None:
        """What stands in place of a link's address; None where it leads nowhere."""
        led = link(address)
        if led is None or self.unmarked is None or not http_host(led):
            return led
        unmarked = self.unmarked(led)
        self.marked += unmarked != led
        return unmarked if self.bare else led


def _one_line(value: str) -> str:
    return " ".join(value.split())
