"""Who counts readers: images that nobody sees, servers known for it, and marks in links that say who clicked."""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote_plus

from selectolax.lexbor import LexborHTMLParser

from modules.mail.html.homes import Homes
from modules.mail.html.urls import http_host, normal_address, plain_host

SHIPPED = Path(__file__).resolve().parent / "trackers.toml"
# An image of so many pixels at most shows nothing to anybody.
_UNSEEN = 2
_LENGTH = re.compile(r"\s*([0-9]{1,5})(?:\.[0-9]*)?\s*(?:px)?\s*", re.ASCII)
_HIDING = re.compile(
    r"(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0(?:\.0*)?\s*(?:;|!|$)|"
    r"(?:max-)?(?:width|height)\s*:\s*0(?:px)?\s*(?:;|!|$))",
    re.IGNORECASE,
)
_IN_STYLE = re.compile(r"(?:^|[;\s])(width|height)\s*:\s*([0-9]{1,5}(?:\.[0-9]*)?(?:px)?)\s*(?=;|!|$)", re.IGNORECASE)


@dataclass(frozen=True)
class Known:
    """One who counts readers: the name that people know, the hosts, and what is in the addresses of the images."""

    name: str
    hosts: tuple[str, ...]
    paths: tuple[str, ...] = ()

    def sends(self, target: str) -> bool:
        """Whether an image at one of their hosts, by what stands behind that in its address, is theirs."""
        return not self.paths or any(path in target for path in self.paths)


@dataclass(frozen=True)
class FoundImages:
    """The images of other machines in HTML: whole addresses by what is written, and names of trackers by addresses."""

    trackers: Mapping[str, str] = field(default_factory=dict)
    web: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class TrackerList:
    """What is known of trackers: who they are, and how they mark links."""

    known: tuple[Known, ...] = ()
    marks: frozenset[str] = frozenset()
    mark_beginnings: tuple[str, ...] = ()

    def find(self, tree: LexborHTMLParser) -> FoundImages:
        """The images of other machines in HTML, and which of them only count readers."""
        found, web = dict[str, str](), dict[str, str]()
        # Many images of a message are of one host and of one size.
        places: dict[str, Sequence[int]] = {}
        unseen: dict[tuple[str | None, str | None, str | None], bool] = {}
        for image in tree.css("img[src]"):
            attributes = image.attributes
            written = attributes["src"] or ""
            address, host = _place_of(written)
            if not host:
                continue
            web[written] = address
            there = places.get(host)
            if there is None:
                there = places[host] = self._homes.at(host)
            name = self._name_of(there, address) if there else ""
            if not name:
                size = attributes.get("style"), attributes.get("width"), attributes.get("height")
                hidden = "hidden" in attributes or unseen.get(size)
                if hidden is None:
                    hidden = unseen[size] = _is_unseen(*size)
                name = host if hidden else ""
            if name:
                found[address] = name
        return FoundImages(found, web)

    def unmarked(self, address: str) -> str:
        """A link without what only says who clicked; everything else of it stays as it is."""
        before, hash_sign, fragment = address.partition("#")
        start, question, query = before.partition("?")
        if not question:
            return address
        kept = [part for part in query.split("&") if not self._is_mark(part)]
        if len(kept) == query.count("&") + 1:
            return address
        return start + ("?" + "&".join(kept) if kept else "") + hash_sign + fragment

    def _name_of(self, places: Iterable[int], address: str) -> str:
        target = f"/{address.partition('://')[2].partition('/')[2]}"
        return next((self.known[at].name for at in places if self.known[at].sends(target)), "")

    @cached_property
    def _homes(self) -> Homes:
        return Homes(one.hosts for one in self.known)

    def _is_mark(self, part: str) -> bool:
        name = part.partition("=")[0]
        name = (unquote_plus(name) if "%" in name or "+" in name else name).lower()
        return name in self.marks or name.startswith(self.mark_beginnings)


def read_trackers(file: Path = SHIPPED) -> TrackerList:
    """The list in a file. Raises KeyError and tomllib.TOMLDecodeError where it is none: it is part of the program."""
    told = tomllib.loads(file.read_text("utf-8"))
    known = tuple(
        Known(one["name"], tuple(one["hosts"]), tuple(one.get("paths", ()))) for one in told.get("tracker", ())
    )
    marks = told["decorations"]
    return TrackerList(known, frozenset(marks["names"]), tuple(marks["begin"]))


def _place_of(written: str) -> tuple[str, str]:
    """The whole address of an image of another machine, and its host; no host where it is none."""
    host = plain_host(written)
    if host:
        return written, host
    address = normal_address(written)
    address = f"https:{address}" if address.startswith("//") else address
    return address, http_host(address)


def _is_unseen(style: str | None, width: str | None, height: str | None) -> bool:
    """Whether an image is too small to be seen, or hidden by its style."""
    style = (style or "")[:2000]
    if _HIDING.search(style):
        return True
    styled = {name.lower(): value for name, value in _IN_STYLE.findall(style)}
    sides = [_pixels(styled.get("width") or width), _pixels(styled.get("height") or height)]
    told = [side for side in sides if side is not None]
    return bool(told) and (0 in told or all(side <= (_UNSEEN if len(told) > 1 else 1) for side in told))


def _pixels(text: str | None) -> int | None:
    found = _LENGTH.fullmatch(text or "")
    return int(found[1]) if found else None
