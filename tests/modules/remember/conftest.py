"""What the tests of remembered devices may ask for."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.modules.remember.home import Home, open_home


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """A served site on which devices can be remembered."""
    with open_home(tmp_path) as home:
        yield home
