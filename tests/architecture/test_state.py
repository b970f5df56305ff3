"""Nothing is remembered in a file's own names: what changes lives in objects that somebody opened."""

import ast
from collections.abc import Iterator

from tests.architecture.sources import Source, python

# What makes something that changes.
MAKERS = frozenset(
    "list dict set bytearray defaultdict deque Counter OrderedDict ChainMap SimpleNamespace ContextVar local Lock "
    "RLock Event Condition Queue SimpleQueue WeakKeyDictionary WeakValueDictionary WeakSet count cycle iter".split()
)
CHANGES = frozenset(
    "append extend insert remove pop popitem clear update setdefault add discard sort reverse appendleft move_to_end "
    "__setitem__ __delitem__".split()
)
LITERALS = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp, ast.GeneratorExp)
SOURCES = python("core", "modules", "ci", "demo", "bench", "fuzz")


def module_names(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """The names that a file gives values to, with the values."""
    for node in tree.body:
        if isinstance(node, ast.Assign):
            yield from ((target.id, node.value) for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
            yield node.target.id, node.value


def changes(source: Source) -> Iterator[str]:
    """The places where a file changes what one of its constants holds."""
    constants = {name for name, value in module_names(source.tree) if isinstance(value, LITERALS)} - {"__all__"}
    for node in ast.walk(source.tree):
        changed: ast.expr | None = None
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
            changed = node.value
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CHANGES:
            changed = node.func.value
        if isinstance(changed, ast.Name) and changed.id in constants:
            yield f"{source.name}:{changed.lineno} {changed.id}"


def test_no_function_changes_a_name_of_its_file() -> None:
    places = [
        f"{one.name}:{node.lineno}" for one in SOURCES for node in ast.walk(one.tree) if isinstance(node, ast.Global)
    ]
    assert places == []


def test_no_constant_is_changed() -> None:
    assert [place for one in SOURCES for place in changes(one)] == []


def test_lists_and_tables_of_a_file_are_constants_by_their_names() -> None:
    variables = [
        f"{one.name} {name}"
        for one in SOURCES
        for name, value in module_names(one.tree)
        if isinstance(value, LITERALS) and name != "__all__" and not name.isupper()
    ]
    assert variables == []


def test_no_file_makes_at_import_what_changes_later() -> None:
    made = [
        f"{one.name} {name}"
        for one in SOURCES
        for name, value in module_names(one.tree)
        if isinstance(value, ast.Call) and ast.unparse(value.func).rpartition(".")[2] in MAKERS
    ]
    assert made == []


def test_no_parameter_has_a_default_that_changes() -> None:
    shared = [
        f"{one.name}:{node.lineno} {node.name}"
        for one in SOURCES
        for node in ast.walk(one.tree)
        if isinstance(node, ast.FunctionDef)
        for default in (*node.args.defaults, *node.args.kw_defaults)
        if isinstance(default, LITERALS)
    ]
    assert shared == []
