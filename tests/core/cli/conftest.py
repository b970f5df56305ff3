"""What tests of commands share."""

from pathlib import Path

import pytest

from tests.core.cli.yard import Yard


@pytest.fixture
def yard(tmp_path: Path) -> Yard:
    made = Yard(tmp_path)
    made.write()
    return made
