"""The life of data keys, in any order: whoever knows a live way reads what is stored, and nobody else does."""

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from core.database.engine import open_database
from core.database.settings import StoredSettings
from core.errors import Conflict
from core.input.values import Secret
from core.security.crypto import CryptoConfig, KeyUnavailable, Purpose, new_key, seal, unseal
from core.security.held import ServerKeys
from core.settings import Owner
from core.visitor.database_rows import DatabaseRows
from core.visitor.devices import Devices
from core.visitor.keys import Keyring
from core.visitor.left import LeftBehind
from core.visitor.login import Clock
from core.visitor.renewal import KeyRenewal, Resealing, UserSealed
from core.visitor.revocation import Revocation
from core.visitor.wraps import reseal_held
from tests.core.security.test_passwords import CHEAP

ADA, HELD, SECTION = "ada@example.org", "held@example.org", "look"
NOTE = Purpose("hm3.note", ADA, "note", "1")
PASSWORDS = some.sampled_from(["one", "two", "three", "four"])
CODES = some.binary(min_size=20, max_size=20)
VALUES = some.integers(min_value=0, max_value=9)


class LifeOfKeys(RuleBasedStateMachine):
    """A user whose password changes here and elsewhere, and a model of what should open what."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.database = open_database(Path(self.folder.name))
        self.now = datetime(2026, 5, 1, tzinfo=UTC)
        self.roots = [new_key()]
        lasting = new_key()
        self.server = ServerKeys(lambda: self.roots, lasting)
        self.settings = StoredSettings(self.database, lasting)
        self.keys = Keyring(self.database, lasting, CryptoConfig(), CHEAP, lambda: self.now, self.server)
        sealed = (UserSealed("note", self.reseal_note),)
        self.resealing = Resealing(self.database, self.keys, self.settings, sealed)
        devices = Devices(DatabaseRows(self.database), lasting, lambda: self.now)
        self.renewal = KeyRenewal(self.database, self.keys, self.resealing, Revocation(devices, ()))
        self.left = LeftBehind(self.database, self.server, self.settings, Clock(lambda: self.now), sealed)
        self.note = b""
        # The model: who knows what, and what it should open.
        self.backend, self.passwords = "one", [""]
        self.code: bytes | None = None
        self.dead_code: bytes | None = None
        self.others: dict[str, bytes] = {}
        self.dead_others: dict[str, bytes] = {}
        self.value: int | None = None
        self.left_by: tuple[list[str], int | None, bytes] | None = None
        self.session: bytes | None = None

    def teardown(self) -> None:
        self.database.close()
        self.folder.cleanup()

    def reseal_note(self, user: str, old: bytes, new: bytes) -> None:
        try:
            self.note = seal(new, unseal(old, self.note, NOTE), NOTE)
        except KeyUnavailable:
            return

    def put(self, key: bytes, value: int) -> None:
        self.settings.save(Owner(ADA, key), SECTION, {"value": value})
        self.note = seal(key, str(value).encode(), NOTE)
        self.value = value

    def get(self, key: bytes) -> int | None:
        found = self.settings.load(Owner(ADA, key), SECTION).get("value")
        return found if isinstance(found, int) else None

    def open_with(self, password: str) -> bytes | None:
        return self.keys.unlock(ADA, Secret(password))

    @initialize(value=VALUES)
    def create(self, value: int) -> None:
        self.session = self.open_with("one")
        assert self.session is not None
        self.passwords = ["one"]
        self.put(self.session, value)
        self.held_key = self.keys.held(HELD)
        assert self.held_key is not None

    @rule()
    def log_in(self) -> None:
        self.session = self.open_with(self.backend)
        assert (self.session is not None) == (self.backend in self.passwords)
        if self.session is not None:
            self.resealing.settle(ADA, self.session)

    @rule(value=VALUES)
    def save(self, value: int) -> None:
        if self.session is not None:
            self.put(self.session, value)

    @rule(password=PASSWORDS)
    @precondition(lambda self: self.session is not None)
    def change_password_here(self, password: str) -> None:
        assert self.session is not None
        self.keys.set_password(ADA, self.session, Secret(password), forget_others=True)
        self.backend, self.passwords = password, [password]

    @rule(password=PASSWORDS)
    def change_password_elsewhere(self, password: str) -> None:
        self.backend, self.session = password, None

    @rule(password=PASSWORDS)
    @precondition(lambda self: self.session is None)
    def try_an_old_password(self, password: str) -> None:
        opened = self.open_with(password)
        assert (opened is not None) == (password in self.passwords)
        if opened is not None:
            self.take(opened)

    @rule(code=CODES)
    @precondition(lambda self: self.session is not None)
    def make_a_code(self, code: bytes) -> None:
        assert self.session is not None
        self.keys.set_recovery(ADA, self.session, code)
        self.dead_code, self.code = (self.code if self.code != code else None) or self.dead_code, code
        self.dead_code = None if self.dead_code == code else self.dead_code

    @rule()
    @precondition(lambda self: self.session is None and self.code is not None)
    def recover(self) -> None:
        assert self.code is not None
        opened = self.keys.recover(ADA, self.code)
        assert opened is not None
        self.take(opened)

    @rule(label=some.sampled_from(["phone", "stick"]))
    @precondition(lambda self: self.session is not None)
    def add_a_passkey(self, label: str) -> None:
        assert self.session is not None
        if label not in self.others:
            self.others[label] = new_key()
            self.keys.add_other(ADA, self.session, label, self.others[label])

    @rule(label=some.sampled_from(["phone", "stick"]))
    def remove_a_passkey(self, label: str) -> None:
        for wrap in self.keys.wraps(ADA):
            if wrap.label == label and wrap.live:
                self.keys.remove(ADA, wrap.id)
                self.dead_others[label] = self.others.pop(label)

    @rule()
    @precondition(lambda self: self.session is None)
    def begin_afresh(self) -> None:
        self.left_by = (self.passwords, self.value, self.note)
        self.session = self.keys.begin_afresh(ADA, Secret(self.backend), self.left.leave(ADA))
        self.dead_code, self.code = self.code or self.dead_code, None
        self.dead_others |= self.others
        self.passwords, self.others, self.value = [self.backend], {}, None

    @rule()
    @precondition(lambda self: self.session is not None and self.left_by is not None)
    def bring_back(self) -> None:
        assert self.session is not None and self.left_by is not None
        passwords, value, _ = self.left_by
        found = self.left.open(ADA, Secret(passwords[-1]))
        assert found is not None
        self.left.bring_back(ADA, found, self.session, replace=True)
        self.value, self.left_by = (value if value is not None else self.value), None
        assert self.get(self.session) == self.value

    @rule()
    @precondition(lambda self: self.session is not None)
    def renew(self) -> None:
        assert self.session is not None
        before, self.session = self.session, self.renewal.renew(ADA, self.session, Secret(self.backend), "")
        assert self.get(before) is None
        try:
            self.settings.save(Owner(ADA, before), SECTION, {"value": -1})
            raise AssertionError("a session with the key of before wrote")
        except Conflict:
            pass
        self.dead_code, self.code = self.code or self.dead_code, None
        self.dead_others |= self.others
        self.passwords, self.others = [self.backend], {}

    @rule()
    def rotate_the_server_key(self) -> None:
        self.roots = [new_key(), *self.roots]
        reseal_held(self.database, self.server, self.keys.suite, lambda done: None)
        self.roots = self.roots[:1]

    @rule(days=some.integers(min_value=0, max_value=3))
    def let_time_pass(self, days: int) -> None:
        self.now += timedelta(days=days)

    def take(self, opened: bytes) -> None:
        """What the unlock page does: from now on the password of the backend opens the key too."""
        assert self.get(opened) == self.value
        self.keys.set_password(ADA, opened, Secret(self.backend))
        self.passwords = [self.backend, *self.passwords[:1]]
        self.session = opened

    @invariant()
    def whoever_knows_a_live_way_reads_everything(self) -> None:
        if self.session is not None:
            assert self.get(self.session) == self.value
            assert self.value is None or unseal(self.session, self.note, NOTE).isdigit()
        if self.code is not None:
            opened = self.keys.recover(ADA, self.code)
            assert opened is not None and self.get(opened) == self.value
        for label, key in self.others.items():
            opened = self.keys.open_other(ADA, label, key)
            assert opened is not None and self.get(opened) == self.value

    @invariant()
    def whoever_does_not_reads_nothing(self) -> None:
        if self.dead_code is not None:
            assert self.keys.recover(ADA, self.dead_code) is None
        for label, key in self.dead_others.items():
            assert self.keys.open_other(ADA, label, key) is None

    @invariant()
    def there_is_always_a_live_way(self) -> None:
        assert not self.passwords[0] or any(wrap.live for wrap in self.keys.wraps(ADA))

    @invariant()
    def what_the_server_holds_is_held(self) -> None:
        assert not self.passwords[0] or self.keys.held(HELD) == self.held_key


TestLifeOfKeys = LifeOfKeys.TestCase
TestLifeOfKeys.settings = settings(
    max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
