"""What tests of the core may ask for."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.core.shelf import Shelf
from tests.servers.needs import missing
from tests.servers.redis import RedisServer, redis_missing, running_redis


@pytest.fixture(scope="session")
def redis_of_worker() -> Iterator[RedisServer]:
    """A Redis for the tests of one worker."""
    lack = redis_missing()
    if lack:
        missing(lack)
    with running_redis() as server:
        yield server


@pytest.fixture
def redis_server(redis_of_worker: RedisServer) -> Iterator[RedisServer]:
    """A Redis that runs and holds nothing."""
    if not redis_of_worker.child.running:
        redis_of_worker.start()
    redis_of_worker.empty()
    yield redis_of_worker


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    """A folder for modules, and an hm3.ini; Python forgets them afterwards."""
    searched = importlib.import_module("modules").__path__
    before = list(searched)
    yield Shelf(tmp_path)
    searched[:] = before
    for name, loaded in list(sys.modules.items()):
        if str(getattr(loaded, "__file__", None) or "").startswith(str(tmp_path)):
            del sys.modules[name]
            parent, _, child = name.rpartition(".")
            if parent in sys.modules:
                vars(sys.modules[parent]).pop(child, None)
