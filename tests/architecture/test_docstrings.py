"""What every file and every public class says of itself."""

import ast

from tests.architecture.sources import classes, functions, python


def test_every_file_says_in_a_sentence_what_it_holds() -> None:
    silent = [one.name for one in python() if one.text.strip() and not _says(ast.get_docstring(one.tree))]
    assert silent == []


def test_every_public_class_says_what_it_means() -> None:
    silent = [
        f"{one.name}:{found.lineno} {found.name}"
        for one in python("core", "modules", "demo", "bench", "fuzz", "ci", "tests")
        for found in classes(one.tree)
        if not found.name.startswith("_") and not _says(ast.get_docstring(found))
    ]
    assert silent == []


def test_every_exception_that_is_let_through_or_left_out_has_its_reason_beside_it() -> None:
    bare = []
    for one in python():
        for number, line in enumerate(one.text.splitlines(), 1):
            _, mark, reason = line.partition("# type" + ": ignore")
            if mark and not reason.partition("]")[2].strip(" #"):
                bare.append(f"{one.name}:{number}")
    assert bare == []


def test_a_bare_except_is_nowhere() -> None:
    bare = [
        f"{one.name}:{node.lineno}"
        for one in python()
        for node in ast.walk(one.tree)
        if isinstance(node, ast.ExceptHandler) and node.type is None
    ]
    assert bare == []


def test_every_test_can_fail() -> None:
    """A test without an assertion of its own uses one of a helper's, of pytest's or of hypothesis'."""
    certain = []
    for one in python("tests"):
        for found in functions(one.tree):
            if found.name.startswith("test_") and not any(_can_fail(node) for node in ast.walk(found)):
                certain.append(f"{one.name}:{found.lineno} {found.name}")
    assert certain == []


def _can_fail(node: ast.AST) -> bool:
    if isinstance(node, ast.Assert):
        return True
    name = ""
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return name in {"raises", "fail", "warns", "until"} or name.startswith(
        ("check", "expect", "assert", "refuse", "wait")
    )


def _says(docstring: str | None) -> bool:
    first = (docstring or "").partition("\n\n")[0].strip()
    return bool(first) and first[-1] in ".:!?]`"
