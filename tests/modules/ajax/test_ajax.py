"""Pages agree on a key with the server, and their scripts' requests and answers pass sealed."""

import dataclasses
import json
import struct
import sys
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

import flask
import pytest
from cryptography.exceptions import InvalidTag

from tests.core.web.door import Browser
from tests.modules.ajax.page import Page, open_ajax_house
from tests.modules.security.house import House

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    yield from open_ajax_house(tmp_path)


@pytest.fixture
def page(house: House) -> Page:
    browser, _ = house.enter()
    return Page(browser).begin()


def reason(answer: flask.Response) -> str:
    return str(json.loads(answer.get_data())["error"]["reason"])


def test_a_page_tells_its_scripts_what_is_on_and_agrees_on_a_key(page: Page) -> None:
    assert page.told["wants"] == "encrypt" and len(page.key) == 32


def test_a_sealed_answer_shows_nothing_of_itself(page: Page) -> None:
    exchange = page.exchange("GET", "/settings")
    response = page.send(exchange, Accept="text/html", X_Hm3_Ajax_Query=sealed_query(page, exchange))
    assert set(json.loads(response.get_data())) == {"v", "k", "s", "n", "c"}
    assert b"Language" not in response.get_data() and "Language" in page.open(exchange, response).text


def sealed_query(page: Page, exchange: object, query: bytes = b"part=preferences.settings.body") -> str:
    assert dataclasses.is_dataclass(exchange)
    return b64encode(page.seal(exchange, "query", query)).decode()  # type: ignore[arg-type]  # an Exchange


def test_a_whole_page_is_never_sealed_for_who_did_not_ask(page: Page) -> None:
    assert "<title>" in page.browser.get("/settings").get_data(as_text=True)


def test_a_sealed_query_is_read(page: Page) -> None:
    answer = page.get("/settings", "text/html", part="preferences.settings.body")
    assert answer.status == 200 and answer.type.startswith("text/html") and "<title>" not in answer.text


def test_a_sealed_form_is_read_and_its_answer_leads_on(page: Page) -> None:
    answer = page.post("/idle/stay")
    assert (answer.status, json.loads(answer.text)) == (200, {"location": "/mail/"})


def test_a_sealed_form_is_checked_as_any_other(page: Page) -> None:
    answer = page.post("/idle/stay", colour="red")
    assert answer.status == 422 and "colour" in json.loads(answer.text)["error"]["reason"]


def test_a_sealed_form_needs_its_token(page: Page) -> None:
    page.told["token"] = "none"
    assert page.post("/idle/stay").status == 400


def test_errors_are_sealed_too(page: Page) -> None:
    assert page.get("/nowhere").status == 404


def test_where_an_answer_leads_is_sealed_too(page: Page) -> None:
    answer = page.get("/login", "text/html")
    assert (answer.status, answer.location) == (200, "/mail/")


@pytest.mark.parametrize("part", ["n", "c"])
def test_an_answer_of_which_a_bit_was_changed_does_not_open(page: Page, part: str) -> None:
    exchange = page.exchange("GET", "/nowhere")
    response = page.send(exchange)
    told = json.loads(response.get_data())
    told[part] = ("B" if told[part][0] == "A" else "A") + told[part][1:]
    response.set_data(json.dumps(told))
    with pytest.raises(InvalidTag):
        page.open(exchange, response)


def test_answers_that_were_swapped_do_not_open(page: Page) -> None:
    first = page.exchange("GET", "/nowhere")
    second = dataclasses.replace(page.exchange("GET", "/nowhere"), sequence=first.sequence)
    answers = page.send(first), page.send(second)
    for exchange, response in ((first, answers[1]), (second, answers[0])):
        with pytest.raises(InvalidTag):
            page.open(exchange, response)


def test_an_answer_under_another_status_does_not_open(page: Page) -> None:
    exchange = page.exchange("GET", "/nowhere")
    response = page.send(exchange)
    response.status_code = 200
    with pytest.raises(InvalidTag):
        page.open(exchange, response)


@pytest.mark.parametrize("where", range(0, 60, 7))
def test_a_request_of_which_a_bit_was_changed_is_refused(page: Page, where: int) -> None:
    exchange = page.exchange("POST", "/idle/stay")
    body = bytearray(page.body(exchange, {"a": "b"}))
    body[where] ^= 1
    assert page.open(exchange, page.send(exchange, bytes(body))).status == 400


def test_a_form_sealed_for_one_address_is_refused_at_another(page: Page) -> None:
    exchange = page.exchange("POST", "/logout")
    sealed = page.body(dataclasses.replace(exchange, path="/idle/stay"), {})
    assert page.open(exchange, page.send(exchange, sealed)).status == 400
    assert page.get("/nowhere").status == 404


def test_a_form_comes_once(page: Page) -> None:
    exchange = page.exchange("POST", "/idle/stay")
    body = page.body(exchange, {})
    assert page.open(exchange, page.send(exchange, body)).status == 200
    again = page.open(exchange, page.send(exchange, body))
    assert again.status == 409 and "already received" in again.text


@pytest.mark.parametrize("told", ["", "x", "0 1 2", "%s %s -1", "%s %s 1 1", "%s %s 1000000000000000"])
def test_what_names_no_request_is_refused(page: Page, told: str) -> None:
    exchange = page.exchange("GET", "/settings")
    named = told % (page.name, exchange.request) if "%s" in told else told
    assert page.send(exchange, X_Hm3_Ajax=named).status_code == 400


@pytest.mark.parametrize(
    "plain", [b"", b"\0\0", struct.pack(">I", 9) + b"short", struct.pack(">I", 5000) + 6000 * b"a"]
)
def test_a_body_without_its_type_is_refused(page: Page, plain: bytes) -> None:
    exchange = page.exchange("POST", "/idle/stay")
    assert page.open(exchange, page.send(exchange, page.seal(exchange, "body", plain))).status == 400


def test_a_sealed_request_has_no_part_in_clear(page: Page) -> None:
    exchange = page.exchange("POST", "/idle/stay")
    assert page.open(exchange, page.send(exchange, b"a=b", type=FORM)).status == 400
    exchange = page.exchange("GET", "/settings")
    response = page.browser.get("/settings?part=x", **page.headers(exchange, part="y"))
    assert page.open(exchange, response).status == 400


@pytest.mark.parametrize("query", ["!!!", "QUJD", "A" * 20_000])
def test_a_query_that_was_not_sealed_is_refused(page: Page, query: str) -> None:
    exchange = page.exchange("GET", "/settings")
    assert page.open(exchange, page.send(exchange, X_Hm3_Ajax_Query=query)).status == 400


def test_an_unknown_key_is_told_to_be_renewed(page: Page) -> None:
    page.name = "0" * 16
    response = page.send(page.exchange("GET", "/settings"))
    assert (response.status_code, response.headers["X-Hm3-Ajax"]) == (409, "renew")
    assert "load the page anew" in reason(response)


def test_the_key_of_before_a_login_is_not_known_after_it(page: Page) -> None:
    before = page.told["session"]
    page.browser.post("/login", {"username": "ada", "password": "old"}, token=page.told["token"])
    assert page.send(page.exchange("GET", "/settings")).headers["X-Hm3-Ajax"] == "renew"
    page.begin()
    assert page.told["session"] != before and page.get("/nowhere").status == 404


def test_the_key_outlives_the_renewal_of_the_sessions_cookies(house: House, page: Page) -> None:
    for _ in range(3):
        house.later(minutes=31)
        assert page.get("/nowhere").status == 404
        assert page.browser.get("/settings").status_code == 200
    assert page.agree().get("/nowhere").status == 404


def test_nobody_elses_key_opens_anything(house: House, page: Page) -> None:
    other = Page(house.enter("bob")[0]).begin()
    other.name = page.name
    assert other.send(other.exchange("GET", "/settings")).headers["X-Hm3-Ajax"] == "renew"


def test_a_second_tab_may_have_a_key_of_its_own(page: Page) -> None:
    tab = Page(page.browser, told=page.told).agree()
    assert tab.name != page.name
    assert [one.get("/nowhere").status for one in (page, tab, page)] == [404, 404, 404]


def test_of_many_tabs_keys_the_newest_stay(house: House, page: Page) -> None:
    tabs = []
    for _ in range(4):
        house.later(seconds=1)
        tabs.append(Page(page.browser, told=page.told).agree())
    assert [tab.get("/nowhere").status for tab in tabs] == [404] * 4
    assert page.send(page.exchange("GET", "/settings")).headers["X-Hm3-Ajax"] == "renew"


def test_without_a_session_a_script_is_asked_to_log_in(page: Page) -> None:
    page.browser.post("/logout", token=page.told["token"])
    exchange = page.exchange("POST", "/idle/stay")
    assert page.send(exchange, page.body(exchange, {})).status_code == 401
    exchange = page.exchange("GET", "/settings")
    assert page.send(exchange, X_Hm3_Ajax_Query=sealed_query(page, exchange)).status_code == 401
    assert "/login?next" in str(page.send(page.exchange("GET", "/settings"), Accept="text/html").location)


@pytest.mark.parametrize("group, octets", [("X25519", 0), ("X25519", 32), ("P-256", 65), ("X25519", 31)])
def test_a_public_key_that_is_none_is_refused(page: Page, group: str, octets: int) -> None:
    answer = page.offer(group, b64encode(bytes(octets)).decode())
    assert answer.status_code == 422 and "public" in reason(answer)


def test_an_offer_that_is_no_base64_or_of_no_curve_is_refused(page: Page) -> None:
    assert "Base64" in reason(page.offer("X25519", "!"))
    assert "group" in reason(page.offer("P-521", "QUJD"))


def test_only_users_agree_on_a_key(house: House) -> None:
    browser = Browser(house.app.test_client())
    answer = browser.post("/ajax/key", {"group": "X25519", "public": "QUJD"}, Accept="application/json")
    assert answer.status_code == 401


def test_a_key_that_is_agreed_on_does_not_keep_a_session_awake(house: House, page: Page) -> None:
    for _ in range(3):
        house.later(minutes=50)
        page.browser.post("/ajax/key", {"group": "X25519"}, token=page.told["token"], **{"X-Hm3-Background": "1"})
    assert page.browser.get("/settings").location is not None


def test_an_upload_can_be_sealed(page: Page) -> None:
    exchange = page.exchange("POST", "/idle/stay")
    kind = b"multipart/form-data; boundary=x"
    form = (
        b'--x\r\nContent-Disposition: form-data; name="f"; filename="a.bin"\r\n\r\n' + 500_000 * b"a" + b"\r\n--x--\r\n"
    )
    sealed = page.seal(exchange, "body", struct.pack(">I", len(kind)) + kind + form)
    answer = page.open(exchange, page.send(exchange, sealed))
    assert answer.status == 422 and "f: is not a field" in json.loads(answer.text)["error"]["reason"]


def test_where_it_is_off_pages_say_nothing_and_old_pages_are_told_to_be_loaded_anew(tmp_path: Path) -> None:
    house = next(open_ajax_house(tmp_path, encrypt=False))
    browser, _ = house.enter()
    assert 'name="ajax"' not in browser.get("/settings").get_data(as_text=True)
    page = Page(browser, name="0" * 16, told={"token": browser.token("/settings")})
    response = page.send(page.exchange("GET", "/settings"), Accept="application/json")
    assert (response.status_code, response.headers["X-Hm3-Ajax"]) == (409, "reload")
    assert page.offer("X25519", b64encode(bytes(32)).decode()).status_code == 404


def test_with_the_cache_alone_a_key_is_agreed_on(tmp_path: Path) -> None:
    house = next(open_ajax_house(tmp_path, encrypt=False, cache=True))
    assert Page(house.enter()[0]).begin().told["wants"] == "cache"


def test_a_sealed_request_costs_little(page: Page) -> None:
    """Beside what the page itself costs: few ciphers and hashes, no new key and no question to the database."""

    def called(ask: Callable[[], object]) -> Counter[str]:
        """The names of all functions that are called, once everything that is kept is there."""
        ask()
        calls: Counter[str] = Counter()

        def count(frame: FrameType, what: str, function: object) -> None:
            if what in ("call", "c_call"):
                calls[frame.f_code.co_name if what == "call" else getattr(function, "__name__", "")] += 1

        before = sys.getprofile()
        sys.setprofile(count)
        try:
            ask()
        finally:
            sys.setprofile(before)
        return calls

    part = "preferences.settings.body"
    plain = called(lambda: page.browser.get(f"/settings?part={part}"))
    sealed = called(lambda: page.get("/settings", "text/html", part=part))
    assert sealed.total() - plain.total() < 3000
    assert sealed["derive"] - plain["derive"] <= 8 and sealed["from_public_bytes"] == 0
    assert sealed["execute"] == plain["execute"] > 0
