"""What the declarations of a module may be given. What is no page, slot or access is told where it stands."""

import dataclasses
import re
from collections.abc import Sequence
from enum import Enum
from typing import Any, get_args, get_origin, get_type_hints

from core.errors import WiringError
from core.input.reading import bare
from core.input.values import Count, Line, Text

_NAME = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_RULE = re.compile(r"/([^<>]|<(path:)?[A-Za-z_][A-Za-z0-9_]*>)*", re.ASCII)


def check_page(page: str, name: str, rule: str, choices: Sequence[tuple[str, object, type[Enum]]]) -> None:
    """Raise WiringError where a page's name or rule is none, or what is chosen is none of its choices.

    A page is open to those that its access names: a word in the place of an Access would let everybody in.
    """
    if not _NAME.fullmatch(name):
        raise WiringError(f"Page {page}: a page's name holds letters, digits, - and _ only.")
    if not _RULE.fullmatch(rule):
        raise WiringError(
            f'Page {page} has the rule "{rule}". Begin it with / and write fields as <name> or <path:name>.'
        )
    for word, given, kind in choices:
        if not isinstance(given, kind):
            there = ", ".join(f"{kind.__name__}.{choice.name}" for choice in kind)
            raise WiringError(f"Page {page} has {word}={given!r}. Say one of: {there}.")


def check_given(module: str, decorator: str, given: Sequence[object], kinds: tuple[type, ...], way: str) -> None:
    """Raise WiringError where a decorator is given nothing, or what it cannot take, as without its brackets."""
    wrong = next((one for one in given if not isinstance(one, kinds)), None)
    if given and wrong is None:
        return
    what = "nothing" if not given else str(getattr(wrong, "__qualname__", None) or getattr(wrong, "name", wrong))
    raise WiringError(f"@module.{decorator} of module {module} is given {what}. Write {way}.")


def check_kind(what: str, given: object, kind: type, way: str) -> None:
    """Raise WiringError where something is given that is not what `way` makes, unless nothing is."""
    if given is not None and not isinstance(given, kind):
        raise WiringError(f"{what} is {given!r}. Give it what {way} returned.")


def check_offer(slot: str, offers: object) -> None:
    """Raise WiringError where a slot offers anything but a type."""
    if not isinstance(offers, type):
        raise WiringError(f"Slot {slot} offers {offers!r}. Name the class of a result.")


def check_default(what: str, hint: Any, default: object) -> None:  # Any: a type, or what stands for several
    """Raise WiringError where the default of a field is not of its type."""
    if default is dataclasses.MISSING or (default is None and bare(hint) is not hint):
        return
    kind = bare(hint)
    held, one = (default, get_args(kind)[0]) if get_origin(kind) is tuple else ((default,), kind)
    if isinstance(held, tuple) and all(isinstance(value, one) for value in held):
        return
    raise WiringError(f"{what} has the default {default!r}, which is not a {getattr(one, '__name__', one)}.")


def check_command(module: str, name: object, group: object) -> None:
    """Raise WiringError where a command is named by anything but a word, as without its brackets."""
    for word in (name, group or name):
        if not isinstance(word, str) or not _NAME.fullmatch(word):
            told = getattr(word, "__qualname__", None) or repr(word)
            raise WiringError(f'@module.command of module {module} is given {told}. Write @module.command("a-word").')


def check_check(module: str, option: object) -> None:
    """Raise WiringError where a check is not given the name of an option, as without its brackets."""
    if not isinstance(option, str):
        told = getattr(option, "__qualname__", None) or repr(option)
        raise WiringError(f'@module.check of module {module} is given {told}. Write @module.check("option").')


def check_neighbours(module: str, **neighbours: object) -> None:
    """Raise WiringError where `after` or `before` is anything but functions in brackets."""
    for word, given in neighbours.items():
        if not isinstance(given, tuple) or not all(callable(one) for one in given):
            raise WiringError(f"{word} of a handler of module {module} takes functions in brackets: {word}=(other,).")


def check_settings(kind: type) -> None:
    """Raise WiringError where a settings class is no dataclass, or one of its fields has no words beside it."""
    if not dataclasses.is_dataclass(kind):
        raise WiringError(f"The settings {kind.__name__} are no dataclass. Put @dataclass(frozen=True) right below.")
    for field in dataclasses.fields(kind):
        if "label" not in field.metadata:
            raise WiringError(
                f"{kind.__name__}.{field.name} has no label; declare it with setting(default, label=...)."
            )
        hint = get_type_hints(kind)[field.name]
        what = f"{kind.__name__}.{field.name}"
        if not isinstance(hint, type) or not issubclass(hint, bool | Enum | Line | Text | Count):
            named = getattr(hint, "__name__", hint)
            raise WiringError(f"{what} is a {named}. A setting is a bool, an Enum, a Line, a Text or a Count.")
        check_default(what, hint, field.default)
