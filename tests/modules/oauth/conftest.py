"""A provider for each test, and a site whose users log in by it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.modules.oauth.site import OauthSite, open_site
from tests.servers.authorization import Provider, start_provider


@pytest.fixture
def provider() -> Iterator[Provider]:
    """A provider at which Ada is logged in."""
    with start_provider() as provider:
        yield provider


@pytest.fixture
def site(tmp_path: Path, provider: Provider) -> Iterator[OauthSite]:
    """A site whose users log in by the provider."""
    with open_site(tmp_path, provider) as site:
        yield site
