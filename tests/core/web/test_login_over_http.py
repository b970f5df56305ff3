"""In and out, as a browser sees it."""

import pytest

from tests.core.web.door import Browser, Served


def cookies(browser: Browser) -> dict[str, str]:
    return {
        cookie.key: cookie.value for name in ("hm3_session", "hm3_key") if (cookie := browser.client.get_cookie(name))
    }


def put(browser: Browser, kept: dict[str, str]) -> None:
    for name, value in kept.items():
        browser.client.set_cookie(name, value)


def test_a_stranger_is_sent_to_the_login_and_back(served: Served) -> None:
    browser = served.browser()
    sent = browser.get("/mail/?a=b")
    assert (sent.status_code, sent.location) == (303, "/login?next=%2Fmail%2F%3Fa%3Db")
    answer = browser.post("/login", {"username": "ada", "password": "right", "next": "/mail/?a=b"})
    assert (answer.status_code, answer.location) == (303, "/mail/?a=b")


def test_a_script_of_a_stranger_is_told_401(served: Served) -> None:
    answer = served.browser().get("/mail/", Accept="application/json")
    assert answer.status_code == 401
    assert answer.json["error"]["title"] == "Please log in"  # type: ignore[index]  # an object


def test_what_scripts_of_strangers_are_told_sets_no_cookie_that_another_tab_may_have(served: Served) -> None:
    for accept in ("application/json", "text/event-stream"):
        answer = served.browser().get("/mail/", Accept=accept)
        assert (answer.status_code, answer.headers.getlist("Set-Cookie")) == (401, [])


@pytest.mark.parametrize("within", ["iframe", "frame", "embed", "object"])
def test_a_frame_of_a_stranger_holds_no_form_and_sets_no_cookie_that_another_tab_may_have(
    served: Served, within: str
) -> None:
    answer = served.browser().get("/mail/", **{"Sec-Fetch-Dest": within})
    assert (answer.status_code, answer.headers.getlist("Set-Cookie")) == (401, [])
    text = answer.get_data(as_text=True)
    assert "Please log in" in text and "<form" not in text


def test_a_user_sees_the_room(served: Served) -> None:
    browser = served.browser()
    assert browser.log_in().status_code == 303
    assert "<p id=told>right</p>" in browser.get("/mail/").get_data(as_text=True)


def test_a_wrong_password_keeps_the_name_and_not_the_password(served: Served) -> None:
    answer = served.browser().log_in(password="wrong")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 403
    assert "The name or the password is wrong." in text
    assert 'value="ada"' in text
    assert 'wrong"' not in text


def test_empty_fields_are_named(served: Served) -> None:
    browser = served.browser()
    assert "is missing" in browser.post("/login", {"username": " ", "password": "x"}).get_data(as_text=True)
    assert "is missing" in browser.post("/login", {"username": "ada", "password": ""}).get_data(as_text=True)


def test_a_server_that_does_not_answer_is_told_on_the_login_page(served: Served) -> None:
    answer = served.browser().log_in("far")
    assert answer.status_code == 502
    assert "The mail server does not answer." in answer.get_data(as_text=True)


def test_a_user_on_the_login_page_goes_on(served: Served) -> None:
    browser = served.browser()
    browser.log_in()
    assert browser.get("/login").location == "/mail/"
    assert browser.get("/").location == "/mail/"


def test_the_session_is_closed_to_the_old_cookies_after_logging_out(served: Served) -> None:
    browser = served.browser()
    browser.log_in()
    kept = cookies(browser)
    token = browser.token("/mail/")
    answer = browser.post("/logout", token=token)
    assert answer.location == "/login"
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert cookies(browser) == {}
    assert len(served.closed) == 1
    put(browser, kept)
    assert browser.get("/mail/").status_code == 303


def test_no_page_is_kept_by_the_browser(served: Served) -> None:
    browser = served.browser()
    browser.log_in()
    assert browser.get("/mail/").headers["Cache-Control"] == "no-store"


def test_login_gives_other_cookies_than_before(served: Served) -> None:
    browser = served.browser()
    browser.log_in()
    first = cookies(browser)
    browser.post("/login", {"username": "bob", "password": "right"}, token=browser.token("/mail/"))
    second = cookies(browser)
    assert not set(first.values()) & set(second.values())
    put(browser, first)
    assert browser.get("/mail/").status_code == 303


def test_one_cookie_alone_opens_nothing(served: Served) -> None:
    browser = served.browser()
    browser.log_in()
    for name, value in cookies(browser).items():
        other = served.browser()
        other.client.set_cookie(name, value)
        assert other.get("/mail/").status_code == 303


def test_a_changed_cookie_opens_nothing_and_harms_nothing(served: Served) -> None:
    browser = served.browser()
    browser.log_in()
    kept = cookies(browser)
    for name, value in kept.items():
        put(browser, {name: value[:-4] + "AAAA"})
        assert browser.get("/mail/").status_code == 303
        put(browser, kept)
        assert browser.get("/mail/").status_code == 200


def test_an_idle_session_ends(served: Served) -> None:
    browser = served.browser()
    browser.log_in()
    served.later(hours=1)
    assert browser.get("/mail/").status_code == 200
    served.later(hours=1, minutes=50)
    assert browser.get("/mail/").status_code == 200
    served.later(hours=3)
    assert browser.get("/mail/").status_code == 303


def test_polling_in_the_background_does_not_keep_a_session_awake(served: Served) -> None:
    browser = served.browser()
    browser.log_in()
    for _ in range(5):
        served.later(minutes=25)
        browser.get("/mail/", **{"X-Hm3-Background": "1"})
    served.later(minutes=29)
    assert browser.get("/mail/").status_code == 303


def test_a_session_ends_after_a_day_however_busy(served: Served) -> None:
    browser = served.browser()
    browser.log_in()
    for _ in range(47):
        served.later(minutes=30)
        assert browser.get("/mail/").status_code == 200
    served.later(minutes=31)
    assert browser.get("/mail/").status_code == 303


def test_cookies_are_renewed_and_the_old_ones_last_half_a_minute(served: Served) -> None:
    browser = served.browser()
    browser.log_in()
    first = cookies(browser)
    served.later(minutes=31)
    browser.get("/mail/")
    second = cookies(browser)
    assert first != second
    put(browser, first)
    served.later(seconds=20)
    assert browser.get("/mail/").status_code == 200
    put(browser, first)
    served.later(seconds=20)
    assert browser.get("/mail/").status_code == 303
    put(browser, second)
    assert browser.get("/mail/").status_code == 200


def test_cookies_are_bound_to_the_host_where_the_way_is_encrypted(served: Served) -> None:
    browser = served.browser()
    browser.base = "https://localhost"
    answer = browser.post("/login", {"username": "ada", "password": "right"}, Referer="https://localhost/login")
    given = "\n".join(answer.headers.getlist("Set-Cookie"))
    for name in ("__Host-hm3_session", "__Host-hm3_key"):
        line = next(line for line in given.split("\n") if line.startswith(f"{name}="))
        assert "Secure" in line
        assert "HttpOnly" in line
        assert "SameSite=Lax" in line
        assert "Domain" not in line
    assert answer.headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"


def test_nobody_is_let_elsewhere_after_the_login(served: Served) -> None:
    browser = served.browser()
    for elsewhere in ("//evil.example/", "https://evil.example/", "/\\evil.example"):
        answer = browser.post("/login", {"username": "ada", "password": "right", "next": elsewhere})
        assert answer.status_code == 422


def test_settings_are_found_again_after_logging_in_anew(served: Served) -> None:
    browser = served.browser()
    browser.log_in()
    token = browser.token("/settings")
    chosen = {"language": "de", "time_zone": "Europe/Berlin", "theme": "dark", "density": "compact"}
    assert browser.post("/settings/look", dict(chosen), token=token).status_code == 303
    browser.post("/logout", token=browser.token("/settings"))
    browser.log_in()
    text = browser.get("/settings").get_data(as_text=True)
    assert 'lang="de"' in text
    assert 'data-theme="dark"' in text
    other = served.browser()
    other.log_in("bob")
    assert 'data-theme="automatic"' in other.get("/settings").get_data(as_text=True)


def test_a_refused_setting_is_shown_with_what_was_typed(served: Served) -> None:
    browser = served.browser()
    browser.log_in()
    answer = browser.post(
        "/settings/look", {"time_zone": "Mars/Base", "theme": "dark"}, token=browser.token("/settings")
    )
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "is not one of the choices" in text


def test_a_setting_changed_by_a_script_is_told(served: Served) -> None:
    browser = served.browser()
    browser.log_in()
    answer = browser.post(
        "/settings/look", {"theme": "light"}, token=browser.token("/settings"), Accept="application/json"
    )
    assert answer.json == {"text": "Saved.", "section": "look", "location": "/settings#look"}
    bad = browser.post("/settings/look", {"theme": "x"}, token=browser.token("/settings"), Accept="application/json")
    assert bad.status_code == 422
    assert bad.json["error"]["fields"][0]["field"] == "theme"  # type: ignore[index]  # an object


def test_settings_as_json_hold_every_section(served: Served) -> None:
    browser = served.browser()
    browser.log_in()
    answer = browser.get("/settings", Accept="application/json")
    assert [section["name"] for section in answer.json["sections"]] == ["look"]  # type: ignore[index]  # an object
