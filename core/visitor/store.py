"""Sessions between requests: the browser holds a signed reference and a key, the server a record that key opens."""

import json
import logging
import secrets
from base64 import urlsafe_b64encode
from binascii import a2b_base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

from core.errors import Elsewhere
from core.ini.session import SessionConfig
from core.input.reading import Client
from core.input.values import Secret
from core.security.crypto import DecryptError, Purpose, lookup_hash, new_key, seal, subkey, unseal
from core.security.suites import Suite
from core.security.tokens import TokenSigner
from core.sentences import Sentence
from core.visitor.devices import describe_device
from core.visitor.fingerprint import other_parts, take_fingerprint
from core.visitor.permissions import Candidate, Roles, User
from core.visitor.places import Share, mark, place_in, place_of
from core.visitor.records import Record, merge, notice_of, record_of, text_of
from core.visitor.rows import SessionRow, SessionRows
from core.visitor.session import Session

log = logging.getLogger("hm3.session")

# After a renewal, requests that are already on their way may still come with the old pair.
GRACE = timedelta(seconds=30)
RENEW_AFTER = timedelta(minutes=30)
# Nobody comes in by a row whose time is over: that they are erased may wait so long.
SWEEP_STEP = timedelta(minutes=1)
# Writing the time of every request would cost a write each; so many seconds are near enough.
SEEN_STEP = timedelta(seconds=20)
# The letters in which base64 for addresses differs (RFC 4648 5).
_URL_SAFE = str.maketrans("-_", "+/")
# A moment from its seconds since 1970.
_moment = partial(datetime.fromtimestamp, tz=UTC)


@dataclass(frozen=True)
class Cookies:
    """What the browser is to hold: a signed reference and a key."""

    reference: str
    key: str


@dataclass
class Opened:
    """A session with what it was opened from.

    `foreign` says that the cookies are right and came from another browser than theirs: it is answered as a stranger,
    and the cookies are left alone. `lent` says that a program asks, which holds a token and no cookies. `closed` says
    that this very request ended the session, and none before it.
    """

    session: Session
    id: str = ""
    key: bytes = b""
    version: int = 0
    before: Record = field(default_factory=dict, repr=False)
    renewed: datetime | None = None
    ends: datetime | None = None
    fingerprint: dict[str, str] = field(default_factory=dict, repr=False)
    foreign: bool = False
    lent: bool = False
    closed: bool = False
    place: int | None = None


class SessionStore:
    """Opens sessions by their cookies and saves what requests changed."""

    def __init__(
        self,
        rows: SessionRows,
        root: bytes,
        config: SessionConfig,
        roles: Roles,
        now: Callable[[], datetime],
        signing: Callable[[], Mapping[bytes, bytes]] | None = None,
        lending: Callable[[], Mapping[bytes, bytes]] | None = None,
        suite: Suite | None = None,
        share: Share | None = None,
    ) -> None:
        self._share = share or Share()
        self._rows = rows
        self._config = config
        self._roles = roles
        self._now = now
        self._root = root
        self._suite = suite
        self._swept: datetime | None = None
        self._lookup = subkey(root, "hm3.lookup")
        here = lookup_hash(self._lookup, "this site")
        self._signer = TokenSigner(signing or subkey(root, "hm3.cookie"), "hm3-session+jwt", here)
        self._lender = TokenSigner(lending or subkey(root, "hm3.api"), "hm3-api+jwt", here)

    def open(self, cookies: Cookies | None, client: Client | None = None) -> Opened:
        """The session of a pair of cookies; a stranger's where they are wrong, old, ended or of another browser.

        A pair that opens nothing ends nothing: whoever guesses or steals half of it logs nobody out.
        Raises Elsewhere for a session that another worker serves.
        """
        return self._open(self._signer, cookies, client)

    def open_lent(self, token: str, client: Client | None = None) -> Opened:
        """The session of a program's token, as `lend` gave it; a stranger's where it is worth nothing.

        Raises Elsewhere for a session that another worker serves.
        """
        reference, _, key = token.rpartition(".")
        opened = self._open(self._lender, Cookies(reference, key), client)
        opened.lent = True
        return opened

    def lend(self, session: Session, client: Client) -> tuple[str, datetime]:
        """A token by which a program goes on with this user's session, and when it ends in any case."""
        now = self._now()
        session.renewed = True
        pair = self._renew(Opened(session), now, client, self._lender)
        assert pair is not None  # nobody can have ended a session that only begins
        return f"{pair.reference}.{pair.key}", now + self._config.longest

    def _open(self, signer: TokenSigner, cookies: Cookies | None, client: Client | None) -> Opened:
        pair = self._read(signer, cookies) if cookies is not None else None
        if pair is None:
            return Opened(Session())
        reference, key = pair
        place = place_in(reference)
        if place is None and not self._share.has(None):
            # It began before there were several workers: nobody can tell whose it is.
            return Opened(Session())
        if not self._share.has(place):
            raise Elsewhere(Sentence("This came to the wrong part of the site."), "a worker")
        row_id = lookup_hash(self._lookup, reference)
        row = self._rows.find(row_id)
        now = self._now()
        if row is None:
            return Opened(Session())
        ends, last_seen = _moment(row.ends), _moment(row.last_seen)
        if now >= ends or now - last_seen > self._config.idle:
            return Opened(Session())
        try:
            told = unseal(subkey(key, "hm3.session"), row.blob, _purpose(row_id, row.version))
        except DecryptError:
            log.warning("session %s came with a key that does not open it", row.family[:8])
            return Opened(Session())
        record: Record = json.loads(told.decode())
        taken = take_fingerprint(self._root, client or Client())
        known: dict[str, str] = record.pop("fingerprint", {})
        if others := other_parts(known, taken, self._config.fingerprint):
            log.warning("session %s came from elsewhere: its %s differs", row.family[:8], " and ".join(others))
            return Opened(Session(), foreign=True)
        session = self._session(record, row.family, _moment(row.created), last_seen)
        if session.idle_for(now) > self.idle_of(session):
            self.end(row.family)
            return Opened(Session())
        renewed = _moment(row.renewed)
        return Opened(session, row_id, key, row.version, record, renewed, ends, known, place=place)

    def save(self, opened: Opened, *, active: bool = True, client: Client | None = None) -> Cookies | None:
        """Keep what the request changed. The new cookies, where the session was made or renewed; None otherwise.

        A request that is not `active`, such as a poll in the background, does not keep the session awake.
        """
        session, now = opened.session, self._now()
        if session.ended or session.visitor is None:
            opened.closed = bool(opened.id) and self._rows.drop_family(session.id) > 0
            return None
        is_due = active and opened.renewed is not None and now - opened.renewed > RENEW_AFTER
        if not opened.lent and (session.renewed or session.rotated or not opened.id or is_due):
            return self._renew(opened, now, client or Client(), self._signer)
        if not opened.id:
            return None
        if record_of(session) != opened.before:
            self._replace(opened, now if active else session.last_seen)
        elif active and now - session.last_seen >= SEEN_STEP:
            self._rows.touch(opened.id, _seconds(now))
        return None

    def idle_of(self, session: Session) -> timedelta:
        """After how long without activity this session ends: as its user wants it, up to the site's bound."""
        return min(session.idle or self._config.idle, self._config.idle)

    def is_home_of(self, user: str) -> bool:
        """Whether the sessions of a user are served by this worker."""
        return self._share.has(place_of(lookup_hash(self._lookup, user)))

    def end(self, family: str) -> None:
        """End a session in every form its cookies had."""
        self._rows.drop_family(family)

    def expire(self) -> None:
        """Remove sessions whose time is over."""
        now = self._swept = self._now()
        self._rows.expire(_seconds(now), _seconds(now - self._config.idle))

    def _renew(self, opened: Opened, now: datetime, client: Client, signer: TokenSigner) -> Cookies | None:
        """A new pair of cookies; None where the session was ended while the request ran, and stays so."""
        session = opened.session
        fresh = not opened.id or session.renewed
        if fresh and opened.id and not self._rows.drop_family(session.id):
            return None
        family = secrets.token_hex(16) if fresh else session.id
        assert session.visitor is not None
        user_ref = lookup_hash(self._lookup, session.visitor.name)
        # What goes on stays where it is: what was received there is known there.
        place = place_of(user_ref) if fresh or opened.place is None else opened.place
        reference, key = mark(secrets.token_urlsafe(32), place), new_key()
        row_id = lookup_hash(self._lookup, reference)
        ends = now + self._config.longest if fresh or opened.ends is None else opened.ends
        opened.fingerprint = take_fingerprint(self._root, client)
        row = SessionRow(
            id=row_id,
            family=family,
            user_ref=user_ref,
            created=_seconds(now if fresh else session.created),
            renewed=_seconds(now),
            last_seen=_seconds(now),
            ends=_seconds(ends),
            version=0,
            blob=_seal(key, row_id, 0, record_of(session), opened.fingerprint, self._suite),
            meta=describe_device(client, session.key, family, self._suite),
        )
        if fresh:
            self._rows.add(row)
        elif not self._rows.succeed(opened.id, _seconds(min(ends, now + GRACE)), row):
            return None
        if self._swept is None or abs(now - self._swept) >= SWEEP_STEP:
            self.expire()
        return Cookies(signer.sign(reference, now, ends), urlsafe_b64encode(key).decode())

    def _replace(self, opened: Opened, now: datetime) -> None:
        """Write the changed record; where another request was faster, put this one's changes on top of its.

        `now` is when the session was active last.
        """
        ours, before = record_of(opened.session), opened.before
        record, version = ours, opened.version
        for _ in range(5):
            blob = _seal(opened.key, opened.id, version + 1, record, opened.fingerprint, self._suite)
            if self._rows.replace(opened.id, version, version + 1, blob, _seconds(now)):
                return
            row = self._rows.find(opened.id)
            if row is None:
                return
            version = row.version
            theirs: Record = json.loads(
                unseal(subkey(opened.key, "hm3.session"), row.blob, _purpose(opened.id, version))
            )
            record = merge(theirs, before, ours)

    def _read(self, signer: TokenSigner, cookies: Cookies) -> tuple[str, bytes] | None:
        reference = signer.read(cookies.reference, self._now())
        try:
            key = a2b_base64(cookies.key.translate(_URL_SAFE))
        except ValueError:
            return None
        return (reference, key) if reference is not None and len(key) == 32 else None

    def _session(self, record: Record, family: str, created: datetime, last_seen: datetime) -> Session:
        name, roles = record["name"], frozenset(record.get("roles", ()))
        candidate, passed = record["candidate"], frozenset(record["passed"])
        visitor = Candidate(name, passed) if candidate else User(name, self._roles.of(name) | roles)
        return Session(
            id=family,
            visitor=visitor,
            created=created,
            last_seen=last_seen,
            notices=[notice_of(told) for told in record["notices"]],
            after_login=record["after_login"],
            secrets={kept: Secret(value) for kept, value in record["secrets"].items()},
            key=bytes.fromhex(record["key"]) if record.get("key") else None,
            idle=timedelta(seconds=record["idle"]) if record.get("idle") else None,
            roles=roles,
            display_name=record.get("display_name", ""),
            address=record.get("address", ""),
            passed=frozenset() if candidate else passed,
        )


def _seal(
    key: bytes, row_id: str, version: int, record: Record, fingerprint: dict[str, str], suite: Suite | None
) -> bytes:
    text = text_of({**record, "fingerprint": fingerprint})
    return seal(subkey(key, "hm3.session"), text.encode(), _purpose(row_id, version), suite)


def _purpose(row_id: str, version: int) -> Purpose:
    return Purpose("hm3.session", "", "session", row_id, version)


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
