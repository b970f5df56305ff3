"""A host of its own for messages: nothing of the site answers there but what a ticket opens, and no cookie counts."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import flask
import pytest

from core import Module, WiringError
from core.ini.app import AppConfig, SiteAddress
from core.web.tickets import LASTS
from tests.core.web.door import Browser, Served, inside, serve, served_with

HOME, CONTENT = "http://localhost", "http://content.example.org"
OPTIONS = {"address": SiteAddress(HOME), "content_origin": SiteAddress(CONTENT)}
TEXT = "/letter/one/text"


@dataclass
class Apart:
    """A site with a content host, and a browser that is logged in."""

    served: Served
    browser: Browser

    def way(self, where: str, **headers: str) -> str:
        """The address on the content host to which an address of the site leads."""
        answer = self.browser.get(where, **headers)
        assert answer.status_code == 303 and answer.data.find(b"words") < 0, where
        return answer.headers["Location"]

    def open(self, address: str, **headers: str) -> flask.Response:
        """What the content host answers to an address of it, to anybody."""
        assert address.startswith(f"{CONTENT}/"), address
        return self.stranger.get(address.removeprefix(CONTENT), **headers)

    @property
    def stranger(self) -> Browser:
        return Browser(self.served.app.test_client(), base=CONTENT)


@pytest.fixture
def apart(tmp_path: Path) -> Iterator[Apart]:
    for served in serve(tmp_path, AppConfig(**OPTIONS)):  # type: ignore[arg-type]  # options of the site
        yield Apart(served, inside(served))


def directives(answer: flask.Response) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in answer.headers["Content-Security-Policy"].split(";"))
    return {name: value for name, _, value in parts}


def test_dates_on_the_content_host_are_in_the_zone_that_the_browser_told_the_site(apart: Apart) -> None:
    assert b"UTC" in apart.open(apart.way(TEXT)).data
    apart.browser.client.set_cookie("hm3_zone", "Asia/Tokyo")
    assert b"Asia/Tokyo" in apart.open(apart.way(TEXT)).data


def test_a_document_and_a_file_are_shown_on_the_content_host_alone(apart: Apart) -> None:
    text, file = apart.open(apart.way(f"{TEXT}?")), apart.open(apart.way("/letter/one/file"))
    assert text.status_code == 200 and b"one ContentHost" in text.data and b"True" in text.data
    assert file.data == b"one" and file.headers["Content-Disposition"].startswith("attachment")
    assert apart.open(apart.way("/framed")).data.startswith(b"<p>words</p>")


def test_one_ticket_opens_what_belongs_to_one_message_and_what_was_signed_and_nothing_else(apart: Apart) -> None:
    address = apart.way(TEXT)
    ticket = address.removesuffix(TEXT)
    assert apart.way("/letter/one/file") == f"{ticket}/letter/one/file"
    assert apart.way("/letter/two/text").removesuffix("/letter/two/text") != ticket
    assert apart.open(f"{ticket}/picture").data == b"lines"
    for other in ("/letter/two/text", "/letter/two/file", "/file", "/framed", "/mail/", "/nosy", "/settings", "/"):
        assert apart.open(ticket + other).status_code == 404, other


def test_no_page_answers_there_without_a_ticket_or_with_a_forged_one(apart: Apart) -> None:
    rules = [
        rule.rule.replace("<path:name>", "a").replace("<name>", "a") for rule in apart.served.app.url_map.iter_rules()
    ]
    for rule in rules:
        for address in (rule, f"/{'a' * 32}{rule}"):
            answer = apart.stranger.get(address)
            assert answer.status_code == 404 and answer.mimetype == "text/plain", address
            assert "Set-Cookie" not in answer.headers and "Location" not in answer.headers
    assert "/letter/a/text" in rules and len(rules) > 15


def test_cookies_and_tokens_mean_nothing_there(apart: Apart) -> None:
    cookies = apart.browser.client._cookies or {}  # werkzeug's client keeps them so
    sent = "; ".join(f"{one.key}={one.value}" for one in cookies.values())
    assert "hm3_session" in sent
    answer = apart.stranger.get("/mail/", Cookie=sent)
    assert answer.status_code == 404 and apart.stranger.get(TEXT, Cookie=sent).status_code == 404
    assert apart.open(apart.way(TEXT), Cookie="hm3_session=a; hm3_key=b", Authorization="Bearer x").status_code == 200


def test_nothing_is_sent_there_and_nothing_is_set(apart: Apart) -> None:
    address = apart.way(TEXT)
    where = address.removeprefix(CONTENT)
    client = apart.served.app.test_client()
    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        answer = client.open(where, base_url=CONTENT, method=method, data={"a": "b"})
        assert answer.status_code == 404 and "Allow" not in answer.headers, method
    answer = client.get(where, base_url=CONTENT, data={"text": "x"}, headers={"User-Agent": apart.browser.agent})
    assert answer.status_code == 200 and "Set-Cookie" not in answer.headers
    assert client.head(where, base_url=CONTENT, headers={"User-Agent": apart.browser.agent}).status_code == 200


def test_a_ticket_ends_with_its_session_at_once(apart: Apart) -> None:
    address = apart.way(TEXT)
    apart.browser.post("/logout", token=apart.browser.token("/mail/"))
    assert apart.open(address).status_code == 404 and not apart.served.site.tickets


@pytest.mark.parametrize("how", ["idle", "unused", "revoked", "other browser"])
def test_a_ticket_opens_nothing_any_more(apart: Apart, how: str) -> None:
    address, agent = apart.way(TEXT), apart.browser.agent
    if how == "unused":
        apart.served.later(seconds=LASTS.total_seconds() + 1)
    elif how == "revoked":
        apart.served.site.sessions.end(next(iter(apart.served.site.tickets._holders)))
    elif how == "other browser":
        agent = "curl/8"
    else:
        for _ in range(20):
            apart.served.later(minutes=9)
            answer = apart.open(address)
        assert answer.status_code == 404  # its use counts as no activity
    assert apart.open(address, **{"User-Agent": agent}).status_code == 404
    assert how != "other browser" or apart.open(address).status_code == 200


def test_a_ticket_goes_on_when_the_cookies_are_renewed(apart: Apart) -> None:
    address = apart.way(TEXT)
    for _ in range(5):
        apart.served.later(minutes=9)
        assert apart.open(address).status_code == 200
    renewed = apart.browser.get("/mail/")
    assert "hm3_session" in renewed.headers["Set-Cookie"]
    apart.served.later(minutes=5)
    assert apart.open(address).status_code == 200 and apart.way(TEXT) == address


def test_a_ticket_does_not_outlive_a_login(apart: Apart) -> None:
    address = apart.way(TEXT)
    apart.browser.post("/login", {"username": "bob", "password": "right"}, token=apart.browser.token("/mail/"))
    other = apart.way(TEXT)
    assert apart.open(address).status_code == 404
    assert other != address and apart.open(other).status_code == 200


def test_what_a_page_keeps_is_kept_and_its_session_gets_no_new_cookies(apart: Apart) -> None:
    address = apart.way("/letter/kept/file")
    assert "Set-Cookie" not in apart.open(address).headers
    assert "hm3_session" not in str(apart.browser.get("/mail/").headers.getlist("Set-Cookie"))
    assert apart.open(apart.way("/letter/ended/file")).status_code == 200
    assert apart.open(address).status_code == 404 and apart.browser.get("/mail/").status_code == 303


def test_whether_a_person_asked_on_the_site_goes_along_and_other_ways_are_absolute(apart: Apart) -> None:
    asked = apart.open(apart.way("/letter/warned/file"))
    led = apart.way(
        "/letter/warned/file",
        **{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"},
    )
    assert asked.data == b"warned"
    assert (apart.open(led).status_code, apart.open(led).headers["Location"]) == (303, f"{HOME}/mail/")
    ahead = apart.open(apart.way("/letter/warned/file"), **{"Sec-Purpose": "prefetch"})
    assert ahead.status_code == 303


def test_strangers_are_sent_to_the_login_and_programs_and_scripts_stay(apart: Apart) -> None:
    nobody = apart.served.browser()
    assert nobody.get(TEXT).headers["Location"] == "/login?next=%2Fletter%2Fone%2Ftext"
    script = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}
    assert apart.browser.get("/letter/one/file", **script).data == b"one"
    assert apart.browser.get(TEXT, **script).status_code == 303
    assert apart.browser.get("/letter/one/file", Authorization="Bearer wrong").status_code == 401


def test_addresses_with_signs_in_them_lead_to_the_same_page(apart: Apart) -> None:
    address = apart.way("/letter/a%3Fb%23%25%20c/text")
    assert address.endswith("/letter/a%3Fb%23%25%20c/text") and b"a?b#% c" in apart.open(address).data
    assert apart.open(apart.way(f"{TEXT}?part=x")).status_code == 200
    assert apart.open(apart.way(f"{TEXT}?none=x")).status_code == 422


def test_a_document_there_has_no_origin_and_only_the_site_frames_it(apart: Apart) -> None:
    answer = apart.open(apart.way("/framed"))
    policy = directives(answer)
    nonce = answer.data.split(b"<i>")[1].split(b"</i>")[0].decode()
    assert len(nonce) >= 32 and policy == {
        "sandbox": "allow-popups allow-popups-to-escape-sandbox",
        "default-src": "'none'",
        "script-src": "'none'",
        "style-src-elem": f"{CONTENT} 'nonce-{nonce}'",
        "style-src-attr": "'unsafe-inline'",
        "img-src": f"{CONTENT} data:",
        "form-action": "'none'",
        "base-uri": "'none'",
        "frame-ancestors": HOME,
    }
    file = directives(apart.open(apart.way("/file")))
    assert file == {"sandbox": "", "default-src": "'none'", "frame-ancestors": HOME}
    for name, value in {
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
    }.items():
        assert answer.headers[name] == value
    assert "camera=()" in answer.headers["Permissions-Policy"]
    assert "X-Frame-Options" not in answer.headers and "Access-Control-Allow-Origin" not in answer.headers


def test_errors_there_are_plain_words_under_a_policy_that_allows_nothing(apart: Apart) -> None:
    answer = apart.stranger.get("/", **{"Accept-Language": "de"})
    assert answer.mimetype == "text/plain" and directives(answer)["default-src"] == "'none'"
    assert "Postfach" in answer.get_data(as_text=True) or "mailbox" in answer.get_data(as_text=True)


def test_files_of_the_front_end_are_read_there_by_documents_of_no_origin(apart: Apart) -> None:
    answer = apart.stranger.get("/site/frame.css")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert apart.browser.get("/site/frame.css").headers.get("Access-Control-Allow-Origin") is None


def test_pages_of_the_site_may_show_frames_and_pictures_of_the_content_host(apart: Apart) -> None:
    policy = directives(apart.browser.get("/mail/"))
    assert policy["frame-src"] == f"'self' {CONTENT}" and policy["img-src"] == f"'self' data: blob: {CONTENT}"
    assert CONTENT not in policy["connect-src"] + policy["script-src"]


def test_without_the_option_nothing_is_elsewhere(tmp_path: Path) -> None:
    served = served_with(tmp_path, address=SiteAddress(HOME))
    browser = inside(served)
    assert browser.get("/framed").status_code == 200 and not served.site.tickets
    assert directives(browser.get("/mail/"))["frame-src"] == "'self'"
    assert Browser(served.app.test_client(), base=CONTENT).get("/mail/").status_code == 421


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"content_origin": CONTENT}, "address"),
        ({"content_origin": CONTENT, "address": "https://localhost"}, "Use one"),
        ({"content_origin": "http://LOCALHOST:8000", "address": HOME}, "host of address"),
    ],
)
def test_a_content_host_is_another_host_in_the_same_way(options: dict[str, str], word: str) -> None:
    with pytest.raises(ValueError, match=word):
        AppConfig(**{name: SiteAddress.parse(value) for name, value in options.items()})  # type: ignore[arg-type]  # options of addresses


def test_a_page_is_within_what_its_rule_begins_with() -> None:
    module = Module("odd")
    assert module.page("one", "/a/<b>/c").within == "/a/<b>/c"
    with pytest.raises(WiringError, match="is not within /a/<b: its rule"):
        module.page("two", "/a/<b>/d", within="/a/<b")
