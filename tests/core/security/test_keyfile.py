"""Files of keys: made once, closed to others, followed while they change."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.errors import ConfigError
from core.security.crypto import CryptoConfig, new_key
from core.security.keyfile import KeyFile, find_keys, line_of, make_keys

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def key_file(folder: Path) -> KeyFile:
    """A file with one key."""
    file = KeyFile(folder / "keys" / "server.key")
    file.make(NOON)
    return file


def test_a_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    file = key_file(tmp_path)
    held = file.read()
    file.make(NOON + timedelta(days=1))
    assert file.read() == held and held[0].made == NOON
    assert file.path.stat().st_mode & 0o777 == 0o400
    assert file.path.parent.stat().st_mode & 0o777 == 0o700


def test_a_new_key_becomes_active_and_the_old_one_stays(tmp_path: Path) -> None:
    file = key_file(tmp_path)
    old = file.read()[0]
    added = file.add(NOON + timedelta(days=30))
    assert file.read() == (added, old)
    assert file.path.stat().st_mode & 0o777 == 0o400


def test_a_running_server_follows_the_file(tmp_path: Path) -> None:
    file = key_file(tmp_path)
    file.read()
    added = KeyFile(file.path).add(NOON)
    assert file.read()[0] == added


def test_the_keys_alone_are_the_same_as_long_as_the_file_is(tmp_path: Path) -> None:
    file = key_file(tmp_path)
    octets = file.octets()
    assert file.octets() is octets and octets == tuple(held.key for held in file.read())
    added = KeyFile(file.path).add(NOON)
    assert file.octets() == (added.key, *octets)


def test_dropped_keys_are_gone_and_the_active_one_is_not(tmp_path: Path) -> None:
    file = key_file(tmp_path)
    old = file.read()[0]
    added = file.add(NOON)
    file.drop({old.id, added.id})
    assert file.read() == (added,)


@pytest.mark.parametrize("text", ["", "abc", "zz" * 32, "00" * 31, "00" * 32 + " x", "00" * 32 + " 1 2", "\xe9"])
def test_a_damaged_file_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "server.key"
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(ConfigError, match=r"server\.key does not hold a key"):
        KeyFile(path).read()


def test_a_key_that_does_not_say_its_age_is_as_old_as_its_file(tmp_path: Path) -> None:
    path = tmp_path / "server.key"
    path.write_text("07" * 32)
    path.chmod(0o600)
    os.utime(path, (NOON.timestamp(), NOON.timestamp()))
    assert (KeyFile(path).read()[0].key, KeyFile(path).read()[0].made) == (b"\7" * 32, NOON)


@pytest.mark.parametrize("mode", [0o404, 0o440, 0o420, 0o644, 0o602])
def test_a_file_that_others_can_read_or_write_is_refused(tmp_path: Path, mode: int) -> None:
    file = key_file(tmp_path)
    file.path.chmod(mode)
    with pytest.raises(ConfigError, match="can be read by other users"):
        KeyFile(file.path).read()


def test_a_file_that_went_away_is_named(tmp_path: Path) -> None:
    file = key_file(tmp_path)
    file.path.unlink()
    with pytest.raises(ConfigError, match="Put it back from your backup"):
        file.read()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("a file")
    with pytest.raises(ConfigError, match=r"cannot be written: File exists.*\[crypto\] keys"):
        key_file(tmp_path)


def test_credentials_of_systemd_count_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = tmp_path / "given"
    given.mkdir()
    (given / "server.key").write_text("07" * 32)
    (given / "server.key").chmod(0o440)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(given))
    files = find_keys(CryptoConfig(), tmp_path / "data")
    make_keys(files, NOON)
    assert files.server.read()[0].key == b"\7" * 32
    assert files.vault.path == tmp_path / "data" / "keys" / "vault.key"
    with pytest.raises(ConfigError, match="a credential that systemd hands over"):
        files.server.add(NOON)


@pytest.mark.parametrize("mode", [0o444, 0o460])
def test_a_credential_that_everyone_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "server.key"
    path.write_text("07" * 32)
    path.chmod(mode)
    with pytest.raises(ConfigError, match="can be read by other users"):
        KeyFile(path, is_credential=True).read()


def test_the_keys_may_lie_outside_of_the_data(tmp_path: Path) -> None:
    files = find_keys(CryptoConfig(keys=tmp_path / "elsewhere"), tmp_path / "data")
    make_keys(files, NOON)
    assert sorted(path.name for path in (tmp_path / "elsewhere").iterdir()) == ["server.key", "vault.key"]
    assert not (tmp_path / "data").exists()


def test_a_key_does_not_show_itself(tmp_path: Path) -> None:
    held = key_file(tmp_path).read()[0]
    assert held.key.hex() not in repr(held) and held.key.hex() in line_of(held)
    assert held.id != new_key()[:8]
