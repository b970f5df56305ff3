"""Modules' rows follow a new key of the server."""

from collections.abc import Callable
from pathlib import Path

import pyotp
import pytest

from core import Clock, Secret, ServerKeys
from core.database.engine import Database, open_database
from core.security.crypto import KeyUnavailable, new_key
from modules.passkeys.ceremony import NewCredential
from modules.passkeys.store import Passkeys
from modules.twofactor.store import SecondFactors

ROOT = Path(__file__).resolve().parents[3]
SECRET = Secret(pyotp.random_base32())


def passkeys(
    database: Database, keys: ServerKeys
) -> tuple[Callable[[Callable[[int], None]], int], Callable[[], object]]:
    """How passkeys are sealed anew, and what is read of them."""
    store = Passkeys(database, keys, Clock())
    return store.reseal, lambda: [(one.name, one.public_key) for one in store.of("ada")]


def factors(
    database: Database, keys: ServerKeys
) -> tuple[Callable[[Callable[[int], None]], int], Callable[[], object]]:
    """The same of second factors."""
    store = SecondFactors(database, keys, Clock())
    return store.reseal, lambda: store.check("ada", "000000")


@pytest.mark.parametrize(("name", "kind"), [("passkeys", passkeys), ("twofactor", factors)])
def test_rows_are_sealed_anew_and_the_old_key_is_of_no_use(
    tmp_path: Path, name: str, kind: Callable[[Database, ServerKeys], tuple[Callable[..., int], Callable[[], object]]]
) -> None:
    database = open_database(tmp_path, migrations=[ROOT / "modules" / name / "migrations"])
    first, second, lasting = new_key(), new_key(), new_key()
    old, new = ServerKeys(first, lasting), ServerKeys(second, lasting)
    both = ServerKeys(lambda: (second, first), lasting)
    if name == "passkeys":
        made = NewCredential(b"credential", b"public key", 0)
        Passkeys(database, old, Clock()).add("ada", "phone", made, asked=False)
    else:
        assert SecondFactors(database, old, Clock()).set_up("ada", SECRET, pyotp.TOTP(str(SECRET)).now())
    before, told = kind(database, old)[1](), list[int]()
    with pytest.raises(KeyUnavailable):
        kind(database, new)[1]()
    assert kind(database, both)[0](told.append) == 1 and told == [1]
    assert kind(database, both)[0](told.append) == 0
    assert kind(database, new)[1]() == before
    with pytest.raises(KeyUnavailable):
        kind(database, old)[1]()
    database.close()
