"""Read what registered functions ask for and add, from their annotations alone."""

import inspect
import types
from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from enum import Enum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from core.errors import WiringError
from core.module import Function
from core.output.slots import Redirect
from core.terminal import Confirmation, PasswordPrompt
from core.wiring.later import Later


class Arity(Enum):
    """`T` is exactly one, `T | None` is at most one, `tuple[T, ...]` all there are."""

    ONE = "one"
    OPTIONAL = "optional"
    ALL = "all"


@dataclass(frozen=True)
class Need:
    """One parameter of a registered function. What is asked for `later` is made when it is called for."""

    name: str
    kind: type
    arity: Arity
    later: bool = False


@cache
def needs(function: Function) -> tuple[Need, ...]:
    """What a function asks for. Raises WiringError for a parameter without one plain type."""
    hints = _hints(function)
    code = getattr(function, "__init__") if isinstance(function, type) else function  # noqa: B009  # a class is a factory
    if code.__code__.co_flags & (inspect.CO_VARARGS | inspect.CO_VARKEYWORDS):
        raise WiringError(
            f"{describe(function)} takes any number of parameters. Ask for tuple[T, ...] to get all there are."
        )
    names = code.__code__.co_varnames[: code.__code__.co_argcount + code.__code__.co_kwonlyargcount]
    asked = [name for name in names if not (isinstance(function, type) and name == "self")]
    for name in asked:
        if name not in hints:
            raise WiringError(f"Parameter {name} of {describe(function)} has no type; the type says what it needs.")
    return tuple(_need(function, name, hints[name]) for name in asked)


@cache
def result(function: Function) -> type | None:
    """The type a function adds, if any. A Redirect or None is an answer, not a result."""
    if isinstance(function, type):
        return function
    hints = _hints(function)
    if "return" not in hints:
        raise WiringError(f"{describe(function)} does not say what it returns; add a return type.")
    hint = hints["return"]
    if get_origin(hint) in (Iterator, Generator) or _is_generator(hint):
        hint = get_args(hint)[0]
    kinds = [kind for kind in _members(hint) if kind not in (Redirect, type(None))]
    if len(kinds) > 1:
        raise WiringError(f"{describe(function)} returns {hint}; return one kind of result.")
    return plain(kinds[0]) if kinds else None


def may_redirect(function: Function) -> bool:
    """Whether a function can end the request with a Redirect."""
    return Redirect in _members(_hints(function).get("return"))


def is_typed(kind: type) -> bool:
    """Whether a command's parameter of this type comes from who runs it, and not from the application."""
    if kind in (PasswordPrompt, Confirmation):
        return True
    return issubclass(kind, str | int) and callable(getattr(kind, "parse", None))


def describe(function: Function) -> str:
    """A function's name with its module, for people."""
    return f"{function.__module__}.{function.__qualname__}"


def plain(kind: Any) -> type:
    """A type without its parameters: SubmittedSettings[X] is SubmittedSettings."""
    origin: type = get_origin(kind) or kind
    return origin


def _hints(function: Function) -> dict[str, Any]:
    called = getattr(function, "__init__") if isinstance(function, type) else function  # noqa: B009  # a class is a factory
    try:
        return get_type_hints(called)
    except NameError as error:
        raise WiringError(f"{describe(function)} names a type that its file does not know: {error}.") from error


def _is_generator(hint: Any) -> bool:
    origin = get_origin(hint)
    return isinstance(origin, type) and issubclass(origin, Iterator)


def _need(function: Function, name: str, hint: Any) -> Need:
    if get_origin(hint) is Later:
        return replace(_need(function, name, get_args(hint)[0]), later=True)
    if get_origin(hint) is tuple:
        return Need(name, plain(get_args(hint)[0]), Arity.ALL)
    kinds = [kind for kind in _members(hint) if kind is not type(None)]
    if len(kinds) != 1:
        raise WiringError(f"Parameter {name} of {describe(function)} must name one type, not {hint}.")
    return Need(name, plain(kinds[0]), Arity.OPTIONAL if len(_members(hint)) == 2 else Arity.ONE)


def _members(hint: Any) -> tuple[Any, ...]:
    return get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)
