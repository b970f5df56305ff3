"""Policies of mail domains, asked for in a small net of the test's own."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from core import lookup
from modules.mtasts.config import MtaStsConfig
from modules.mtasts.policies import MOST_DOMAINS, Policies, domain_of, domains_of
from modules.mtasts.policy import Mode, MtaPolicy, has_record, read_policy
from tests.modules.discovery.web_server import WebServer, start_web_server
from tests.servers.dns import HOST, NameServer, start_name_server

DOMAIN = "sure.test"
PLACE = f"mta-sts.{DOMAIN}/.well-known/mta-sts.txt"
POLICY = "version: STSv1\r\nmode: enforce\r\nmx: mx1.sure.test\r\nmx: *.sure.test\r\nmax_age: 604800\r\n"
ENFORCED = {DOMAIN: MtaPolicy(Mode.ENFORCE, ("mx1.sure.test", "*.sure.test"), 604800)}
NONE = {DOMAIN: None}


@dataclass
class Net:
    """A name server and a web server, and what asks them."""

    names: NameServer
    web: WebServer
    now: float = 0.0

    def policies(self, *, private: bool = True, seconds: float = 20) -> Policies:
        config = MtaStsConfig(
            timeout=timedelta(seconds=seconds),
            allow_private=private,
            ca_file=self.web.certificates.ca_file,
            https_port=lookup.NetPort(self.web.port),
        )
        names = lookup.Lookup((lookup.NameServer(HOST),), self.names.port)
        return Policies(config, names, lambda: self.now)


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebServer]:
    """A server of policies."""
    with start_web_server(tmp_path_factory.mktemp("policies"), f"mta-sts.{DOMAIN}") as server:
        yield server


@pytest.fixture
def net(web: WebServer) -> Iterator[Net]:
    """A domain whose server requires encryption."""
    web.answers.clear()
    web.asked.clear()
    web.drip, web.connections = 0, 0
    web.page(PLACE, POLICY, Content_Type="text/plain; charset=utf-8")
    with start_name_server() as names:
        names.says(f"_mta-sts.{DOMAIN}", "TXT", '"v=STSv1; id=20260501;"')
        names.says(f"mta-sts.{DOMAIN}", "A", HOST)
        yield Net(names, web)


def test_a_policy_is_found_and_kept_as_long_as_it_says(net: Net) -> None:
    policies = net.policies()
    assert policies.known([DOMAIN]) == {}
    assert policies.find([DOMAIN]) == ENFORCED == policies.known([DOMAIN]) == policies.find([DOMAIN])
    assert net.web.asked == [(f"mta-sts.{DOMAIN}", "/.well-known/mta-sts.txt")]
    net.now = 86_401
    assert policies.known([DOMAIN]) == {}


def test_a_domain_without_a_record_is_not_asked_over_the_web(net: Net) -> None:
    assert net.policies().find(["other.test"]) == {"other.test": None} and net.web.connections == 0


def test_an_inner_network_is_not_connected_to(net: Net) -> None:
    assert net.policies(private=False).find([DOMAIN]) == NONE and net.web.connections == 0


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        ("404 Not Found", POLICY, "text/plain"),
        ("302 Found", POLICY, "text/plain"),
        ("200 OK", POLICY, "text/html"),
        ("200 OK", "x" * 70_000, "text/plain"),
        ("200 OK", "x" * 700_000, "text/plain"),
        ("200 OK", "version: STSv2", "text/plain"),
    ],
)
def test_what_is_no_policy_counts_as_none(net: Net, status: str, body: str, kind: str) -> None:
    net.web.page(PLACE, body, status, Content_Type=kind)
    assert net.policies().find([DOMAIN]) == NONE


def test_a_server_without_a_certificate_for_its_name_counts_as_none(net: Net) -> None:
    net.names.says("_mta-sts.other.test", "TXT", '"v=STSv1; id=1"')
    net.names.says("mta-sts.other.test", "A", HOST)
    assert net.policies().find(["other.test"]) == {"other.test": None} and net.web.asked == []


def test_a_host_without_an_address_counts_as_none(net: Net) -> None:
    net.names.says("_mta-sts.other.test", "TXT", '"v=STSv1; id=1"')
    assert net.policies().find(["other.test"]) == {"other.test": None}


def test_a_slow_server_holds_nobody_up(net: Net) -> None:
    net.web.drip = 0.2
    began = time.monotonic()
    assert net.policies(seconds=0.5).find([DOMAIN]) in (NONE, {})
    # All of its answer takes more than half a minute.
    assert time.monotonic() - began < 25


def test_who_waits_behind_others_is_told_nothing_yet(net: Net) -> None:
    slow = [f"slow{number}.test" for number in range(30)]
    net.names.silent.update(f"_mta-sts.{domain}" for domain in slow)
    assert len(net.policies(seconds=0.5).find(slow)) < 30


def test_what_is_kept_is_bounded(net: Net, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("modules.mtasts.policies._MOST_KEPT", 2)
    policies = net.policies()
    for domain in ("a.test", "b.test", "c.test"):
        policies.find([domain])
    assert set(policies.known(["a.test", "b.test", "c.test"])) == {"b.test", "c.test"}


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("ada@Example.ORG", "example.org"),
        ("ada@bücher.example", "xn--bcher-kva.example"),
        ("ada@example.org.", "example.org"),
        ("example.org", ""),
        ("ada@localhost", ""),
        ("ada@127.0.0.1", ""),
        ("ada@[127.0.0.1]", ""),
        ("ada@a..b", ""),
        ("ada@\u0378.test", ""),
        ("ada@\u2028.test", ""),
        ("ada@a/b.test", ""),
    ],
)
def test_only_names_that_could_have_a_policy_are_asked(address: str, domain: str) -> None:
    assert domain_of(address) == domain


def test_a_page_asks_for_so_many_domains_only() -> None:
    assert len(domains_of(f"a@d{number}.test" for number in range(100))) == MOST_DOMAINS
    assert domains_of(["a@x.test", "b@X.test", "none"]) == ("x.test",)


@pytest.mark.parametrize(
    ("texts", "has"),
    [
        ([b"v=STSv1; id=1"], True),
        ([b"v=spf1 -all", b"v=STSv1; id=a1;"], True),
        ([b"v=STSv1; id=1", b"v=STSv1; id=2"], False),
        ([b"v=STSv1; id=a b"], False),
        ([b"v=STSv1;"], False),
        ([b"\xff"], False),
        ([], False),
    ],
)
def test_a_record_is_one_alone_and_has_an_id(texts: list[bytes], has: bool) -> None:
    assert has_record(texts) is has


@pytest.mark.parametrize(
    "text",
    ["", "version: STSv1\nmode: enforce\nmax_age: 1", POLICY.replace("enforce", "odd"), POLICY.replace("604800", "-1")],
)
def test_what_lacks_something_is_no_policy(text: str) -> None:
    assert read_policy(text.encode()) is None


def test_a_policy_of_none_needs_no_hosts_and_ages_are_bounded() -> None:
    found = read_policy(b"version: STSv1\nmode: none\nmode: enforce\nmax_age: 9999999999\nnonsense\n\xff: \xff")
    assert found == MtaPolicy(Mode.NONE, (), 31_557_600)


def test_options_that_cannot_work_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="30 s at most"):
        MtaStsConfig(timeout=timedelta(0))
    with pytest.raises(ValueError, match="nowhere"):
        MtaStsConfig(ca_file=tmp_path / "nowhere")
