"""The [images] section: what it takes, and what it refuses with a reason."""

from datetime import timedelta
from pathlib import Path

import pytest

from modules.images.config import ImagesConfig, NameServer, Network, ProxyAddress
from modules.images.names import Names


def test_networks_and_proxies_are_read() -> None:
    assert Network.parse("10.0.0.0/8").holds("10.1.2.3") and not Network.parse("fd00::/8").holds("10.1.2.3")
    assert ProxyAddress.parse("http://proxy.example.org:3128/").place == ("proxy.example.org", 3128)
    assert NameServer.parse("9.9.9.9") == "9.9.9.9"


@pytest.mark.parametrize("text", ["10.0.0.1/8", "x", ""])
def test_what_is_no_network_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"like 10\.0\.0\.0/8"):
        Network.parse(text)


@pytest.mark.parametrize(
    "text", ["proxy:3128", "https://p:1", "http://p", "http://u@p:1", "http://p:1/x", "http://p:x", "http://[:1"]
)
def test_what_is_no_proxy_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not an address like http://"):
        ProxyAddress.parse(text)


def test_what_is_no_name_server_is_refused() -> None:
    with pytest.raises(ValueError, match="is not an IP address"):
        NameServer.parse("dns.example.org")


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"timeout": timedelta()}, "timeout has to be"),
        ({"timeout": timedelta(minutes=2)}, "timeout has to be"),
        ({"ports": ()}, "ports names none"),
        ({"ca_file": Path("/nowhere.pem")}, "there is no such file"),
    ],
)
def test_options_that_do_not_fit_are_refused(options: dict[str, object], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        ImagesConfig(**options)  # type: ignore[arg-type]  # options by their names


def test_a_machine_without_name_servers_finds_no_names(monkeypatch: pytest.MonkeyPatch) -> None:
    import dns.resolver

    def read(self: object, file: object) -> None:
        raise dns.resolver.NoResolverConfiguration

    monkeypatch.setattr(dns.resolver.Resolver, "read_resolv_conf", read)
    names = Names(ImagesConfig())
    assert names._ask("example.org", "A", 5) == ()
