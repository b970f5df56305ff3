"""Who stands between a link and where it leads: gateways that look at links, sites that pass on, short addresses."""

import base64
import binascii
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from urllib.parse import parse_qsl, unquote

from modules.mail.api import Homes, WebAddress, normal_address

SHIPPED = Path(__file__).resolve().parent / "gateways.toml"
_MOST_STEPS = 5
_MOST_PARAMETERS = 100
_WHOLE = re.compile(r"https?(?:://|%3a)", re.IGNORECASE)
_PROOFPOINT = re.compile(r"/v3/__(.{1,6000}?)__;([A-Za-z0-9_=-]{0,2000})!", re.DOTALL)
_RUN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_BETWEEN = re.compile(r"___(.{1,6000}?)___", re.DOTALL)


@dataclass(frozen=True)
class Step:
    """One who stands between: the name that people know, and where they pass on to, as far as the address says it.

    Of some only the `domain` of the target can be told. A gateway protects its readers; others serve whoever uses them.
    """

    name: str
    protects: bool
    target: str = ""
    domain: str = ""


@dataclass(frozen=True)
class Known:
    """What is known of one who passes on: hosts, beginnings of paths, and how the target stands in the address."""

    name: str
    protects: bool
    hosts: tuple[str, ...]
    how: str
    paths: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()

    def passes_on(self, address: WebAddress) -> bool:
        """Whether an address at one of their hosts is one that they pass on."""
        return not self.paths or address.rest.startswith(self.paths)

    def step(self, address: WebAddress) -> Step:
        """Where they pass on to from there."""
        given = dict(parse_qsl(address.query, max_num_fields=_MOST_PARAMETERS)) if _few(address.query) else {}
        values = [given[name] for name in self.parameters if given.get(name)]
        if self.how == "nowhere":
            return Step(self.name, self.protects, "", values[0] if values else "")
        target = normal_address(_READERS[self.how](address.rest, values[0] if values else ""))
        return Step(self.name, self.protects, target if WebAddress.read(target) is not None else "")


@dataclass(frozen=True)
class Gateways:
    """All that are known."""

    known: tuple[Known, ...] = ()

    def follow(self, address: str) -> tuple[Step, ...]:
        """All who stand between an address and where it leads, the outermost first."""
        return self.beyond(WebAddress.read(address))

    def beyond(self, address: WebAddress | None) -> tuple[Step, ...]:
        """The same for an address that was read."""
        steps: list[Step] = []
        while address is not None and len(steps) < _MOST_STEPS and (found := self._who(address)) is not None:
            step = found.step(address)
            # What is theirs and leads nowhere else, as their own front page, passes nobody on.
            if not step.target and not step.domain and (found.how != "nowhere" or address.path in ("", "/")):
                break
            steps.append(step)
            address = WebAddress.read(step.target) if step.target else None
        return tuple(steps)

    @cached_property
    def _homes(self) -> Homes:
        return Homes(one.hosts for one in self.known)

    def are_at(self, host: str) -> bool:
        """Whether anybody who passes on is at home at a host, or above it."""
        return bool(self._homes.at(host))

    def _who(self, address: WebAddress) -> Known | None:
        """The first whose address it is: at one of their hosts, or below one."""
        places = self._homes.at(address.host)
        return next((self.known[at] for at in places if self.known[at].passes_on(address)), None) if places else None


def read_gateways(file: Path = SHIPPED) -> Gateways:
    """The list in a file. Raises KeyError and tomllib.TOMLDecodeError where it is none: it is part of the program."""
    told = tomllib.loads(file.read_text("utf-8"))
    return Gateways(
        tuple(
            Known(
                one["name"],
                kind == "gateway",
                tuple(one["hosts"]),
                one["how"],
                tuple(one.get("paths", ())),
                tuple(one.get("parameters", ())),
            )
            for kind in ("gateway", "redirector")
            for one in told[kind]
        )
    )


def _few(query: str) -> bool:
    return query.count("&") < _MOST_PARAMETERS


def _parameter(rest: str, value: str) -> str:
    return unquote(value) if _WHOLE.match(value) and "://" not in value[:10] else value


def _coded(rest: str, value: str) -> str:
    """A target in base64, as Sophos writes it."""
    try:
        return base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)).decode("ascii", "replace")
    except (binascii.Error, ValueError):
        return ""


def _second_proofpoint(rest: str, value: str) -> str:
    """A target whose percent signs stand as hyphens and whose slashes stand as underscores."""
    return unquote(value.replace("-", "%").replace("_", "/"))


def _third_proofpoint(rest: str, value: str) -> str:
    """A target in which asterisks stand for the letters that follow it in base64, two of them for a run of such."""
    found = _PROOFPOINT.match(rest)
    if found is None:
        return ""
    letters = _coded("", found[2])
    taken = 0

    def put_back(stars: re.Match[str]) -> str:
        nonlocal taken
        count = 1 if stars[1] is None else _RUN.index(stars[1]) + 2
        taken += count
        return letters[taken - count : taken]

    written = re.sub(r"\*\*([A-Za-z0-9_-])|\*", put_back, found[1])
    # Servers on the way make one slash of two.
    return re.sub(r"^(https?):/(?!/)", r"\1://", written, flags=re.IGNORECASE)


def _last_piece(rest: str, value: str) -> str:
    """A target that is the last piece of the path, with its own slashes written as percents."""
    piece = unquote(rest.partition("?")[0].rpartition("/")[2])
    return piece if _WHOLE.match(piece) else ""


def _between(rest: str, value: str) -> str:
    """A target between three underscores."""
    found = _BETWEEN.search(rest)
    return "" if found is None else found[1]


def _without_scheme(rest: str, value: str) -> str:
    """A target behind `/amp/s/`."""
    return f"https://{rest.removeprefix('/amp/s/')}"


_READERS: Mapping[str, Callable[[str, str], str]] = MappingProxyType(
    {
        "parameter": _parameter,
        "base64": _coded,
        "proofpoint-2": _second_proofpoint,
        "proofpoint-3": _third_proofpoint,
        "path": _last_piece,
        "between": _between,
        "amp": _without_scheme,
    }
)
