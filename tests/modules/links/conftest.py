"""What links are judged by."""

import pytest

from modules.links.judging import Judgement
from modules.links.services import know_links


@pytest.fixture(scope="session")
def judgement() -> Judgement:
    """The judge that hm3 brings along."""
    return know_links()
