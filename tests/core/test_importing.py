"""Why a module cannot be imported, in a sentence with file and line."""

import pytest

from tests.core.shelf import Shelf


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import no_such_package", "imports no_such_package, which is not installed."),
        ("import modules.no_such_module", "imports modules.no_such_module, which does not exist."),
        ("1 / 0", "raises ZeroDivisionError: division by zero"),
        ("from core import no_such_name", "raises ImportError: cannot import name 'no_such_name' from 'core'"),
    ],
)
def test_what_a_file_raises_is_told_with_its_line(shelf: Shelf, code: str, reason: str) -> None:
    shelf.add("tea", handlers=code)
    assert shelf.refusal().startswith(f"hm3.ini: Module tea cannot be loaded: modules/tea/handlers.py:5 {reason}")


def test_what_registration_refuses_is_told_in_its_own_words(shelf: Shelf) -> None:
    shelf.add("tea", more="module.page('drink', '/drink', method='BREW')")
    assert shelf.refusal() == (
        "hm3.ini: Module tea cannot be loaded: Page tea.drink asks for method BREW; pages answer GET, POST or DELETE."
    )


def test_a_broken_bridge_is_told(shelf: Shelf) -> None:
    shelf.add("tea", with_milk="1 / 0")
    shelf.add("milk")
    assert "modules/tea/with_milk.py:5 raises ZeroDivisionError" in shelf.refusal()


def test_a_module_that_turns_out_to_be_another_is_refused(shelf: Shelf) -> None:
    shelf.add("tea", more="module.name = 'coffee'")
    assert shelf.refusal() == "hm3.ini: Module tea cannot be loaded: modules/tea/module.py makes no such module."


def test_a_module_that_imports_flask_is_refused_before_anything_is_imported(shelf: Shelf) -> None:
    shelf.add("apple", more="raise RuntimeError('imported')")
    shelf.add("tea", handlers="import flask")
    told = shelf.refusal()
    assert told.startswith("hm3.ini: Module tea imports flask in modules/tea/handlers.py:5.")
    assert "imported" not in told


def test_a_module_that_cannot_be_read_is_refused(shelf: Shelf) -> None:
    shelf.add("tea", more="(")
    assert shelf.refusal() == "hm3.ini: Module tea cannot be loaded: modules/tea/module.py:6: '(' was never closed."


def test_a_file_that_python_cannot_read_is_told_with_its_line(shelf: Shelf) -> None:
    shelf.add("tea", handlers="def")
    told = shelf.refusal().replace(f"{shelf.modules}/", "modules/")
    assert told == "hm3.ini: Module tea cannot be loaded: modules/tea/handlers.py:5: invalid syntax."


def test_tests_and_installers_in_a_folder_are_not_imported(shelf: Shelf) -> None:
    shelf.add("tea", test_tea="1 / 0", conftest="1 / 0", setup="1 / 0")
    assert shelf.names() == ["tea"]


def test_programs_in_a_folder_are_not_imported_unless_they_register_something(shelf: Shelf) -> None:
    run = 'if __name__ == "__main__":\n    raise SystemExit\n'
    shelf.add("tea", apart=f"import no_such_package\n\n\n{run}")
    assert shelf.names() == ["tea"]
    shelf.add("milk", handlers=f"from modules.milk.module import module\n\nimport no_such_package\n\n{run}")
    assert "modules/milk/handlers.py" in shelf.refusal()
