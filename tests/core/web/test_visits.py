"""Where visitors come from: other sites, other hosts, proxies, and how often they may ask."""

from pathlib import Path
from urllib.parse import urljoin, urlsplit

import flask
import pytest

from core.ini.app import HostName, Proxies, SiteAddress
from core.ini.rates import RateLimit, RatesConfig
from core.web.requests import read_client
from tests.core.web.door import Served, inside, serve, served_with

HERE = "http://localhost"


@pytest.mark.parametrize(
    ("headers", "let_in"),
    [
        ({"Origin": HERE}, True),
        ({"Origin": HERE, "Sec-Fetch-Site": "same-origin"}, True),
        ({"Origin": HERE, "Sec-Fetch-Site": "none"}, True),
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Referer": f"{HERE}/mail/?q=x"}, True),
        ({"Origin": HERE, "Referer": "http://evil.example/"}, True),
        ({}, False),
        ({"Sec-Fetch-Site": "none"}, False),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site", "Origin": HERE}, False),
        ({"Sec-Fetch-Site": "cross-site", "Origin": HERE}, False),
        ({"Sec-Fetch-Site": "nonsense", "Origin": HERE}, False),
        ({"Origin": "null"}, False),
        ({"Origin": ""}, False),
        ({"Origin": "http://evil.example"}, False),
        ({"Origin": "http://localhost.evil.example"}, False),
        ({"Origin": "http://evil.localhost"}, False),
        ({"Origin": "https://localhost"}, False),
        ({"Origin": "http://localhost:81"}, False),
        ({"Origin": "http://LOCALHOST"}, False),
        ({"Origin": "http://localhost."}, False),
        ({"Origin": "http://localhost/"}, False),
        ({"Origin": "http://localhost@evil.example"}, False),
        ({"Origin": "http://evil.example@localhost"}, False),
        ({"Origin": "http://[::1]"}, False),
        ({"Origin": f"{HERE}, http://evil.example"}, False),
        ({"Origin": "null", "Referer": f"{HERE}/"}, False),
        ({"Referer": "http://evil.example/"}, False),
        ({"Referer": "http://localhost@evil.example/"}, False),
        ({"Referer": "http://ada@localhost/"}, False),
        ({"Referer": "https://localhost/"}, False),
        ({"Referer": "http://[evil"}, False),
        ({"Origin": "http://evil.example", "X-Forwarded-Host": "evil.example"}, False),
    ],
)
def test_a_change_is_made_for_a_page_of_this_site_alone(served: Served, headers: dict[str, str], let_in: bool) -> None:
    browser = inside(served)
    sent = {"text": "x", "csrf_token": browser.token("/mail/")}
    told = {"User-Agent": browser.agent, **headers}
    answer = browser.client.post("/note", base_url=browser.base, data=sent, headers=told)
    assert answer.status_code == (303 if let_in else 403)
    assert ("Kept x" in browser.get("/mail/").get_data(as_text=True)) is let_in


def test_the_login_and_the_logout_are_not_done_for_another_site(served: Served) -> None:
    browser = served.browser()
    foreign = {"Origin": "http://evil.example", "Sec-Fetch-Site": "cross-site"}
    sent = {"username": "ada", "password": "right"}
    assert browser.post("/login", sent, token=browser.token(), **foreign).status_code == 403
    assert browser.get("/mail/").status_code == 303
    browser = inside(served)
    assert browser.post("/logout", {}, token=browser.token("/mail/"), **foreign).status_code == 403
    assert browser.get("/mail/").status_code == 200


def test_the_token_of_another_session_is_worth_nothing(served: Served) -> None:
    mine, theirs = inside(served), inside(served)
    token = theirs.token("/mail/")
    assert mine.post("/note", {"text": "x"}, token=token).status_code == 400
    assert mine.post("/note?csrf_token=" + mine.token("/mail/"), {"text": "x"}, token="").status_code == 400


@pytest.mark.parametrize("kind", ["text/plain", "application/json"])
def test_a_change_that_comes_as_no_form_needs_the_token_too(served: Served, kind: str) -> None:
    browser = inside(served)
    told = {"User-Agent": browser.agent, "Origin": HERE, "Content-Type": kind}
    body = '{"text": "x", "csrf_token": "' + browser.token("/mail/") + '"}'
    answer = browser.client.post("/note", base_url=browser.base, data=body, headers=told)
    assert answer.status_code == 400


def test_a_method_that_a_header_or_field_names_does_not_count(served: Served) -> None:
    browser = inside(served)
    told = {"X-HTTP-Method-Override": "POST", "X-HTTP-Method": "POST", "X-Method-Override": "POST"}
    assert browser.get("/note?_method=POST&text=x", **told).status_code == 405


@pytest.mark.parametrize(
    ("headers", "let_in"),
    [
        ({}, True),
        ({"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}, True),
        ({"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}, True),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}, True),
        ({"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}, True),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "object"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}, False),
        ({"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "script"}, False),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "nonsense"}, False),
        ({"Origin": HERE}, True),
        ({"Origin": "null"}, False),
        ({"Origin": "http://evil.example"}, False),
        ({"Referer": "http://evil.example/"}, True),
        ({"Referer": f"{HERE}/mail/", "Accept": "application/json"}, True),
        ({"Referer": "http://evil.example/", "Accept": "application/json"}, False),
        ({"Sec-Fetch-Site": "same-origin", "Accept": "application/json"}, True),
        ({"Sec-Fetch-Site": "cross-site", "Accept": "application/json"}, False),
    ],
)
def test_a_page_is_shown_to_people_from_anywhere_and_to_scripts_of_this_site_alone(
    served: Served, headers: dict[str, str], let_in: bool
) -> None:
    browser = inside(served)
    told = {"User-Agent": browser.agent, **headers}
    where = "/shelf/a/" if "Accept" in headers else "/mail/"
    answer = browser.client.get(where, base_url=browser.base, headers=told)
    assert answer.status_code == (200 if let_in else 403)


def test_an_old_browsers_link_to_a_part_of_a_page_from_another_site_is_refused(served: Served) -> None:
    browser = inside(served)
    told = {"User-Agent": browser.agent, "Referer": "http://evil.example/"}
    part = browser.client.get("/mail/?part=room.inside.body", base_url=browser.base, headers=told)
    assert part.status_code == 403


@pytest.mark.parametrize(
    ("headers", "counts"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "none"}, True),
        ({"Referer": f"{HERE}/mail/"}, True),
        ({}, False),
        ({"Referer": "http://evil.example/"}, False),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "same-origin", "Sec-Purpose": "prefetch"}, False),
        ({"Sec-Fetch-Site": "none", "Sec-Purpose": "prefetch;prerender"}, False),
        ({"Sec-Fetch-Site": "none", "Purpose": "prefetch"}, False),
        ({"Referer": f"{HERE}/mail/", "X-Moz": "prefetch"}, False),
        ({"Sec-Fetch-Site": "none", "X-Purpose": "preview"}, False),
    ],
)
def test_only_what_a_person_asked_for_here_may_change_something_when_it_is_opened(
    served: Served, headers: dict[str, str], counts: bool
) -> None:
    with served.app.test_request_context("/mail/", base_url=HERE, headers=headers):
        assert read_client(flask.request).asked_here is counts


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
