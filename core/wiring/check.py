"""What boot refuses, each in a sentence that names the function, the page and the missing type."""

import dataclasses
import inspect
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from typing import Any, get_args, get_origin

from core.declaring import check_default
from core.errors import WiringError
from core.input.fields import Source, is_inputs
from core.input.reading import Upload, bare, declared
from core.module import Command, Function, Handler, Module, Output, Page
from core.output.slots import DataSlot, Fragment, Slot, Stream, StreamSlot
from core.settings import section_name
from core.wiring.plan import Plan
from core.wiring.signature import Arity, describe, needs, result

_RULE_FIELD = re.compile(r"<(?:path:)?([a-z_][a-z0-9_]*)>")


def rule_fields(rule: str) -> tuple[str, ...]:
    """The names that stand in a rule as `<name>` or `<path:name>`."""
    return tuple(_RULE_FIELD.findall(rule))


def check_modules(modules: Sequence[Module]) -> None:
    """Each module once, after those it requires."""
    loaded: set[str] = set()
    for module in modules:
        if module.name in loaded:
            raise WiringError(f"There are two modules named {module.name}. Rename one or switch it off.")
        for name in module.requires:
            if name not in loaded:
                raise WiringError(f"Module {module.name} requires {name}, which is not loaded before it.")
        loaded.add(module.name)


def check_pages(pages: Iterable[Page], permissions: Collection[object]) -> None:
    """No two pages with one rule and method; permissions that a module registered."""
    seen: dict[tuple[str, str], Page] = {}
    for page in pages:
        shape = (page.method, re.sub(r"<(path:)?[^>]*>", r"<\1>", page.rule))
        if shape in seen:
            raise WiringError(f"Pages {seen[shape].name} and {page.name} both answer {page.method} {page.rule}.")
        seen[shape] = page
        if page.permission is not None and page.permission not in permissions:
            raise WiringError(f"Page {page.name} asks for permission {page.permission.name}, which no module named.")


def check_replacements(modules: Sequence[Module]) -> dict[Function, Function]:
    """What replaces what. A replacement stands once, for something registered, with the same result."""
    registered = {function for module in modules for function in _functions(module)}
    swaps: dict[Function, Function] = {}
    for module in modules:
        for function in module.unreplaced:
            raise WiringError(
                f"@module.replace of module {module.name} is given {describe(function)} and nothing in its place. "
                "Write @module.replace(original) above the function that takes it."
            )
        for original, function in module.replacements:
            if original not in registered:
                raise WiringError(
                    f"{describe(function)} replaces {describe(original)}, which no enabled module registered."
                )
            if original in swaps:
                raise WiringError(
                    f"{describe(function)} and {describe(swaps[original])} both replace {describe(original)}."
                )
            if result(function) is not result(original):
                raise WiringError(f"{describe(function)} replaces {describe(original)} and returns something else.")
            swaps[original] = function
    return swaps


def check_needs(
    function: Function, where: str, providers: Mapping[type, tuple[Function, ...]], outside: Collection[type]
) -> None:
    """Each thing a function asks for is offered, and once where one is asked for."""
    for need in needs(function):
        found = providers.get(need.kind, ())
        if need.arity is not Arity.ALL and len(found) > 1:
            rivals = " and ".join(describe(rival) for rival in found)
            raise WiringError(f"{describe(function)} asks for one {need.kind.__name__}, but {rivals} both provide it.")
        if need.arity is Arity.ONE and not (found or need.kind in outside or is_inputs(need.kind)):
            there = ", ".join(sorted(kind.__name__ for kind in providers)) or "none"
            raise WiringError(
                f"{describe(function)} needs {need.kind.__name__}, which nothing on {where} provides. "
                f"Results there: {there}."
            )


def check_handler(function: Function) -> None:
    """A handler returns a result, never HTML, and returns it at once."""
    if inspect.iscoroutinefunction(function) or inspect.isgeneratorfunction(function):
        raise WiringError(f"{describe(function)} is async or yields. Handlers run in threads: write def, and return.")
    made = result(function)
    if made is not None and made.__module__ == "builtins":
        raise WiringError(
            f"{describe(function)} returns {made.__name__}. Return a frozen dataclass of your own, whose type says "
            "what it is, a Redirect or None."
        )
    if made in (Fragment, Stream):
        raise WiringError(f"{describe(function)} is a handler and returns HTML or a stream. Return a result.")
    if made is not None and not _is_frozen(made):
        raise WiringError(
            f"{describe(function)} returns {made.__name__}, which is not a frozen dataclass. Put "
            f"@dataclass(frozen=True) above class {made.__name__}: a result is never changed."
        )


def check_guard(function: Function) -> None:
    """A guard lets go on, leads on or refuses: what it returned besides would count for nothing."""
    made = result(function)
    if made is not None:
        raise WiringError(
            f"{describe(function)} is a guard and returns {made.__name__}. A guard returns None, which lets the "
            "request go on, or a Redirect, or it raises a Refusal."
        )


def check_factory(function: Function) -> None:
    """A service offers something by a type that says what it is."""
    made = result(function)
    if made is None or made.__module__ == "builtins":
        what = "nothing" if made is None else made.__name__
        raise WiringError(
            f"{describe(function)} is a service and returns {what}. Return a class of its own: its type is the key."
        )


def check_checks(modules: Iterable[Module]) -> None:
    """A check gets configs of its own module, is about an option of them, and returns a sentence."""
    for module in modules:
        for check in module.checks:
            asked = needs(check.function)
            for need in asked:
                if (
                    need.kind not in module.configs
                    or need.arity is not Arity.ONE
                    or need.later
                    or _is_worded(need.kind)
                ):
                    raise WiringError(
                        f"{describe(check.function)} asks for {need.name}. A check gets configs of its own "
                        "module alone, each of one section."
                    )
            if check.option not in {field.name for need in asked for field in dataclasses.fields(need.kind)}:
                raise WiringError(
                    f"{describe(check.function)} is a check of {check.option}, which is no option of what it asks for."
                )
            if inspect.isgeneratorfunction(check.function) or result(check.function) is not str:
                raise WiringError(f"{describe(check.function)} is a check. Return what works, as a str.")


def _is_worded(config: type) -> bool:
    """Whether hm3.ini may hold several sections of a config."""
    return any("word" in field.metadata for field in dataclasses.fields(config))


def check_commands(commands: Iterable[Command]) -> None:
    """No two commands of one name."""
    seen: dict[tuple[str, str], Command] = {}
    for command in commands:
        other = seen.setdefault((command.group, command.name), command)
        if other is not command:
            raise WiringError(
                f"{describe(other.function)} and {describe(command.function)} are both the command hm3 {command.group} "
                f"{command.name}. Rename one."
            )


def check_sections(kinds: Iterable[type]) -> None:
    """No two settings classes whose sections have one name: what was chosen is kept under it."""
    seen: dict[str, type] = {}
    for kind in kinds:
        other = seen.setdefault(section_name(kind), kind)
        if other is not kind:
            one, two = (f"{each.__module__}.{each.__qualname__}" for each in (other, kind))
            raise WiringError(f"Settings {one} and {two} have one name. Rename one.")


def check_neighbours_run(handlers: Iterable[Handler]) -> None:
    """Whatever a handler runs after or before is a handler of some page."""
    handlers = tuple(handlers)
    known = {handler.function for handler in handlers}
    for handler in handlers:
        for neighbour in (*handler.after, *handler.before):
            if neighbour not in known:
                raise WiringError(
                    f"{describe(handler.function)} runs after or before {describe(neighbour)}, which is no handler."
                )


def check_outputs(outputs: Iterable[Output], outside: Collection[type]) -> None:
    """Outputs see results and nothing else, and return what their slot takes."""
    for output in outputs:
        for need in needs(output.function):
            if need.kind in outside or is_inputs(need.kind):
                raise WiringError(
                    f"{describe(output.function)} is an output and asks for {need.kind.__name__}. "
                    "Outputs see results only: let a handler put what you need into one."
                )
        if inspect.iscoroutinefunction(output.function) or inspect.isgeneratorfunction(output.function):
            raise WiringError(f"{describe(output.function)} is async or yields. Write def, and return.")
        made = result(output.function)
        if isinstance(output.slot, Slot) and made is not Fragment:
            raise WiringError(f"{describe(output.function)} shows in slot {output.slot.name}; return a Fragment.")
        if isinstance(output.slot, StreamSlot) and made is not Stream:
            raise WiringError(f"{describe(output.function)} gives the file of {output.slot.name}; return a Stream.")
        if isinstance(output.slot, DataSlot) and not dataclasses.is_dataclass(made):
            raise WiringError(f"{describe(output.function)} gives the data of {output.slot.name}; return a dataclass.")


def check_placement(outputs: Iterable[Output], plans: Iterable[Plan]) -> None:
    """Every output is shown somewhere."""
    placed = {(output.function, output.slot.name) for plan in plans for output in plan.outputs}
    for output in outputs:
        if (output.function, output.slot.name) not in placed:
            raise WiringError(f"{describe(output.function)} goes into slot {output.slot.name}, which no page shows.")


def check_inputs(plan: Plan) -> None:
    """Path fields stand in the rule; a field has one type on a page, and a type that parses and bounds itself."""
    page = plan.page
    types: dict[tuple[Source, str], tuple[type, Any]] = {}
    for kind in plan.inputs:
        for field, (source, name, hint) in zip(dataclasses.fields(kind), declared(kind), strict=True):
            must_stand = source is Source.PATH and field.default is dataclasses.MISSING
            if must_stand and name not in rule_fields(page.rule):
                raise WiringError(f"{kind.__name__} reads {name} from the path, but {page.rule} has no <{name}>.")
            if source in (Source.FORM, Source.UPLOAD) and page.method == "GET" and field.default is dataclasses.MISSING:
                raise WiringError(
                    f"{kind.__name__} reads {name} from a form, and page {page.name} is a GET page, which gets none. "
                    "Use query(), or a page with method='POST'."
                )
            if not _parses(_element(hint)):
                raise WiringError(
                    f"{kind.__name__}.{name} is a {getattr(hint, '__name__', hint)}, which cannot check itself. "
                    "Use a type with parse, such as Line, or bool, int, a date or an Enum."
                )
            check_default(f"{kind.__name__}.{name}", hint, field.default)
            other = types.setdefault((source, name), (kind, hint))
            if bare(other[1]) != bare(hint):
                raise WiringError(
                    f"{other[0].__name__} and {kind.__name__} declare {source.value} field {name} of {page.name} "
                    "with two types."
                )
    if page.retry is not None and page.retry.method != "GET":
        raise WiringError(f"Page {page.name} shows {page.retry.name} after a refusal; only a GET page can be shown.")


def check_slots_in_templates(named: Iterable[tuple[str, str]], known: Collection[str]) -> None:
    """Every slot that a template names exists. `named` holds pairs of template and slot name."""
    for template, slot in named:
        if slot not in known:
            raise WiringError(f"Template {template} names slot {slot}, which no enabled or shipped module has.")


def _functions(module: Module) -> Iterable[Function]:
    yield from (handler.function for handler in module.handlers)
    yield from (output.function for output in module.outputs)
    yield from (guard.function for guard in module.guards)
    yield from module.services
    yield from module.shared_services


def _element(hint: Any) -> Any:
    return get_args(hint)[0] if get_origin(hint) is tuple else bare(hint)


def _is_frozen(kind: type) -> bool:
    """Whether it is a frozen dataclass."""
    return dataclasses.is_dataclass(kind) and getattr(kind, "__dataclass_params__").frozen  # noqa: B009  # typeshed hides it


def _parses(kind: Any) -> bool:
    if kind in (bool, int, date, datetime, Upload):
        return True
    return isinstance(kind, type) and (issubclass(kind, Enum) or callable(getattr(kind, "parse", None)))
