"""Sending a browser to a provider and taking it back: what was asked is sealed in that browser, and good once."""

import hmac
import json
import secrets
from dataclasses import asdict, dataclass, field
from datetime import timedelta

from sqlalchemy import delete, text

from core import Clock, Database, Secret, Sentence, ServerKeys, Session, crypto
from modules.oauth.errors import NotProven
from modules.oauth.module import module
from modules.oauth.tables import spent

COOKIE = "oauth"
LASTS = timedelta(minutes=10)
LOGIN, CONNECT = "login", "connect"
_PURPOSE = crypto.Purpose("hm3.oauth-flow", "", "flow", "cookie")
_SPEND = text("INSERT INTO oauth_spent (id, ends) VALUES (:key, :ends) ON CONFLICT (id) DO NOTHING")


@dataclass(frozen=True)
class Flow:
    """What a browser was sent away with: to log in, or for a logged-in user and one session to connect an account."""

    provider: str
    purpose: str
    afterwards: str = ""
    user: str = ""
    session: str = ""
    account: str = ""
    started: int = 0
    state: str = field(default="", repr=False)
    nonce: str = field(default="", repr=False)
    verifier: str = field(default="", repr=False)


class Flows:
    """Begins what a provider has to answer, and takes each answer once, from the browser that was sent for it."""

    def __init__(self, database: Database, keys: ServerKeys, clock: Clock, session: Session) -> None:
        self._database = database
        self._keys = keys
        self._clock = clock
        self._session = session

    def begin(self, provider: str, purpose: str, *, afterwards: str = "", account: str = "") -> None:
        """Leave with this browser what it is sent for."""
        visitor = self._session.visitor if purpose == CONNECT else None
        flow = Flow(
            provider,
            purpose,
            afterwards,
            visitor.name if visitor is not None else "",
            self._session.id if visitor is not None else "",
            account,
            int(self._clock.now().timestamp()),
            secrets.token_urlsafe(32),
            secrets.token_urlsafe(32),
            # RFC 7636 4.1: 43 to 128 letters.
            secrets.token_urlsafe(48),
        )
        sealed = self._keys.seal(json.dumps(asdict(flow)).encode(), _PURPOSE)
        self._session.leave_with_browser(COOKIE, Secret(crypto.as_text(sealed)), LASTS)

    def read(self, sealed: str) -> Flow:
        """What this browser was sent for. Raises NotProven where it was sent for nothing, or too long ago."""
        try:
            told = json.loads(self._keys.unseal(crypto.from_text(sealed), _PURPOSE))
        except crypto.DecryptError as error:
            raise _nothing_begun() from error
        flow = Flow(**told)
        age = self._clock.now().timestamp() - flow.started
        if not 0 <= age <= LASTS.total_seconds():
            raise NotProven(Sentence("That took too long. Please begin again."))
        return flow

    def take(self, sealed: str, state: str, provider: str) -> Flow:
        """What an answer belongs to. Raises NotProven for one that this browser was not sent for, or that came before.

        The cookie is taken back whatever comes of it.
        """
        self._session.leave_with_browser(COOKIE, Secret(""), timedelta())
        flow = self.read(sealed)
        if not hmac.compare_digest(flow.state.encode(), state.encode()) or flow.provider != provider:
            raise _nothing_begun()
        if not self._spend(flow):
            raise NotProven(Sentence("That answer was used before. Please begin again."))
        if flow.purpose == CONNECT:
            visitor = self._session.visitor
            if visitor is None or (visitor.name, self._session.id) != (flow.user, flow.session):
                raise NotProven(
                    Sentence("You were logged out in the meantime. Log in, then connect the account again.")
                )
        return flow

    def _spend(self, flow: Flow) -> bool:
        now = int(self._clock.now().timestamp())
        key = crypto.lookup_hash(self._keys.of("hm3.oauth-used"), flow.state)
        with self._database.write() as connection:
            connection.execute(delete(spent).where(spent.c.ends < now))
            values = {"key": key, "ends": flow.started + int(LASTS.total_seconds()) + 1}
            return connection.execute(_SPEND, values).rowcount == 1


@module.service
def open_flows(database: Database, keys: ServerKeys, clock: Clock, session: Session) -> Flows:
    """What browsers were sent to providers for."""
    return Flows(database, keys, clock, session)


def _nothing_begun() -> NotProven:
    return NotProven(
        Sentence("This browser was not sent for that answer, or was sent for another one since. Please begin again.")
    )
