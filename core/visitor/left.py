"""What a user left behind by beginning afresh: it can be had back for a while, then it is erased."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, exists, func, or_, select

from core.database.engine import Database
from core.database.questions import Question
from core.database.settings import Returned, StoredSettings
from core.database.tables import key_wraps, settings_left
from core.input.values import Secret
from core.security.crypto import lookup_hash
from core.security.derivation import KeyDerivation, derive_key
from core.security.held import ServerKeys
from core.security.recovery import recovery_key
from core.visitor.keys import ORPHANS_LIVE
from core.visitor.login import Clock
from core.visitor.renewal import UserSealed
from core.visitor.wraps import WrapKind, open_wrap

# Every login asks, and hardly ever is there anything.
_OVERDUE: "Question[bool]" = Question(
    select(
        or_(
            exists().where(key_wraps.c.orphaned < bindparam("then")),
            exists().where(settings_left.c.left_at < bindparam("then")),
        )
    ),
    bool,
)


@dataclass(frozen=True)
class LeftKey:
    """A data key of before, and when it was left behind, in whole seconds since 1970."""

    key: bytes = field(repr=False)
    since: int


class LeftBehind:
    """Opens what users left behind, and erases it when its time is over."""

    def __init__(
        self,
        database: Database,
        keys: ServerKeys,
        settings: StoredSettings,
        clock: Clock,
        sealed: tuple[UserSealed, ...],
    ) -> None:
        self._database = database
        self._lookup = keys.of("hm3.lookup")
        self._settings = settings
        self._clock = clock
        self._sealed = sealed

    def leave(self, user: str) -> Callable[[Connection], None]:
        """What sets aside what the user's data key encrypted, in the transaction in which they get another one."""
        return self._settings.leave(user, self._clock.now())

    def until(self, user: str) -> datetime | None:
        """Until when something can be had back; None where nothing was left behind."""
        found = select(func.max(key_wraps.c.orphaned)).where(*self._theirs(user))
        with self._database.read() as connection:
            since = connection.execute(found).scalar_one_or_none()
        return None if since is None else datetime.fromtimestamp(since, UTC) + ORPHANS_LIVE

    def open(self, user: str, password: Secret) -> LeftKey | None:
        """What was left behind, by the password of that time; None where it opens nothing."""
        return self._open(
            user, WrapKind.PASSWORD, lambda wrap: derive_key(password, KeyDerivation.read(wrap.how, wrap.salt))
        )

    def recover(self, user: str, code: bytes) -> LeftKey | None:
        """What was left behind, by the recovery code of that time; None where it opens nothing."""
        return self._open(user, WrapKind.RECOVERY, lambda wrap: recovery_key(code, wrap.salt))

    def bring_back(self, user: str, left: LeftKey, key: bytes, *, replace: bool) -> Returned:
        """Put what was left behind under the data key of now; the old key is destroyed when nothing waits for it.

        Settings that were chosen anew in the meantime stay unless they are to be replaced, and the older ones wait.
        """
        for sealed in self._sealed:
            sealed.reseal(user, left.key, key)
        returned = self._settings.bring_back(user, left.key, key, replace=replace)
        if not returned.waiting:
            with self._database.write() as connection:
                connection.execute(delete(key_wraps).where(*self._theirs(user), key_wraps.c.orphaned == left.since))
        return returned

    def expire(self) -> None:
        """Erase what anybody left behind too long ago."""
        before = self._clock.now() - ORPHANS_LIVE
        (overdue,) = self._database.ask(_OVERDUE, then=int(before.timestamp()))
        if not overdue:
            return
        with self._database.write() as connection:
            connection.execute(delete(key_wraps).where(key_wraps.c.orphaned < int(before.timestamp())))
        self._settings.expire(before)

    # Any: a row of key_wraps.
    def _open(self, user: str, kind: WrapKind, opener_of: Callable[[Row[Any]], bytes]) -> LeftKey | None:
        found = select(key_wraps).where(*self._theirs(user), key_wraps.c.kind == kind.value)
        with self._database.read() as connection:
            wraps = connection.execute(found.order_by(key_wraps.c.position.desc())).all()
        for wrap in wraps:
            key = open_wrap(wrap, opener_of(wrap))
            if key is not None:
                return LeftKey(key, wrap.orphaned)
        return None

    def _theirs(self, user: str) -> tuple[Any, ...]:  # Any: conditions on columns.
        oldest = int((self._clock.now() - ORPHANS_LIVE).timestamp())
        return key_wraps.c.user_ref == lookup_hash(self._lookup, user), key_wraps.c.orphaned >= oldest
