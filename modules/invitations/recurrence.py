"""When an event comes again, in words (RFC 5545 3.3.10)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from types import MappingProxyType

from core import Sentence

Rule = Mapping[str, Sequence[str]]

_DAYS: Mapping[str, str] = MappingProxyType(
    {
        "MO": Sentence("Monday"),
        "TU": Sentence("Tuesday"),
        "WE": Sentence("Wednesday"),
        "TH": Sentence("Thursday"),
        "FR": Sentence("Friday"),
        "SA": Sentence("Saturday"),
        "SU": Sentence("Sunday"),
    }
)
_PLACED = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_WORKDAYS = frozenset(("MO", "TU", "WE", "TH", "FR"))
_SAID = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH"})


def tell_rule(rule: Rule) -> tuple[str, ...]:
    """Sentences that say the rule one after the other; what cannot be said in words is said to be there."""
    return tuple(_parts(rule)) if rule.get("FREQ") else ()


def last_day(rule: Rule) -> date | None:
    """Until when it comes again, where the rule names a day."""
    try:
        return date.fromisoformat(next(iter(rule.get("UNTIL", ())), "").partition("T")[0])
    except ValueError:
        return None


def _parts(rule: Rule) -> Iterator[str]:
    yield _often(rule["FREQ"][0], _number(rule, "INTERVAL", 1))
    days = [match for match in map(_PLACED.fullmatch, rule.get("BYDAY", ())) if match is not None]
    if {match[2] for match in days} == _WORKDAYS and not any(match[1] for match in days):
        yield Sentence("from Monday to Friday")
    elif days:
        yield Sentence("on %(days)s", days=Sentence.joined([_day(match[1], match[2]) for match in days], ", "))
    if rule.get("BYMONTHDAY"):
        yield Sentence("on day %(days)s of the month", days=", ".join(rule["BYMONTHDAY"]))
    if rule.get("BYMONTH"):
        yield Sentence("in month %(months)s", months=", ".join(rule["BYMONTH"]))
    if count := _number(rule, "COUNT", 0):
        yield Sentence.counted("once", "%(num)s times", count)
    if set(rule) - _SAID or len(days) < len(rule.get("BYDAY", ())):
        yield Sentence("with further conditions, which a calendar program knows")


def _often(frequency: str, interval: int) -> str:
    if frequency == "DAILY":
        return Sentence.counted("Every day", "Every %(num)s days", interval)
    if frequency == "WEEKLY":
        return Sentence.counted("Every week", "Every %(num)s weeks", interval)
    if frequency == "MONTHLY":
        return Sentence.counted("Every month", "Every %(num)s months", interval)
    if frequency == "YEARLY":
        return Sentence.counted("Every year", "Every %(num)s years", interval)
    return Sentence("Several times a day")


def _day(place: str | None, day: str) -> str:
    at = int(place or 0)
    named = {
        1: Sentence("the first %(day)s", day=_DAYS[day]),
        2: Sentence("the second %(day)s", day=_DAYS[day]),
        3: Sentence("the third %(day)s", day=_DAYS[day]),
        4: Sentence("the fourth %(day)s", day=_DAYS[day]),
        -1: Sentence("the last %(day)s", day=_DAYS[day]),
    }
    return named.get(at, _DAYS[day] if at == 0 else Sentence("%(day)s number %(place)s", day=_DAYS[day], place=at))


def _number(rule: Rule, name: str, default: int) -> int:
    written = next(iter(rule.get(name, ())), "")
    return int(written) if re.fullmatch(r"[1-9][0-9]{0,6}", written, re.ASCII) else default
