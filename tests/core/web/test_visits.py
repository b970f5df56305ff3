"""Where visitors come from: other sites, other hosts, proxies, and how often they may ask."""

from pathlib import Path

import pytest

from core.ini.app import HostName, Proxies, SiteAddress
from core.ini.rates import RateLimit, RatesConfig
from tests.core.web.door import Served, inside, serve, served_with


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "https://localhost"},
        {"Origin": "http://localhost:81"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_change_asked_for_by_another_site_is_refused(served: Served, headers: dict[str, str]) -> None:
    browser = inside(served)
    answer = browser.post("/note", {"text": "x"}, token=browser.token("/mail/"), **headers)
    assert answer.status_code == 403


def test_a_change_asked_for_here_is_made(served: Served) -> None:
    browser = inside(served)
    headers = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    assert browser.post("/note", {"text": "x"}, token=browser.token("/mail/"), **headers).status_code == 303


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


def test_forwarded_headers_count_only_from_trusted_proxies(tmp_path: Path) -> None:
    forwarded = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9", "X-Forwarded-Host": "mail.example.org"}
    trusting = served_with(tmp_path / "a", trusted_proxies=Proxies(1))
    assert "Strict-Transport-Security" in trusting.browser().get("/login", **forwarded).headers
    careful = served_with(tmp_path / "b")
    assert "Strict-Transport-Security" not in careful.browser().get("/login", **forwarded).headers


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
