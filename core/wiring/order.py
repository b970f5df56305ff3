"""Put the handlers of a page into the order that their types need."""

from collections.abc import Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from core.errors import WiringError
from core.module import Function, Handler, Page
from core.wiring.signature import describe, needs


def in_order(
    page: Page, handlers: Sequence[Handler], providers: Mapping[type, tuple[Function, ...]]
) -> tuple[Handler, ...]:
    """Providers before those who ask, `after` and `before` as named, else the order of registration."""
    sorter: TopologicalSorter[Function] = TopologicalSorter()
    for handler in handlers:
        sources = (source for need in needs(handler.function) for source in providers.get(need.kind, ()))
        sorter.add(handler.function, *handler.after, *sources)
        for later in handler.before:
            sorter.add(later, handler.function)
    by_function = {handler.function: handler for handler in handlers}
    position = {handler.function: place for place, handler in enumerate(handlers)}
    ordered: list[Handler] = []
    try:
        sorter.prepare()
    except CycleError as error:
        circle = " -> ".join(describe(function) for function in error.args[1])
        raise WiringError(f"Handlers of {page.name} wait for each other: {circle}.") from error
    while sorter.is_active():
        for function in sorted(sorter.get_ready(), key=lambda ready: position.get(ready, len(position))):
            if function in by_function:
                ordered.append(by_function[function])
            sorter.done(function)
    return tuple(ordered)


def refuse_circles(factories: Mapping[type, tuple[Function, ...]], what: str) -> None:
    """Raise WiringError when services need each other in a circle."""
    sorter: TopologicalSorter[Function] = TopologicalSorter()
    for makers in factories.values():
        for maker in makers:
            sorter.add(maker, *(source for need in needs(maker) for source in factories.get(need.kind, ())))
    try:
        sorter.prepare()
    except CycleError as error:
        circle = " -> ".join(describe(function) for function in error.args[1])
        raise WiringError(f"{what} need each other in a circle: {circle}.") from error
