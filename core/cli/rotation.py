"""`hm3 crypto rotate` and `migrate`: new keys of the server, and what is sealed under them sealed anew.

Both may be cut short anywhere and be run again, and run while the site is served.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.database.census import count_ciphertexts
from core.database.engine import Database
from core.database.lookup import LOOKUP, VAULT, is_settled, reseal_mark
from core.ini.app import AppConfig
from core.ini.session import SessionConfig
from core.loader import Loaded
from core.security.crypto import CryptoConfig
from core.security.held import HeldKeys, ServerKeys, VaultKeys
from core.security.keyfile import HeldKey, KeyFile, KeyFiles, find_keys
from core.security.resealing import ServerSealed
from core.visitor.keys import Keyring
from core.visitor.login import Clock
from core.visitor.wraps import reseal_held

Say = Callable[[str], None]
_TELL_EVERY = 1000


@dataclass(frozen=True)
class Held:
    """What the server's keys are needed for, the keys, and their files."""

    database: Database
    server: ServerKeys
    vault: VaultKeys
    sealed: tuple[ServerSealed, ...]
    files: KeyFiles
    now: datetime
    grace: timedelta


def rotate_keys(loaded: Loaded, vault: bool, say: Say) -> None:
    """Make a new key the active one and seal everything under it; an earlier run that was cut short is finished first.

    Raises ConfigError where the key file cannot be written.
    """
    with open_held(loaded) as held:
        if vault:
            _rotate(held, held.files.vault, held.vault, VAULT, "vault", say)
        else:
            _rotate(held, held.files.server, held.server, LOOKUP, "server", say)
        _reseal(held, say)
        _drop_old(held, say)


def migrate(loaded: Loaded, say: Say) -> None:
    """Seal everything under the active keys and in the suite of hm3.ini that the server may open by itself."""
    with open_held(loaded) as held:
        _reseal(held, say)
        _drop_old(held, say)
        say("What is under users' keys is encrypted anew when they log in.")


def retirements(keys: Sequence[HeldKey]) -> Iterator[tuple[HeldKey, datetime]]:
    """The keys that are not active any more, and since when."""
    return ((key, keys[place].made) for place, key in enumerate(keys[1:]))


@contextmanager
def open_held(loaded: Loaded) -> Iterator[Held]:
    """Everything that a rotation needs, of a site that may be served meanwhile. Raises WebmailError."""
    from core.web.site import open_parts

    files = find_keys(loaded.config(CryptoConfig), loaded.config(AppConfig).data)
    grace = loaded.config(SessionConfig).longest

    def hold(
        database: Database,
        server: ServerKeys,
        vault: VaultKeys,
        keyring: Keyring,
        sealed: tuple[ServerSealed, ...],
        clock: Clock,
    ) -> Held:
        def held_keys(progress: Callable[[int], None]) -> int:
            return reseal_held(database, server, keyring.suite, progress)

        everything = (ServerSealed("data keys", held_keys), *sealed)
        return Held(database, server, vault, everything, files, clock.now(), grace)

    with open_parts(loaded) as site:
        held = site.application.run(hold, {})
        assert isinstance(held, Held)
        yield held


def _rotate(held: Held, file: KeyFile, keys: HeldKeys, mark: str, name: str, say: Say) -> None:
    if not is_settled(held.database, keys, mark):
        say(f"The last rotation of the {name} key was cut short; it is finished now, and there is no further key.")
        return
    if mark == VAULT:
        reseal_mark(held.database, keys, mark)
    added = file.add(held.now)
    say(f"The {name} key {added.id.hex()} is active from now on.")


def _reseal(held: Held, say: Say) -> None:
    for one in held.sealed:
        told = [0]

        def progress(done: int, name: str = one.name, told: list[int] = told) -> None:
            if done >= told[0] + _TELL_EVERY:
                told[0] = done
                say(f"{name}: {done} so far")

        done = one.reseal(progress)
        say(f"{one.name}: {done} sealed anew" if done else f"{one.name}: nothing to do")
    # These come last: they tell that all else was done.
    reseal_mark(held.database, held.server)
    reseal_mark(held.database, held.vault, VAULT)


def _drop_old(held: Held, say: Say) -> None:
    """Forget keys that were retired longer ago than the longest session lasts, unless something is under them yet."""
    for file in (held.files.server, held.files.vault):
        keys = file.read()
        old = {key.id for key, since in retirements(keys) if held.now - since > held.grace}
        needed = {counted.key for counted in count_ciphertexts(held.database, old)} if old else set()
        if needed & old:
            say(f"{file.path.name}: an old key is kept, because rows of a module that is off are under it.")
        if old - needed and not file.is_credential:
            file.drop(old - needed)
            say(f"{file.path.name}: {len(old - needed)} old dropped")
        for key, since in retirements(file.read()):
            if key.id not in old:
                until = f"{since + held.grace:%Y-%m-%d %H:%M} UTC"
                say(f"{file.path.name}: {key.id.hex()} is kept until {until}, for those who are logged in.")
