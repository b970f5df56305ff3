"""When events come again, in words."""

from datetime import date

import pytest

from modules.invitations.recurrence import Rule, last_day, tell_rule


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({}, ""),
        ({"FREQ": ["DAILY"]}, "Every day"),
        ({"FREQ": ["DAILY"], "INTERVAL": ["3"], "COUNT": ["5"]}, "Every 3 days, 5 times"),
        ({"FREQ": ["WEEKLY"], "BYDAY": ["MO", "WE"]}, "Every week, on Monday, Wednesday"),
        ({"FREQ": ["WEEKLY"], "BYDAY": ["MO", "TU", "WE", "TH", "FR"]}, "Every week, from Monday to Friday"),
        ({"FREQ": ["MONTHLY"], "BYDAY": ["1WE", "-1SU"]}, "Every month, on the first Wednesday, the last Sunday"),
        ({"FREQ": ["MONTHLY"], "BYDAY": ["5FR"]}, "Every month, on Friday number 5"),
        ({"FREQ": ["MONTHLY"], "BYMONTHDAY": ["1", "15"]}, "Every month, on day 1, 15 of the month"),
        ({"FREQ": ["YEARLY"], "BYMONTH": ["3"], "INTERVAL": ["x"]}, "Every year, in month 3"),
        ({"FREQ": ["SECONDLY"]}, "Several times a day"),
        (
            {"FREQ": ["DAILY"], "BYSETPOS": ["1"]},
            "Every day, with further conditions, which a calendar program knows",
        ),
        ({"FREQ": ["DAILY"], "BYDAY": ["9X"]}, "Every day, with further conditions, which a calendar program knows"),
    ],
)
def test_rules_are_said_in_words(rule: Rule, words: str) -> None:
    assert ", ".join(tell_rule(rule)) == words


@pytest.mark.parametrize(
    ("until", "day"),
    [
        ([], None),
        (["2026-07-01"], date(2026, 7, 1)),
        (["2026-07-01T08:00:00+00:00"], date(2026, 7, 1)),
        (["never"], None),
    ],
)
def test_rules_end_on_a_day(until: list[str], day: date | None) -> None:
    assert last_day({"UNTIL": until}) == day
