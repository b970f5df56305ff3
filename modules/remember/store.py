"""Remembered devices in the database: each token is exchanged for another at its only use, in one step.

Whoever comes with a token that was exchanged before is a second one who has it: then the device is forgotten, the
thief's copy and the owner's alike. Two things are no theft: requests that were sent at the same time, and a browser
that never got the answer with its new token.
"""

import hmac
import logging
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Row, and_, bindparam, delete, insert, or_, select, update

from core import Client, Clock, Database, LastingLogin, Question, ServerKeys, crypto, describe_device, read_device
from modules.remember.module import RememberConfig, module
from modules.remember.results import RememberedDevice
from modules.remember.tables import alarms, devices, tokens
from modules.remember.token import Token

log = logging.getLogger("hm3.remember")

Record = Row[tuple[object, ...]]

# So long a used token still opens its login, for requests that were sent with it before the new one came.
GRACE = timedelta(seconds=45)
# Writing the time of every request would cost a write each; so many seconds are near enough.
SEEN_STEP = 60
# Every login asks for it.
_ALARM: "Question[int]" = Question(select(alarms.c.at).where(alarms.c.user_ref == bindparam("user")), int)


@dataclass(frozen=True)
class Entry:
    """Somebody comes in: their login, on which device, and the token to keep from now on, if it is another one."""

    login: LastingLogin
    device: str
    token: Token | None = field(repr=False)


class RememberedStore:
    """Who is remembered on which device."""

    def __init__(self, database: Database, keys: ServerKeys, config: RememberConfig, clock: Clock) -> None:
        self._database = database
        self._users = keys.of("hm3.lookup")
        self._hashes = keys.of("hm3.remember")
        self._suite = keys.suite
        self._config = config
        self._clock = clock

    def remember(self, login: LastingLogin, client: Client) -> tuple[str, Token]:
        """A new device for a login, and the token that its browser is to keep."""
        device, token, now = secrets.token_hex(16), Token.new(), self._now()
        row = {
            "id": device,
            "user_ref": self._ref(login.identity.name),
            "made": now,
            "used": now,
            "ends": now + _seconds(self._config.lasts),
            "idle": 0,
            "current": token.id(self._hashes),
            "arrived": False,
            "session": "",
            "meta": describe_device(client, login.identity.key, device, self._suite),
        }
        with self._database.write() as connection:
            connection.execute(insert(devices), row)
            self._add(connection, device, token, login)
        self.expire()
        return device, token

    def come_in(self, token: Token, idle: timedelta) -> Entry | None:
        """Exchange a token for its login; None where it opens nothing. `idle` is the site's bound on idleness.

        Somebody may come with a token that was exchanged before: at the same time as another request, for want of an
        answer to the last one, or as a thief.
        """
        now = self._now()
        with self._database.write() as connection:
            known = self._known(connection, token, idle)
            if known is None:
                return None
            row, device = known
            if row.used and row.login is not None and now - row.used <= _seconds(GRACE):
                return Entry(LastingLogin.unseal(token.key, row.login, row.id), device.id, None)
            is_unanswered = row.login is not None and not device.arrived and row.successor == device.current
            if not row.used or is_unanswered:
                return self._exchange(connection, row, device, token)
            log.warning("an old token of a remembered device was used: the device is forgotten and its sessions end")
            self._forget(connection, device.id)
            connection.execute(delete(alarms).where(alarms.c.user_ref == device.user_ref))
            connection.execute(insert(alarms), {"user_ref": device.user_ref, "at": now})
            return None

    def is_known(self, device: str) -> bool:
        """Whether a device is still remembered."""
        with self._database.read() as connection:
            row = connection.execute(select(devices).where(devices.c.id == device)).one_or_none()
        return row is not None and self._counts(row)

    def seen(self, device: str, token: Token | None, session: str, idle: timedelta) -> bool:
        """Note that a session of a device was active; False where the device is remembered no more.

        `token` is what its browser holds now, `idle` for how long its user lets it be idle.
        """
        with self._database.read() as connection:
            row = connection.execute(select(devices).where(devices.c.id == device)).one_or_none()
        if row is None or not self._counts(row):
            return False
        now, values = self._now(), dict[str, object]()
        if now - row.used >= SEEN_STEP or row.session != session:
            values |= {"used": now, "session": session, "idle": _seconds(idle)}
        if not row.arrived and token is not None and token.id(self._hashes) == row.current:
            values["arrived"] = True
        if values:
            same = and_(devices.c.id == device, devices.c.current == row.current)
            with self._database.write() as connection:
                connection.execute(update(devices).where(same).values(values))
        return True

    def reseal(self, device: str, token: Token, login: LastingLogin) -> None:
        """Put a login in place of the one that a device's current token opens, as after a further login step."""
        id = token.id(self._hashes)
        with self._database.write() as connection:
            own = and_(tokens.c.id == id, tokens.c.device == device, tokens.c.used == 0)
            connection.execute(update(tokens).where(own).values(login=login.seal(token.key, id, self._suite)))

    def of(self, user: str, key: bytes | None, current: str) -> tuple[RememberedDevice, ...]:
        """A user's remembered devices, the one that asks first, then the one that was used last."""
        with self._database.read() as connection:
            rows = connection.execute(select(devices).where(devices.c.user_ref == self._ref(user))).all()
        found = [_tell(row, key, current) for row in rows if self._counts(row)]
        return tuple(sorted(found, key=lambda one: (not one.current, -one.used.timestamp())))

    def session_of(self, user: str, device: str) -> str | None:
        """The session that was opened last on a user's device, or nothing; None where it is not theirs."""
        own = and_(devices.c.user_ref == self._ref(user), devices.c.id == device)
        with self._database.read() as connection:
            return connection.execute(select(devices.c.session).where(own)).scalar_one_or_none()

    def forget(self, device: str) -> None:
        """Forget one device."""
        with self._database.write() as connection:
            self._forget(connection, device)

    def forget_session(self, user: str, session: str) -> None:
        """Forget a user's device on which this session was active last, if there is one."""
        own = and_(devices.c.user_ref == self._ref(user), devices.c.session == session)
        with self._database.write() as connection:
            for device in connection.execute(select(devices.c.id).where(own)).scalars().all():
                self._forget(connection, device)

    def forget_token(self, token: Token) -> None:
        """Forget the device of a token, for whoever holds it."""
        with self._database.write() as connection:
            row = self._find(connection, token)
            if row is not None:
                self._forget(connection, row.device)

    def forget_all(self, user: str) -> None:
        """Forget every device of a user."""
        own = select(devices.c.id).where(devices.c.user_ref == self._ref(user))
        with self._database.write() as connection:
            connection.execute(delete(tokens).where(tokens.c.device.in_(own)))
            connection.execute(delete(devices).where(devices.c.user_ref == self._ref(user)))

    def erase(self, user: str) -> None:
        """Keep nothing of a user."""
        self.forget_all(user)
        with self._database.write() as connection:
            connection.execute(delete(alarms).where(alarms.c.user_ref == self._ref(user)))

    def take_alarm(self, user: str) -> datetime | None:
        """When an old token of the user's was used, told once."""
        owner = self._ref(user)
        found = self._database.ask(_ALARM, user=owner)
        if not found:
            return None
        with self._database.write() as connection:
            connection.execute(delete(alarms).where(alarms.c.user_ref == owner))
        return _moment(found[0])

    def expire(self) -> None:
        """Remove devices whose time is over, and logins that no token opens any more."""
        now = self._now()
        ended = select(devices.c.id).where(devices.c.ends <= now)
        # The browser holds a later token: it will not come with this one again.
        left = select(devices.c.id).where(or_(devices.c.arrived, devices.c.current != tokens.c.successor))
        spent = and_(tokens.c.used > 0, tokens.c.used < now - _seconds(GRACE), tokens.c.login.is_not(None))
        with self._database.write() as connection:
            connection.execute(delete(tokens).where(tokens.c.device.in_(ended)))
            connection.execute(delete(devices).where(devices.c.ends <= now))
            connection.execute(update(tokens).where(spent, tokens.c.device.in_(left)).values(login=None))

    def _known(self, connection: Connection, token: Token, idle: timedelta) -> tuple[Record, Record] | None:
        """Token and device, where the device still counts; nobody else exchanges one of its tokens meanwhile."""
        own = select(tokens.c.device).where(tokens.c.id == token.id(self._hashes))
        locked = select(devices).where(devices.c.id == own.scalar_subquery()).with_for_update()
        device = connection.execute(locked).one_or_none()
        row = self._find(connection, token)
        if device is None or row is None or not self._counts(device):
            return None
        patience = min(device.idle or _seconds(idle), _seconds(idle))
        if not self._config.after_idle and self._now() - device.used > patience:
            return None
        return row, device

    def _find(self, connection: Connection, token: Token) -> Record | None:
        """The row of a token, where selector and validator are right."""
        found = select(tokens).where(tokens.c.id == token.id(self._hashes))
        row = connection.execute(found).one_or_none()
        if row is None or not hmac.compare_digest(row.proof, token.proof(self._hashes)):
            return None
        return row

    def _counts(self, device: Record) -> bool:
        """Whether a device is still remembered, also where hm3.ini says less than it did."""
        ends = min(device.ends, device.made + _seconds(self._config.lasts))
        return self._config.offer and self._now() < ends

    def _exchange(self, connection: Connection, row: Record, device: Record, token: Token) -> Entry:
        new = Token.new()
        login, successor = LastingLogin.unseal(token.key, row.login, row.id), new.id(self._hashes)
        if row.successor:
            connection.execute(delete(tokens).where(tokens.c.id == row.successor))
        used = {"used": self._now(), "successor": successor}
        connection.execute(update(tokens).where(tokens.c.id == row.id).values(used))
        self._add(connection, device.id, new, login)
        current = {"current": successor, "arrived": False, "used": self._now()}
        connection.execute(update(devices).where(devices.c.id == device.id).values(current))
        return Entry(login, device.id, new)

    def _add(self, connection: Connection, device: str, token: Token, login: LastingLogin) -> None:
        id = token.id(self._hashes)
        row = {
            "id": id,
            "device": device,
            "proof": token.proof(self._hashes),
            "used": 0,
            "successor": "",
            "login": login.seal(token.key, id, self._suite),
        }
        connection.execute(insert(tokens), row)

    @staticmethod
    def _forget(connection: Connection, device: str) -> None:
        connection.execute(delete(tokens).where(tokens.c.device == device))
        connection.execute(delete(devices).where(devices.c.id == device))

    def _ref(self, user: str) -> str:
        return crypto.lookup_hash(self._users, user)

    def _now(self) -> int:
        return int(self._clock.now().timestamp())


@module.service
def open_remembered(database: Database, keys: ServerKeys, config: RememberConfig, clock: Clock) -> RememberedStore:
    """The remembered devices of this site."""
    return RememberedStore(database, keys, config, clock)


def _tell(row: Record, key: bytes | None, current: str) -> RememberedDevice:
    label, place = read_device(row.meta, key, row.id)
    moments = (_moment(row.made), _moment(row.used), _moment(row.ends))
    return RememberedDevice(row.id, label, place, *moments, row.id == current)


def _seconds(span: timedelta) -> int:
    return int(span.total_seconds())


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
