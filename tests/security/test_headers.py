"""The headers of every answer that the whole site can give, on every route and with every status."""

import logging
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import flask
import pytest

from core import Policy, User
from core.module import Page
from tests.security.headers import flaws, inline_code, nonce_of, without_integrity
from tests.security.whole import Whole, address_of, open_whole

ADA = User("ada")


@pytest.fixture(scope="module", params=["http", "https"])
def whole(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    """The whole site, with and without encryption."""
    logging.getLogger("hm3").setLevel(logging.CRITICAL)
    with open_whole(tmp_path_factory.mktemp("site"), base=f"{request.param}://localhost") as opened:
        yield opened
    logging.getLogger("hm3").setLevel(logging.NOTSET)


def secure(whole: Whole) -> bool:
    return whole.base.startswith("https")


def asked(whole: Whole, page: Page, visitor: User | None, **headers: str) -> flask.Response:
    browser = whole.browser(visitor)
    where = address_of(page)
    if page.method == "GET":
        return browser.get(where, **headers)
    token = browser.token("/settings" if visitor else "/login")
    if page.method != "POST":
        told = {"X-CSRFToken": token, "Origin": whole.base, "Referer": f"{whole.base}/", **headers}
        return browser.client.open(where, method=page.method, base_url=whole.base, headers=told)  # type: ignore[return-value]  # a test response has all of a response
    return browser.post(where, {}, token=token, Referer=f"{whole.base}/", **headers)


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
@pytest.mark.parametrize("visitor", [None, ADA], ids=["stranger", "user"])
def test_every_page_answers_everybody_with_all_headers(whole: Whole, visitor: User | None, accept: str) -> None:
    statuses: Counter[int] = Counter()
    wrong = {}
    for page in whole.pages:
        answer = asked(whole, page, visitor, Accept=accept)
        statuses[answer.status_code] += 1
        if found := flaws(answer.headers, page.policy, secure=secure(whole)):
            wrong[page.name, answer.status_code] = found
    assert wrong == {}
    assert len(statuses) >= 4, statuses


@pytest.mark.parametrize("visitor", [None, ADA], ids=["stranger", "user"])
def test_no_page_of_the_app_holds_code_or_loads_what_was_not_hashed(whole: Whole, visitor: User | None) -> None:
    wrong = {}
    for page in whole.pages:
        answer = asked(whole, page, visitor)
        if page.policy not in (Policy.APP, Policy.AWAY) or answer.mimetype != "text/html":
            continue
        html = answer.get_data(as_text=True)
        if found := [*inline_code(html), *without_integrity(html)]:
            wrong[page.name] = found
    assert wrong == {}


STATUSES = {
    200: ("GET", "/login", {}),
    303: ("GET", "/mail/", {}),
    400: ("POST", "/login", {}),
    401: ("GET", "/mail/", {"Accept": "application/json"}),
    403: ("POST", "/login", {"Origin": "https://evil.example"}),
    404: ("GET", "/no/such/page", {}),
    405: ("PUT", "/login", {}),
    406: ("GET", "/login", {"Accept": "application/json"}),
    409: ("GET", "/trouble/409", {}),
    421: ("GET", "/login", {"Host": "evil.example"}),
    429: ("GET", "/trouble/429", {}),
    500: ("GET", "/trouble/500", {}),
    502: ("GET", "/trouble/502", {}),
    503: ("GET", "/trouble/503", {}),
}


@pytest.mark.parametrize("status", STATUSES)
def test_every_status_comes_with_all_headers(whole: Whole, status: int) -> None:
    method, where, headers = STATUSES[status]
    origin = {"Origin": whole.base, "Referer": f"{whole.base}/", **headers}
    answer = whole.app.test_client().open(where, method=method, base_url=whole.base, headers=origin)
    assert answer.status_code == status
    assert flaws(answer.headers, secure=secure(whole)) == []
    assert ("Retry-After" in answer.headers) is (status == 503)


@pytest.mark.parametrize(
    ("where", "status"),
    [
        ("/healthz", 200),
        ("/site/none.js", 404),
        ("/site/../hm3.ini", 404),
        ("/site/%2e%2e/hm3.ini", 404),
        ("/hm3.ini", 404),
        ("/.git/config", 404),
        ("/core/web/app.py", 404),
        ("//evil.example/", 404),
        ("/mail//", 404),
        ("/favicon.ico", 404),
        ("/.well-known/change-password", 404),
        ("/mail/%00", 404),
        ("/mail/..;/", 404),
    ],
)
def test_what_is_no_page_is_answered_with_all_headers(whole: Whole, where: str, status: int) -> None:
    answer = whole.browser().get(where)
    assert answer.status_code in (status, 303, 308)
    assert flaws(answer.headers, secure=secure(whole)) == []
    assert "evil" not in answer.headers.get("Location", "").partition("?")[0]


@pytest.mark.parametrize("method", ["TRACE", "OPTIONS", "PATCH", "DELETE", "CONNECT", "PROPFIND", "HEAD"])
def test_every_method_is_answered_with_all_headers(whole: Whole, method: str) -> None:
    for where in ("/login", "/mail/", "/no/such/page", "/healthz"):
        answer = whole.app.test_client().open(
            where, method=method, base_url=whole.base, headers={"Origin": whole.base, "Referer": f"{whole.base}/"}
        )
        assert answer.status_code in ((200, 303, 404) if method in ("OPTIONS", "HEAD") else (400, 404, 405))
        assert flaws(answer.headers, secure=secure(whole)) == []


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost.evil.example"])
def test_no_origin_is_let_in_by_cors(whole: Whole, origin: str) -> None:
    asking = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "x-csrftoken",
    }
    for where in ("/login", "/mail/", "/healthz"):
        answer = whole.app.test_client().options(where, base_url=whole.base, headers=asking)
        assert [name for name, _ in answer.headers if name.lower().startswith("access-control")] == []


def test_the_nonce_of_a_message_is_new_each_time(whole: Whole) -> None:
    browser = whole.browser(ADA)
    nonces = {nonce_of(browser.get("/trouble/framed").headers) for _ in range(5)}
    assert len(nonces) == 5 and all(len(nonce) >= 22 for nonce in nonces)


def test_leaving_has_the_browser_forget_what_it_kept(whole: Whole) -> None:
    browser = whole.browser(ADA)
    token = browser.token("/settings")
    answer = browser.post("/logout", {}, token=token, Referer=f"{whole.base}/")
    assert answer.status_code == 303
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    gone = [cookie for cookie in answer.headers.getlist("Set-Cookie") if "Max-Age=0" in cookie]
    assert len(gone) == 3
    assert flaws(answer.headers, secure=secure(whole)) == []


def test_cookies_are_closed_to_scripts_other_hosts_and_plain_ways(whole: Whole) -> None:
    browser = whole.browser()
    set_here = browser.get("/login").headers.getlist("Set-Cookie")
    answer = whole.browser(ADA).get("/settings")
    for cookie in [*set_here, *answer.headers.getlist("Set-Cookie")]:
        name, *attributes = (part.strip() for part in cookie.split(";"))
        assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(attributes), cookie
        assert not [one for one in attributes if one.startswith(("Domain", "Expires", "Max-Age"))], cookie
        assert ("Secure" in attributes) is secure(whole) is name.startswith("__Host-"), cookie
    assert set_here


def test_more_than_the_site_takes_is_answered_with_all_headers(tmp_path: Path) -> None:
    with open_whole(tmp_path, app="largest_request = 5 kB\n") as whole:
        answer = whole.browser().post("/login", {"username": "x" * 9000}, token="x")
        assert answer.status_code == 413
        assert flaws(answer.headers) == []


def test_too_many_requests_are_answered_with_all_headers(tmp_path: Path) -> None:
    with open_whole(tmp_path, app="[rates]\nlogin = 2 per minute\n") as whole:
        browser = whole.browser()
        token = browser.token()
        statuses = [browser.post("/login", {"username": "a", "password": "b"}, token=token) for _ in range(3)]
        assert statuses[-1].status_code == 429
        assert flaws(statuses[-1].headers) == []
        assert int(statuses[-1].headers["Retry-After"]) > 0
