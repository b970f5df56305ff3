"""What a test does without a server it needs: skip with the reason, or fail where everything must be there."""

import os
from typing import NoReturn

import pytest


def missing(reason: str) -> NoReturn:
    """Skip the asking test; with CI=true in the environment fail it."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason} (With CI=true nothing may be missing.)", pytrace=False)
    pytest.skip(reason)
