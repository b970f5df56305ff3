"""Logging in with a passkey alone."""

import json
from collections.abc import Callable

import pytest

from core import Secret, WrapKind
from modules.passkeys.challenges import LASTS
from tests.modules.passkeys.authenticator import PRESENT, SoftKey, letters
from tests.modules.passkeys.rooms import (
    HERE,
    LOGIN,
    add,
    asked,
    enrolled,
    is_in,
    keyring,
    log_in,
    send,
    stranger,
    try_to_send,
    words,
)
from tests.modules.security.house import House

UNKNOWN = "is not known here, or it is not yours"


def refusal(answer: object) -> str:
    told = answer.get_json()  # type: ignore[attr-defined]  # Flask's response
    return str(told["error"]["reason"])


def test_a_passkey_logs_in_without_a_password(house: House) -> None:
    key, browser = enrolled(house), stranger(house)
    answer = log_in(browser, key)
    assert answer.get_json() == {"location": "/mail/"} and is_in(browser)


def test_after_the_login_one_goes_where_one_wanted_to(house: House) -> None:
    assert log_in(stranger(house), enrolled(house), next="/settings").get_json() == {"location": "/settings"}


def test_a_login_leads_to_no_other_site(house: House) -> None:
    key, browser = enrolled(house), stranger(house)
    assert log_in(browser, key, next="//evil.example").status_code == 422 and not is_in(browser)


def test_a_passkey_opens_what_is_stored(house: House) -> None:
    browser, _ = house.enter()
    add(browser, key := SoftKey())
    browser.post("/settings/look", {"theme": "dark"}, token=browser.token("/settings"))
    later = stranger(house)
    log_in(later, key)
    assert 'data-theme="dark"' in words(later.get("/settings"))


def test_a_passkey_opens_what_is_stored_after_the_password_was_changed_elsewhere(house: House) -> None:
    key, browser = enrolled(house), stranger(house)
    house.passwords["ada"] = "new"
    log_in(browser, key)
    assert "Your settings are encrypted" in words(browser.get("/security"))
    assert "It is locked" not in words(browser.get("/security"))


def test_the_session_of_a_passkey_is_the_users_own(house: House) -> None:
    browser = stranger(house)
    log_in(browser, enrolled(house, name="bob"))
    assert 'title="bob"' in words(browser.get("/settings"))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda key: setattr(key, "origin", "http://evil.example"),
        lambda key: setattr(key, "origin", "http://localhost.evil.example"),
        lambda key: setattr(key, "origin", "null"),
        lambda key: setattr(key, "domain", "evil.example"),
        lambda key: setattr(key, "flags", PRESENT),
        lambda key: setattr(key, "flags", 4),
        lambda key: setattr(key, "private", SoftKey().private),
        lambda key: setattr(key, "id", SoftKey().id),
        lambda key: setattr(key, "handle", b""),
        lambda key: setattr(key, "handle", b"somebody else's handle"),
        lambda key: setattr(key, "client", {"type": "webauthn.create"}),
        lambda key: setattr(key, "client", {"crossOrigin": True}),
        lambda key: setattr(key, "client", {"topOrigin": "http://localhost"}),
        lambda key: setattr(key, "client", {"origin": ["http://localhost"]}),
    ],
    ids=(
        "another-origin another-domain-that-begins-so no-origin another-domain nobody-verified nobody-present "
        "another-key unknown-id no-user another-user another-ceremony framed framed-by-our-own odd-origin"
    ).split(),
)
def test_what_is_not_right_is_refused_in_the_same_words(house: House, spoil: Callable[[SoftKey], None]) -> None:
    key, browser = enrolled(house), stranger(house)
    spoil(key)
    answer = log_in(browser, key)
    assert (answer.status_code, UNKNOWN in refusal(answer)) == (403, True) and not is_in(browser)


def test_a_challenge_of_ones_own_is_refused(house: House) -> None:
    key, browser = enrolled(house), stranger(house)
    key.client = {"challenge": letters(b"x" * 56)}
    answer = log_in(browser, key)
    assert answer.status_code == 409 and not is_in(browser)


@pytest.mark.parametrize("challenge", ["", "x", letters(b"short"), "ä", "*"])
def test_a_challenge_that_is_none_is_refused(house: House, challenge: str) -> None:
    key, browser = enrolled(house), stranger(house)
    key.client = {"challenge": challenge}
    assert log_in(browser, key).status_code in (403, 409) and not is_in(browser)


def test_an_answer_counts_once(house: House) -> None:
    key, first = enrolled(house), stranger(house)
    sent = key.answer(asked(first, LOGIN)) | {"username": letters(key.id)}
    send(first, LOGIN, **sent)
    assert is_in(first)
    again = stranger(house)
    again.client = first.client
    token = first.token("/settings")
    assert first.post("/logout", {}, token=token).status_code == 303
    answer = try_to_send(again, LOGIN, **sent)
    assert answer.status_code == 409 and "was sent already" in refusal(answer) and not is_in(again)


def test_an_answer_counts_in_the_browser_that_asked(house: House) -> None:
    key = enrolled(house)
    sent = key.answer(asked(stranger(house), LOGIN)) | {"username": letters(key.id)}
    other = stranger(house)
    assert try_to_send(other, LOGIN, **sent).status_code == 409
    asked(other, LOGIN)
    assert try_to_send(other, LOGIN, **sent).status_code == 409 and not is_in(other)


def test_two_pages_of_one_browser_may_both_ask(house: House) -> None:
    key, browser = enrolled(house), stranger(house)
    first = asked(browser, LOGIN)
    assert asked(browser, LOGIN)["challenge"] != first["challenge"]
    send(browser, LOGIN, **key.answer(first), username=letters(key.id))
    assert is_in(browser)


def test_an_answer_that_comes_too_late_is_refused(house: House) -> None:
    key, browser = enrolled(house), stranger(house)
    sent = key.answer(asked(browser, LOGIN)) | {"username": letters(key.id)}
    house.later(seconds=LASTS.total_seconds() + 1)
    answer = try_to_send(browser, LOGIN, **sent)
    assert answer.status_code == 409 and "took too long" in refusal(answer)


def test_a_challenge_of_another_page_is_refused(house: House) -> None:
    browser, _ = house.enter()
    key = SoftKey()
    page = add(browser, key)
    sent = key.answer(asked(browser, page)) | {"username": letters(key.id)}
    assert try_to_send(browser, LOGIN, token_from=HERE, **sent).status_code == 409


def test_an_answer_in_the_name_of_another_passkey_is_refused(house: House) -> None:
    mine, theirs, browser = enrolled(house), enrolled(house, name="bob"), stranger(house)
    answer = log_in(browser, mine, username=letters(theirs.id))
    assert answer.status_code == 403 and not is_in(browser)


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "x",
        "[]",
        "null",
        "5",
        '"text"',
        "{}",
        '{"id": 5, "response": 5}',
        '{"id": "", "response": {"clientDataJSON": ""}}',
        '{"id": "AAAA", "response": {"clientDataJSON": "%%"}}',
        '{"id": "AAAA", "response": {"clientDataJSON": "e30"}}',
        "[" * 19_000,
        '{"a":' * 3_900,
        json.dumps({"id": "A" * 6000, "response": {"clientDataJSON": letters(b'{"challenge": "", "origin": ""}')}}),
    ],
)
def test_garbage_is_refused(house: House, answer: str) -> None:
    browser = stranger(house)
    asked(browser, LOGIN)
    assert try_to_send(browser, LOGIN, username="x", answer=answer).status_code == 403


def test_huge_answers_are_refused_unread(house: House) -> None:
    assert try_to_send(stranger(house), LOGIN, username="x", answer="[" * 30_000).status_code == 422


@pytest.mark.parametrize("name", ["authenticatorData", "signature", "clientDataJSON", "userHandle"])
@pytest.mark.parametrize("value", ["", "AA", "%", 7, None, ["x"], {"x": 1}])
def test_answers_with_odd_parts_are_refused(house: House, name: str, value: object) -> None:
    key, browser = enrolled(house), stranger(house)
    sent = key.answer(asked(browser, LOGIN))
    answer = json.loads(sent["answer"])
    answer["response"][name] = value
    spoilt = sent | {"answer": json.dumps(answer), "username": letters(key.id)}
    assert try_to_send(browser, LOGIN, **spoilt).status_code == 403 and not is_in(browser)


def test_unknown_fields_are_refused(house: House) -> None:
    assert log_in(stranger(house), enrolled(house), user="bob").status_code == 422


@pytest.mark.parametrize("material", ["x", "A" * 44, "!" * 43])
def test_odd_key_material_is_refused(house: House, material: str) -> None:
    assert log_in(stranger(house), enrolled(house), material=material).status_code == 422


def test_key_material_that_opens_nothing_lets_nobody_in(house: House) -> None:
    browser = stranger(house)
    answer = log_in(browser, enrolled(house), material="A" * 43)
    assert answer.status_code == 403 and "set the passkey up again" in refusal(answer) and not is_in(browser)


def test_a_passkey_that_gives_no_key_material_is_a_second_factor_only(house: House) -> None:
    key, browser = enrolled(house), stranger(house)
    key.gives_material = False
    answer = log_in(browser, key)
    assert answer.status_code == 403 and "a second factor only" in refusal(answer) and not is_in(browser)


def test_a_security_key_that_was_added_as_a_second_factor_does_not_log_in_alone(house: House) -> None:
    key, browser = enrolled(house, "factor"), stranger(house)
    assert "a second factor only" in refusal(log_in(browser, key)) and not is_in(browser)


def test_a_copy_that_counts_less_is_refused_and_told_of(house: House) -> None:
    key = enrolled(house)
    log_in(stranger(house), key)
    key.step = 0
    browser = stranger(house)
    answer = log_in(browser, key)
    assert "a copy of it seems to be in use" in refusal(answer) and not is_in(browser)
    user, _ = house.enter()
    assert "A copy of your passkey Blue key seems to be in use" in words(user.get("/settings"))
    assert "because a copy of it seems to be in use" in words(user.get("/security"))


def test_a_passkey_that_does_not_count_is_used_again_and_again(house: House) -> None:
    key = enrolled(house)
    key.step = 0
    for _ in range(2):
        browser = stranger(house)
        assert log_in(browser, key).status_code == 200 and is_in(browser)


def test_a_passkey_that_counted_and_does_not_any_more_is_a_copy(house: House) -> None:
    key = enrolled(house)
    log_in(stranger(house), key)
    key.count, key.step = 0, 0
    assert log_in(stranger(house), key).status_code == 403


def test_a_passkey_opens_nothing_of_a_user_who_began_afresh(house: House) -> None:
    key, browser = enrolled(house), stranger(house)
    keyring(house).begin_afresh("ada", Secret("old"))
    assert "set the passkey up again" in refusal(log_in(browser, key)) and not is_in(browser)


def test_a_login_that_was_sealed_elsewhere_opens_nothing(house: House) -> None:
    key, browser = enrolled(house), stranger(house)
    other = enrolled(house)
    with house.database.write() as connection:
        blobs = [row.login for row in connection.exec_driver_sql("SELECT login FROM passkeys_keys ORDER BY made, id")]
        connection.exec_driver_sql("UPDATE passkeys_keys SET login = ?", (blobs[0],))
    answers = {log_in(browser, key).status_code, log_in(stranger(house), other).status_code}
    assert answers == {200, 403}


def test_the_database_tells_nothing_of_whose_passkeys_there_are(house: House) -> None:
    enrolled(house)
    with house.database.read() as connection:
        (row,) = connection.exec_driver_sql("SELECT * FROM passkeys_keys").all()
    assert not any(word in repr(tuple(row)) for word in ('"ada"', "Blue key", "public_key"))
    assert any(wrap.kind is WrapKind.OTHER for wrap in keyring(house).wraps("ada"))
