"""What tests of discovery may ask for: a small net of their own."""

from collections.abc import Iterator

import pytest

from tests.modules.discovery.net import DOMAIN, Net
from tests.modules.discovery.web_server import WebServer, start_web_server
from tests.servers.dns import start_name_server


@pytest.fixture(scope="session")
def shared_web_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebServer]:
    """A web server of the hosts that tests ask."""
    hosts = (f"autoconfig.{DOMAIN}", DOMAIN, f"www.{DOMAIN}", "elsewhere.test")
    with start_web_server(tmp_path_factory.mktemp("web"), *hosts) as server:
        yield server


@pytest.fixture
def net(shared_web_server: WebServer) -> Iterator[Net]:
    """Names and a web server that know nothing yet."""
    shared_web_server.answers.clear()
    shared_web_server.asked.clear()
    shared_web_server.drip, shared_web_server.connections = 0, 0
    with start_name_server() as names:
        yield Net(names, shared_web_server)


@pytest.fixture
def web(net: Net) -> Net:
    """The net with hosts that lead to this machine, and a web server that knows Ada's servers."""
    net.here("autoconfig.found.test", "found.test", "www.found.test", "imap.found.test", "smtp.found.test")
    net.here("elsewhere.test")
    return net
