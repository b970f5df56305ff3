"""The values that only hm3.ini holds: sizes in octets, and spans of time, as an admin writes them."""

import re
from datetime import timedelta
from typing import ClassVar, Self

from core.ini.reader import fold
from core.input.values import Count, Line

_NUMBER_AND_UNIT = re.compile(r"([0-9]{1,15})\s*([A-Za-z]*)", re.ASCII)
_OCTETS = {
    "": 1,
    "b": 1,
    "kb": 10**3,
    "mb": 10**6,
    "gb": 10**9,
    "kib": 2**10,
    "mib": 2**20,
    "gib": 2**30,
}
_SECONDS = {
    **dict.fromkeys(("ms",), 0.001),
    **dict.fromkeys(("s", "sec", "second", "seconds"), 1),
    **dict.fromkeys(("min", "minute", "minutes"), 60),
    **dict.fromkeys(("h", "hour", "hours"), 3600),
    **dict.fromkeys(("d", "day", "days"), 86400),
}
_SIZE_UNITS = (("GB", 10**9), ("MB", 10**6), ("kB", 10**3))
_TIME_UNITS = (("d", timedelta(days=1)), ("h", timedelta(hours=1)), ("min", timedelta(minutes=1)))
_LONGEST_SPAN = timedelta(days=36500)


class Size(Count):
    """A number of octets, written as 25 MB, 512 kB, 1 GiB or a plain number."""

    __slots__ = ()
    most: ClassVar[int] = 10**15

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Raise ValueError with a reason that reads after the option's name."""
        match = _NUMBER_AND_UNIT.fullmatch(text.strip())
        if match is None or match[2].lower() not in _OCTETS:
            raise ValueError("is not a size like 25 MB")
        octets = int(match[1]) * _OCTETS[match[2].lower()]
        if not cls.least <= octets <= cls.most:
            raise ValueError(f"is not between {show_size(cls.least)} and {show_size(cls.most)}")
        return cls(octets)


class RoleName(Line):
    """The name of a role of [roles], in the one spelling of names there: lower case, and underscores for dashes."""

    __slots__ = ()
    longest: ClassVar[int] = 100

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Raise ValueError with a reason that reads after the option's name."""
        return cls(fold(super().parse(text)))


def show_size(octets: int) -> str:
    """A number of octets in the largest unit that says it exactly."""
    for unit, count in _SIZE_UNITS:
        if octets and octets % count == 0:
            return f"{octets // count} {unit}"
    return str(octets)


def parse_span(text: str) -> timedelta:
    """A span of time from "30 s", "5 min", "2 h" or "1 d". Raise ValueError with a reason."""
    match = _NUMBER_AND_UNIT.fullmatch(text.strip())
    if match is None or match[2].lower() not in _SECONDS:
        raise ValueError("is not a time like 30 s, 5 min, 2 h or 1 d")
    seconds = int(match[1]) * _SECONDS[match[2].lower()]
    if seconds > _LONGEST_SPAN.total_seconds():
        raise ValueError("is longer than a hundred years")
    return timedelta(seconds=seconds)


def show_span(span: timedelta) -> str:
    """A span of time in the largest unit that says it exactly."""
    for unit, length in _TIME_UNITS:
        if span and span % length == timedelta():
            return f"{span // length} {unit}"
    if span % timedelta(seconds=1):
        return f"{span // timedelta(milliseconds=1)} ms"
    return f"{span // timedelta(seconds=1)} s"
