"""Who is found by a host of theirs, and by one below it."""

import pytest

from modules.mail.html.homes import Homes

HOMES = Homes([("b.example", "c.example"), ("example.org",), ("a.b.example", "b.example", "b.example")])


@pytest.mark.parametrize(
    ("host", "places"),
    [
        ("b.example", [0, 2]),
        ("a.b.example", [0, 2]),
        ("x.a.b.example", [0, 2]),
        ("c.example", [0]),
        ("example.org", [1]),
        ("notexample.org", []),
        ("example", []),
        ("", []),
    ],
)
def test_those_are_found_who_are_at_home_at_a_host_or_above_it(host: str, places: list[int]) -> None:
    assert HOMES.at(host) == places
