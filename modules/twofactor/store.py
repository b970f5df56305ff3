"""Second factors: secrets of apps, encrypted under a key of the server, and recovery codes, hashed.

The secret is not under the user's data key: a password that was changed elsewhere opens no data, and must not open the
door without the second factor either.
"""

import hmac
import secrets
from collections.abc import Callable
from datetime import UTC, datetime

import pyotp
from sqlalchemy import bindparam, delete, func, insert, select, update

from core import AtFarewell, Clock, Database, Question, Secret, ServerKeys, ServerSealed, crypto
from modules.twofactor.module import module
from modules.twofactor.tables import codes, factors, trusted

STEP_SECONDS = 30
# A phone's clock may be one step off in either direction.
DRIFT = 1
RECOVERY_CODES = 10
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_CODE_LENGTH = 16
# Every login asks for it.
_MADE: "Question[int]" = Question(select(factors.c.made).where(factors.c.user_ref == bindparam("user")), int)


class SecondFactors:
    """Who has a second factor, and whether a code is theirs."""

    def __init__(self, database: Database, keys: ServerKeys, clock: Clock) -> None:
        self._database = database
        self._lookup = keys.of("hm3.lookup")
        self._keys = keys
        self._hashes = keys.of("hm3.totp-codes")
        self._clock = clock

    def made(self, user: str) -> datetime | None:
        """When the user's second factor was set up; None where there is none."""
        found = self._database.ask(_MADE, user=self._ref(user))
        return datetime.fromtimestamp(found[0], UTC) if found else None

    def codes_left(self, user: str) -> int:
        """How many recovery codes were not used yet."""
        with self._database.read() as connection:
            counted = select(func.count()).select_from(codes).where(codes.c.user_ref == self._ref(user))
            return int(connection.execute(counted).scalar_one())

    def set_up(self, user: str, secret: Secret, code: str) -> bool:
        """Keep a secret in place of what there was, if the code shows that an app has it."""
        step = self._step_of(secret, code, 0)
        if step is None:
            return False
        ref = self._ref(user)
        row = {
            "user_ref": ref,
            "blob": self._keys.seal(secret.encode(), self._purpose(ref), pad=crypto.SECRETS_PAD),
            "last_step": step,
            "made": int(self._clock.now().timestamp()),
        }
        with self._database.write() as connection:
            connection.execute(delete(factors).where(factors.c.user_ref == ref))
            connection.execute(insert(factors), row)
        return True

    def check(self, user: str, code: str) -> bool:
        """Whether an app's code or a recovery code is the user's. No code is right twice."""
        typed = "".join(letter for letter in code.upper() if letter.isalnum())
        return self._spend_step(user, typed) if len(typed) == 6 else self._spend_recovery(user, typed)

    def new_recovery_codes(self, user: str) -> tuple[str, ...]:
        """Ten codes in place of those there were; only their hashes are kept. No device is trusted any more."""
        ref = self._ref(user)
        made = tuple("".join(secrets.choice(_LETTERS) for _ in range(_CODE_LENGTH)) for _ in range(RECOVERY_CODES))
        with self._database.write() as connection:
            connection.execute(delete(codes).where(codes.c.user_ref == ref))
            connection.execute(delete(trusted).where(trusted.c.user_ref == ref))
            connection.execute(insert(codes), [{"user_ref": ref, "code_hash": self._hash(ref, code)} for code in made])
        return tuple("-".join(code[at : at + 4] for at in range(0, _CODE_LENGTH, 4)) for code in made)

    def remove(self, user: str) -> None:
        """From now on the password is enough, and no device is trusted any more."""
        ref = self._ref(user)
        with self._database.write() as connection:
            for table in (factors, codes, trusted):
                connection.execute(delete(table).where(table.c.user_ref == ref))

    def reseal(self, progress: Callable[[int], None]) -> int:
        """Seal every secret under the active server key; how many had to be."""
        with self._database.read() as connection:
            rows = connection.execute(select(factors.c.user_ref, factors.c.blob)).all()
        old, done = [row for row in rows if not self._keys.is_current(row.blob)], 0
        for row in old:
            anew = self._keys.seal(
                self._opened(row.blob, row.user_ref), self._purpose(row.user_ref), pad=crypto.SECRETS_PAD
            )
            same = update(factors).where(factors.c.user_ref == row.user_ref, factors.c.blob == row.blob)
            with self._database.write() as connection:
                done += connection.execute(same.values(blob=anew)).rowcount
            progress(done)
        return done

    def _opened(self, blob: bytes, ref: str) -> bytes:
        try:
            return self._keys.unseal(blob, self._purpose(ref))
        except crypto.KeyUnavailable:
            # As it was sealed before server keys could be rotated.
            return crypto.unseal(self._keys.of("hm3.totp"), blob, self._purpose(ref))

    def _spend_step(self, user: str, code: str) -> bool:
        ref = self._ref(user)
        with self._database.read() as connection:
            row = connection.execute(select(factors).where(factors.c.user_ref == ref)).one_or_none()
        if row is None:
            return False
        secret = Secret(self._opened(row.blob, ref).decode())
        step = self._step_of(secret, code, row.last_step)
        if step is None:
            return False
        # Of two requests with one code only the first finds the older step.
        spent = update(factors).where(factors.c.user_ref == ref, factors.c.last_step < step).values(last_step=step)
        with self._database.write() as connection:
            return connection.execute(spent).rowcount == 1

    def _spend_recovery(self, user: str, code: str) -> bool:
        ref = self._ref(user)
        spent = delete(codes).where(codes.c.user_ref == ref, codes.c.code_hash == self._hash(ref, code))
        with self._database.write() as connection:
            return connection.execute(spent).rowcount == 1

    def _step_of(self, secret: Secret, code: str, after: int) -> int | None:
        """The time step that the code belongs to, if it is one that counts (RFC 6238 5.2)."""
        app, now = pyotp.TOTP(str(secret)), int(self._clock.now().timestamp()) // STEP_SECONDS
        for step in range(now - DRIFT, now + DRIFT + 1):
            if step > after and hmac.compare_digest(app.generate_otp(step).encode(), code.encode()):
                return step
        return None

    def _ref(self, user: str) -> str:
        return crypto.lookup_hash(self._lookup, user)

    def _hash(self, ref: str, code: str) -> str:
        return crypto.lookup_hash(self._hashes, f"{ref} {code}")

    @staticmethod
    def _purpose(ref: str) -> crypto.Purpose:
        return crypto.Purpose("hm3.totp", ref, "second factor", "app")


@module.service
def open_factors(database: Database, keys: ServerKeys, clock: Clock) -> SecondFactors:
    """The second factors of all users."""
    return SecondFactors(database, keys, clock)


@module.service
def seal_anew(found: SecondFactors) -> ServerSealed:
    """The secrets are sealed under the server's keys."""
    return ServerSealed("second factors", found.reseal)


@module.service
def erase_factors(factors: SecondFactors) -> AtFarewell:
    """Who leaves for good leaves no second factor here."""
    return AtFarewell(factors.remove)
