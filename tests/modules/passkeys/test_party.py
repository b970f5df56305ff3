"""Which domain passkeys are made for, and which pages may ask for them."""

import pytest

from core import AppConfig
from core.ini.app import HostName, SiteAddress
from modules.passkeys.module import Domain, PasskeysConfig
from modules.passkeys.party import RelyingParty, settle_party


def party(rp_id: str = "", address: str = "", *hosts: str) -> RelyingParty:
    app = AppConfig(
        address=SiteAddress(address) if address else None, allowed_hosts=tuple(HostName(host) for host in hosts)
    )
    return settle_party(PasskeysConfig(Domain.parse(rp_id) if rp_id else None), app)


def test_without_an_address_passkeys_are_for_this_machine() -> None:
    here = party()
    assert here.id == "localhost"
    assert here.takes("http://localhost") and here.takes("http://localhost:8300") and here.takes("https://localhost")
    assert not any(
        map(here.takes, ("http://localhost.evil.example", "http://evil.example", "http://localhost:", "null"))
    )


def test_the_host_of_the_address_is_the_domain() -> None:
    site = party("", "https://mail.example.org:8443", "other.example.com")
    assert site.id == "mail.example.org"
    assert site.takes("https://mail.example.org:8443") and site.takes("https://mail.example.org")
    assert not any(map(site.takes, ("http://mail.example.org", "https://other.example.com", "http://localhost")))


def test_without_an_address_the_first_allowed_host_is_the_domain() -> None:
    assert party("", "", "mail.example.org", "webmail.example.org").id == "mail.example.org"


def test_a_domain_above_the_address_takes_all_allowed_hosts_below_it() -> None:
    site = party("Example.org", "https://mail.example.org", "webmail.example.org", "badexample.org")
    assert site.id == "example.org" and site.takes("https://webmail.example.org")
    assert not any(map(site.takes, ("https://badexample.org", "https://evil.example.org")))


def test_what_key_material_is_made_from_differs_between_domains() -> None:
    assert len(party().salt) == 32 and party().salt != party("example.org").salt


@pytest.mark.parametrize(
    "text", ["127.0.0.1", "https://example.org", "-a.example", "a..b", "", "example.org:443", "ä.de"]
)
def test_what_is_no_domain_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a domain"):
        Domain.parse(text)
