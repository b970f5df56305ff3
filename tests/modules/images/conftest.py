"""A name server and a server of images for each test."""

from collections.abc import Iterator

import pytest

from tests.modules.images.gallery import ImageServer, serve_images
from tests.servers.dns import NameServer, start_name_server


@pytest.fixture
def names() -> Iterator[NameServer]:
    """A name server that knows nothing yet."""
    with start_name_server() as server:
        yield server


@pytest.fixture
def server() -> Iterator[ImageServer]:
    """A server of images, at this machine."""
    with serve_images() as server:
        yield server
