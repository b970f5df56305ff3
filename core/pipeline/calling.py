"""How functions are called with values found by type: what each asks for, made ready once."""

import inspect
from collections.abc import Callable
from contextlib import contextmanager
from functools import cache
from operator import itemgetter
from typing import Any, NamedTuple, final

from core.module import Function
from core.wiring.signature import Arity, Need, needs


@final
class Asked:
    """What is asked for otherwise than as exactly one now: another arity of a type, or one of them later.

    There is one object for each, so that values are found by it as they are by types.
    """

    __slots__ = ("arity", "kind", "later")

    def __init__(self, kind: type, arity: Arity, later: bool) -> None:
        self.kind = kind
        self.arity = arity
        self.later = later


# What values are found by: exactly one of a type by the type itself.
Key = type | Asked
# What takes values for a function of what finds them by their keys.
Take = Callable[[Any], tuple[Any, ...]]  # Any: values of all types, found by `[]`.


class Calling(NamedTuple):
    """How a function is called: with what `take` finds for it, by place.

    What `opens` makes of a generator what is entered for its service and left when that is closed.
    """

    take: Take
    call: Callable[..., Any]  # Any: the function's own result.
    opens: bool = False


@cache
def calling(function: Function) -> Calling:
    """How to call a registered function."""
    asked = needs(function)
    opens = inspect.isgeneratorfunction(function)
    call = contextmanager(function) if opens else function
    if any(one.kind is one.KEYWORD_ONLY for one in inspect.signature(function).parameters.values()):
        call = _by_name(call, tuple(need.name for need in asked))
    return Calling(taking(*map(key, asked)), call, opens)


def taking(*keys: Key) -> Take:
    """What takes values by their keys, in order. There are hundreds of them in a page: no loop is made for them."""
    if not keys:
        return lambda values: ()
    if len(keys) == 1:
        (only,) = keys
        return lambda values: (values[only],)
    return itemgetter(*keys)


def key(need: Need) -> Key:
    """What the value of a need is found by."""
    return _asked(need.kind, need.arity, need.later) if need.later else asked(need.kind, need.arity)


def asked(kind: type, arity: Arity) -> Key:
    """What the value of a type is found by where it is asked for now."""
    return kind if arity is Arity.ONE else _asked(kind, arity, False)


@cache
def _asked(kind: type, arity: Arity, later: bool) -> Asked:
    """The one object for what is asked for so."""
    return Asked(kind, arity, later)


def _by_name(function: Function, names: tuple[str, ...]) -> Function:
    """The function, some of whose parameters have to be named, taking all of them by place."""
    return lambda *values: function(**dict(zip(names, values, strict=True)))
