"""What the tests of programs may ask for."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.modules.api.office import Office, open_office


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """A served site that lets a program log users in."""
    with open_office(tmp_path) as office:
        yield office
