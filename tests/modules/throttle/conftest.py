"""What the tests of throttle may ask for."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import modules.throttle.handlers
import modules.throttle.outputs
from modules.throttle.module import module as throttle
from tests.modules.security.house import House, open_house

_USED = (modules.throttle.handlers, modules.throttle.outputs)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A site with a throttle as it is by default."""
    yield from open_house(tmp_path, throttle)
