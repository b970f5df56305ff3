"""Say in plain text what happens on a page: `hm3 explain mail.message`."""

from collections.abc import Iterator

from core.input.reading import declared
from core.wiring.plan import Wiring
from core.wiring.signature import needs, result


def explain(wiring: Wiring, page_name: str) -> Iterator[str]:
    """One line for each thing that happens, in order, and the module each came from."""
    plan = wiring.plans[page_name]
    allowed = f", with permission {plan.page.permission.name}" if plan.page.permission else ""
    yield f"{plan.page.method} {plan.page.rule}  for {plan.page.access.value}{allowed}"
    for guard in wiring.guards:
        yield f"  guard    {guard.module}.{guard.function.__name__}  ({guard.phase.name.lower()})"
    for kind in plan.inputs:
        fields = (
            f"{name} ({source.value}: {getattr(hint, '__name__', hint)})" for source, name, hint in declared(kind)
        )
        yield f"  inputs   {kind.__name__}: {', '.join(fields)}"
    for handler in plan.handlers:
        asked = ", ".join(need.kind.__name__ for need in needs(handler.function))
        made = result(handler.function)
        gives = made.__name__ if made else "answer"
        yield f"  handler  {handler.module}.{handler.function.__name__}({asked}) -> {gives}"
    for output in plan.outputs:
        yield f"  output   {output.module}.{output.function.__name__} in {output.slot.name}"
