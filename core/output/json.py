"""Turn a JSON answer's dataclass into plain JSON values: the declared fields are all that leaves."""

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from enum import Enum
from functools import cache
from typing import Any

from core.input.values import Secret
from core.sentences import Sentence

# What leaves as it is.
_PLAIN = frozenset({type(None), bool, int, float, str})

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]
Say = Callable[[str], str]
# Any: a value of the one type that this is for.
_Way = Callable[[Any, Say], Json]


def to_json(value: object, say: Say = str) -> Json:
    """A value made of dataclasses, enums, dates, collections and plain values. Raises TypeError for anything else.

    `say` puts sentences into the language of who asked.
    """
    kind: type = type(value)
    if kind in _PLAIN:
        return value  # type: ignore[return-value]  # it is of such a type
    return _way(kind)(value, say)


@cache
def _way(kind: type) -> _Way:
    """How values of a type become JSON: found out once for each, as an answer holds many of a few."""
    if issubclass(kind, Secret):
        return _refuse_secret
    if dataclasses.is_dataclass(kind) and not issubclass(kind, Enum | int | float | str):
        return _fields_of(kind)
    ways: tuple[tuple[type, _Way], ...] = (
        (float, lambda value, say: value),
        (Enum, lambda value, say: to_json(value.value, say)),
        (int, lambda value, say: int(value)),
        (Sentence, lambda value, say: say(value)),
        (str, lambda value, say: str(value)),
        (date, lambda value, say: value.isoformat()),
        (timedelta, lambda value, say: value.total_seconds()),
        (Mapping, lambda value, say: {str(key): to_json(item, say) for key, item in value.items()}),
        (frozenset, lambda value, say: sorted(_listed(value, say), key=str)),
        (set, lambda value, say: sorted(_listed(value, say), key=str)),
        (tuple, _listed),
        (list, _listed),
    )
    return next((way for known, way in ways if issubclass(kind, known)), _refuse)


def _fields_of(kind: type) -> _Way:
    names = tuple(field.name for field in dataclasses.fields(kind))

    def fields(value: object, say: Say) -> Json:
        told: dict[str, Json] = {}
        for name in names:
            item = getattr(value, name)
            kind: type = type(item)
            told[name] = item if kind in _PLAIN else _way(kind)(item, say)
        return told

    return fields


def _listed(values: Iterable[object], say: Say) -> list[Json]:
    # Most are plain, and there may be thousands.
    listed: list[Json] = []
    for value in values:
        kind: type = type(value)
        listed.append(value if kind in _PLAIN else _way(kind)(value, say))  # type: ignore[arg-type]  # as above
    return listed


def _refuse_secret(value: object, say: Say) -> Json:
    raise TypeError("a secret never leaves in an answer")


def _refuse(value: object, say: Say) -> Json:
    raise TypeError(f"{type(value).__name__} cannot stand in a JSON answer")
