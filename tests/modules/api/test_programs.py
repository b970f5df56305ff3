"""Programs that log in with a key and go on with a token."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pyotp
import pytest

from core import Secret
from modules.api.commands import make_key
from modules.api.config import ApiConfig, ProgramConfig, ProgramKey, ProgramName
from modules.throttle.module import FailureCount, ThrottleConfig
from modules.twofactor.store import SecondFactors
from tests.modules.api.office import KEY, Office, code_of, is_in, open_office, told


def set_up_factor(office: Office, name: str = "ada") -> pyotp.TOTP:
    """A second factor, set up in a browser."""
    browser, _ = office.house.enter(name)
    page = browser.get("/security/two-factor").get_data(as_text=True)
    letters = page.split("<code>")[1:9]
    app = pyotp.TOTP("".join(part.split("</code>")[0] for part in letters))
    fields = {"code": code(office, app), "password": "old"}
    assert browser.post("/security/two-factor", fields, token=browser.token("/security")).status_code == 303
    office.house.later(minutes=1)
    return app


def code(office: Office, app: pyotp.TOTP) -> str:
    return app.at(int(office.house.now[0].timestamp()))


def test_a_program_logs_a_user_in_and_goes_on_with_the_token(office: Office) -> None:
    answer = office.log_in()
    assert answer.status_code == 200 and set(told(answer)) == {"token", "ends"}
    token = str(told(answer)["token"])
    assert told(office.ask("GET", "/mail/", token)) == {"name": "ada"}
    assert datetime.fromisoformat(str(told(answer)["ends"])) == office.house.now[0] + timedelta(hours=24)
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_form_is_as_good_as_json(office: Office) -> None:
    client = office.house.app.test_client(use_cookies=False)
    headers = {"Authorization": f"Bearer {KEY}"}
    answer = client.post("/api/login", data={"name": "ada", "password": "old"}, headers=headers)
    assert answer.status_code == 200 and told(answer)["token"]  # type: ignore[arg-type]  # as above


def test_what_a_program_changes_needs_no_token_of_a_form_and_no_origin(office: Office) -> None:
    answer = office.ask("POST", "/write", office.token(), {"words": "hello", "urgent": True})
    assert answer.status_code == 200 and told(answer) == {"location": "/mail/"}
    assert office.written == ["hello!"]


def test_no_answer_to_a_program_sets_a_cookie(office: Office) -> None:
    token = office.token()
    answers = [
        office.log_in(),
        office.log_in(password="wrong"),
        office.ask("GET", "/mail/", token),
        office.ask("GET", "/security", token, headers={"Accept": "text/html"}),
        office.ask("GET", "/nowhere", token),
        office.ask("POST", "/write", token, {"words": "x"}),
        office.ask("GET", "/mail/", "wrong"),
        office.ask("DELETE", "/api/login", token),
    ]
    assert [answer.headers.getlist("Set-Cookie") for answer in answers] == [[]] * len(answers)


def test_cookies_beside_a_token_are_not_looked_at(office: Office) -> None:
    browser, _ = office.house.enter("bob")
    cookies = {name: browser.client.get_cookie(name).value for name in ("hm3_session", "hm3_key")}  # type: ignore[union-attr]  # bob is in
    assert told(office.ask("GET", "/mail/", office.token(), cookies=cookies)) == {"name": "ada"}
    assert office.ask("GET", "/mail/", "wrong", cookies=cookies).status_code == 401
    assert office.ask("POST", "/write", "wrong", {"words": "x"}, cookies=cookies).status_code == 401
    assert office.written == []


@pytest.mark.parametrize("where", ["/mail/", "/login", "/write", "/open", "/security"])
def test_a_wrong_token_opens_no_page_at_all(office: Office, where: str) -> None:
    method = "POST" if where in ("/write", "/open") else "GET"
    answer = office.ask(method, where, "wrong", {"words": "x"} if method == "POST" else None)
    assert answer.status_code == 401 and answer.headers["WWW-Authenticate"] == "Bearer" and office.written == []


def test_a_browser_page_of_another_site_cannot_use_a_token(office: Office) -> None:
    token = office.token()
    for header, value in (("Origin", "https://evil.example"), ("Sec-Fetch-Site", "cross-site")):
        answer = office.ask("POST", "/write", token, {"words": "x"}, headers={header: value})
        assert answer.status_code == 403
    assert office.written == []


def test_another_way_to_authorize_frees_from_nothing(office: Office) -> None:
    answer = office.ask("POST", "/open", None, {"words": "x"}, headers={"Authorization": "Basic YTpi"})
    assert answer.status_code in (400, 403) and office.written == []


@pytest.mark.parametrize("key", ["", "wrong", KEY[:-1], KEY + "k", KEY.upper(), "x" * 5000])
def test_a_wrong_key_logs_nobody_in(office: Office, key: str) -> None:
    answer = office.ask("POST", "/api/login", key, {"name": "ada", "password": "old"})
    assert (answer.status_code, code_of(answer)) == (401, "wrong-key")


def test_without_a_key_nobody_gets_as_far_as_the_password(office: Office) -> None:
    assert office.ask("POST", "/api/login", None, {"name": "ada", "password": "old"}).status_code == 403
    browser = office.browser()
    answer = browser.post("/api/login", {"name": "ada", "password": "old"})
    assert answer.status_code == 401 and "Show the key of your program" in answer.get_data(as_text=True)


def test_the_token_of_a_session_is_no_key(office: Office) -> None:
    answer = office.ask("POST", "/api/login", office.token(), {"name": "ada", "password": "old"})
    assert (answer.status_code, code_of(answer)) == (401, "wrong-key")


@pytest.mark.parametrize(
    ("fields", "status", "word"),
    [
        ({"name": "ada", "password": "wrong"}, 403, "wrong-password"),
        ({"name": "eve", "password": "old"}, 403, "wrong-password"),
        ({"name": "ada"}, 422, ""),
        ({"name": "ada", "password": "old", "role": "admin"}, 422, ""),
        ({"name": "ada", "password": ["old"]}, 422, ""),
        ({"name": {"$ne": ""}, "password": "old"}, 422, ""),
    ],
)
def test_what_is_wrong_is_told_in_words_for_programs(
    office: Office, fields: dict[str, object], status: int, word: str
) -> None:
    answer = office.ask("POST", "/api/login", KEY, fields)
    assert (answer.status_code, code_of(answer)) == (status, word)


@pytest.mark.parametrize("body", [b"[]", b"{", b"null", b'"x"', json.dumps({str(n): "" for n in range(101)}).encode()])
def test_a_body_that_is_no_object_of_texts_is_refused(office: Office, body: bytes) -> None:
    client = office.house.app.test_client(use_cookies=False)
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
    assert client.post("/api/login", data=body, headers=headers).status_code == 422


def test_a_second_factor_is_asked_for_and_checked(office: Office) -> None:
    app = set_up_factor(office)
    assert code_of(office.log_in()) == "code-needed"
    assert code_of(office.log_in(code="000000")) == "wrong-code"
    spent = code(office, app)
    assert is_in(office, office.token(code=spent))
    assert code_of(office.log_in(code=spent)) == "wrong-code"
    with office.house.database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM core_sessions").scalar_one() == 2


def test_a_step_that_only_people_can_take_keeps_programs_out(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    set_up_factor(office)
    monkeypatch.delattr(SecondFactors, "check")
    monkeypatch.setattr(SecondFactors, "check", None, raising=False)
    assert code_of(office.log_in(code="123456")) == "people-only"


def test_a_test_for_people_keeps_programs_out(office: Office) -> None:
    office.tested.append("ada")
    answer = office.log_in()
    assert (answer.status_code, code_of(answer)) == (403, "people-only")


def test_a_user_who_is_barred_gets_no_token(office: Office) -> None:
    office.barred.append("ada")
    assert code_of(office.log_in()) == "wrong-password"


def test_wrong_passwords_of_programs_lock_as_those_of_people_do(tmp_path: Path) -> None:
    config = ThrottleConfig(failures_here=FailureCount(3))
    with open_office(tmp_path, {ThrottleConfig: config}) as office:
        statuses = [office.log_in(password="wrong").status_code for _ in range(4)]
        locked = office.log_in()
    assert statuses == [403, 403, 403, 429] and locked.status_code == 429 and "Retry-After" in locked.headers


def test_wrong_codes_count_as_well(tmp_path: Path) -> None:
    with open_office(tmp_path, {ThrottleConfig: ThrottleConfig(failures_here=FailureCount(3))}) as office:
        app = set_up_factor(office)
        for _ in range(4):
            answer = office.log_in(code="000000")
        assert answer.status_code == 429 and office.log_in(code=code(office, app)).status_code == 429


def test_a_token_ends_with_the_log_out_and_no_other_does(office: Office) -> None:
    one, other = office.token(), office.token()
    answer = office.ask("DELETE", "/api/login", one)
    assert answer.status_code == 200 and told(answer) == {"ended": True}
    assert office.closed == ["mailbox"]
    assert not is_in(office, one) and is_in(office, other)
    assert office.ask("DELETE", "/api/login", one).status_code == 401


def test_a_token_ends_when_nothing_is_done_and_in_any_case(office: Office) -> None:
    idle, busy = office.token(), office.token()
    for _ in range(3):
        office.house.later(minutes=50)
        assert is_in(office, busy)
    assert not is_in(office, idle)
    for _ in range(30):
        office.house.later(minutes=50)
        busy_still = is_in(office, busy)
    assert not busy_still


def test_a_token_stays_the_same_however_long_it_is_used(office: Office) -> None:
    token = office.token()
    for _ in range(5):
        office.house.later(minutes=31)
        assert is_in(office, token)


def test_logging_out_everywhere_ends_tokens_too(office: Office) -> None:
    token, (browser, _) = office.token(), office.house.enter()
    assert "intranet" not in browser.get("/security").get_data(as_text=True)
    browser.post("/security/sessions/end-others", token=browser.token("/security"))
    assert not is_in(office, token)


def test_a_token_of_another_program_is_another_one(office: Office) -> None:
    answer = office.ask(
        "GET", "/mail/", office.token(), headers={"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/9"}
    )
    assert answer.status_code == 401


def test_a_key_is_made_that_hm3_ini_takes() -> None:
    section, line = make_key(ProgramName("intranet")).splitlines()
    assert section == "[api.intranet]"
    assert len(ProgramConfig(ProgramName("intranet"), Secret(line.removeprefix("key = "))).key) == 43


@pytest.mark.parametrize("key", ["", "short", "x" * 31, "with spaces in it which no header holds", "\N{SNOWMAN}" * 40])
def test_a_key_that_can_be_guessed_or_not_be_sent_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="32 or more"):
        ProgramConfig(ProgramName("intranet"), Secret(key))
    with pytest.raises(ValueError, match="32 or more"):
        ProgramKey.parse(key)


@pytest.mark.parametrize("name", ["", "-", "Ein Name", "a.b", "x" * 41])
def test_a_name_of_a_program_is_simple(name: str) -> None:
    with pytest.raises(ValueError, match="is"):
        ProgramName.parse(name)


@pytest.mark.parametrize("seconds", [0, 4, 121, 3600])
def test_a_link_lasts_two_minutes_at_most(seconds: int) -> None:
    with pytest.raises(ValueError, match="between 5 seconds and 2 minutes"):
        ApiConfig(link_lasts=timedelta(seconds=seconds))
