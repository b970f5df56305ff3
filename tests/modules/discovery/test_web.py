"""Fetching one page of a web server that may want anything: where it leads, how much it sends, how long it takes."""

import time

import pytest

from modules.discovery.resolver import NoWay, Resolver
from modules.discovery.values import HostName
from modules.discovery.web import Web
from tests.modules.discovery.net import Net


def fetch(net: Net, host: str = "found.test", target: str = "/x") -> bytes:
    """A page of the web server."""
    config = net.config()
    return Web(Resolver(config), config.tls_options, config.seconds, net.web.port).fetch(HostName(host), target)


def test_what_was_checked_is_what_is_connected_to(web: Net) -> None:
    del web.names.records["found.test", "A"]
    web.names.changing["found.test", "A"] = [["127.0.0.1"], ["127.0.0.9"]]
    web.web.page("found.test/x", "words")
    assert fetch(web) == b"words"
    assert web.names.asked.count(("found.test", "A")) == 1


def test_a_redirect_may_stay_in_the_domain(web: Net) -> None:
    web.web.redirect("found.test/x", "https://www.found.test/y?z=1")
    web.web.page("www.found.test/y", "words")
    assert fetch(web) == b"words"


@pytest.mark.parametrize(
    "location",
    [
        "http://found.test/y",
        "https://elsewhere.test/y",
        "https://autoconfig.test/y",
        "//elsewhere.test/y",
        "https://127.0.0.1/y",
        "https://[::1]/y",
        "https://found.test:8443/y",
        "https://found.test:x/y",
        "https://user@found.test/y",
        "https://test/y",
        "ftp://found.test/y",
        "file:///etc/passwd",
        "https://[/y",
        "/y z",
        "/\u00e4",
    ],
)
def test_a_redirect_to_anywhere_else_is_not_followed(web: Net, location: str) -> None:
    web.web.answers["found.test/x"] = (
        f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()
    )
    for host in ("elsewhere.test", "found.test", "www.found.test"):
        web.web.page(f"{host}/y", "words")
    with pytest.raises(NoWay):
        fetch(web)
    assert web.web.asked == [("found.test", "/x")]


def test_redirects_end(web: Net) -> None:
    web.web.redirect("found.test/x", "/x")
    with pytest.raises(NoWay, match="on and on"):
        fetch(web)
    assert len(web.web.asked) == 3


def test_a_page_is_of_bounded_size(web: Net) -> None:
    web.web.page("found.test/x", b"x" * 64 * 1024)
    assert len(fetch(web)) == 64 * 1024
    web.web.page("found.test/x", b"x" * (64 * 1024 + 1))
    with pytest.raises(NoWay, match="too long"):
        fetch(web)
    web.web.page("found.test/x", b"x" * 10_000_000)
    with pytest.raises(NoWay, match="sends more than"):
        fetch(web)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"garbage\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nwords",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nwo",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n",
        b"HTTP/1.1 204 No Content\r\n\r\n",
        b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n",
    ],
)
def test_an_answer_that_makes_no_sense_is_none(web: Net, answer: bytes) -> None:
    web.web.answers["found.test/x"] = answer
    with pytest.raises(NoWay):
        fetch(web)


def test_a_page_in_pieces_is_read(web: Net) -> None:
    web.web.answers["found.test/x"] = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nwords\r\n0\r\n\r\n"
    assert fetch(web) == b"words"


def test_a_web_server_that_drips_is_not_waited_for(web: Net) -> None:
    web.seconds, web.web.drip = 0.5, 0.1
    web.web.page("found.test/x", "words" * 100)
    started = time.monotonic()
    with pytest.raises(NoWay, match="TimeoutError"):
        fetch(web)
    # All of it takes nearly a minute.
    assert time.monotonic() - started < 30


def test_a_certificate_of_another_host_is_refused(web: Net) -> None:
    web.here("unknown.found.test")
    with pytest.raises(NoWay, match="SSLCertVerificationError"):
        fetch(web, "unknown.found.test")
    assert web.web.asked == []


def test_a_host_where_nobody_listens_is_told(web: Net) -> None:
    web.names.says("found.test", "A", "127.0.0.1", "127.0.0.2")
    config = web.config()
    with pytest.raises(NoWay, match="ConnectionRefusedError"):
        Web(Resolver(config), config.tls_options, 1, 1).fetch(HostName("found.test"), "/x")
