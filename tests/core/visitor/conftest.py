"""Sessions' places, each test with every one."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.database.engine import Database, open_database
from core.input.values import Secret
from core.visitor.database_rows import DatabaseRows
from core.visitor.redis_rows import open_redis
from core.visitor.rows import SessionRows
from tests.servers.redis import RedisServer

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """An empty database."""
    opened = open_database(tmp_path)
    yield opened
    opened.close()


@pytest.fixture(params=["database", pytest.param("redis", marks=pytest.mark.servers)])
def rows(request: pytest.FixtureRequest) -> Iterator[SessionRows]:
    """An empty place for sessions, at noon."""
    if request.param == "database":
        yield DatabaseRows(request.getfixturevalue("database"))
        return
    server: RedisServer = request.getfixturevalue("redis_server")
    opened = open_redis(Secret(server.url), None, timedelta(hours=2), lambda: NOON)
    yield opened
    opened.close()
