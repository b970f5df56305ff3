"""Turn a JSON answer's dataclass into plain JSON values: the declared fields are all that leaves."""

import dataclasses
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from enum import Enum
from functools import cache

from core.input.values import Secret
from core.sentences import Sentence

# What leaves as it is.
_PLAIN = frozenset({type(None), bool, int, float, str})

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


def to_json(value: object, say: Callable[[str], str] = str) -> Json:
    """A value made of dataclasses, enums, dates, collections and plain values. Raises TypeError for anything else.

    `say` puts sentences into the language of who asked.
    """
    kind = type(value)
    if kind in _PLAIN:
        return value  # type: ignore[return-value]  # it is of such a type
    if isinstance(value, Secret):
        raise TypeError("a secret never leaves in an answer")
    if isinstance(value, float):
        return value
    if isinstance(value, Enum):
        return to_json(value.value, say)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, str):
        return say(value) if isinstance(value, Sentence) else str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if dataclasses.is_dataclass(kind):
        return {name: to_json(getattr(value, name), say) for name in _names(kind)}
    if isinstance(value, Mapping):
        return {str(key): to_json(item, say) for key, item in value.items()}
    if isinstance(value, frozenset | set):
        return sorted((to_json(item, say) for item in value), key=str)
    if isinstance(value, tuple | list):
        return [to_json(item, say) for item in value]
    raise TypeError(f"{type(value).__name__} cannot stand in a JSON answer")


@cache
def _names(kind: type) -> tuple[str, ...]:
    """The names of a dataclass's fields."""
    return tuple(field.name for field in dataclasses.fields(kind))
