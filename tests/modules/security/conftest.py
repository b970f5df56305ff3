"""What the tests of the security pages may ask for."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.modules.security.house import House, open_house


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A served site whose users' passwords can be changed."""
    yield from open_house(tmp_path)
