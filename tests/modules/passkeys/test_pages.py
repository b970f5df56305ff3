"""The pages on which people keep their passkeys."""

import re

import pytest

from core import Secret, WrapKind
from modules.passkeys.handlers import remove_all
from modules.passkeys.store import MOST
from tests.core.web.door import Browser
from tests.modules.passkeys.authenticator import PRESENT, VERIFIED, SoftKey, letters
from tests.modules.passkeys.rooms import (
    HERE,
    LOGIN,
    add,
    asked,
    begin,
    is_in,
    keyring,
    log_in,
    send,
    stranger,
    try_to_send,
    words,
)
from tests.modules.security.house import House

FORM = {"password": "old"}


def post(browser: Browser, where: str, **fields: str) -> tuple[int, str]:
    answer = browser.post(where, fields, token=browser.token(HERE))
    return answer.status_code, words(answer)


def test_the_security_page_says_that_there_are_none(house: House) -> None:
    assert "You have none yet." in words(house.enter()[0].get("/security"))


def test_a_new_passkey_stands_in_the_list_with_what_it_can_do(house: House) -> None:
    browser, _ = house.enter()
    add(browser, SoftKey(), name="My phone")
    page = words(browser.get(HERE))
    assert "<strong>My phone</strong>" in page and "logs in without a password" in page and "not used yet" in page


def test_a_security_key_stands_in_the_list_as_a_second_factor_only(house: House) -> None:
    browser, _ = house.enter()
    add(browser, SoftKey(flags=PRESENT), "factor")
    page = words(browser.get(HERE))
    assert "second factor only" in page and "asked for after the password" in page


def test_a_used_passkey_says_when(house: House) -> None:
    browser, _ = house.enter()
    add(browser, key := SoftKey())
    log_in(stranger(house), key)
    assert "last used" in words(browser.get(HERE))


def test_nothing_is_made_without_the_password(house: House) -> None:
    browser, _ = house.enter()
    fields = {"name": "x", "use": "login", "password": "wrong"}
    answer = browser.post(f"{HERE}/begin", fields, token=browser.token(HERE), Accept="application/json")
    assert answer.status_code == 422 and "is not your password" in words(answer)


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "a\nb"])
def test_names_are_bounded(house: House, name: str) -> None:
    browser, _ = house.enter()
    fields = {"name": name, "use": "login", "password": "old"}
    assert try_to_send(browser, f"{HERE}/begin", token_from=HERE, **fields).status_code == 422


def test_what_is_to_be_made_names_what_is_there_already(house: House) -> None:
    browser, _ = house.enter()
    add(browser, key := SoftKey())
    request = begin(browser)
    assert request["known"] == [letters(key.id)] and request["login"] is True
    assert (request["user"], len(request["handle"]), request["domain"]) == ("ada", 43, "localhost")  # 32 octets: a hash


def test_a_passkey_is_added_once(house: House) -> None:
    browser, _ = house.enter()
    add(browser, key := SoftKey())
    sent = key.make(begin(browser)) | {"name": "Again", "use": "login"}
    answer = try_to_send(browser, HERE, token_from=HERE, **sent)
    assert answer.status_code == 409 and "is known here already" in words(answer)


def test_another_user_cannot_add_it_either(house: House) -> None:
    add(house.enter()[0], key := SoftKey())
    other, _ = house.enter("bob")
    sent = key.make(begin(other)) | {"name": "Mine", "use": "login"}
    assert try_to_send(other, HERE, token_from=HERE, **sent).status_code == 409


def test_there_is_a_most(house: House) -> None:
    browser, _ = house.enter()
    requests = [begin(browser) for _ in range(2)]
    keys = [SoftKey() for _ in range(MOST)]
    for key in keys:
        add(browser, key, "factor")
    sent = SoftKey().make(requests[0]) | {"name": "One more", "use": "login"}
    assert try_to_send(browser, HERE, token_from=HERE, **sent).status_code == 409
    fields = {"name": "x", "use": "login", "password": "old"}
    assert try_to_send(browser, f"{HERE}/begin", token_from=HERE, **fields).status_code == 409
    assert "You have as many as there may be." in words(browser.get(HERE))


def test_what_was_asked_for_as_a_second_factor_is_not_added_to_log_in(house: House) -> None:
    browser, _ = house.enter()
    sent = SoftKey().make(begin(browser, "factor")) | {"name": "x", "use": "login"}
    assert try_to_send(browser, HERE, token_from=HERE, **sent).status_code == 409


@pytest.mark.parametrize(
    "key",
    [
        SoftKey(origin="http://evil.example"),
        SoftKey(domain="evil.example"),
        SoftKey(flags=PRESENT),
        SoftKey(flags=VERIFIED),
        SoftKey(client={"type": "webauthn.get"}),
        SoftKey(id=b""),
        SoftKey(id=b"x" * 1024),
        SoftKey(told_id=b"another"),
    ],
    ids=(
        "another-origin another-domain nobody-verified nobody-present another-ceremony no-id long-id another-id"
    ).split(),
)
def test_a_key_that_is_not_right_is_not_added(house: House, key: SoftKey) -> None:
    browser, _ = house.enter()
    sent = key.make(begin(browser)) | {"name": "x", "use": "login"}
    assert try_to_send(browser, HERE, token_from=HERE, **sent).status_code == 403
    assert "Blue key" not in words(browser.get(HERE))


@pytest.mark.parametrize(
    "statement",
    [
        {"fmt": "none", "attStmt": {"alg": -7}},
        {"fmt": "packed", "attStmt": {"alg": -7, "sig": b"x"}},
        {"fmt": "packed", "attStmt": {"alg": -7, "sig": b"x", "x5c": [b"x"]}},
        {"fmt": "tpm", "attStmt": {"ver": "2.0"}},
        {"fmt": "fido-u2f", "attStmt": {}},
        {"fmt": 5},
        {"authData": b"short"},
        {"authData": 5},
    ],
)
def test_odd_attestations_are_refused(house: House, statement: dict[str, object]) -> None:
    browser, _ = house.enter()
    sent = SoftKey().make(begin(browser), **statement) | {"name": "x", "use": "login"}
    answer = try_to_send(browser, HERE, token_from=HERE, **sent)
    assert answer.status_code == 403 and "cannot be used here" in words(answer)


def test_a_key_that_signs_for_itself_is_taken(house: House) -> None:
    browser, _ = house.enter()
    sent = SoftKey(attests=True).make(begin(browser)) | {"name": "x", "use": "login"}
    assert try_to_send(browser, HERE, token_from=HERE, **sent).status_code == 200


def test_an_attestation_that_nobody_asked_for_is_refused(house: House) -> None:
    browser, _ = house.enter()
    sent = SoftKey(attests=True, certified=True).make(begin(browser)) | {"name": "x", "use": "login"}
    assert try_to_send(browser, HERE, token_from=HERE, **sent).status_code == 403


def test_a_challenge_of_another_session_is_refused(house: House) -> None:
    first, second = house.enter()[0], house.enter()[0]
    sent = SoftKey().make(begin(first)) | {"name": "x", "use": "login"}
    assert try_to_send(second, HERE, token_from=HERE, **sent).status_code == 409


def test_a_passkey_that_gives_its_secret_only_when_used_is_asked_once_more(house: House) -> None:
    browser, _ = house.enter()
    key = SoftKey()
    sent = key.make(begin(browser)) | {"name": "Phone", "use": "login"}
    added = send(browser, HERE, token_from=HERE, **sent)
    assert "second factor only" in words(browser.get(added["location"]))
    send(browser, f"{added['location']}/login", token_from=HERE, **key.answer(added["request"]))
    assert "logs in without a password" in words(browser.get(added["location"]))
    later = stranger(house)
    log_in(later, key)
    assert is_in(later)


def test_a_passkey_that_gives_no_secret_stays_a_second_factor(house: House) -> None:
    browser, _ = house.enter()
    key = SoftKey(gives_material=False)
    page = add(browser, key)
    answer = try_to_send(browser, f"{page}/login", token_from=HERE, **key.answer(asked(browser, page)))
    assert answer.status_code == 409 and "a second factor only" in words(answer)


def test_one_passkey_cannot_stand_for_another(house: House) -> None:
    browser, _ = house.enter()
    first, second = SoftKey(), SoftKey()
    pages = [add(browser, key) for key in (first, second)]
    sent = second.answer(asked(browser, pages[0]))
    assert try_to_send(browser, f"{pages[0]}/login", token_from=HERE, **sent).status_code == 422


def test_a_passkey_that_is_renewed_opens_the_login_of_today(house: House) -> None:
    browser, _ = house.enter()
    page = add(browser, key := SoftKey())
    before = _logins(house)
    send(browser, f"{page}/login", token_from=HERE, **key.answer(asked(browser, page)))
    assert _logins(house) != before
    assert len([wrap for wrap in keyring(house).wraps("ada") if wrap.kind is WrapKind.OTHER]) == 1
    later = stranger(house)
    log_in(later, key)
    assert is_in(later)


def _logins(house: House) -> list[bytes]:
    with house.database.read() as connection:
        return [row.login for row in connection.exec_driver_sql("SELECT login FROM passkeys_keys")]


def test_a_passkey_is_renamed(house: House) -> None:
    browser, _ = house.enter()
    page = add(browser, SoftKey())
    assert post(browser, f"{page}/name", name="Red <b>key</b>")[0] == 303
    assert "Red &lt;b&gt;key&lt;/b&gt;" in words(browser.get(HERE))


def test_a_name_that_is_too_long_is_told_at_its_field(house: House) -> None:
    browser, _ = house.enter()
    page = add(browser, SoftKey())
    status, page_again = post(browser, f"{page}/name", name="x" * 61)
    assert status == 422 and "is longer than 60 characters" in page_again


def test_a_removed_passkey_opens_nothing_and_leaves_nothing(house: House) -> None:
    browser, _ = house.enter()
    page = add(browser, key := SoftKey())
    assert "This is your only passkey that logs in by itself." in words(browser.get(page))
    assert post(browser, f"{page}/remove", **FORM)[0] == 303
    later = stranger(house)
    assert log_in(later, key).status_code == 403 and not is_in(later)
    assert not any(wrap.kind is WrapKind.OTHER for wrap in keyring(house).wraps("ada"))
    assert _logins(house) == [] and browser.get(page).status_code == 404


def test_nothing_is_removed_without_the_password(house: House) -> None:
    browser, _ = house.enter()
    page = add(browser, key := SoftKey())
    assert post(browser, f"{page}/remove", password="wrong")[0] == 422
    assert log_in(stranger(house), key).status_code == 200


@pytest.mark.parametrize("what", ["", "/name", "/remove", "/factor", "/login"])
def test_nobody_reaches_anothers_passkey(house: House, what: str) -> None:
    page = add(house.enter()[0], key := SoftKey())
    other, _ = house.enter("bob")
    fields = {"/name": {"name": "x"}, "/remove": FORM, "/factor": FORM, "/login": {"answer": "{}"}}
    if not what:
        assert other.get(page).status_code == 404
    else:
        assert post(other, page + what, **fields[what])[0] in (403, 404)
    assert log_in(stranger(house), key).status_code == 200


def test_anothers_passkey_renews_nothing(house: House) -> None:
    page = add(house.enter()[0], SoftKey())
    other, _ = house.enter("bob")
    add(other, theirs := SoftKey())
    mine = house.enter()[0]
    sent = theirs.answer(asked(mine, page))
    assert try_to_send(mine, f"{page}/login", token_from=HERE, **sent).status_code == 403


@pytest.mark.parametrize("id", ["x", "A" * 64, "0" * 64])
def test_there_is_no_page_for_a_passkey_that_is_none(house: House, id: str) -> None:
    assert house.enter()[0].get(f"{HERE}/{id}").status_code in (404, 422)


@pytest.mark.parametrize("where", [HERE, f"{HERE}/{'0' * 64}"])
def test_strangers_see_no_passkeys(house: House, where: str) -> None:
    assert "/login" in str(stranger(house).get(where).location)


def test_while_the_data_are_locked_only_second_factors_are_added(house: House) -> None:
    browser, _ = house.enter()
    page = add(browser, SoftKey())
    house.passwords["ada"] = "new"
    locked, led = house.enter()
    assert led == "/security/unlock"
    fields = {"name": "x", "use": "login", "password": "new"}
    assert try_to_send(locked, f"{HERE}/begin", token_from=HERE, **fields).status_code == 409
    assert "What is stored for you is locked." in words(locked.get(page))
    sent = SoftKey().make(begin(locked, "factor", password="new")) | {"name": "x", "use": "factor"}
    assert try_to_send(locked, HERE, token_from=HERE, **sent).status_code == 200


def test_after_beginning_afresh_the_list_asks_to_set_it_up_again(house: House) -> None:
    add(house.enter()[0], SoftKey())
    keyring(house).begin_afresh("ada", Secret("old"))
    assert "has to be set up again" in words(house.enter()[0].get(HERE))


def test_the_admin_removes_the_passkeys_of_somebody_who_lost_them(house: House) -> None:
    add(house.enter()[0], SoftKey())
    assert house.site.application.run(remove_all, {"user": "ada"}) == "1 passkeys of ada were removed."
    assert "You have none yet." in words(house.enter()[0].get("/security"))


def test_the_login_form_has_a_way_in_for_scripts_to_show(house: House) -> None:
    page = words(stranger(house).get("/login"))
    assert re.search(r'data-passkey-login data-domain="localhost" hidden>', page)


def test_what_the_login_page_asks_for_names_nobody(house: House) -> None:
    add(house.enter()[0], SoftKey())
    request = asked(stranger(house), LOGIN)
    assert request["keys"] == [] and request["handle"] == "" and request["verify"] == "required"
