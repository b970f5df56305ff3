"""What remember does between a browser's cookie, the session of a request, and the devices that are kept."""

from collections.abc import Iterator
from datetime import timedelta

from core import (
    AtFarewell,
    AtLogin,
    AtLogout,
    AtRevocation,
    Client,
    LastingLogin,
    Login,
    LoginNeeded,
    Moment,
    NotAllowed,
    Redirect,
    Secret,
    Sentence,
    Session,
    SessionConfig,
    User,
)
from modules.remember.inputs import Held
from modules.remember.module import RememberConfig, module
from modules.remember.store import RememberedStore
from modules.remember.token import Token

COOKIE = "remember"
# What a session keeps of this module: that the box was ticked, and which device it belongs to.
WISH, DEVICE = "remember.wish", "remember.device"


class Remembering:
    """The device of one request: remembered at the login, let in by its token, forgotten at the log-out."""

    def __init__(
        self,
        store: RememberedStore,
        session: Session,
        held: Held,
        client: Client,
        config: RememberConfig,
        site: SessionConfig | None,
    ) -> None:
        self._store = store
        self._session = session
        self._token = Token.read(held.remember)
        self._client = client
        self._config = config
        self._idle = (site or SessionConfig()).idle
        self._device = str(session.secrets.get(DEVICE, ""))
        self._entered: frozenset[str] | None = None

    @property
    def device(self) -> str:
        """The remembered device that the session belongs to, or nothing."""
        return self._device

    def wish(self, ticked: bool) -> None:
        """Note what the box says, until the last login step was passed."""
        if ticked and self._config.offer:
            self._session.keep(WISH, Secret("1"))
        else:
            self._session.forget(WISH)

    def arrive(self, user: User) -> None:
        """The login is complete: remember the device, if that is wished, and tell what the user has to know."""
        at = self._store.take_alarm(user.name)
        if at is not None:
            self._session.say(
                Sentence(
                    "An old key of a device on which you stay logged in was used on %(date)s: somebody may have copied "
                    "it. That device was logged out. If you do not know why, change your password.",
                    date=Moment(at),
                ),
                "problem",
            )
        if self._device and self._store.session_of(user.name, self._device) is None:
            # Another user logged in where the one before had not logged out.
            self._unbind()
        elif self._device:
            # The same user did; a login keeps nothing of the session before it.
            self._session.keep(DEVICE, Secret(self._device))
        if self._session.has_secret(WISH):
            self._session.forget(WISH)
            self._begin()
        elif self._device and self._token and self._session.key and self._session.passed != self._entered:
            # A further step was passed on the way in; from now on it counts as passed here.
            self._store.reseal(self._device, self._token, self._login())

    def come_in(self, login: Login, address: str) -> Redirect | None:
        """Let a stranger with a good token in, or None; a token that is worth nothing is taken away."""
        if self._token is None:
            return None
        entry = self._store.come_in(self._token, self._idle)
        if entry is None:
            self._leave("", timedelta())
            return None
        if entry.token is not None:
            self._keep(entry.token)
        self._device, self._entered = entry.device, entry.login.passed
        self._session.keep(DEVICE, Secret(entry.device))
        try:
            return login.begin(entry.login.identity, address, passed=entry.login.passed)
        except NotAllowed:
            self.forget()
            return None

    def check(self, active: bool) -> None:
        """End the session of a device that is remembered no more. What a timer asks for is not `active`."""
        if not self._device:
            return
        idle = min(self._session.idle or self._idle, self._idle)
        if active:
            known = self._store.seen(self._device, self._token, self._session.id, idle)
        else:
            known = self._store.is_known(self._device)
        if not known:
            self._session.end()
            self._leave("", timedelta())

    def forget(self) -> None:
        """Forget the device, by its session and by what its browser keeps; the session goes on without."""
        if self._token is not None:
            self._store.forget_token(self._token)
        if self._device:
            self._store.forget(self._device)
        self._unbind()

    def forget_all(self, user: str) -> None:
        """Forget every device of a user; the session of this very request goes on without."""
        self._store.forget_all(user)
        visitor = self._session.visitor
        if visitor is not None and visitor.name == user:
            self._unbind()

    def _unbind(self) -> None:
        self._device = ""
        self._session.forget(DEVICE)
        if self._token is not None:
            self._token = None
            self._leave("", timedelta())

    def _begin(self) -> None:
        self.forget()
        if self._session.key is None:
            self._session.say(
                Sentence("This device is not remembered yet: unlock what is stored for you, then log in once more."),
                "problem",
            )
            return
        self._device, token = self._store.remember(self._login(), self._client)
        self._keep(token)
        self._session.keep(DEVICE, Secret(self._device))

    def _login(self) -> LastingLogin:
        return LastingLogin.of(self._session, self._session.brought())

    def _keep(self, token: Token) -> None:
        self._token = token
        self._leave(token.text, self._config.lasts)

    def _leave(self, value: str, lasts: timedelta) -> None:
        self._session.leave_with_browser(COOKIE, Secret(value), lasts)


@module.service
def open_remembering(
    store: RememberedStore,
    session: Session,
    held: Held,
    client: Client,
    config: RememberConfig,
    site: SessionConfig | None,
) -> Iterator[Remembering]:
    """The device of this request. Where its login is worth nothing any more, it would only lead in circles."""
    remembering = Remembering(store, session, held, client, config, site)
    try:
        yield remembering
    except LoginNeeded:
        if session.ended:
            remembering.forget()
        raise


@module.service
def at_login(remembering: Remembering) -> AtLogin:
    """Remember the device of whoever ticked the box."""
    return AtLogin(remembering.arrive)


@module.service
def at_logout(remembering: Remembering) -> AtLogout:
    """Who logs out on a device wants a password to be asked for there."""
    return AtLogout(remembering.forget)


@module.service
def at_farewell(store: RememberedStore) -> AtFarewell:
    """No device of a user who left stays."""
    return AtFarewell(store.erase)


@module.service
def at_revocation(remembering: Remembering) -> AtRevocation:
    """No device of a user who is logged out everywhere comes in again."""
    return AtRevocation(remembering.forget_all)
