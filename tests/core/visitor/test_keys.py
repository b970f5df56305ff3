"""Users' data keys: who can open them, and who cannot."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, text

from core.database.engine import Database, open_database
from core.database.settings import StoredSettings
from core.database.tables import data_keys
from core.errors import Conflict
from core.input.values import Secret
from core.security.crypto import CryptoConfig, DecryptError, new_key
from core.security.derivation import KeyDerivation, derive_key
from core.visitor.keys import Keyring
from core.visitor.renewal import Resealing
from core.visitor.wraps import WrapKind
from tests.core.security.test_passwords import CHEAP
from tests.core.visitor.moments import at_the_same_moment

ADA, OLD, NEW, CODE = "ada@example.org", Secret("the old one"), Secret("the new one"), b"c" * 20


@dataclass
class Ring:
    """A keyring, its database and its clock."""

    keys: Keyring
    database: Database
    now: list[datetime] = field(default_factory=list)

    def column(self, name: str) -> list[object]:
        with self.database.read() as connection:
            return list(connection.execute(text(f"SELECT {name} FROM core_key_wraps")).scalars())


@pytest.fixture
def ring(tmp_path: Path) -> Iterator[Ring]:
    database, now = open_database(tmp_path), [datetime(2026, 5, 1, tzinfo=UTC)]
    yield Ring(Keyring(database, b"r" * 32, CryptoConfig(), CHEAP, lambda: now[0]), database, now)
    database.close()


def test_a_new_user_gets_a_key_and_finds_it_again(ring: Ring) -> None:
    key = ring.keys.unlock(ADA, OLD)
    assert key is not None and ring.keys.unlock(ADA, OLD) == key
    assert ring.keys.unlock("bob@example.org", OLD) != key


def test_who_is_known_is_asked_for_once_and_derived_once(ring: Ring, monkeypatch: pytest.MonkeyPatch) -> None:
    ring.keys.unlock(ADA, OLD)
    derived, asked = list[KeyDerivation](), list[str]()

    def derive(password: Secret, how: KeyDerivation) -> bytes:
        derived.append(how)
        return derive_key(password, how)

    monkeypatch.setattr("core.visitor.keys.derive_key", derive)
    ring.database.watch(asked.append, lambda: None)
    ring.keys.unlock(ADA, OLD)
    assert [words.split()[0] for words in asked] == ["SELECT", "UPDATE"]
    assert len(derived) == 1


def test_nothing_that_has_to_be_resealed_is_told_by_one_statement(ring: Ring) -> None:
    key = ring.keys.unlock(ADA, OLD)
    assert key is not None
    asked: list[str] = []
    ring.database.watch(asked.append, lambda: None)
    resealing = Resealing(ring.database, ring.keys, StoredSettings(ring.database, b"r" * 32), ())
    resealing.settle(ADA, key)
    resealing.settle("nobody@example.org", key)
    assert [words.split()[0] for words in asked] == ["SELECT", "SELECT"]


def test_a_password_changed_elsewhere_opens_nothing_and_changes_nothing(ring: Ring) -> None:
    ring.keys.unlock(ADA, OLD)
    before = ring.column("wrapped")
    assert ring.keys.unlock(ADA, NEW) is None
    assert ring.column("wrapped") == before


def test_the_old_password_makes_the_new_one_good(ring: Ring) -> None:
    key = ring.keys.unlock(ADA, OLD)
    assert key is not None
    ring.keys.set_password(ADA, key, NEW)
    assert ring.keys.unlock(ADA, NEW) == key
    # A directory that goes back to the password before is understood, an older one is not.
    assert ring.keys.unlock(ADA, OLD) == key
    ring.keys.set_password(ADA, key, Secret("the third one"))
    assert (ring.keys.unlock(ADA, NEW), ring.keys.unlock(ADA, OLD)) == (key, None)


def test_a_password_changed_here_leaves_no_other(ring: Ring) -> None:
    key = ring.keys.unlock(ADA, OLD)
    assert key is not None
    ring.keys.set_password(ADA, key, NEW, forget_others=True)
    assert (ring.keys.unlock(ADA, NEW), ring.keys.unlock(ADA, OLD)) == (key, None)


def test_the_newest_recovery_code_opens_the_key(ring: Ring) -> None:
    key = ring.keys.unlock(ADA, OLD)
    assert key is not None
    assert ring.keys.recover(ADA, CODE) is None
    ring.keys.set_recovery(ADA, key, CODE)
    assert ring.keys.recover(ADA, CODE) == key
    ring.keys.set_recovery(ADA, key, b"d" * 20)
    assert (ring.keys.recover(ADA, CODE), ring.keys.recover(ADA, b"d" * 20)) == (None, key)


def test_another_key_opens_what_was_wrapped_for_it(ring: Ring) -> None:
    key, passkey = ring.keys.unlock(ADA, OLD), new_key()
    assert key is not None
    ring.keys.add_other(ADA, key, "passkey 1", passkey)
    assert ring.keys.open_other(ADA, "passkey 1", passkey) == key
    assert ring.keys.open_other(ADA, "passkey 2", passkey) is None
    assert ring.keys.open_other(ADA, "passkey 1", new_key()) is None


def test_who_logs_in_without_a_password_has_a_key_that_the_server_holds(ring: Ring) -> None:
    key = ring.keys.held(ADA)
    assert key is not None and ring.keys.held(ADA) == key
    ring.keys.unlock("bob@example.org", OLD)
    assert ring.keys.held("bob@example.org") is None


def test_the_ways_are_listed_and_the_last_one_stays(ring: Ring) -> None:
    key = ring.keys.unlock(ADA, OLD)
    assert key is not None
    ring.now[0] += timedelta(days=1)
    ring.keys.set_recovery(ADA, key, CODE)
    recovery, password = ring.keys.wraps(ADA)
    assert (recovery.kind, password.kind) == (WrapKind.RECOVERY, WrapKind.PASSWORD)
    assert recovery.created - password.created == timedelta(days=1)
    ring.keys.remove("bob@example.org", password.id)
    ring.keys.remove(ADA, password.id)
    assert ring.keys.unlock(ADA, OLD) is None
    with pytest.raises(Conflict, match="the only way"):
        ring.keys.remove(ADA, recovery.id)


def test_the_last_use_of_a_way_is_told(ring: Ring) -> None:
    ring.keys.unlock(ADA, OLD)
    ring.now[0] += timedelta(days=3)
    ring.keys.unlock(ADA, OLD)
    (wrap,) = ring.keys.wraps(ADA)
    assert wrap.last_used - wrap.created == timedelta(days=3)


def test_beginning_afresh_gives_a_new_key_and_sets_the_old_wraps_aside(ring: Ring) -> None:
    old = ring.keys.unlock(ADA, OLD)
    fresh = ring.keys.begin_afresh(ADA, NEW)
    assert fresh != old and ring.keys.unlock(ADA, NEW) == fresh
    assert ring.keys.unlock(ADA, OLD) is None
    assert len(ring.column("id")) == 2


def test_who_is_forgotten_has_nothing_left(ring: Ring) -> None:
    ring.keys.unlock(ADA, OLD)
    ring.keys.forget(ADA)
    assert ring.column("id") == []


@pytest.mark.parametrize(
    "change", ["user_ref = 'x'", "how = 'argon2id:19922944:3'", "salt = zeroblob(16)", "kind = 'recovery'"]
)
def test_a_wrap_cannot_be_made_into_another(ring: Ring, change: str) -> None:
    ring.keys.unlock(ADA, OLD)
    with ring.database.write() as connection:
        connection.execute(text(f"UPDATE core_key_wraps SET {change}"))
    assert ring.keys.unlock(ADA, OLD) is None


def test_a_damaged_wrap_is_not_taken_for_a_wrong_password(ring: Ring) -> None:
    ring.keys.unlock(ADA, OLD)
    with ring.database.write() as connection:
        connection.execute(text("UPDATE core_key_wraps SET wrapped = x'0101'"))
    with pytest.raises(DecryptError):
        ring.keys.unlock(ADA, OLD)


@pytest.mark.parametrize("way", [lambda keys: keys.unlock(ADA, OLD), lambda keys: keys.held(ADA)])
def test_two_first_logins_at_once_make_one_key(
    way: Callable[[Keyring], bytes | None], tmp_path: Path, ring: Ring, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = open_database(tmp_path)
    rings = [Keyring(database, b"r" * 32, CryptoConfig(), CHEAP, ring.keys.now) for database in (ring.database, other)]
    with at_the_same_moment(monkeypatch), ThreadPoolExecutor(2) as browsers:
        first, second = browsers.map(way, rings)
    assert first is not None and first == second == way(ring.keys)
    other.close()


def test_two_who_begin_afresh_at_once_do_not_both_have_the_key(ring: Ring) -> None:
    def faster(connection: Connection) -> None:
        row = {"user_ref": ring.keys.owner(ADA), "key_id": "other", "suite": 1}
        connection.execute(insert(data_keys), row)

    with pytest.raises(Conflict, match="in the meantime"):
        ring.keys.begin_afresh(ADA, OLD, faster)
