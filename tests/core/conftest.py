"""What tests of the core may ask for."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.core.shelf import Shelf


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    """A folder for modules, and an hm3.ini; Python forgets them afterwards."""
    searched = importlib.import_module("modules").__path__
    before = list(searched)
    yield Shelf(tmp_path)
    searched[:] = before
    for name, loaded in list(sys.modules.items()):
        if str(getattr(loaded, "__file__", None) or "").startswith(str(tmp_path)):
            del sys.modules[name]
            parent, _, child = name.rpartition(".")
            if parent in sys.modules:
                vars(sys.modules[parent]).pop(child, None)
