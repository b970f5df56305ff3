"""Logging in with an account of hm3's own."""

import base64
import time
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from core import Authenticator, Conflict, Identity, Secret, crypto, in_turn
from core.security.passwords import PasswordHash
from modules.local.names import AccountName
from modules.local.services import LocalAuthenticator, seal_anew
from modules.local.store import LocalAccount
from tests.core.security.test_passwords import hasher
from tests.modules.local.conftest import EVE, NEW, OLD, Home


def test_the_right_password_opens_the_door_and_the_data(home: Home) -> None:
    browser = home.enter()
    browser.post("/settings/look", {"theme": "dark"}, token=browser.token("/settings"))
    assert 'data-theme="dark"' in home.enter().get("/settings").get_data(as_text=True)


@pytest.mark.parametrize("name", [EVE, EVE.upper(), f" {EVE} ", "Eve@Example.ORG"])
def test_one_person_has_one_account_however_they_type_their_name(home: Home, name: str) -> None:
    found = home.identity(name)
    assert found is not None and found.name == EVE


def test_whoever_logs_in_brings_what_the_account_says_of_them(home: Home) -> None:
    found = home.identity()
    assert found is not None
    assert (found.roles, found.display_name, found.address) == (frozenset({"staff"}), "Eve Gardener", EVE)
    assert found.password == OLD and not found.secrets


@pytest.mark.parametrize(
    ("name", "password"),
    [(EVE, "meadow lantern"), (EVE, ""), (EVE, f"{OLD} "), ("nobody", OLD), ("", ""), ("\x00", OLD), ("e" * 400, OLD)],
)
def test_nothing_else_lets_anybody_in(home: Home, name: str, password: str) -> None:
    assert home.identity(name, password) is None


def disable(home: Home, disabled: bool = True) -> None:
    home.accounts.change(AccountName(EVE), lambda account: replace(account, disabled=disabled))


def test_unknown_and_disabled_users_get_the_answer_of_a_wrong_password(home: Home) -> None:
    answers = [home.log_in(EVE, "wrong")[1], home.log_in("nobody", OLD)[1]]
    disable(home)
    answers.append(home.log_in()[1])
    assert {answer.status_code for answer in answers} == {403}
    pages = [answer.get_data(as_text=True) for answer in answers]
    assert all("The name or the password is wrong." in page for page in pages)


def test_as_much_work_is_done_for_unknown_and_disabled_users_as_for_known_ones(home: Home) -> None:
    home.accounts.add(LocalAccount("off", home.hasher.hash(Secret(OLD)), disabled=True))
    times: dict[str, list[float]] = {"nobody": [], "off": [], EVE: []}
    for _ in range(15):
        for name, taken in times.items():
            begun = time.thread_time()
            assert home.identity(name, "wrong") is None
            taken.append(time.thread_time() - begun)
    known = min(times[EVE])
    # Without the work it would be some hundredths.
    assert all(0.25 < min(taken) / known < 4 for taken in times.values())


def test_a_disabled_user_comes_in_no_other_way_either(home: Home) -> None:
    home.house.passwords[EVE] = "of the mail server"
    assert home.may_enter(EVE, "of the mail server")
    disable(home)
    assert not home.may_enter(EVE, "of the mail server")
    disable(home, disabled=False)
    assert home.may_enter()


def test_no_password_that_is_known_here_is_sent_elsewhere_first(home: Home) -> None:
    asked: list[str] = []

    class Elsewhere:
        name = "elsewhere"

        def authenticate(self, username: str, password: Secret) -> Identity | None:
            asked.append(username)
            return None

    ways: tuple[Authenticator, ...] = (Elsewhere(), home.way)
    for way in in_turn(ways):
        if way.authenticate(EVE, Secret(OLD)) is not None:
            break
    assert asked == [] and [way.name for way in in_turn(ways)] == ["local", "elsewhere"]


@pytest.mark.parametrize("kind", list(PasswordHash))
@pytest.mark.parametrize("before", list(PasswordHash))
def test_the_hash_is_renewed_at_the_login_when_another_way_is_asked_for(
    home: Home, before: PasswordHash, kind: PasswordHash
) -> None:
    old = hasher(before).hash(Secret(OLD))
    home.accounts.change(AccountName(EVE), lambda account: replace(account, hash=old))
    now = hasher(kind)
    assert LocalAuthenticator(home.accounts, now).authenticate(EVE, Secret(OLD)) is not None
    kept = home.accounts.find(EVE)
    assert kept is not None and not now.is_outdated(kept.hash) and (kept.hash == old) == (before is kind)
    assert now.verify(Secret(OLD), kept.hash)


def test_the_hash_is_renewed_when_more_work_is_asked_for(home: Home) -> None:
    more = hasher(passes=3)
    assert LocalAuthenticator(home.accounts, more).authenticate(EVE, Secret(OLD)) is not None
    kept = home.accounts.find(EVE)
    assert kept is not None and "t=3" in kept.hash


def test_of_two_accounts_with_one_name_the_second_is_refused(home: Home) -> None:
    with pytest.raises(Conflict, match="There is an account eve"):
        home.accounts.add(LocalAccount(EVE, "another hash"))
    assert home.may_enter()


def test_accounts_are_among_what_is_sealed_anew(home: Home) -> None:
    sealed = seal_anew(home.accounts)
    assert (sealed.name, sealed.reseal(lambda done: None)) == ("local accounts", 0)


def test_a_password_that_was_changed_meanwhile_is_not_put_back(home: Home) -> None:
    seen = home.accounts.find(EVE)
    assert seen is not None
    home.accounts.change(AccountName(EVE), home.accounts.with_password(home.hasher.hash(Secret(NEW))))
    home.accounts.rehash(seen, home.hasher.hash(Secret(OLD)))
    assert home.identity(EVE, NEW) is not None and home.identity(EVE, OLD) is None
    home.accounts.delete(EVE)
    home.accounts.rehash(seen, home.hasher.hash(Secret(OLD)))
    assert home.accounts.find(EVE) is None


def test_one_password_of_two_users_is_kept_twice_and_nothing_of_it_is_readable(home: Home, tmp_path: Path) -> None:
    home.accounts.add(LocalAccount("mallory", home.hasher.hash(Secret(OLD))))
    first, second = home.accounts.find(EVE), home.accounts.find("mallory")
    assert first is not None and second is not None and first.hash != second.hash
    home.house.database.close()
    stored = b"".join(file.read_bytes() for file in tmp_path.glob("hm3.sqlite*"))
    for canary in (EVE, "mallory", "Gardener", "staff", "$argon2id$", OLD, first.hash[-20:]):
        assert canary.encode() not in stored


def test_the_hash_and_the_way_to_the_data_key_have_salts_of_their_own(home: Home) -> None:
    home.enter()
    account = home.accounts.find(EVE)
    with home.house.database.read() as connection:
        salts = connection.execute(text("SELECT salt FROM core_key_wraps")).scalars().all()
    assert account is not None and len(salts) == 1
    assert home.hasher.hash(Secret(OLD)).split("$")[4] != account.hash.split("$")[4]
    assert all(_letters(salt) not in account.hash for salt in salts)


def test_the_row_of_one_user_is_worthless_in_the_place_of_another(home: Home) -> None:
    home.accounts.add(LocalAccount("mallory", home.hasher.hash(Secret(NEW))))
    with home.house.database.write() as connection:
        connection.execute(
            text("UPDATE local_accounts SET blob = (SELECT blob FROM local_accounts ORDER BY made LIMIT 1)")
        )
    broken = sum(_is_broken(home, name) for name in (EVE, "mallory"))
    assert broken == 1


def test_the_longest_and_oddest_passwords_count_to_their_last_letter(home: Home) -> None:
    for password in ("x" * 1023 + "y", " spaces around it ", "\N{GRINNING FACE} and \N{CAT FACE} and 7"):
        home.accounts.change(AccountName(EVE), home.accounts.with_password(home.hasher.hash(Secret(password))))
        assert home.identity(EVE, password) is not None and home.identity(EVE, password[:-1]) is None


def _is_broken(home: Home, name: str) -> bool:
    try:
        home.accounts.find(name)
    except crypto.DecryptError:
        return True
    return False


def _letters(salt: bytes) -> str:
    return base64.b64encode(salt).decode().rstrip("=")
