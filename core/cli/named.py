"""What pages name by a word, and whether it is there: templates, layouts and icons."""

import ast
import inspect
import json
import re
import textwrap
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from core.errors import WiringError
from core.ini.load import nearest
from core.module import Function
from core.output.slots import MenuEntry, Slot
from core.wiring.plan import Plan, Wiring
from core.wiring.signature import describe

_ICONS = Path(__file__).resolve().parent.parent / "assets" / "icons.json"
_TEMPLATE = re.compile(r"[\w./-]+\.html", re.ASCII)
_POSITION = 2  # of the icon, among what a MenuEntry is made of


def check_templates(plans: Iterable[Plan], there: Collection[str]) -> None:
    """Raise WiringError where a page's layout, or a template that one of its outputs names, is not there."""
    for plan in plans:
        if plan.page.layout is not None and plan.page.layout not in there:
            raise WiringError(
                f"Page {plan.page.name} has the layout {plan.page.layout}, {_not_there(plan.page.layout, there)}"
            )
        for output in plan.outputs:
            for name in _templates(output.function) if isinstance(output.slot, Slot) else ():
                if name not in there:
                    raise WiringError(f"{describe(output.function)} shows template {name}, {_not_there(name, there)}")


def check_included(named: Iterable[tuple[str, str]], there: Collection[str]) -> None:
    """Raise WiringError where a template, each with the others that it includes, names one that is not there."""
    for template, name in named:
        if name not in there:
            raise WiringError(f"Template {template} includes {name}, {_not_there(name, there)}")


def check_icons(named: Iterable[tuple[str, str]], wiring: Wiring) -> None:
    """Raise WiringError where a template, each with the icons that it names, or an entry of the menu has none such."""
    there = json.loads(_ICONS.read_text("utf-8"))
    entries = wiring.services.get(MenuEntry, ())
    said = [(f"Template {template}", icon) for template, icon in named]
    for where, icon in (*said, *((describe(entry), icon) for entry in entries for icon in _icons(entry))):
        if icon not in there:
            raise WiringError(
                f"{where} names icon {icon}, which core/assets/icons.json does not have. {nearest(icon, there)}"
            )


def _not_there(name: str, there: Collection[str]) -> str:
    beside = [other for other in there if other.partition("/")[0] == name.partition("/")[0]]
    hint = nearest(name, beside) if beside else "Put it into templates/ in the module's folder."
    return f"which no folder of templates has. {hint}"


def _templates(function: Function) -> Iterator[str]:
    """The templates that the code of a function names."""
    for constant in function.__code__.co_consts:
        if isinstance(constant, str) and _TEMPLATE.fullmatch(constant):
            yield constant


def _icons(entry: Function) -> Iterator[str]:
    """The icons that the code of a menu entry names."""
    try:
        code = textwrap.dedent(inspect.getsource(entry))
    except OSError:
        return  # a module may come without its source
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == MenuEntry.__name__:
            given = [
                *node.args[_POSITION : _POSITION + 1],
                *(word.value for word in node.keywords if word.arg == "icon"),
            ]
            yield from (str(icon.value) for icon in given if isinstance(icon, ast.Constant))
