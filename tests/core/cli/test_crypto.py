"""What an admin sees of keys, and does with them: `hm3 crypto`."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pyotp
import pytest
from click.testing import CliRunner
from sqlalchemy import text

from core import Clock, Module, Secret, ServerKeys, ServerSealed, VaultKeys, crypto
from core.cli.main import hm3
from core.cli.rotation import Held, migrate, open_held, rotate_keys
from core.database.engine import open_database
from core.errors import ConfigError
from core.loader import Loaded
from core.security.crypto import CryptoConfig, new_key
from core.security.held import HeldKeys
from core.security.suites import Suite
from core.visitor.keys import Keyring
from modules.twofactor.store import SecondFactors
from tests.core.cli.yard import ADA, SECRET, Yard
from tests.core.security.test_passwords import CHEAP

TOKEN = crypto.Purpose("hm3.token", "ada", "token", "1")


def is_second_factor(held: Held, code: str) -> bool:
    # The step of this code was spent by setting up: look at what is sealed, not at the step.
    with held.database.write() as connection:
        connection.execute(text("UPDATE twofactor_factors SET last_step = 0"))
    return SecondFactors(held.database, held.server, Clock()).check(ADA, code)


def test_a_new_key_seals_everything_and_nothing_is_lost(yard: Yard) -> None:
    with open_held(yard.load()) as held:
        yard.set_up(held)
        mine = yard.keyring(held).held("held@example.org")
    old = yard.key.read()[0]
    told = yard.run("rotate")
    active = yard.key.read()[0]
    assert f"The server key {active.id.hex()} is active from now on." in told
    assert "second factors: 1 sealed anew" in told and "data keys: 1 sealed anew" in told
    assert f"{old.id.hex()} is kept until" in told
    with open_held(yard.load()) as held:
        assert is_second_factor(held, pyotp.TOTP(str(SECRET)).now())
        assert yard.keyring(held).held("held@example.org") == mine
        with held.database.read() as connection:
            blob = connection.execute(text("SELECT blob FROM twofactor_factors")).scalar_one()
        assert held.server.is_current(blob)


def test_the_old_key_opens_nothing_after_a_rotation(yard: Yard) -> None:
    with open_held(yard.load()) as held:
        yard.set_up(held)
    old = yard.key.read()[0]
    yard.run("rotate")
    thief = ServerKeys(old.key)
    with open_held(yard.load()) as held, held.database.read() as connection:
        blob = connection.execute(text("SELECT blob FROM twofactor_factors")).scalar_one()
        sealed = connection.execute(text("SELECT sealed FROM core_lasting_keys WHERE name = 'lookup'")).scalar_one()
        ref = connection.execute(text("SELECT user_ref FROM twofactor_factors")).scalar_one()
        with pytest.raises(crypto.KeyUnavailable):
            thief.unseal(blob, SecondFactors._purpose(ref))
        with pytest.raises(crypto.KeyUnavailable):
            thief.unseal(sealed, crypto.Purpose("hm3.lasting", "", "key", "lookup"))
        assert Keyring(held.database, b"l" * 32, CryptoConfig(), CHEAP, lambda: held.now, thief).held(ADA) is not None


def test_a_served_site_follows_a_rotation(yard: Yard) -> None:
    with open_held(yard.load()) as held:
        yard.set_up(held)
        assert is_second_factor(held, pyotp.TOTP(str(SECRET)).now())
        yard.run("rotate")
        assert is_second_factor(held, pyotp.TOTP(str(SECRET)).now())
        assert held.server.ids()[0] == yard.key.read()[0].id


def test_an_old_key_is_dropped_when_no_session_can_need_it(yard: Yard) -> None:
    yard.run("rotate")
    yard.age(yard.key, days=2)
    told = yard.run("migrate")
    assert "server.key: 1 old dropped" in told and len(yard.key.read()) == 1


def test_a_key_is_kept_while_a_module_that_is_off_has_rows_under_it(yard: Yard) -> None:
    with open_held(yard.load()) as held:
        yard.set_up(held)
    yard.ini.write_text(yard.ini.read_text().replace("twofactor = on", "twofactor = off"))
    yard.run("rotate")
    yard.age(yard.key, days=2)
    assert "an old key is kept, because rows of a module that is off are under it" in yard.run("migrate")
    yard.write()
    assert "server.key: 1 old dropped" in yard.run("migrate")
    assert is_second_factor(yard.held(), pyotp.TOTP(str(SECRET)).now())


@pytest.mark.parametrize("broken", ["twofactor", "held", "mark"])
def test_a_rotation_that_was_cut_short_is_finished_by_the_next(
    yard: Yard, broken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_held(yard.load()) as held:
        yard.set_up(held)
        mine = yard.keyring(held).held("held@example.org")

    def cut(*_: object) -> int:
        raise ConfigError("power cut")

    place = {
        "twofactor": "modules.twofactor.store.SecondFactors.reseal",
        "held": "core.cli.rotation.reseal_held",
        "mark": "core.database.lookup.HeldKeys.renewed",
    }[broken]
    with monkeypatch.context() as patched:
        patched.setattr(place, cut)
        with pytest.raises(ConfigError, match="power cut"):
            rotate_keys(yard.load(), False, print)
    with open_held(yard.load()) as held:
        assert is_second_factor(held, pyotp.TOTP(str(SECRET)).now())
        assert yard.keyring(held).held("held@example.org") == mine
    assert "was cut short; it is finished now" in yard.run("rotate")
    assert len(yard.key.read()) == 2
    assert "is active from now on" in yard.run("rotate")


def test_the_vault_has_a_key_and_a_rotation_of_its_own(yard: Yard) -> None:
    server = yard.held().server.ids()
    told = yard.run("rotate", "--vault")
    assert f"The vault key {yard.vault.read()[0].id.hex()} is active from now on." in told
    assert yard.held().server.ids() == server and len(yard.vault.read()) == 2


def test_a_module_has_its_rows_under_the_vault_sealed_anew(yard: Yard) -> None:
    kept = {"blob": yard.held().vault.seal(b"token", TOKEN)}
    tokens = Module("tokens")

    @tokens.service
    def seal_anew(vault: VaultKeys) -> ServerSealed:
        def reseal(progress: Callable[[int], None]) -> int:
            anew = vault.renewed(kept["blob"], TOKEN)
            kept["blob"] = anew or kept["blob"]
            progress(1000)
            return int(anew is not None)

        return ServerSealed("tokens", reseal)

    loaded = yard.load()
    loaded = Loaded(**{**loaded.__dict__, "modules": (*loaded.modules, tokens)})
    said: list[str] = []
    rotate_keys(loaded, True, said.append)
    assert "tokens: 1 sealed anew" in said and "tokens: 1000 so far" in said
    assert yard.held().vault.unseal(kept["blob"], TOKEN) == b"token"
    assert VaultKeys(yard.vault.read()[0].key).unseal(kept["blob"], TOKEN) == b"token"
    migrate(loaded, said.append)
    assert "tokens: nothing to do" in said


def test_another_suite_is_carried_through_by_migrate(yard: Yard) -> None:
    with open_held(yard.load()) as held:
        yard.set_up(held)
    yard.write("[crypto]\nsuite = aes-gcm\n")
    assert "under keys of the server not as new ones would be: say hm3 crypto migrate." in yard.run("status")
    yard.run("migrate")
    told = yard.run("status")
    assert "New data are encrypted with aes-gcm" in told and "say hm3 crypto migrate" not in told
    assert re.search(r"twofactor_factors +blob +1 +aes-gcm +server key", told)
    assert is_second_factor(yard.held(), pyotp.TOTP(str(SECRET)).now())


def test_the_status_counts_what_there_is_and_names_what_is_old(yard: Yard) -> None:
    with open_held(yard.load()) as held:
        yard.set_up(held)
        yard.keyring(held).unlock(ADA, Secret("the password"))
    yard.age(yard.key, days=400)
    told = yard.run("status")
    assert re.search(rf"{yard.key.read()[0].id.hex()}  active, made \d{{4}}-", told)
    assert re.search(r"core_key_wraps +wrapped +2 +xchacha20 +others", told)
    assert re.search(r"password +argon2id:\d+:\d+ +1", told) and re.search(r"server +key +1", told)
    assert "The server key is older than a year: say hm3 crypto rotate." in told
    assert "1 row is of passwords made with other work than now" in told


def test_the_status_of_a_new_site_says_that_all_is_well(yard: Yard) -> None:
    assert yard.run("status").splitlines()[-1] == "Nothing is old or weak."


def test_what_is_damaged_or_weak_is_named(yard: Yard) -> None:
    with open_held(yard.load()) as held:
        yard.set_up(held)
        yard.keyring(held).unlock(ADA, Secret("the password"))
        yard.keyring(held).unlock("bob@example.org", Secret("the password"))
        with held.database.write() as connection:
            connection.execute(
                text(
                    "UPDATE core_key_wraps SET how = 'argon2id:1024:1' WHERE user_ref IN "
                    "(SELECT user_ref FROM core_key_wraps WHERE kind = 'password' LIMIT 1)"
                )
            )
            connection.execute(text("UPDATE core_key_wraps SET wrapped = X'FFFF' WHERE kind = 'server'"))
    told = yard.run("status")
    assert "1 row is of passwords weaker than hm3 accepts" in told
    assert "1 row is among ciphertexts no ciphertext" in told


def test_a_key_that_was_lost_is_missed_at_once(yard: Yard) -> None:
    yard.held()
    yard.key.path.unlink()
    with pytest.raises(ConfigError, match=r"written under another server key.*Put back"):
        yard.held()


def test_a_damaged_lookup_key_is_named(yard: Yard) -> None:
    with open_held(yard.load()) as held, held.database.write() as connection:
        sealed = connection.execute(text("SELECT sealed FROM core_lasting_keys")).scalar_one()
        values = {"sealed": sealed[:-1] + bytes([sealed[-1] ^ 1])}
        connection.execute(text("UPDATE core_lasting_keys SET sealed = :sealed"), values)
    with pytest.raises(ConfigError, match="lookup key cannot be read"):
        yard.held()


def test_a_database_that_needs_libsodium_says_so(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    yard.held()
    monkeypatch.setattr("core.database.lookup.encryptions", dict)
    with pytest.raises(ConfigError, match="encrypted with xchacha20, which needs libsodium"):
        yard.held()


def test_a_site_from_before_lasting_keys_finds_its_rows(yard: Yard) -> None:
    with open_held(yard.load()) as held:
        root = held.files.server.read()[0].key
        lookup = ServerKeys(root).of("hm3.lookup")
        row = {"ref": crypto.lookup_hash(lookup, ADA), "blob": b"", "key": "0" * 16}
        with held.database.write() as connection:
            connection.execute(text("DELETE FROM core_lasting_keys"))
            connection.execute(text("INSERT INTO core_data_keys (user_ref, key_id) VALUES (:ref, :key)"), row)
            purpose = SecondFactors._purpose(row["ref"])  # type: ignore[arg-type]  # text
            row["blob"] = crypto.seal(ServerKeys(root).of("hm3.totp"), SECRET.encode(), purpose)
            connection.execute(text("INSERT INTO twofactor_factors VALUES (:ref, :blob, 0, 0)"), row)
    assert is_second_factor(yard.held(), pyotp.TOTP(str(SECRET)).now())
    assert "second factors: 1 sealed anew" in yard.run("rotate")
    assert is_second_factor(yard.held(), pyotp.TOTP(str(SECRET)).now())


def test_two_processes_begin_with_one_lookup_key(tmp_path: Path) -> None:
    from core.database import lookup

    database, keys = open_database(tmp_path), HeldKeys(new_key(), Suite.AES_CBC)
    first = lookup.lookup_key(database, keys, new_key())
    assert lookup._begin(database, keys.seal(new_key(), lookup._purpose("lookup"))) != b""
    assert lookup.lookup_key(database, keys, new_key()) == first
    database.close()


def test_a_line_for_a_credential_is_printed() -> None:
    told = CliRunner().invoke(hm3, ["crypto", "new-key"]).output
    assert re.fullmatch(r"[0-9a-f]{64} \d+\n", told)
    assert abs(int(told.split()[1]) - datetime.now(UTC).timestamp()) < 600


def test_a_credential_is_not_written(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    yard.held()
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(yard.key.path.parent))
    with pytest.raises(ConfigError, match="a credential that systemd hands over"):
        yard.run("rotate")
