"""Where visitors come from: other sites, other hosts, proxies, and how often they may ask."""

from pathlib import Path
from urllib.parse import urljoin, urlsplit

import flask
import pytest

from core.ini.app import HostName, Proxies, SiteAddress
from core.ini.rates import RateLimit, RatesConfig
from tests.core.web.door import Served, serve, served_with


def test_only_the_sites_own_hosts_are_answered(tmp_path: Path) -> None:
    served = served_with(
        tmp_path, address=SiteAddress("https://mail.example.org"), allowed_hosts=(HostName("other.example.org"),)
    )
    for host, status in (
        ("mail.example.org", 200),
        ("other.example.org:8300", 200),
        ("127.0.0.1:8300", 200),
        ("[::1]", 200),
        ("evil.example", 421),
        ("mail.example.org.evil.example", 421),
    ):
        assert served.app.test_client().get("/healthz", base_url=f"http://{host}").status_code == status


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "mail.example.org.evil.example",
        "mail.example.org@evil.example",
        "evil.example:80",
        "mail.example.org.",
        "",
        "[::2]",
        "127.0.0.1.evil.example",
    ],
)
def test_no_other_host_is_answered_in_any_way(tmp_path: Path, host: str) -> None:
    served = served_with(tmp_path, address=SiteAddress("https://mail.example.org"))
    for where in ("/healthz", "/login", "/mail/", "/site/none", "/nowhere"):
        answer = served.app.test_client().get(where, base_url="http://localhost", headers={"Host": host})
        assert answer.status_code in (400, 421)
        assert host == "" or host not in answer.get_data(as_text=True)
        assert answer.headers["X-Frame-Options"] == "DENY"


FORWARDED = {
    "X-Forwarded-Proto": "https",
    "X-Forwarded-For": "203.0.113.9",
    "X-Forwarded-Host": "mail.example.org",
    "X-Forwarded-Port": "444",
    "X-Forwarded-Prefix": "/evil",
    "Forwarded": "for=203.0.113.9;host=evil.example;proto=https",
    "X-Real-IP": "203.0.113.9",
    "X-Original-URL": "/healthz",
    "X-Rewrite-URL": "/healthz",
}


def seen_by(served: Served, **headers: str) -> tuple[str, str, str, str]:
    """What a site takes for the client's address, the scheme, the host and the path."""
    told: list[tuple[str, str, str, str]] = []

    @served.app.before_request
    def look() -> None:
        request = flask.request
        told.append((request.remote_addr or "", request.scheme, request.host, request.script_root + request.path))

    served.browser("192.0.2.1").get("/login", **headers)
    return told[-1]


def test_without_a_trusted_proxy_no_forwarded_header_counts(tmp_path: Path) -> None:
    assert seen_by(served_with(tmp_path), **FORWARDED) == ("192.0.2.1", "http", "localhost", "/login")


def test_a_trusted_proxy_tells_address_scheme_and_host_and_nothing_else(tmp_path: Path) -> None:
    served = served_with(tmp_path, trusted_proxies=Proxies(1))
    assert seen_by(served, **FORWARDED) == ("203.0.113.9", "https", "mail.example.org", "/login")


@pytest.mark.parametrize(
    ("proxies", "address", "scheme"),
    [(1, "198.51.100.3", "https"), (2, "198.51.100.2", "http"), (4, "192.0.2.1", "http")],
)
def test_as_many_proxies_are_believed_as_there_are(tmp_path: Path, proxies: int, address: str, scheme: str) -> None:
    served = served_with(tmp_path, trusted_proxies=Proxies(proxies))
    told = {
        "X-Forwarded-For": "203.0.113.66, 198.51.100.2, 198.51.100.3",
        "X-Forwarded-Proto": "gopher, http, https",
        "X-Forwarded-Host": "evil.example, other.example, localhost",
    }
    assert seen_by(served, **told)[:2] == (address, scheme)


def test_the_host_that_a_proxy_tells_is_checked_like_any_other(tmp_path: Path) -> None:
    served = served_with(tmp_path, address=SiteAddress("https://mail.example.org"), trusted_proxies=Proxies(1))
    asked = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"}
    assert served.browser().get("/login", **asked, **{"X-Forwarded-Host": "mail.example.org"}).status_code == 200
    assert served.browser().get("/login", **asked, **{"X-Forwarded-Host": "evil.example"}).status_code == 421


def test_a_client_cannot_make_its_way_look_encrypted(tmp_path: Path) -> None:
    careful = served_with(tmp_path)
    answer = careful.browser().get("/login", **FORWARDED)
    assert "Strict-Transport-Security" not in answer.headers
    assert not [cookie for cookie in answer.headers.getlist("Set-Cookie") if "Secure" in cookie or "__Host" in cookie]


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example",
        "/\\evil.example",
        "https:evil.example",
        "https://evil.example/",
        "@evil.example",
        "/%09//evil.example",
        "\t//evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "/..//evil.example",
        "///evil.example",
        "",
    ],
)
def test_a_login_leads_to_this_site_alone(served: Served, wanted: str) -> None:
    browser = served.browser()
    token = browser.token()
    sent = {"username": "ada", "password": "right", "next": wanted}
    answer = browser.post("/login", sent, token=token)
    where = urljoin("http://localhost/login", str(answer.location or "/"))
    assert answer.status_code in (303, 422)
    assert urlsplit(where).netloc == "localhost" and not str(answer.location or "/").startswith(("//", "/\\"))


def test_too_many_logins_of_one_address_have_to_wait(tmp_path: Path) -> None:
    served = next(serve(tmp_path, rates=RatesConfig(login=RateLimit("3 per minute"))))
    browser = served.browser("192.0.2.1")
    assert [browser.log_in(f"user{number}", "wrong").status_code for number in range(4)] == [403, 403, 403, 429]
    assert browser.log_in().headers["Retry-After"] == "60"
    assert served.browser("192.0.2.2").log_in().status_code == 303


def test_too_many_logins_with_one_name_have_to_wait_where_they_come_from(tmp_path: Path) -> None:
    served = next(serve(tmp_path, rates=RatesConfig(account=RateLimit("3 per minute"))))
    names = ("ada", "ADA", " ada", "ada")
    answers = [served.browser("192.0.2.1").log_in(name, "wrong") for name in names]
    assert [answer.status_code for answer in answers] == [403, 403, 403, 429]
    assert served.browser("192.0.2.2").log_in("ada").status_code == 303


def test_forms_without_a_name_are_not_counted_as_if_all_were_sent_by_one_person(tmp_path: Path) -> None:
    served = next(serve(tmp_path, rates=RatesConfig(account=RateLimit("2 per minute"))))
    strangers = [served.browser(f"192.0.2.{number}").post("/login", {}).status_code for number in range(4)]
    assert strangers == [422] * 4
    one = served.browser("192.0.2.9")
    assert [one.post("/login", {}).status_code for _ in range(3)] == [422, 422, 429]
    # Nor does a name that looks like an address count against whoever is there.
    assert served.browser("192.0.2.8").log_in("192.0.2.7", "wrong").status_code == 403
    assert [served.browser("192.0.2.7").post("/login", {}).status_code for _ in range(2)] == [422, 422]


def test_addresses_of_one_network_are_counted_together(tmp_path: Path) -> None:
    served = next(serve(tmp_path, rates=RatesConfig(login=RateLimit("2 per minute"))))
    answers = [served.browser(f"2001:db8::{number}").log_in(f"u{number}", "wrong").status_code for number in range(3)]
    assert answers == [403, 403, 429]
    assert served.browser("not an address").log_in("u9", "wrong").status_code == 403
