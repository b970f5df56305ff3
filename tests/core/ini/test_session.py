"""Options of [session] that do not fit together."""

from datetime import timedelta
from typing import Any

import pytest

from core.ini.session import SessionConfig, Store


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"store": Store.REDIS}, "store = redis needs redis_url, such as redis://localhost:6379/0"),
        ({"idle": timedelta()}, "idle and longest have to be longer than nothing"),
        ({"longest": timedelta()}, "idle and longest have to be longer than nothing"),
    ],
)
def test_what_nobody_could_log_in_with_is_refused_at_boot(options: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        SessionConfig(**options)
