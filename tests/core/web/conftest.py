"""A served site for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.core.web.door import Served, serve


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """A site with a door and one room."""
    yield from serve(tmp_path)
