"""Somebody steals one thing: the database, the server's key, or half of the cookies. Their script finds nothing."""

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyotp
import pytest
from sqlalchemy import LargeBinary, MetaData, select

from core import Clock, Secret, ServerKeys, VaultKeys
from core.database.engine import Database, open_database
from core.database.lookup import lookup_key
from core.database.settings import StoredSettings
from core.database.tables import key_wraps, lasting_keys, sessions, settings
from core.ini.session import SessionConfig
from core.input.reading import Client
from core.security.crypto import CryptoConfig, DecryptError, Purpose, marks, new_key, subkey, unseal
from core.security.held import HeldKeys
from core.settings import Owner
from core.visitor.database_rows import DatabaseRows
from core.visitor.keys import Keyring
from core.visitor.permissions import Roles, User
from core.visitor.session import Session
from core.visitor.store import Cookies, Opened, SessionStore
from modules.twofactor.store import SecondFactors
from modules.twofactor.tables import factors
from tests.core.security.test_passwords import CHEAP

CANARY = "canary-8c1e5b"
USER = "ada@garden.example"  # which random letters and octets never make by chance
MIGRATIONS = [Path(__file__).resolve().parents[3] / "modules" / "twofactor" / "migrations"]
TOKEN = Purpose("hm3.oauth-rt", USER, "account", "1")


@dataclass
class Loot:
    """A site with a user's secrets in it, and everything that could be stolen of it."""

    database: Database
    folder: Path
    root: bytes
    lasting: bytes
    cookies: Cookies
    token: bytes
    secrets: tuple[bytes, ...]

    def blobs(self) -> list[tuple[Purpose, bytes]]:
        """Every ciphertext, and what it is bound to: a thief knows the program, and the rows tell the rest."""
        with self.database.read() as connection:
            wraps = connection.execute(select(key_wraps)).all()
            kept = connection.execute(select(settings)).all()
            seconds = connection.execute(select(factors)).all()
            open_sessions = connection.execute(select(sessions)).all()
            lasting = connection.execute(select(lasting_keys)).all()
        bound = [(SecondFactors._purpose(row.user_ref), row.blob) for row in seconds]
        bound += [(Purpose("hm3.settings", row.user_ref, "settings", row.section), row.blob) for row in kept]
        bound += [(Purpose("hm3.session", "", "session", row.id, row.version), row.blob) for row in open_sessions]
        bound += [(Purpose("hm3.device", "", "session", row.family), row.meta) for row in open_sessions]
        bound += [(Purpose("hm3.lasting", "", "key", row.name), row.sealed) for row in lasting]
        for row in wraps:
            kind = f"{row.kind} {row.how} {row.salt.hex()}"
            bound.append((Purpose("hm3.wrap", row.user_ref, kind, row.id), row.wrapped))
        return [*bound, (TOKEN, self.token)]

    def octets(self) -> Iterator[bytes]:
        tables = MetaData()
        tables.reflect(self.database.engine)
        for table in tables.sorted_tables:
            for column in table.columns:
                with self.database.read() as connection:
                    for value in connection.execute(select(column)).scalars():
                        yield value if isinstance(column.type, LargeBinary) else str(value).encode()

    def files(self) -> bytes:
        """All that lies in the data folder."""
        return b"".join(path.read_bytes() for path in sorted(self.folder.iterdir()) if path.is_file())


@pytest.fixture
def loot(tmp_path: Path) -> Iterator[Loot]:
    database, root, vault, clock = open_database(tmp_path, migrations=MIGRATIONS), new_key(), new_key(), Clock()
    lasting = lookup_key(database, HeldKeys(root), root)
    server = ServerKeys(root, lasting)
    keyring = Keyring(database, lasting, CryptoConfig(), CHEAP, clock.now, server)
    key, held, code = keyring.unlock(USER, Secret("her password")), keyring.held("eve"), b"c" * 20
    assert key is not None and held is not None
    keyring.set_recovery(USER, key, code)
    StoredSettings(database, lasting).save(Owner(USER, key), "look", {"signature": CANARY})
    StoredSettings(database, lasting).save(Owner("eve", held), "look", {"signature": CANARY})
    secret = Secret(pyotp.random_base32())
    assert SecondFactors(database, server, clock).set_up(USER, secret, pyotp.TOTP(str(secret)).now())
    store = SessionStore(DatabaseRows(database), lasting, SessionConfig(), Roles(), clock.now)
    session = Session(visitor=User(USER), key=key)
    session.keep("imap.password", Secret(CANARY))
    cookies = store.save(Opened(session), client=Client("192.0.2.1", "Firefox/140.0"))
    assert cookies is not None
    token = VaultKeys(vault).seal(CANARY.encode(), TOKEN)
    secrets = (CANARY.encode(), key, held, secret.encode(), key.hex().encode())
    yield Loot(database, tmp_path, root, lasting, cookies, token, secrets)
    database.close()


def attack(loot: Loot, *stolen: bytes) -> list[bytes]:
    """Whatever opens: every string that could be a key, and all that follows from it, tried on every ciphertext."""
    found, waiting, blobs = [], set[bytes]().union(*map(_keys_in, stolen)), loot.blobs()
    tried: set[bytes] = set()
    while waiting:
        candidate = waiting.pop()
        if candidate in tried:
            continue
        tried.add(candidate)
        for purpose, blob in blobs:
            following = {subkey(candidate, name) for name in (purpose.name, "hm3.held", "hm3.before")}
            for key in {candidate, subkey(candidate, purpose.name, purpose.owner), *following}:
                opened = _opened(key, purpose, blob)
                if opened is not None:
                    found.append(opened)
                    waiting |= _keys_in(opened)
    return found


def test_the_database_alone_gives_nothing_away(loot: Loot) -> None:
    stolen = loot.files()
    assert not [secret for secret in loot.secrets if secret in stolen]
    assert USER.encode() not in b"\0".join(loot.octets())
    assert attack(loot, *loot.octets()) == []


def test_the_servers_key_alone_gives_nothing_away(loot: Loot) -> None:
    assert not [secret for secret in loot.secrets if secret in loot.root + loot.root.hex().encode()]
    with pytest.raises(DecryptError):
        VaultKeys(loot.root).unseal(loot.token, TOKEN)


@pytest.mark.parametrize("half", ["reference", "key"])
def test_half_of_the_cookies_opens_no_session(loot: Loot, half: str) -> None:
    store = SessionStore(DatabaseRows(loot.database), loot.lasting, SessionConfig(), Roles(), Clock().now)
    client = Client("192.0.2.1", "Firefox/140.0")
    assert store.open(loot.cookies, client).session.visitor == User(USER)
    other = base64.urlsafe_b64encode(new_key()).decode()
    stolen = Cookies(loot.cookies.reference, other) if half == "reference" else Cookies(other, loot.cookies.key)
    assert store.open(stolen, client).session.visitor is None
    # Nobody is logged out by it either.
    assert store.open(loot.cookies, client).session.visitor == User(USER)


def test_the_reference_and_the_database_give_nothing_away(loot: Loot) -> None:
    assert attack(loot, loot.cookies.reference.encode(), *loot.octets()) == []


def test_the_servers_key_and_the_database_leave_passwords_and_what_they_open_alone(loot: Loot) -> None:
    opened = b"\0".join(attack(loot, loot.root, *loot.octets()))
    # What the server itself holds is lost with both: the second factor, and the data of who has no password here.
    assert loot.secrets[2] in opened and loot.secrets[3] in opened
    assert loot.secrets[1] not in opened


def test_the_key_cookie_and_the_database_are_too_much(loot: Loot) -> None:
    """Proves that the script opens what it has the key of."""
    opened = b"\0".join(attack(loot, loot.cookies.key.encode(), *loot.octets()))
    assert CANARY.encode() in opened and loot.secrets[4] in opened


def _keys_in(data: bytes) -> set[bytes]:
    """All that could be a key in some octets: as they are, in hexadecimal or in base64."""
    found = {data[:32], data[-32:]} if len(data) >= 32 else set()
    found |= {bytes.fromhex(text.decode()) for text in re.findall(rb"[0-9a-f]{64}", data)}
    for text in re.findall(rb"[A-Za-z0-9_-]{43}=?", data):
        found.add(base64.urlsafe_b64decode(text.rstrip(b"=") + b"=")[:32])
    return found


def _opened(key: bytes, purpose: Purpose, blob: bytes) -> bytes | None:
    try:
        return unseal(key, blob, purpose, made_with=marks(blob).made_with)
    except DecryptError:
        return None
