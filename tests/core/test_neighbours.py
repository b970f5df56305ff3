"""What files of a module may import of other modules."""

import pytest

from core.discovery import find_in_folder
from core.loader import SHIPPED
from core.neighbours import trespasses
from tests.core.shelf import Shelf


def said(shelf: Shelf, *requires: str, file: str = "handlers", code: str) -> list[str]:
    """What is said of a module `tea` with one file, beside `milk`, which requires `cow`."""
    shelf.add("cow")
    shelf.add("milk", "cow")
    shelf.add("tea", *requires, **{file: code})
    there = {found.name: found for found in find_in_folder(shelf.modules)}
    return [sentence.replace(f"{shelf.modules}/", "") for sentence in trespasses(there["tea"], there.values())]


@pytest.mark.parametrize(
    "code",
    [
        "from modules.milk.api import Jug",
        "from modules.milk import api",
        "import modules.milk.api",
        "from modules.cow.api import Bell",
        "from modules.tea.store import Shelf",
        "from . import store",
        "from .store import Shelf",
        "from core import Line",
    ],
)
def test_a_module_may_import_its_own_files_and_what_required_ones_offer(shelf: Shelf, code: str) -> None:
    assert said(shelf, "milk", code=code) == []


@pytest.mark.parametrize(
    "code",
    [
        "from modules.milk.store import Jug",
        "from modules.milk import store",
        "import modules.milk.store as jugs",
        "from ..milk.store import Jug",
        "from ..milk import store",
        "def later():\n    from modules.milk.store.deep import Jug",
    ],
)
def test_what_another_module_keeps_to_itself_is_refused_with_its_line(shelf: Shelf, code: str) -> None:
    line = 6 if code.startswith("def") else 5
    assert said(shelf, "milk", code=code) == [
        f"Module tea imports modules.milk.store in tea/handlers.py:{line}. Import modules.milk.api: that is what milk "
        "offers to other modules."
    ]


def test_a_module_that_is_not_required_may_be_imported_by_a_bridge_alone(shelf: Shelf) -> None:
    (sentence,) = said(
        shelf, file="with_cow", code="from modules.milk.api import Jug\nfrom modules.cow.api import Bell\n"
    )
    assert "modules.milk.api in tea/with_cow.py:5 and does not require milk." in sentence


def test_each_line_is_told_once_with_all_that_is_to_be_required(shelf: Shelf) -> None:
    assert said(shelf, "cow", code="from modules.milk.api import Jug, Cup") == [
        'Module tea imports modules.milk.api in tea/handlers.py:5 and does not require milk. Write requires=("cow", '
        '"milk"), or put what needs milk into with_milk.py, which is imported only where milk is on.'
    ]


@pytest.mark.parametrize(
    "way", ["from modules.milk.handlers import pour", "from modules.milk.handlers import pour as x"]
)
def test_a_file_that_replaces_something_may_import_what_it_takes_the_place_of(shelf: Shelf, way: str) -> None:
    name = way.rpartition(" ")[2]
    code = f"from modules.milk.inputs import Wanted\n{way}\n@module.replace({name})\ndef refill(wanted: Wanted): ...\n"
    assert said(shelf, "milk", code=code) == []


def test_what_it_replaces_opens_no_third_module(shelf: Shelf) -> None:
    imports = "from modules.milk.handlers import pour\nfrom modules.cow.store import Bell\n"
    code = f"{imports}@module.replace(pour)\ndef x(): ...\n"
    (sentence,) = said(shelf, "milk", code=code)
    assert "modules.cow.store in tea/handlers.py:6" in sentence


def test_tests_may_look_into_everything(shelf: Shelf) -> None:
    assert said(shelf, file="test_tea", code="from modules.milk.store import Jug") == []


def test_a_file_that_is_not_python_is_told_with_its_line(shelf: Shelf) -> None:
    assert said(shelf, code="from (") == ["Module tea cannot be loaded: tea/handlers.py:5: invalid syntax."]


def test_shipped_modules_keep_to_it() -> None:
    there = find_in_folder(SHIPPED)
    assert [sentence for one in there for sentence in trespasses(one, there)] == []
