"""Finding servers in a small net: who is asked in which order, and what no answer can bring about."""

import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from core import ConfigError, NotAllowed, Port, TooMany
from modules.discovery.config import Asked, DiscoveryConfig
from modules.discovery.model import FoundServer, Source
from modules.discovery.resolver import Resolver
from modules.discovery.values import Domain, HostName, MailAddress
from tests.modules.discovery.net import ADA, CONFIG, Net, told

AUTOCONFIG = "autoconfig.found.test/mail/config-v1.1.xml"
WELL_KNOWN = "found.test/.well-known/autoconfig/mail/config-v1.1.xml"
FOUND = ["ada imap.found.test:993 tls", "ada@found.test smtp.found.test:587 starttls"]


def test_autoconfig_is_asked_with_the_address_and_the_domain_itself_without(web: Net) -> None:
    web.web.page(WELL_KNOWN, CONFIG)
    found = web.find(MailAddress("a+b@found.test"))
    assert told(found)[0] == "a+b imap.found.test:993 tls"
    assert web.web.asked == [
        ("autoconfig.found.test", "/mail/config-v1.1.xml?emailaddress=a%2Bb%40found.test"),
        ("found.test", "/.well-known/autoconfig/mail/config-v1.1.xml"),
    ]


def test_autoconfig_comes_before_the_records(web: Net) -> None:
    web.web.page(AUTOCONFIG, CONFIG)
    web.names.says("_imaps._tcp.found.test", "SRV", "0 1 993 srv.found.test.")
    assert told(web.find()) == FOUND


def test_the_records_tell_all_servers(web: Net) -> None:
    web.names.says("_imaps._tcp.found.test", "SRV", "20 1 993 far.found.test.", "10 1 993 imap.found.test.")
    web.names.says("_submission._tcp.found.test", "SRV", "0 1 587 smtp.found.test.")
    web.names.says("_sieve._tcp.found.test", "SRV", "0 1 4190 imap.found.test.")
    found = web.find()
    assert found is not None and found.source is Source.SRV
    assert told(found) == [
        "ada@found.test imap.found.test:993 tls",
        "ada@found.test smtp.found.test:587 starttls",
        "ada@found.test imap.found.test:4190 starttls",
    ]


def test_of_equal_records_the_heavier_counts(web: Net) -> None:
    web.names.says("_imaps._tcp.found.test", "SRV", "0 1 993 www.found.test.", "0 9 993 imap.found.test.")
    found = web.find()
    assert found is not None and found.imap.host == "imap.found.test"


def test_encryption_from_the_first_octet_comes_before_starttls(web: Net) -> None:
    web.names.says("_imap._tcp.found.test", "SRV", "0 1 143 imap.found.test.")
    assert told(web.find()) == ["ada@found.test imap.found.test:143 starttls"]
    web.names.says("_imaps._tcp.found.test", "SRV", "0 1 993 imap.found.test.")
    assert told(web.find()) == ["ada@found.test imap.found.test:993 tls"]


@pytest.mark.parametrize(
    "record",
    [
        "0 1 993 .",
        "0 1 0 imap.found.test.",
        "0 1 993 127.0.0.1.",
        "0 1 993 imap.",
        r"0 1 993 im\013\010ap.found.test.",
        r"0 1 993 im\000ap.found.test.",
        r"0 1 993 im\.ap@found.test.",
        "0 1 22 imap.found.test.",
        "0 1 993 nowhere.found.test.",
    ],
)
def test_a_record_that_makes_no_sense_leads_nowhere(web: Net, record: str) -> None:
    web.names.says("_imaps._tcp.found.test", "SRV", record)
    assert web.find() is None


def test_a_server_without_sense_beside_the_mailbox_is_left_out(web: Net) -> None:
    web.names.says("_imaps._tcp.found.test", "SRV", "0 1 993 imap.found.test.")
    web.names.says("_submissions._tcp.found.test", "SRV", "0 1 25 smtp.found.test.")
    assert told(web.find()) == ["ada@found.test imap.found.test:993 tls"]


def test_further_ports_have_to_be_named(web: Net) -> None:
    web.names.says("_imaps._tcp.found.test", "SRV", "0 1 10993 imap.found.test.")
    assert web.find() is None
    assert told(web.find(more_ports=(Port(10993),))) == ["ada@found.test imap.found.test:10993 tls"]


@pytest.mark.parametrize(
    "addresses",
    [
        {"A": ["127.0.0.1"]},
        {"A": ["10.0.0.1"]},
        {"A": ["100.64.0.1"]},
        {"A": ["169.254.169.254"]},
        {"A": ["224.0.0.1"]},
        {"A": ["0.0.0.0"]},
        {"AAAA": ["::1"]},
        {"AAAA": ["::ffff:127.0.0.1"]},
        {"AAAA": ["64:ff9b::7f00:1"]},
        {"AAAA": ["2002:7f00:1::"]},
        {"AAAA": ["fc00::1"]},
        {"A": ["9.9.9.9"], "AAAA": ["fe80::1"]},
        {"A": ["9.9.9.9", "127.0.0.1"]},
        {"CNAME": ["localhost.found.test."]},
    ],
)
def test_hosts_of_inner_networks_are_not_shown_and_not_asked(web: Net, addresses: dict[str, list[str]]) -> None:
    web.private = False
    web.here("localhost.found.test")
    for name in ("imap.found.test", "found.test", "autoconfig.found.test"):
        del web.names.records[name, "A"]
        for kind, records in addresses.items():
            web.names.says(name, kind, *records)
    web.names.says("_imaps._tcp.found.test", "SRV", "0 1 993 imap.found.test.")
    web.web.page(AUTOCONFIG, CONFIG)
    assert web.find() is None
    assert web.web.connections == 0


def test_a_server_on_the_open_net_is_shown(web: Net) -> None:
    web.private = False
    web.names.says("imap.found.test", "A", "9.9.9.9")
    web.names.says("_imaps._tcp.found.test", "SRV", "0 1 993 imap.found.test.")
    assert told(web.find()) == ["ada@found.test imap.found.test:993 tls"]


def test_localhost_is_never_looked_up(web: Net) -> None:
    web.names.says("_imaps._tcp.found.test", "SRV", "0 1 993 localhost.")
    assert told(web.find(sources=(Asked.SRV,))) == ["ada@found.test localhost:993 tls"]
    web.private = False
    assert web.find(sources=(Asked.SRV,)) is None
    assert not any(name == "localhost" for name, _ in web.names.asked)


def test_a_circle_of_names_leads_nowhere(web: Net) -> None:
    del web.names.records["imap.found.test", "A"]
    web.names.says("imap.found.test", "CNAME", "other.found.test.")
    web.names.says("other.found.test", "CNAME", "imap.found.test.")
    web.names.says("_imaps._tcp.found.test", "SRV", "0 1 993 imap.found.test.")
    assert web.find() is None


def test_a_name_server_that_is_silent_is_not_waited_for(net: Net) -> None:
    net.seconds = 0.2  # and 30 at most
    net.names.silent |= {"found.test", "autoconfig.found.test", "_imaps._tcp.found.test", "_imap._tcp.found.test"}
    started = time.monotonic()
    assert net.find() is None
    assert time.monotonic() - started < 25


def test_more_records_than_anybody_has_are_cut_off(web: Net) -> None:
    records = [f"0 1 993 mx{number}.found.test." for number in range(60)]
    web.names.says("_imaps._tcp.found.test", "SRV", *records)
    assert len(Resolver(web.config()).services("_imaps._tcp.found.test")) == 20


def test_the_domain_above_is_never_asked(net: Net) -> None:
    net.here("autoconfig.test", "test", "autoconfig.found.test")
    net.find(MailAddress("ada@mail.found.test"))
    asked = {name for name, _ in net.names.asked}
    assert asked and all(name.endswith("mail.found.test") for name in asked)
    assert net.web.connections == 0


def test_sources_can_be_left_out(web: Net) -> None:
    web.web.page(AUTOCONFIG, CONFIG)
    web.names.says("found.test", "MX", "10 aspmx.l.google.com.")
    assert web.find(sources=(Asked.SRV,)) is None
    assert told(web.find(sources=(Asked.AUTOCONFIG, Asked.TABLE))) == FOUND
    assert web.find(sources=(Asked.AUTOCONFIG,), denied_domains=(Domain("other.test"),)) is not None


def test_domains_can_be_left_out(web: Net) -> None:
    for name, domain in (("denied_domains", "found.test"), ("allowed_domains", "other.test")):
        with pytest.raises(NotAllowed, match=r"opens no mailboxes of found\.test"):
            web.find(ADA, **{name: (Domain(domain),)})
    assert web.names.asked == []


def test_only_so_many_search_at_once(net: Net) -> None:
    net.names.slow["found.test"] = 1
    discovery, refused, ready = net.discovery(sources=(Asked.TABLE,)), [], threading.Barrier(6)

    def search() -> None:
        ready.wait()
        try:
            discovery.find(ADA)
        except TooMany as error:
            refused.append(str(error))

    threads = [threading.Thread(target=search) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 2 and "Try again in a moment" in refused[0]
    with suppress(TooMany):
        net.names.slow.clear()
        assert discovery.find(ADA) is None


def test_a_server_named_by_hand_is_checked_as_well(net: Net) -> None:
    from core import tls

    discovery = net.discovery()
    net.here("mail.other.test")
    assert discovery.may_connect(FoundServer(HostName("mail.other.test"), 993, tls.Security.TLS, "ada"))
    assert not discovery.may_connect(FoundServer(HostName("mail.other.test"), 22, tls.Security.TLS, "ada"))
    assert not discovery.may_connect(FoundServer(HostName("nowhere.test"), 993, tls.Security.TLS, "ada"))


def test_a_machine_without_name_servers_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    import dns.resolver

    def fail(*_: object) -> None:
        raise dns.resolver.NoResolverConfiguration

    monkeypatch.setattr(dns.resolver.Resolver, "read_resolv_conf", fail)
    with pytest.raises(ConfigError, match="names no name servers"):
        Resolver(DiscoveryConfig())


def test_options_that_do_not_fit_are_told(tmp_path: Path) -> None:
    from datetime import timedelta

    for seconds in (0, 31):
        with pytest.raises(ValueError, match="timeout"):
            DiscoveryConfig(timeout=timedelta(seconds=seconds))
    with pytest.raises(ValueError, match="no such file"):
        DiscoveryConfig(ca_file=tmp_path / "none.pem")
    with pytest.raises(ValueError, match="provider table"):
        DiscoveryConfig(providers=tmp_path / "none.toml")
