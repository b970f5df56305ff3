"""The provider table: what it knows by domains and by mail exchanges, and which tables are refused."""

from pathlib import Path

import pytest

from core import ConfigError
from modules.discovery.model import PasswordRule, Source
from modules.discovery.providers import SHIPPED, read_table
from modules.discovery.values import Domain, MailAddress
from tests.modules.discovery.net import ADA, Net, told

OWN = """
[[provider]]
name = "House"
domains = ["found.test"]
exchanges = ["mx.house.test"]
imap = "imap.house.test:993 tls"
smtp = "smtp.house.test:587 starttls"
sieve = "imap.house.test:4190 starttls"
smtp_username = "local part"
"""


def table_of(folder: Path, text: str) -> Path:
    """A provider table in a file."""
    file = folder / "providers.toml"
    file.write_text(text)
    return file


def test_the_shipped_table_names_every_domain_once_and_encrypts_everything() -> None:
    import tomllib

    entries = tomllib.loads(SHIPPED.read_text())["provider"]
    domains = [domain for entry in entries for domain in entry.get("domains", [])]
    assert len(domains) == len(set(domains)) > 80
    assert all(entry[kind].endswith(("tls", "starttls")) for entry in entries for kind in ("imap", "smtp"))


def test_an_address_of_a_known_provider_needs_no_question(net: Net) -> None:
    found = net.find(MailAddress("ada@gmail.com"))
    assert found is not None and told(found) == [
        "ada@gmail.com imap.gmail.com:993 tls",
        "ada@gmail.com smtp.gmail.com:465 tls",
    ]
    assert (found.provider, found.oauth, found.passwords, found.source) == (
        "Gmail",
        "google",
        PasswordRule.APP,
        Source.TABLE,
    )
    assert (net.names.asked, net.web.connections) == ([], 0)


def test_a_provider_may_want_another_name_than_the_address() -> None:
    provider = read_table(SHIPPED).of_domain(Domain("icloud.com"))
    assert provider is not None
    assert told(provider.servers_of(MailAddress("ada@icloud.com"))) == [
        "ada imap.mail.me.com:993 tls",
        "ada@icloud.com smtp.mail.me.com:587 starttls",
    ]


@pytest.mark.parametrize(
    ("exchange", "provider"),
    [
        ("aspmx.l.google.com.", "Gmail"),
        ("FOUND-test.mail.protection.outlook.com.", "Microsoft 365"),
        ("in1-smtp.messagingengine.com.", "Fastmail"),
        ("mx.zoho.eu.", "Zoho Mail"),
        ("mx1.mail.ovh.net.", "OVHcloud"),
    ],
)
def test_hosted_domains_are_known_by_who_takes_their_mail(net: Net, exchange: str, provider: str) -> None:
    net.names.says("found.test", "MX", f"10 {exchange}", "20 mx.elsewhere.test.")
    found = net.find()
    assert found is not None and (found.provider, found.imap.username) == (provider, ADA)


def test_only_the_preferred_exchange_counts(net: Net) -> None:
    net.names.says("found.test", "MX", "20 aspmx.l.google.com.", "10 mx.elsewhere.test.")
    assert net.find() is None


@pytest.mark.parametrize("exchange", ["notgoogle.com.", "google.com.elsewhere.test.", "ex5.mail.ovh.net.", "."])
def test_what_only_looks_like_a_known_exchange_is_none(net: Net, exchange: str) -> None:
    net.names.says("found.test", "MX", f"10 {exchange}")
    assert net.find() is None


def test_a_table_of_ones_own_comes_first(net: Net, tmp_path: Path) -> None:
    net.names.says("other.test", "MX", "10 mx.house.test.")
    file = table_of(tmp_path, OWN)
    servers = ["{0} imap.house.test:993 tls", "{1} smtp.house.test:587 starttls", "{0} imap.house.test:4190 starttls"]
    assert told(net.find(providers=file)) == [line.format("ada@found.test", "ada") for line in servers]
    assert told(net.find(MailAddress("bob@other.test"), providers=file)) == [
        line.format("bob@other.test", "bob") for line in servers
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[provider", "cannot be read"),
        ("provider = 3", "begin with"),
        ("[other]\n", "begin with"),
        ("[[provider]]\nname = 'x'\n", "provider x makes no sense: 'imap'"),
        ("[[provider]]\nimap = 'a.test:993 tls'\n", "provider number 1"),
        ("provider = ['x']", "provider number 1"),
        ("[[provider]]\nname = 'x'\nimap = 'a.test:993 none'\n", "is not encrypted"),
        ("[[provider]]\nname = 'x'\nimap = '127.0.0.1:993 tls'\n", "is not a name"),
        ("[[provider]]\nname = 'x'\nimap = 'a.test:0 tls'\n", "is not between"),
        ("[[provider]]\nname = 'x'\nimap = 'a.test:993 tls'\ndomain = ['a.test']\n", "there is no domain"),
        ("[[provider]]\nname = 'x'\nimap = 'a.test:993 tls'\ndomains = 'a.test'\n", "domains is not a list"),
        ("[[provider]]\nname = 'x'\nimap = 'a.test:993 tls'\nusername = 'x'\n", "neither address nor"),
        ("[[provider]]\nname = 'x'\nimap = 'a.test:993 tls'\npassword = 'x'\n", "not a valid"),
        ("[[provider]]\nname = 'x'\nimap = 'a.test:993 tls'\nhelp = 'javascript:x'\n", "begins with https"),
        (
            "[[provider]]\nname = 'x'\nimap = 'a.test:993 tls'\nusername = 'local part'\nexchanges = ['a.test']\n",
            "has to be the address",
        ),
    ],
)
def test_a_table_that_makes_no_sense_is_told(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        read_table(table_of(tmp_path, text))


def test_a_table_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        read_table(tmp_path / "missing.toml")
