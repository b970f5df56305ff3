"""What boot settles: for each page a plan of everything that happens on it, in order, and for the site the wiring."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from core.input.fields import is_inputs
from core.module import Function, Guard, Handler, Output, Page
from core.output.slots import DataSlot, Slot, StreamSlot
from core.settings import SubmittedSettings
from core.wiring.signature import Arity, may_redirect, needs, result

WHOLE, DATA, STREAM = "whole", "data", "stream"


@dataclass(frozen=True)
class Plan:
    """Everything that happens on one page, in order.

    `runs` names the handlers that each kind of answer needs, `shown` its outputs.
    """

    page: Page
    inputs: tuple[type, ...]
    handlers: tuple[Handler, ...]
    outputs: tuple[Output, ...]
    runs: Mapping[str, tuple[Handler, ...]] = field(default_factory=dict)
    shown: Mapping[str, tuple[Output, ...]] = field(default_factory=dict)

    def outputs_for(self, target: str) -> tuple[Output, ...]:
        """The outputs of one kind of answer: the whole page, its data, its stream, or one slot by its name."""
        if target in self.shown:
            return self.shown[target]
        shown = tuple(output for output in self.outputs if _shows(output, target))
        if target in (WHOLE, DATA, STREAM):
            return shown
        asked = {need.kind for output in shown for need in needs(output.function)}
        return shown + tuple(output for output in self.outputs if output not in shown and _adorns(output, asked))

    @cached_property
    def takes_settings(self) -> bool:
        """Whether a handler asks for a section of settings from the submitted form."""
        return any(need.kind is SubmittedSettings for handler in self.handlers for need in needs(handler.function))

    @cached_property
    def has_own_body(self) -> bool:
        """Whether an output is the page's body."""
        return any(output.slot is self.page.body for output in self.outputs)

    @cached_property
    def has_data(self) -> bool:
        """Whether the page has a JSON answer."""
        return any(isinstance(output.slot, DataSlot) for output in self.outputs)

    @cached_property
    def has_stream(self) -> bool:
        """Whether the page is a file."""
        return any(isinstance(output.slot, StreamSlot) for output in self.outputs)

    @cached_property
    def slots(self) -> frozenset[str]:
        """The names of the slots that have an output here."""
        return frozenset(output.slot.name for output in self.outputs if isinstance(output.slot, Slot))


@dataclass(frozen=True)
class Wiring:
    """The whole application, checked."""

    plans: Mapping[str, Plan]
    guards: tuple[Guard, ...]
    services: Mapping[type, tuple[Function, ...]]
    shared: Mapping[type, tuple[Function, ...]]
    settings: tuple[type, ...]
    configs: frozenset[type]
    slot_names: frozenset[str]

    @property
    def pages(self) -> tuple[Page, ...]:
        """All pages in the order of their modules."""
        return tuple(plan.page for plan in self.plans.values())


def make_plan(
    page: Page,
    handlers: Sequence[Handler],
    outputs: Sequence[Output],
    services: Mapping[type, tuple[Function, ...]] | None = None,
) -> Plan:
    """A page's plan from its ordered handlers and the outputs placed on it; `services` may ask for inputs too."""
    asked = _asked((handler.function for handler in handlers), services or {})
    bare_plan = Plan(page, tuple(filter(is_inputs, asked)), tuple(handlers), tuple(outputs))
    targets = (WHOLE, DATA, STREAM, *sorted(bare_plan.slots))
    shown = {target: bare_plan.outputs_for(target) for target in targets}
    runs = {target: _needed(handlers, shown[target]) for target in (WHOLE, DATA, STREAM)}
    runs |= {slot: _for_slot(handlers, shown[slot]) for slot in bare_plan.slots}
    return replace(bare_plan, runs=runs, shown=shown)


def _asked(functions: Iterable[Function], services: Mapping[type, tuple[Function, ...]]) -> dict[type, None]:
    """Every type that functions ask for, and those that the services they ask for need."""
    asked: dict[type, None] = {}
    waiting = list(functions)
    for function in waiting:
        for need in needs(function):
            if need.kind not in asked:
                asked[need.kind] = None
                waiting.extend(services.get(need.kind, ()))
    return asked


def _shows(output: Output, target: str) -> bool:
    if isinstance(output.slot, DataSlot):
        return target == DATA
    if isinstance(output.slot, StreamSlot):
        return target == STREAM
    return target in (WHOLE, output.slot.name)


def _adorns(output: Output, asked: Collection[type]) -> bool:
    """Whether an output stands in a slot that the template of a shown fragment may hold."""
    return isinstance(output.slot, Slot) and output.slot.offers in asked


def _for_slot(handlers: Sequence[Handler], outputs: Sequence[Output]) -> tuple[Handler, ...]:
    """The same for one slot alone, of whose page other slots may be left out, and with them what their results effect.

    There handlers that run for their effect do so where the results that they cannot do without are shown or asked for.
    """
    made = {kind for handler in handlers if (kind := result(handler.function)) is not None}
    waiting = {handler: awaited for handler in handlers if (awaited := _awaited(handler) & made)}
    needed = _needed([handler for handler in handlers if handler not in waiting], outputs)
    there = {result(handler.function) for handler in needed}
    return _needed([handler for handler in handlers if waiting.get(handler, set()) <= there], outputs)


def _awaited(handler: Handler) -> set[type]:
    """What a handler that only has an effect cannot do without; one that may end the request waits for nothing."""
    function = handler.function
    if result(function) is not None or may_redirect(function):
        return set()
    return {need.kind for need in needs(function) if need.arity is Arity.ONE}


def _needed(handlers: Sequence[Handler], outputs: Iterable[Output]) -> tuple[Handler, ...]:
    """The handlers whose results are shown, those that these ask for, and those that run for their effect."""
    wanted = {need.kind for output in outputs for need in needs(output.function)}
    chosen: set[int] = set()
    for position in range(len(handlers) - 1, -1, -1):
        made = result(handlers[position].function)
        if made is None or made in wanted:
            chosen.add(position)
            wanted.update(need.kind for need in needs(handlers[position].function))
    return tuple(handler for position, handler in enumerate(handlers) if position in chosen)
