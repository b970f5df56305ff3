"""What the server's own keys seal, before and after a new key."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.security.crypto import DecryptError, KeyUnavailable, Purpose, marks, new_key
from core.security.held import HeldKeys, ServerKeys, VaultKeys
from core.security.keyfile import KeyFile
from core.security.suites import Suite

PURPOSE = Purpose("hm3.test", "owner", "kind", "object", 3)
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def test_what_was_sealed_is_unsealed() -> None:
    keys = VaultKeys(new_key())
    assert keys.unseal(keys.seal(b"token", PURPOSE, pad=64), PURPOSE) == b"token"


def test_keys_of_another_kind_or_purpose_open_nothing() -> None:
    root = new_key()
    blob = VaultKeys(root).seal(b"token", PURPOSE)
    for other in (Purpose("hm3.else", "owner", "kind", "object", 3), Purpose("hm3.test", "eve", "kind", "object", 3)):
        with pytest.raises(DecryptError):
            VaultKeys(root).unseal(blob, other)
    with pytest.raises(KeyUnavailable):
        VaultKeys(new_key()).unseal(blob, PURPOSE)
    with pytest.raises(DecryptError):
        VaultKeys(root).unseal(b"short", PURPOSE)


def test_a_new_key_reads_the_old_and_seals_with_the_new(tmp_path: Path) -> None:
    file = KeyFile(tmp_path / "server.key")
    file.make(NOON)
    keys = ServerKeys(file)
    before = keys.seal(b"words", PURPOSE)
    added = file.add(NOON)
    assert keys.unseal(before, PURPOSE) == b"words"
    assert not keys.is_current(before)
    after = keys.renewed(before, PURPOSE)
    assert after is not None and marks(after).made_with == added.id == keys.ids()[0]
    assert keys.unseal(after, PURPOSE) == b"words"
    assert keys.renewed(after, PURPOSE) is None


def test_another_suite_makes_it_anew() -> None:
    root = new_key()
    old = HeldKeys(root, Suite.AES_CBC).seal(b"words", PURPOSE)
    keys = HeldKeys(root, Suite.AES_GCM)
    renewed = keys.renewed(old, PURPOSE)
    assert renewed is not None and marks(renewed).suite == 3 and keys.unseal(renewed, PURPOSE) == b"words"


def test_signatures_of_all_keys_are_believed_and_hashes_stay() -> None:
    first, second = new_key(), new_key()
    before, after = ServerKeys(first, b"l" * 32), ServerKeys(lambda: (second, first), b"l" * 32)
    assert list(after.derived("hm3.cookie").items())[1:] == list(before.derived("hm3.cookie").items())
    assert tuple(after.derived("hm3.cookie")) == after.ids()
    assert after.of("hm3.lookup") == before.of("hm3.lookup")


def test_what_signs_follows_a_new_key_at_once(tmp_path: Path) -> None:
    file = KeyFile(tmp_path / "server.key")
    file.make(NOON)
    keys = ServerKeys(file, b"l" * 32)
    before, found = dict(keys.derived("hm3.cookie")), keys.of("hm3.lookup")
    file.add(NOON)
    after = keys.derived("hm3.cookie")
    assert list(after)[1:] == list(before) and len(after) == 2
    assert keys.of("hm3.lookup") == found
