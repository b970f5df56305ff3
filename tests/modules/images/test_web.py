"""Fetching images: what is asked for, what is not, and that no answer takes more than its time and room."""

import socket
import time
from datetime import timedelta
from pathlib import Path

import pytest

from core import Size
from demo.certificates import make_certificates
from modules.images.addresses import ImageAddress
from modules.images.config import Network, ProxyAddress
from modules.images.errors import NotShown, Silent
from modules.images.web import Web
from tests.modules.images.gallery import ImageServer, picture, serve_images, web
from tests.servers.dns import NameServer

PNG = picture()


def fetch(way: Web, address: str) -> bytes:
    return way.fetch(ImageAddress.parse(address))


def test_an_image_is_fetched_and_nobody_learns_for_whom(server: ImageServer, names: NameServer) -> None:
    server.shows("/a.png?b=1", PNG, "Set-Cookie: known=1")
    way = web(names, server.port)
    assert fetch(way, server.at("/a.png?b=1#c")) == PNG
    assert fetch(way, server.at("/a.png?b=1")) == PNG
    said = {line.partition(":")[0].lower() for line in server.asked[1].split("\r\n")[1:] if line}
    assert said == {"host", "accept", "accept-encoding", "user-agent", "connection"}
    assert server.asked[0] == server.asked[1] and "hm3-image-proxy" in server.asked[0]


def test_an_answer_in_pieces_is_put_together(server: ImageServer, names: NameServer) -> None:
    pieces = b"".join(b"%x\r\n%s\r\n" % (len(PNG[at : at + 9]), PNG[at : at + 9]) for at in range(0, len(PNG), 9))
    server.answers["/"] = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + pieces + b"0\r\n\r\n"
    assert fetch(web(names, server.port), server.at("/")) == PNG


def test_names_are_looked_up_and_redirects_followed(server: ImageServer, names: NameServer) -> None:
    names.says("good.test", "A", "127.0.0.1")
    names.says("other.test", "CNAME", "good.test.")
    server.leads("/1", "/2", 301)
    server.leads("/2", server.at("/3", "other.test"), 307)
    server.leads("/3", server.at("/4", "good.test"), 308)
    server.shows("/4", PNG)
    assert fetch(web(names, server.port), server.at("/1", "good.test")) == PNG
    assert f"Host: other.test:{server.port}" in server.asked[2]


def test_a_chain_of_redirects_comes_to_an_end(server: ImageServer, names: NameServer) -> None:
    server.leads("/", "/")
    with pytest.raises(NotShown, match="leads on and on"):
        fetch(web(names, server.port), server.at("/"))
    assert len(server.asked) == 4


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/passwd",
        "gopher://127.0.0.1:25/",
        "http://user@127.0.0.1/",
        "http://127.0.0.1:22/",
        "http://0x7f.1/",
        "//",
    ],
)
def test_a_redirect_elsewhere_than_the_web_is_not_followed(
    server: ImageServer, names: NameServer, location: str
) -> None:
    server.leads("/", location)
    with pytest.raises(NotShown):
        fetch(web(names, server.port), server.at("/"))


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 204 Empty\r\n\r\n",
        b"HTTP/1.1 206 Part\r\nContent-Length: 1\r\n\r\nx",
        b"HTTP/1.1 302 There\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\nContent-Length: 20000\r\n\r\n" + b"x" * 20000,
        b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 20000,
        b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 200 + b"\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"x" * 200_000,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 100 Go on\r\n\r\n" * 20_000,
    ],
)
def test_an_answer_that_is_no_whole_image_of_a_bounded_size_is_none(
    server: ImageServer, names: NameServer, answer: bytes
) -> None:
    server.answers["/"] = answer
    with pytest.raises(NotShown):
        fetch(web(names, server.port, largest=Size(10_000)), server.at("/"))


@pytest.mark.parametrize("begun", [b"", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_a_server_that_takes_its_time_is_left(server: ImageServer, names: NameServer, begun: bytes) -> None:
    def drip(connection: socket.socket) -> None:
        connection.sendall(begun)
        while connection.send(b"x"):
            time.sleep(0.05)

    server.answers["/"] = drip
    # It never stops by itself.
    with pytest.raises(Silent):
        fetch(web(names, server.port, timeout=_seconds(1)), server.at("/"))


def test_time_is_over_before_it_begins(server: ImageServer, names: NameServer) -> None:
    with pytest.raises(Silent):
        fetch(web(names, server.port, timeout=_seconds(1e-6)), server.at("/"))


def test_nobody_listens(names: NameServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    with pytest.raises(NotShown):
        fetch(web(names, port), f"http://127.0.0.1:{port}/")


def test_only_servers_with_a_certificate_are_asked_where_it_is_encrypted(names: NameServer, tmp_path: Path) -> None:
    trusted, other = make_certificates(tmp_path / "a", host="good.test"), make_certificates(tmp_path / "b")
    names.says("good.test", "A", "127.0.0.1")
    names.says("wrong.test", "A", "127.0.0.1")
    with serve_images(trusted) as server:
        server.shows("/", PNG)
        server.leads("/down", "http://good.test/")
        way = web(names, server.port, 80, ca_file=trusted.ca_file)
        assert fetch(way, server.at("/", "good.test", "https")) == PNG
        for wrong in (way, web(names, server.port, ca_file=other.ca_file)):
            with pytest.raises(NotShown):
                fetch(wrong, server.at("/", "wrong.test" if wrong is way else "good.test", "https"))
        with pytest.raises(NotShown, match="nothing is encrypted"):
            fetch(way, server.at("/down", "good.test", "https"))


def test_an_outgoing_proxy_is_asked_for_addresses_that_were_checked(server: ImageServer, names: NameServer) -> None:
    names.says("good.test", "A", "127.0.0.1")
    server.answers["127.0.0.1:80"] = lambda connection: _proxy(connection, b"HTTP/1.1 200 Go\r\n\r\n")
    way = web(names, outgoing_proxy=ProxyAddress(f"http://127.0.0.1:{server.port}"))
    assert fetch(way, "http://good.test/") == PNG
    assert server.asked[0].startswith("CONNECT 127.0.0.1:80 HTTP/1.1")
    with pytest.raises(NotShown, match="inner network"):
        fetch(web(names, inner=(), outgoing_proxy=way.config.outgoing_proxy), "http://good.test/")


@pytest.mark.parametrize("answer", [b"HTTP/1.1 403 No\r\n\r\n", b"", b"x" * 70_000])
def test_a_proxy_that_refuses_shows_nothing(server: ImageServer, names: NameServer, answer: bytes) -> None:
    server.answers["[2620:fe::fe]:80"] = answer
    way = web(names, inner=(), outgoing_proxy=ProxyAddress(f"http://127.0.0.1:{server.port}"))
    with pytest.raises(NotShown):
        fetch(way, "http://[2620:fe::fe]/")


INNER = (
    "http://127.0.0.1/ http://0.0.0.0/ http://localhost/ http://localhost./ http://LOCALHOST/ http://a.localhost/ "
    "http://[::1]/ http://[::]/ http://[::ffff:127.0.0.1]/ http://[::ffff:7f00:1]/ http://[0:0:0:0:0:ffff:127.0.0.1]/ "
    "http://[64:ff9b::7f00:1]/ http://[2002:7f00:1::]/ http://[fe80::1]/ http://[fc00::1]/ "
    "http://169.254.169.254/latest/meta-data/ http://metadata.google.internal/ http://100.64.0.1/ http://192.168.0.1/ "
    "http://10.1.1.1/ http://172.16.0.1/ http://①②⑦.0.0.1/ http://127。0。0。1/ http://inner.test/ http://mixed.test/ "
    "http://six.test/ http://alias.test/ http://nobody.test/"
)


@pytest.mark.parametrize("address", INNER.split())
def test_no_address_of_an_inner_network_is_asked(server: ImageServer, names: NameServer, address: str) -> None:
    names.says("inner.test", "A", "127.0.0.1")
    names.says("mixed.test", "A", "9.9.9.9", "127.0.0.1")
    names.says("six.test", "AAAA", "::ffff:127.0.0.1")
    names.says("alias.test", "CNAME", "inner.test.")
    names.says("metadata.google.internal", "A", "169.254.169.254")
    address = address.rstrip("/").replace("/latest/meta-data", "") + f":{server.port}/"
    with pytest.raises(NotShown, match=r"inner network|no address"):
        fetch(web(names, server.port, inner=()), address)
    assert server.connections == 0


def test_a_name_that_changes_its_address_is_checked_each_time(server: ImageServer, names: NameServer) -> None:
    names.changing["rebind.test", "A"] = [["127.0.0.9"], ["127.0.0.1"]]
    with pytest.raises(NotShown):
        # The first answer may be connected to, where nobody listens; the second is not even asked for.
        fetch(web(names, server.port, inner=(Network("127.0.0.9/32"),)), server.at("/", "rebind.test"))
    assert server.connections == 0 and names.asked.count(("rebind.test", "A")) == 1
    with pytest.raises(NotShown, match="inner network"):
        fetch(web(names, server.port, inner=(Network("127.0.0.9/32"),)), server.at("/", "rebind.test"))
    assert server.connections == 0


def test_a_redirect_into_an_inner_network_is_not_followed(server: ImageServer, names: NameServer) -> None:
    names.says("redirect.test", "A", "127.0.0.1")
    server.leads("/", f"http://127.0.0.2:{server.port}/")
    with pytest.raises(NotShown, match="inner network"):
        fetch(web(names, server.port, inner=(Network("127.0.0.1/32"),)), server.at("/", "redirect.test"))
    assert server.connections == 1


@pytest.mark.parametrize("port", [22, 25, 143, 8080])
def test_no_other_port_than_those_of_the_web_is_asked(names: NameServer, port: int) -> None:
    with pytest.raises(NotShown, match="not one of the web"):
        fetch(web(names), f"http://127.0.0.1:{port}/")


def _proxy(connection: socket.socket, answer: bytes) -> None:
    connection.sendall(answer)
    assert connection.recv(65536).startswith(b"GET / HTTP/1.1\r\nHost: good.test\r\n")
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(PNG) + PNG)


def _seconds(count: float) -> timedelta:
    return timedelta(seconds=count)
