"""Devices on which a user is asked for no second factor for a while; their password is asked for all the same.

A browser keeps a random token for each user who said so; the server keeps a hash of it that counts for that user alone.
"""

import secrets
from datetime import UTC, datetime, timedelta

from sqlalchemy import and_, delete, insert, select, update

from core import (
    SECOND_FACTOR,
    AtRevocation,
    Client,
    Clock,
    Database,
    NotFound,
    Notice,
    Redirect,
    Secret,
    Sentence,
    ServerKeys,
    Session,
    StepWaiver,
    User,
    crypto,
    describe_device,
    read_device,
)
from modules.twofactor.inputs import HeldMarks, OneDevice
from modules.twofactor.module import TwofactorConfig, distrust_page, module, setup_page
from modules.twofactor.results import TrustedDevice, TrustedDevices
from modules.twofactor.tables import trusted

COOKIE = "twofactor_trust"
# So many people may share a browser before those who came first are asked again.
MOST_USERS = 6
_BETWEEN = "~"
# Writing the time of every login is not needed: so many seconds are near enough.
_USED_STEP = 60


class TrustStore:
    """Which browsers are trusted for whom."""

    def __init__(self, database: Database, keys: ServerKeys, config: TwofactorConfig, clock: Clock) -> None:
        self._database = database
        self._users = keys.of("hm3.lookup")
        self._hashes = keys.of("hm3.trust")
        self._suite = keys.suite
        self._lasts = int(config.trust.total_seconds())
        self._clock = clock

    @property
    def lasts(self) -> timedelta:
        """For how long a device is trusted; nothing where none is."""
        return timedelta(seconds=self._lasts)

    def add(self, user: str, client: Client, key: bytes | None) -> str:
        """Trust a device from now on, described under its user's data key; the token that its browser is to keep."""
        device, token, now = secrets.token_hex(16), secrets.token_urlsafe(32), self._now()
        row = {
            "id": device,
            "token_hash": self._hash(user, token),
            "user_ref": self._ref(user),
            "made": now,
            "used": now,
            "meta": describe_device(client, key, device, self._suite),
        }
        with self._database.write() as connection:
            connection.execute(delete(trusted).where(trusted.c.made <= now - self._lasts))
            connection.execute(insert(trusted), row)
        return token

    def find(self, user: str, token: str) -> str | None:
        """The device that a token makes a trusted one for this user; None where it does not."""
        known = and_(trusted.c.token_hash == self._hash(user, token), trusted.c.made > self._now() - self._lasts)
        with self._database.read() as connection:
            return connection.execute(select(trusted.c.id).where(known)).scalar_one_or_none()

    def used(self, device: str) -> None:
        """Note that no code was asked for on a device just now."""
        old = and_(trusted.c.id == device, trusted.c.used < self._now() - _USED_STEP)
        with self._database.write() as connection:
            connection.execute(update(trusted).where(old).values(used=self._now()))

    def of(self, user: str, key: bytes | None, current: str | None) -> tuple[TrustedDevice, ...]:
        """A user's trusted devices, the one that asks first, then the one that was used last."""
        own = and_(trusted.c.user_ref == self._ref(user), trusted.c.made > self._now() - self._lasts)
        with self._database.read() as connection:
            rows = connection.execute(select(trusted).where(own)).all()
        found = [
            TrustedDevice(
                row.id, *read_device(row.meta, key, row.id), _moment(row.made), _moment(row.used), row.id == current
            )
            for row in rows
        ]
        return tuple(sorted(found, key=lambda one: (not one.current, -one.used.timestamp())))

    def forget(self, user: str, device: str) -> bool:
        """Trust a user's device no more; whether there was one."""
        own = and_(trusted.c.user_ref == self._ref(user), trusted.c.id == device)
        with self._database.write() as connection:
            return connection.execute(delete(trusted).where(own)).rowcount > 0

    def forget_all(self, user: str) -> None:
        """Trust no device of a user any more."""
        with self._database.write() as connection:
            connection.execute(delete(trusted).where(trusted.c.user_ref == self._ref(user)))

    def _ref(self, user: str) -> str:
        return crypto.lookup_hash(self._users, user)

    def _hash(self, user: str, token: str) -> str:
        return crypto.lookup_hash(self._hashes, f"{self._ref(user)} {token}")

    def _now(self) -> int:
        return int(self._clock.now().timestamp())


class Trust:
    """The trust in the browser of one request."""

    def __init__(self, store: TrustStore, held: HeldMarks, session: Session, client: Client) -> None:
        self._store = store
        self._tokens = tuple(filter(None, held.twofactor_trust.split(_BETWEEN)))[:MOST_USERS]
        self._session = session
        self._client = client

    def applies(self, user: str) -> bool:
        """Whether no second factor is asked of this user here."""
        device = self.device(user)
        if device is not None:
            self._store.used(device)
        return device is not None

    def device(self, user: str) -> str | None:
        """What this browser is called among those that are trusted for a user; None where it is not."""
        found = (self._store.find(user, token) for token in self._tokens)
        return next((device for device in found if device is not None), None)

    def begin(self, user: str) -> None:
        """From now on no second factor is asked of this user here, as long as the site allows it."""
        if not self._store.lasts:
            return
        token = self._store.add(user, self._client, self._session.key)
        others = [one for one in self._tokens if self._store.find(user, one) is None]
        marks = _BETWEEN.join([token, *others][:MOST_USERS])
        self._session.leave_with_browser(COOKIE, Secret(marks), self._store.lasts)


@module.service
def open_trusted(database: Database, keys: ServerKeys, config: TwofactorConfig, clock: Clock) -> TrustStore:
    """The trusted devices of this site."""
    return TrustStore(database, keys, config, clock)


@module.service
def open_trust(store: TrustStore, held: HeldMarks, session: Session, client: Client) -> Trust:
    """The trust in this browser."""
    return Trust(store, held, session, client)


@module.service
def spare_step(trust: Trust) -> StepWaiver:
    """On a trusted device no second factor is asked for."""
    return StepWaiver(SECOND_FACTOR, trust.applies)


@module.service
def at_revocation(store: TrustStore) -> AtRevocation:
    """A user who is logged out everywhere is asked everywhere again."""
    return AtRevocation(store.forget_all)


@module.handler(setup_page)
def list_trusted(user: User, session: Session, store: TrustStore, trust: Trust) -> TrustedDevices:
    """Where the user is asked for no second factor."""
    return TrustedDevices(store.of(user.name, session.key, trust.device(user.name)))


@module.handler(distrust_page)
def ask_again(one: OneDevice, user: User, store: TrustStore) -> Redirect:
    """Trust one device no more."""
    if not store.forget(user.name, one.id):
        raise NotFound(Sentence("That device is trusted no more."))
    return Redirect(
        "/security/two-factor", notice=Notice(Sentence("From now on a code is asked for on that device again."))
    )


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
