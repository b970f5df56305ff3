"""A new data key for somebody who suspects that theirs is known: over HTTP, and cut short."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import text

import modules.keys.handlers
import modules.keys.outputs
from core import (
    Authenticator,
    Devices,
    Identity,
    KeyRenewal,
    Keyring,
    Module,
    Resealing,
    Revocation,
    Secret,
    UserSealed,
    crypto,
)
from core.database.settings import StoredSettings
from core.errors import Conflict
from core.security.suites import Suite
from core.settings import Owner
from modules.keys.module import module as keys
from tests.core.web.door import Browser
from tests.modules.security.house import House, open_house
from tests.modules.security.test_security import make_code, settle, theme, words

_USED = (modules.keys,)
NOTE = crypto.Purpose("hm3.note", "ada", "note", "1")
KEYS = "/security/keys"


@dataclass
class Shed:
    """A module with rows under data keys, which may be cut short."""

    module: Module = field(default_factory=lambda: Module("shed"))
    rows: dict[str, bytes] = field(default_factory=dict)
    cut: bool = False

    def put(self, key: bytes) -> None:
        self.rows["note"] = crypto.seal(key, b"spade", NOTE)

    def get(self, key: bytes) -> bytes:
        return crypto.unseal(key, self.rows["note"], NOTE)

    def reseal(self, user: str, old: bytes, new: bytes) -> None:
        if self.cut:
            raise OSError("power cut")
        for name, blob in self.rows.items():
            with suppress(crypto.KeyUnavailable):
                self.rows[name] = crypto.seal(new, crypto.unseal(old, blob, NOTE), NOTE)


@pytest.fixture
def shed() -> Shed:
    made = Shed()

    @made.module.service
    def offer() -> UserSealed:
        return UserSealed("shed", made.reseal)

    return made


@pytest.fixture
def house(tmp_path: Path, shed: Shed) -> Iterator[House]:
    yield from open_house(tmp_path, keys, shed.module)


def shared(house: House, kind: type) -> object:
    (found,) = house.site.application.shared.find(kind) or ()
    return found


def ring(house: House) -> Keyring:
    found = shared(house, Keyring)
    assert isinstance(found, Keyring)
    return found


def resealing(house: House) -> Resealing:
    settings = shared(house, StoredSettings)
    assert isinstance(settings, StoredSettings)
    return Resealing(house.database, ring(house), settings, ())


def devices(house: House) -> Devices:
    found = shared(house, Devices)
    assert isinstance(found, Devices)
    return found


def opened(house: House, password: str = "old") -> bytes:
    key = ring(house).unlock("ada", Secret(password))
    assert key is not None
    return key


def renew(browser: Browser, password: str = "old") -> tuple[int, str]:
    answer = browser.post(KEYS, {"password": password}, token=browser.token(KEYS))
    return answer.status_code, str(answer.location)


def test_everything_is_under_a_new_key_and_the_password_opens_it(house: House, shed: Shed) -> None:
    browser = settle(house)
    before = opened(house)
    shed.put(before)
    assert renew(browser) == (303, "/security")
    after = opened(house)
    assert after != before and shed.get(after) == b"spade"
    assert "Everything is encrypted under a new key" in words(browser.get("/security"))
    assert theme(browser) == "dark"


def test_the_old_key_opens_nothing_and_nothing_leads_to_it(house: House, shed: Shed) -> None:
    browser = settle(house)
    make_code(browser)
    before = opened(house)
    ring(house).add_other("ada", before, "passkey 1", b"k" * 32)
    renew(browser)
    settings = shared(house, StoredSettings)
    assert isinstance(settings, StoredSettings)
    assert settings.load(Owner("ada", before), "look") == {}
    assert ring(house).open_other("ada", "passkey 1", b"k" * 32) is None
    with house.database.read() as connection:
        kinds = list(connection.execute(text("SELECT kind FROM core_key_wraps WHERE length(wrapped) > 0")).scalars())
    assert kinds == ["password"]


def test_other_ways_are_to_be_set_up_again_until_they_are(house: House) -> None:
    browser = settle(house)
    make_code(browser)
    ring(house).add_other("ada", opened(house), "passkey 1", b"k" * 32)
    asked = words(browser.get(KEYS))
    assert "Your recovery code does not count any more" in asked and "1 passkey or other way" in asked
    renew(browser)
    told = words(browser.get("/security"))
    assert "your recovery code" in told and "1 passkey or other way" in told
    make_code(browser)
    assert "your recovery code" not in words(browser.get("/security"))
    assert "You have no recovery code" not in words(browser.get("/security"))


def test_the_old_recovery_code_opens_nothing(house: House) -> None:
    browser = settle(house)
    code = make_code(browser)
    renew(browser)
    assert "You have no recovery code" in words(browser.get("/security"))
    house.passwords["ada"] = "new"
    browser, led = house.enter()
    assert led == "/security/unlock"
    answer = browser.post("/security/unlock", {"code": code}, token=browser.token("/security/unlock"))
    assert answer.status_code == 422 and "is not your recovery code" in words(answer)


def test_every_other_device_is_logged_out_and_the_own_has_a_new_session(house: House) -> None:
    browser, other = settle(house), settle(house)
    before = browser.client.get_cookie("hm3_session")
    renew(browser)
    assert other.get("/settings").status_code == 303 and browser.get("/settings").status_code == 200
    after = browser.client.get_cookie("hm3_session")
    assert before is not None and after is not None and before.value != after.value
    assert "Firefox" in words(browser.get("/security"))


def test_the_password_is_asked_for(house: House) -> None:
    browser = settle(house)
    before = opened(house)
    answer = browser.post(KEYS, {"password": "wrong"}, token=browser.token(KEYS))
    assert answer.status_code == 422 and "is not your password" in words(answer)
    assert opened(house) == before


def test_strangers_and_the_locked_renew_nothing(house: House) -> None:
    settle(house)
    stranger = Browser(house.app.test_client())
    assert stranger.post(KEYS, {"password": "old"}).status_code == 401
    house.passwords["ada"] = "new"
    locked, _ = house.enter()
    assert locked.get(KEYS).location == "/security/unlock"
    answer = locked.post(KEYS, {"password": "new"}, token=locked.token("/security/unlock"))
    assert answer.status_code == 401
    assert "It can be renewed when what is stored for you is unlocked" in words(locked.get("/security"))


def test_what_was_cut_short_is_finished_at_the_next_login(house: House, shed: Shed) -> None:
    browser = settle(house)
    before = opened(house)
    shed.put(before)
    shed.cut = True
    assert renew(browser)[0] == 500
    after = opened(house)
    assert after != before and shed.get(before) == b"spade"
    # The session that asked is over: nothing is written under the key of before.
    assert browser.get("/settings").status_code == 303
    shed.cut = False
    again, _ = house.enter()
    assert shed.get(after) == b"spade" and theme(again) == "dark"
    with house.database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM core_key_wraps WHERE kind = 'before'")).scalar() == 0


def test_a_renewal_that_was_cut_short_can_be_followed_by_another(house: House, shed: Shed) -> None:
    browser = settle(house)
    shed.put(opened(house))
    shed.cut = True
    renew(browser)
    shed.cut = False
    browser, _ = house.enter()
    assert renew(browser) == (303, "/security")
    assert shed.get(opened(house)) == b"spade" and theme(browser) == "dark"


def test_one_of_two_renewals_at_once_is_refused(house: House) -> None:
    settle(house)
    before = opened(house)
    renewed = KeyRenewal(house.database, ring(house), resealing(house), Revocation(devices(house), ()))
    renewed.renew("ada", before, Secret("old"), "")
    for refused in (
        lambda: renewed.renew("ada", before, Secret("old"), ""),
        lambda: ring(house).set_password("ada", before, Secret("old")),
    ):
        with pytest.raises(Conflict, match="renewed in the meantime"):
            refused()


def test_a_session_with_the_key_of_before_writes_nothing(house: House) -> None:
    browser = settle(house)
    before = opened(house)
    renew(browser)
    settings = shared(house, StoredSettings)
    assert isinstance(settings, StoredSettings)
    with pytest.raises(Conflict, match="renewed in the meantime"):
        settings.save(Owner("ada", before), "look", {"theme": "light"})
    assert theme(browser) == "dark"


def test_another_suite_comes_with_the_next_login(house: House, shed: Shed) -> None:
    settle(house)
    key = opened(house)
    shed.rows["note"] = crypto.seal(key, b"spade", NOTE, Suite.AES_CBC)
    with house.database.write() as connection:
        connection.execute(text("UPDATE core_data_keys SET suite = 2"))
    browser, _ = house.enter()
    assert shed.rows["note"][1] == 1 and shed.get(key) == b"spade" and theme(browser) == "dark"


def test_a_user_whose_key_the_server_holds_still_comes_in_without_a_password(tmp_path: Path) -> None:
    badge = Module("badge")

    @dataclass
    class Badge:
        name: str = "badge"

        def authenticate(self, username: str, password: Secret) -> Identity | None:
            return Identity(username) if (username, password) == ("eve", "badge") else None

    @badge.service
    def reader() -> Authenticator:
        return Badge()

    for house in open_house(tmp_path, keys, badge):
        browser = Browser(house.app.test_client())
        browser.log_in("eve", "badge")
        browser.post("/settings/look", {"theme": "dark"}, token=browser.token("/settings"))
        assert renew(browser, "badge") == (303, "/security")
        held = ring(house).held("eve")
        assert held is not None and ring(house).is_current("eve", held)
