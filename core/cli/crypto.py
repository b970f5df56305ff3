"""`hm3 crypto status` and `new-key`: what is encrypted how, under which keys, and what is old or weak in that."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from core.cli.check import columns
from core.cli.rotation import Held, open_held, retirements
from core.database.census import Counted, count_ciphertexts
from core.database.tables import key_wraps
from core.loader import Loaded
from core.security.crypto import CryptoConfig, new_key
from core.security.derivation import KeyDerivation, WeakParameters, is_weak, new_derivation
from core.security.keyfile import HeldKey, KeyFile, line_of
from core.security.passwords import PasswordConfig
from core.security.suites import HAS_LIBSODIUM
from core.visitor.wraps import WrapKind

Say = Callable[[str], None]
# After so long a key should make room for another.
OLD = timedelta(days=365)


def say_new_key(say: Say) -> None:
    """A line for a key file or a credential."""
    say(line_of(HeldKey(new_key(), datetime.now(UTC))))


def show_status(loaded: Loaded, say: Say) -> None:
    """Say which suites and keys are in use and for how much, and what should be done about it."""
    crypto = loaded.config(CryptoConfig)
    there = "there" if HAS_LIBSODIUM else "not there"
    say(f"New data are encrypted with {crypto.suite.value}; libsodium is {there}.")
    with open_held(loaded) as held:
        names = {key.id: f"{name} key {key.id.hex()}" for name, file in _files(held) for key in file.read()}
        counted = count_ciphertexts(held.database, names)
        notes = [*_say_keys(held, say), *_say_counts(counted, names, held, crypto, say)]
        notes += _say_wraps(held, loaded.config(PasswordConfig), say)
    say("")
    for note in notes or ["Nothing is old or weak."]:
        say(note)


def _files(held: Held) -> tuple[tuple[str, KeyFile], tuple[str, KeyFile]]:
    return ("server", held.files.server), ("vault", held.files.vault)


def _say_keys(held: Held, say: Say) -> Iterator[str]:
    for name, file in _files(held):
        keys = file.read()
        say(f"\nKeys of the {name} in {file.path}:")
        say(f"  {keys[0].id.hex()}  active, made {_day(keys[0].made)}")
        for key, since in retirements(keys):
            say(f"  {key.id.hex()}  made {_day(key.made)}, retired {_day(since)}")
        if held.now - keys[0].made > OLD:
            yield f"The {name} key is older than a year: say hm3 crypto rotate{' --vault' if name == 'vault' else ''}."
        elif any(held.now - since > held.grace for _, since in retirements(keys)):
            yield f"A {name} key is kept longer than it is needed: say hm3 crypto migrate."


def _say_counts(
    counted: Sequence[Counted], names: dict[bytes, str], held: Held, crypto: CryptoConfig, say: Say
) -> Iterator[str]:
    rows = [
        (
            one.table,
            one.column,
            str(one.rows),
            one.suite.value if one.suite else "unknown",
            names.get(one.key, "others"),
        )
        for one in counted
    ]
    say("\nCiphertexts:")
    for line in columns([("TABLE", "COLUMN", "ROWS", "SUITE", "UNDER"), *rows]):
        say(f"  {line}")
    active = {held.server.ids()[0], held.vault.ids()[0]}
    behind = sum(one.rows for one in counted if one.key and (one.suite is not crypto.suite or one.key not in active))
    if behind:
        yield f"{_rows(behind)} under keys of the server not as new ones would be: say hm3 crypto migrate."
    users = sum(one.rows for one in counted if not one.key and one.suite not in (crypto.suite, None))
    if users:
        yield f"{_rows(users)} under other keys in another suite: encrypted anew when their users log in."
    if unknown := sum(one.rows for one in counted if one.suite is None):
        yield f"{_rows(unknown)} among ciphertexts no ciphertext: damaged, or written by a newer hm3."


def _say_wraps(held: Held, passwords: PasswordConfig, say: Say) -> Iterator[str]:
    found = select(key_wraps.c.kind, key_wraps.c.how, func.length(key_wraps.c.wrapped) > 0, func.count())
    found = found.where(key_wraps.c.orphaned.is_(None)).group_by(*found.selected_columns[:3])
    with held.database.read() as connection:
        groups = [(WrapKind(kind), how, bool(live), rows) for kind, how, live, rows in connection.execute(found)]
    say("\nWays to users' keys:")
    lines = [(kind.value, how, str(rows), "" if live else "to be set up again") for kind, how, live, rows in groups]
    for line in columns([("KIND", "HOW", "ROWS", ""), *sorted(lines)]):
        say(f"  {line}")
    usual, judged = str(new_derivation(passwords)), Counter[str]()
    for kind, how, live, rows in groups:
        if kind is WrapKind.PASSWORD and live:
            judged[_judge(how, usual)] += rows
    if judged["weak"]:
        yield f"{_rows(judged['weak'])} of passwords weaker than hm3 accepts: they open nothing until set up again."
    if judged["other"]:
        yield f"{_rows(judged['other'])} of passwords made with other work than now: made anew when they are used."


def _judge(how: str, usual: str) -> str:
    try:
        weak = is_weak(KeyDerivation.read(how, b""))
    except (WeakParameters, ValueError):
        weak = True
    return "weak" if weak else "usual" if how == usual else "other"


def _rows(number: int) -> str:
    return f"{number} row is" if number == 1 else f"{number} rows are"


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}"
