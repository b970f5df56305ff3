"""A code after the password."""

import html
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import flask
import pyotp
import pytest

import modules.twofactor.handlers
import modules.twofactor.outputs
from core import Line, LoginGate, Module, RoleName, Roles
from modules.twofactor.module import TwofactorConfig
from modules.twofactor.module import module as twofactor
from tests.core.visitor.test_login import Gate
from tests.core.web.door import Browser
from tests.modules.security.house import House, open_house

_USED = modules.twofactor
SETUP, LOGIN = "/security/two-factor", "/login/code"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A site where a second factor is a choice."""
    yield from open_house(tmp_path, twofactor)


@pytest.fixture
def strict(tmp_path: Path) -> Iterator[House]:
    """A site where admins must have a second factor; ada is one."""
    config = TwofactorConfig((RoleName("admin"),), Line("Shed"))
    yield from open_house(
        tmp_path, twofactor, configs={TwofactorConfig: config}, roles=Roles({"ada": frozenset({"admin"})})
    )


def words(answer: flask.Response) -> str:
    return answer.get_data(as_text=True)


def secret_on(page: str) -> str:
    return "".join(re.findall(r"<code>([A-Z2-7]{4})</code>", page))


class App:
    """An app on a phone whose clock may be off."""

    def __init__(self, secret: str, house: House) -> None:
        self.otp, self.house = pyotp.TOTP(secret), house

    def code(self, seconds: int = 0) -> str:
        return self.otp.at(int(self.house.now[0].timestamp()) + seconds)


def post(browser: Browser, where: str, token_from: str = SETUP, **fields: str) -> flask.Response:
    return browser.post(where, fields, token=browser.token(token_from))


def set_up(house: House, name: str = "ada") -> tuple[App, list[str], Browser]:
    """A user's app, their recovery codes and their browser."""
    browser, _ = house.enter(name)
    app = App(secret_on(words(browser.get(SETUP))), house)
    answer = post(browser, SETUP, code=app.code(), password=house.passwords[name])
    assert answer.location == f"{SETUP}/codes"
    codes = re.findall(r"<li><code>([A-Z2-9-]{19})</code>", words(browser.get(f"{SETUP}/codes")))
    return app, codes, browser


def arrive(house: House, name: str = "ada") -> Browser:
    """A browser after the password, before the code."""
    browser, led = house.enter(name)
    assert led == LOGIN
    return browser


def is_in(browser: Browser) -> bool:
    return browser.get("/settings").status_code == 200


def test_without_a_second_factor_the_password_is_enough(house: House) -> None:
    browser, led = house.enter()
    assert led == "/mail/" and "whoever knows your password can log in" in words(browser.get("/security"))


def test_the_picture_holds_what_the_letters_say(house: House) -> None:
    page = words(house.enter()[0].get(SETUP))
    assert len(secret_on(page)) == 32
    assert re.search(r'class="qr-dark" d="M2 2\.5h7', page)


def test_an_app_on_the_same_device_is_offered_the_secret_until_it_has_it(house: House) -> None:
    app, _, browser = set_up(house)
    assert "otpauth" not in words(browser.get(SETUP))
    page = words(house.enter("bob")[0].get(SETUP))
    (address,) = re.findall(r'href="(otpauth:[^"]*)"', page)
    named = pyotp.parse_uri(html.unescape(address))
    assert (named.name, named.secret) == ("bob", secret_on(page)) and app.otp.secret not in page


def test_a_secret_stays_while_the_page_is_loaded_again_and_differs_between_users(house: House) -> None:
    browser, _ = house.enter()
    first = secret_on(words(browser.get(SETUP)))
    assert secret_on(words(browser.get(SETUP))) == first != secret_on(words(house.enter("bob")[0].get(SETUP)))


def test_after_the_setup_a_code_stands_between_password_and_mail(house: House) -> None:
    app, _, _ = set_up(house)
    browser = arrive(house)
    assert not is_in(browser)
    house.later(seconds=30)
    assert post(browser, LOGIN, LOGIN, code=app.code()).location == "/mail/"
    assert is_in(browser)


def test_the_setup_takes_the_right_code_and_the_right_password(house: House) -> None:
    browser, _ = house.enter()
    app = App(secret_on(words(browser.get(SETUP))), house)
    wrong = post(browser, SETUP, code="000000", password="old")
    assert wrong.status_code == 422 and "is not what an app with this secret shows" in words(wrong)
    wrong = post(browser, SETUP, code=app.code(), password="wrong")
    assert wrong.status_code == 422 and "is not your password" in words(wrong)
    assert house.enter()[1] == "/mail/"


def test_no_code_is_right_twice(house: House) -> None:
    app, _, _ = set_up(house)
    spent = post(arrive(house), LOGIN, LOGIN, code=app.code())
    assert spent.status_code == 422 and "was used already" in words(spent)
    house.later(seconds=30)
    code = app.code()
    assert post(arrive(house), LOGIN, LOGIN, code=code).status_code == 303
    assert post(arrive(house), LOGIN, LOGIN, code=code).status_code == 422


@pytest.mark.parametrize(("off", "status"), [(-90, 422), (-30, 303), (30, 303), (90, 422)])
def test_a_phones_clock_may_be_one_step_off(house: House, off: int, status: int) -> None:
    app, _, _ = set_up(house)
    house.later(minutes=10)
    assert post(arrive(house), LOGIN, LOGIN, code=app.code(off)).status_code == status


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "\N{ARABIC-INDIC DIGIT ONE}23456", "x" * 65])
def test_what_is_no_code_is_refused(house: House, code: str) -> None:
    set_up(house)
    browser = arrive(house)
    assert post(browser, LOGIN, LOGIN, code=code).status_code == 422
    assert not is_in(browser)


def test_a_recovery_code_is_right_once_however_it_is_typed(house: House) -> None:
    _, codes, _ = set_up(house)
    assert len(set(codes)) == 10
    assert post(arrive(house), LOGIN, LOGIN, code=f" {codes[3].lower().replace('-', ' ')} ").status_code == 303
    assert post(arrive(house), LOGIN, LOGIN, code=codes[3]).status_code == 422
    browser = arrive(house)
    post(browser, LOGIN, LOGIN, code=codes[4])
    assert "8 recovery codes are left." in words(browser.get("/security"))


def test_of_two_requests_with_one_code_one_is_let_in(house: House) -> None:
    app, codes, _ = set_up(house)
    house.later(minutes=1)
    for code in (app.code(), codes[0]):
        browsers = [arrive(house), arrive(house)]
        tokens = [browser.token(LOGIN) for browser in browsers]
        answers: list[int] = []

        def ask(browser: Browser, token: str, code: str = code, answers: list[int] = answers) -> None:
            answers.append(browser.post(LOGIN, {"code": code}, token=token).status_code)

        asking = [threading.Thread(target=ask, args=pair) for pair in zip(browsers, tokens, strict=True)]
        for one in asking:
            one.start()
        for one in asking:
            one.join()
        assert sorted(answers) == [303, 422]


def test_a_code_of_another_user_is_wrong(house: House) -> None:
    set_up(house)
    app, codes, _ = set_up(house, "bob")
    house.later(minutes=1)
    for code in (app.code(), codes[0]):
        assert post(arrive(house), LOGIN, LOGIN, code=code).status_code == 422


def test_a_candidate_may_go_out_again(house: House) -> None:
    set_up(house)
    browser = arrive(house)
    assert post(browser, "/logout", LOGIN).location == "/login"
    assert browser.get(LOGIN).location == "/login?next=%2Flogin%2Fcode"


def test_strangers_are_asked_for_no_code(house: House) -> None:
    browser = Browser(house.app.test_client())
    assert browser.get(LOGIN).status_code == 303
    assert browser.post(LOGIN, {"code": "123456"}).status_code == 401


def test_recovery_codes_are_shown_until_they_were_written_down(house: House) -> None:
    _, codes, browser = set_up(house)
    assert codes[0] in words(browser.get(f"{SETUP}/codes"))
    assert post(browser, f"{SETUP}/codes", f"{SETUP}/codes").location == "/security"
    assert browser.get(f"{SETUP}/codes").location == "/security"


def test_new_recovery_codes_take_the_place_of_the_old_ones(house: House) -> None:
    app, old, browser = set_up(house)
    house.later(minutes=1)
    assert post(browser, f"{SETUP}/codes/new", code=app.code(), password="old").location == f"{SETUP}/codes"
    new = re.findall(r"<li><code>([A-Z2-9-]{19})</code>", words(browser.get(f"{SETUP}/codes")))
    assert post(arrive(house), LOGIN, LOGIN, code=old[0]).status_code == 422
    assert post(arrive(house), LOGIN, LOGIN, code=new[0]).status_code == 303


@pytest.mark.parametrize(("password", "right"), [("old", False), ("wrong", True)])
def test_to_remove_it_takes_password_and_code(house: House, password: str, right: bool) -> None:
    app, _, browser = set_up(house)
    house.later(minutes=1)
    answer = post(browser, f"{SETUP}/off", code=app.code() if right else "000000", password=password)
    assert answer.status_code == 422
    arrive(house)


def test_once_removed_the_password_is_enough_and_a_new_secret_is_offered(house: House) -> None:
    app, _, browser = set_up(house)
    house.later(minutes=1)
    assert post(browser, f"{SETUP}/off", code=app.code(), password="old").location == "/security"
    assert house.enter()[1] == "/mail/"
    assert secret_on(words(browser.get(SETUP))) != app.otp.secret


def test_a_second_one_is_not_set_up_beside_the_first(house: House) -> None:
    app, _, browser = set_up(house)
    answer = post(browser, SETUP, code=app.code(), password="old")
    assert answer.status_code == 409


def test_a_code_for_a_page_of_long_ago_is_told(house: House) -> None:
    browser, _ = house.enter()
    answer = browser.post(SETUP, {"code": "123456", "password": "old"}, token=browser.token("/security"))
    assert answer.status_code == 409 and "was open for too long" in words(answer)


def test_who_must_have_one_sets_it_up_before_going_in(strict: House) -> None:
    browser = arrive(strict)
    assert browser.get(LOGIN).location == "/login/second-factor"
    page = words(browser.get("/login/second-factor"))
    assert not is_in(browser)
    app = App(secret_on(page), strict)
    wrong = post(browser, "/login/second-factor", "/login/second-factor", code="000000")
    assert wrong.status_code == 422 and secret_on(words(wrong)) == app.otp.secret
    right = post(browser, "/login/second-factor", "/login/second-factor", code=app.code())
    assert right.location == f"{SETUP}/codes" and is_in(browser)
    assert strict.enter("bob")[1] == "/mail/"


def test_who_must_have_one_cannot_remove_it_or_take_another_on_the_way_in(strict: House) -> None:
    browser = arrive(strict)
    app = App(secret_on(words(browser.get("/login/second-factor"))), strict)
    post(browser, "/login/second-factor", "/login/second-factor", code=app.code())
    strict.later(minutes=1)
    assert "Remove the second factor" not in words(browser.get(SETUP))
    assert post(browser, f"{SETUP}/off", code=app.code(), password="old").status_code == 409
    again = arrive(strict)
    assert again.get("/login/second-factor").location == LOGIN
    post(again, "/login/second-factor", LOGIN, code=app.code())
    assert not is_in(again)


def test_a_password_changed_elsewhere_does_not_open_the_door_without_the_code(house: House) -> None:
    app, _, _ = set_up(house)
    house.passwords["ada"] = "new"
    house.later(minutes=1)
    browser = arrive(house)
    assert post(browser, LOGIN, LOGIN, code=app.code()).location == "/security/unlock"


def test_nothing_that_is_stored_tells_secrets_codes_or_names(house: House, tmp_path: Path) -> None:
    app, codes, _ = set_up(house)
    stored = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    for canary in (app.otp.secret, codes[0], codes[0].replace("-", "")):
        assert canary.encode() not in stored


def test_wrong_codes_count_at_the_gates_as_wrong_passwords_do(tmp_path: Path) -> None:
    told: list[str] = []
    gate = Module("gate")

    @gate.service
    def keeper() -> LoginGate:
        return Gate(told)

    for house in open_house(tmp_path, twofactor, gate):
        set_up(house)
        told.clear()
        post(arrive(house), LOGIN, LOGIN, code="000000")
    assert told == ["admit ada", "admit ada", "failed ada"]
