"""What stands between modules: one login after another, programs at pages for people, devices that are logged out."""

import re
from pathlib import Path

import pytest

from core import Client, Identity, Secret, Session
from core.visitor.store import Cookies
from tests.core.web.door import Browser
from tests.modules.api.office import KEY, Office, open_office, told
from tests.modules.api.test_programs import set_up_factor
from tests.modules.remember.home import Home, close, open_home, token_of, words
from tests.modules.remember.home import is_in as is_at_home
from tests.modules.security.house import Porter

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
END = re.compile(r"/security/sessions/[0-9a-f]{32}/end")


def session_in(office: Office, browser: Browser) -> Session:
    """What the server keeps for a browser."""
    reference, key = (browser.client.get_cookie(name) for name in ("hm3_session", "hm3_key"))
    assert reference is not None and key is not None
    cookies = Cookies(reference.value, key.value)
    return office.house.site.sessions.open(cookies, Client("127.0.0.1", browser.agent)).session


@pytest.fixture
def adas_mailbox(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ada logs in with the password of a mailbox, and others without one."""

    def authenticate(porter: Porter, username: str, password: Secret) -> Identity | None:
        kept = {"imap.password": password} if username == "ada" else {}
        return Identity(username, kept, password) if porter.passwords.get(username) == password else None

    monkeypatch.setattr(Porter, "authenticate", authenticate)


@pytest.mark.usefixtures("adas_mailbox")
def test_whose_second_factor_is_missing_leaves_nothing_to_the_next_who_logs_in(tmp_path: Path) -> None:
    with open_office(tmp_path) as office:
        set_up_factor(office)
        browser, where = office.house.enter("ada")
        assert where == "/login/code" and session_in(office, browser).has_secret("imap.password")
        assert browser.log_in("bob", "old").location == "/mail/"
        assert not session_in(office, browser).has_secret("imap.password")


@pytest.mark.usefixtures("adas_mailbox")
def test_who_logs_in_over_another_user_has_nothing_of_theirs(tmp_path: Path) -> None:
    with open_office(tmp_path) as office:
        browser, _ = office.house.enter("ada")
        browser.post("/login", {"username": "bob", "password": "old"}, token=browser.token("/security"))
        session = session_in(office, browser)
        assert session.visitor is not None and session.visitor.name == "bob"
        assert not session.has_secret("imap.password")


def test_a_program_makes_no_other_user_of_its_token(tmp_path: Path) -> None:
    with open_office(tmp_path) as office:
        token = office.token("ada")
        answer = office.ask("POST", "/login", token, {"username": "bob", "password": "old"})
        assert answer.status_code == 403
        assert told(office.ask("GET", "/mail/", token)) == {"name": "ada"}


@pytest.mark.parametrize("body", ["[" * 100_000, '{"name":' + "[" * 50_000 + "]" * 50_000 + "}"])
def test_json_that_is_nested_without_end_is_refused_in_a_sentence(tmp_path: Path, body: str) -> None:
    with open_office(tmp_path) as office:
        client = office.house.app.test_client(use_cookies=False)
        headers = {"Authorization": f"Bearer {KEY}"}
        answer = client.post("/api/login", data=body, content_type="application/json", headers=headers)
        assert answer.status_code == 422 and "JSON" in answer.get_data(as_text=True)


def log_out_the_other(home: Home) -> None:
    """From another browser, log the remembered phone out in the list of open sessions."""
    desk = home.enter("ada", remember=False, agent=FIREFOX)
    (end,) = END.findall(words(desk.get("/security")))
    assert desk.post(end, {}, token=desk.token("/security")).status_code == 303


def test_a_device_that_was_logged_out_in_the_list_does_not_come_in_again(tmp_path: Path) -> None:
    with open_home(tmp_path) as home:
        phone = home.enter("ada")
        assert is_at_home(phone)
        log_out_the_other(home)
        assert not is_at_home(phone) and not is_at_home(close(home.bring(token_of(phone))))


def test_a_device_of_which_another_session_was_ended_stays_remembered(tmp_path: Path) -> None:
    with open_home(tmp_path) as home:
        phone, desk = home.enter("ada"), home.enter("ada", remember=False, agent=FIREFOX)
        assert is_at_home(phone) and is_at_home(desk)
        (end,) = END.findall(words(phone.get("/security")))
        assert phone.post(end, {}, token=phone.token("/security")).status_code == 303
        assert not is_at_home(desk) and is_at_home(close(phone))
