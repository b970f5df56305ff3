"""A passkey as the way back after a password was changed elsewhere."""

from core import Farewell
from tests.core.web.door import Browser
from tests.modules.passkeys.authenticator import SoftKey
from tests.modules.passkeys.rooms import add, asked, enrolled, is_in, log_in, send, stranger, try_to_send, words
from tests.modules.security.house import House

UNLOCK = "/security/unlock/passkey"


def locked(house: House) -> Browser:
    """A browser of ada's, whose password was changed elsewhere."""
    house.passwords["ada"] = "new"
    browser, led = house.enter()
    assert led == "/security/unlock"
    return browser


def test_a_passkey_unlocks_what_the_new_password_does_not_open(house: House) -> None:
    first, _ = house.enter()
    add(first, key := SoftKey())
    first.post("/settings/look", {"theme": "dark"}, token=first.token("/settings"))
    browser = locked(house)
    assert "data-passkey-unlock" in words(browser.get("/security/unlock"))
    sent = key.answer(asked(browser, UNLOCK))
    assert send(browser, UNLOCK, token_from="/security/unlock", **sent)["location"] == "/"
    assert 'data-theme="dark"' in words(browser.get("/settings"))
    assert house.enter()[1] == "/mail/"
    alone = stranger(house)
    log_in(alone, key)
    assert is_in(alone)


def test_whoever_has_no_passkey_is_offered_none(house: House) -> None:
    house.enter()
    browser = locked(house)
    assert "data-passkey-unlock" not in words(browser.get("/security/unlock"))
    assert browser.get(UNLOCK, Accept="application/json").status_code == 409


def test_anothers_passkey_unlocks_nothing(house: House) -> None:
    enrolled(house)
    theirs, browser = enrolled(house, name="bob"), locked(house)
    sent = theirs.answer(asked(browser, UNLOCK))
    assert try_to_send(browser, UNLOCK, token_from="/security/unlock", **sent).status_code == 403


def test_a_passkey_without_key_material_unlocks_nothing(house: House) -> None:
    key, browser = enrolled(house), locked(house)
    key.gives_material = False
    sent = key.answer(asked(browser, UNLOCK))
    answer = try_to_send(browser, UNLOCK, token_from="/security/unlock", **sent)
    assert answer.status_code == 403 and "does not open your data" in words(answer)
    assert house.enter()[1] == "/security/unlock"


def test_nothing_happens_where_nothing_is_locked(house: House) -> None:
    browser, _ = house.enter()
    add(browser, key := SoftKey())
    sent = key.answer(asked(browser, UNLOCK))
    assert send(browser, UNLOCK, token_from="/security", **sent)["location"] == "/"


def test_passkeys_go_with_their_user(house: House) -> None:
    key = enrolled(house)

    def leave(farewell: Farewell) -> None:
        farewell.take("ada")

    house.site.application.run(leave, {})
    assert log_in(stranger(house), key).status_code == 403
    with house.database.read() as connection:
        assert connection.exec_driver_sql("SELECT * FROM passkeys_keys").all() == []
