"""What a user left behind by beginning afresh, and how they get it back."""

import re
from pathlib import Path

import flask
import pytest
from sqlalchemy import text

from core import Database, Keyring, LeftBehind, Module, Secret, ServerKeys, UserSealed, crypto
from core.database.settings import StoredSettings
from core.visitor.login import Clock
from core.visitor.renewal import UserSealed as Sealed
from tests.core.web.door import Browser
from tests.modules.security.house import House, open_house
from tests.modules.security.test_security import make_code, settle, theme, words

LEFT = "/security/left-behind"


def begin_afresh(house: House, new: str = "new") -> Browser:
    """Ada's password was changed elsewhere, and she leaves her settings behind."""
    house.passwords["ada"] = new
    browser, led = house.enter()
    assert led == "/security/unlock"
    browser.post("/security/afresh", {"sure": "1"}, token=browser.token("/security/unlock"))
    return browser


def bring_back(browser: Browser, **fields: str) -> flask.Response:
    return browser.post(LEFT, fields, token=browser.token(LEFT))


def like(browser: Browser, theme: str) -> None:
    assert browser.post("/settings/look", {"theme": theme}, token=browser.token("/settings")).status_code == 303


def test_who_left_nothing_behind_is_offered_nothing(house: House) -> None:
    browser = settle(house)
    assert "What was left behind" not in words(browser.get("/security"))
    assert browser.get(LEFT).location == "/security"
    assert browser.post(LEFT, {"old_password": "old"}, token=browser.token("/security")).location == "/security"


def test_the_old_password_brings_everything_back(house: House) -> None:
    settle(house)
    browser = begin_afresh(house)
    assert theme(browser) == "automatic"
    assert "What was left behind" in words(browser.get("/security"))
    assert bring_back(browser, old_password="old").location == "/security"
    page = words(browser.get("/security"))
    assert "What you left behind is back." in page and "What was left behind" not in page
    assert theme(browser) == theme(house.enter()[0]) == "dark"


def test_the_old_recovery_code_brings_everything_back(house: House) -> None:
    code = make_code(settle(house))
    browser = begin_afresh(house)
    assert bring_back(browser, code=code.lower()).status_code == 303 and theme(browser) == "dark"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({}, "is missing: type it"),
        ({"old_password": "new"}, "does not open it either"),
        ({"code": "ABC", "replace": "1"}, "has 3 letters"),
    ],
)
def test_what_opens_nothing_is_told_and_what_was_ticked_stays(
    house: House, fields: dict[str, str], reason: str
) -> None:
    settle(house)
    answer = bring_back(begin_afresh(house), **fields)
    assert answer.status_code == 422 and reason in words(answer)
    ticked = re.search(r'name="replace" value="1"( checked)?>', words(answer))
    assert ticked is not None and bool(ticked[1]) == ("replace" in fields)


def test_a_code_of_now_or_of_another_user_brings_nothing_back(house: House) -> None:
    settle(house)
    browser = begin_afresh(house)
    for code in (make_code(browser, "new"), make_code(settle(house, "bob"))):
        assert "is not your recovery code" in words(bring_back(browser, code=code))


def test_what_was_chosen_since_stays_and_the_rest_waits(house: House) -> None:
    settle(house)
    browser = begin_afresh(house)
    like(browser, "light")
    assert bring_back(browser, old_password="old").location == LEFT
    page = words(browser.get(LEFT))
    assert "except for 1 section of settings that you have chosen anew" in page and theme(browser) == "light"
    assert bring_back(browser, old_password="old", replace="1").location == "/security"
    assert theme(browser) == "dark"


def test_after_thirty_days_everything_is_erased(house: House) -> None:
    settle(house)
    browser = begin_afresh(house)
    like(browser, "light")
    house.later(days=30, seconds=1)
    browser, _ = house.enter()
    assert browser.get(LEFT).location == "/security"
    with house.database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM core_settings_left")).scalar_one() == 0
        assert connection.execute(text("SELECT count(*) FROM core_key_wraps WHERE orphaned > 0")).scalar_one() == 0
    assert theme(browser) == "light"


def test_until_then_it_can_be_had_back(house: House) -> None:
    settle(house)
    begin_afresh(house)
    house.later(days=29, hours=23)
    browser, _ = house.enter()
    assert bring_back(browser, old_password="old").status_code == 303 and theme(browser) == "dark"


def test_what_was_left_twice_is_had_back_by_each_password_of_its_time(house: House) -> None:
    settle(house)
    like(begin_afresh(house), "light")
    house.later(days=1)
    browser = begin_afresh(house, "third")
    assert bring_back(browser, old_password="old").status_code == 303 and theme(browser) == "dark"
    assert bring_back(browser, old_password="new", replace="1").location == "/security"
    assert theme(browser) == "light" and browser.get(LEFT).location == "/security"


def test_while_it_is_locked_nothing_is_brought_back(house: House) -> None:
    settle(house)
    begin_afresh(house)
    house.passwords["ada"] = "third"
    browser, _ = house.enter()
    assert bring_back(browser, old_password="old").status_code == 401


def test_what_modules_keep_under_the_data_key_comes_back_too(tmp_path: Path) -> None:
    """A module whose one row is sealed under ada's data key."""
    box: dict[str, bytes] = {}
    shed, purpose = Module("shed"), crypto.Purpose("shed.box")

    def reseal(user: str, old: bytes, new: bytes) -> None:
        box[user] = crypto.seal(new, crypto.unseal(old, box[user], purpose), purpose)

    @shed.service
    def offer() -> UserSealed:
        return UserSealed("box", reseal)

    assert UserSealed is Sealed
    for house in open_house(tmp_path, shed):
        settle(house)
        (keyring,), (database,) = _shared(house, Keyring), _shared(house, Database)
        assert isinstance(keyring, Keyring) and isinstance(database, Database)
        old = keyring.unlock("ada", Secret("old"))
        assert old is not None
        box["ada"] = crypto.seal(old, b"spade", purpose)
        bring_back(begin_afresh(house), old_password="old")
        new = keyring.unlock("ada", Secret("new"))
        assert new is not None and crypto.unseal(new, box["ada"], purpose) == b"spade"


def _shared(house: House, kind: type) -> tuple[object, ...]:
    return house.site.application.shared.find(kind) or ()


def test_nothing_left_behind_is_told_by_one_statement_and_erased_by_none(house: House) -> None:
    (keys,), (settings,) = _shared(house, ServerKeys), _shared(house, StoredSettings)
    assert isinstance(keys, ServerKeys) and isinstance(settings, StoredSettings)
    left = LeftBehind(house.database, keys, settings, Clock(lambda: house.now[0]), ())
    asked: list[str] = []
    house.database.watch(asked.append, lambda: None)
    left.expire()
    assert [words.split()[0] for words in asked] == ["SELECT"]


def test_a_damaged_wrap_of_before_opens_nothing(house: House) -> None:
    settle(house)
    begin_afresh(house)
    (keys,), (settings,) = _shared(house, ServerKeys), _shared(house, StoredSettings)
    assert isinstance(keys, ServerKeys) and isinstance(settings, StoredSettings)
    left = LeftBehind(house.database, keys, settings, Clock(lambda: house.now[0]), ())
    assert left.open("ada", Secret("old")) is not None and left.open("bob", Secret("old")) is None
    with house.database.write() as connection:
        connection.execute(text("UPDATE core_key_wraps SET salt = zeroblob(16)"))
    assert left.open("ada", Secret("old")) is None
