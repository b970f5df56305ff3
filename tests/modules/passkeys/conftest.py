"""What the tests of passkeys may ask for."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.modules.passkeys.rooms import without_codes
from tests.modules.security.house import House, open_house


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A served site with passkeys and without codes."""
    yield from open_house(tmp_path, without_codes())
