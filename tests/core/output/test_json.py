"""What leaves in a JSON answer."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum

import pytest

from core import Line, Secret, Sentence
from core.output.json import to_json


class Colour(Enum):
    """A choice."""

    RED = "red"


@dataclass(frozen=True)
class Thing:
    """One of everything."""

    name: Line
    colour: Colour
    when: datetime
    wait: timedelta
    tags: frozenset[str]
    parts: tuple[int, ...]
    more: dict[str, float]
    none: None = None
    yes: bool = True

    @property
    def hidden(self) -> str:
        return "never"


def test_the_declared_fields_leave_and_no_others() -> None:
    thing = Thing(
        Line("a"),
        Colour.RED,
        datetime(2026, 1, 2, tzinfo=UTC),
        timedelta(seconds=3),
        frozenset("ba"),
        (1, 2),
        {"x": 1.5},
    )
    assert to_json(thing) == {
        "name": "a",
        "colour": "red",
        "when": "2026-01-02T00:00:00+00:00",
        "wait": 3.0,
        "tags": ["a", "b"],
        "parts": [1, 2],
        "more": {"x": 1.5},
        "none": None,
        "yes": True,
    }


@pytest.mark.parametrize("value", [Secret("x"), object(), b"octets", {"a": Secret("x")}])
def test_a_secret_or_an_unknown_kind_never_leaves(value: object) -> None:
    with pytest.raises(TypeError):
        to_json(value)


def test_sentences_leave_in_the_language_of_who_asked() -> None:
    told = {"text": Sentence("Saved."), "subject": "Saved.", "more": [Sentence("Saved.")]}
    assert to_json(told, str.upper) == {"text": "SAVED.", "subject": "Saved.", "more": ["SAVED."]}
