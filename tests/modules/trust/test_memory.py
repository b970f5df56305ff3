"""The memory of correspondents: whose they are, under which key, and what becomes of them."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

import modules.trust.memory
from core import Database, ServerKeys, Session, Suite, User
from core.database.engine import open_database
from core.security.crypto import marks, new_key
from modules.compose.api import Outgoing
from modules.mail.api import Correspondent as MailCorrespondent
from modules.trust.domains import looks_like
from modules.trust.memory import FEW, Correspondent, Correspondents, Memory
from modules.trust.services import forget_correspondents, seal_anew
from modules.trust.tables import correspondents as table
from modules.trust.with_compose import remember_recipients

ROOT = Path(__file__).resolve().parents[3]
KEY, OTHER_KEY = new_key(), new_key()
ADA = "Ada@example.org"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(tmp_path, migrations=[ROOT / "modules" / "trust" / "migrations"])
    yield opened
    opened.close()


@pytest.fixture
def known(database: Database) -> Correspondents:
    return Correspondents(database, ServerKeys(new_key()))


def rows(database: Database) -> int:
    with database.read() as connection:
        return len(connection.execute(table.select()).all())


def test_who_was_met_is_known_however_the_address_is_written(known: Correspondents) -> None:
    known.meet("robin", KEY, ADA, "first")
    assert known.find("robin", KEY, "ada@EXAMPLE.org") == Correspondent(ADA, "first")


def test_correspondents_are_sealed_in_the_suite_of_the_site(database: Database) -> None:
    known = Correspondents(database, ServerKeys(new_key(), suite=Suite.AES_GCM))
    known.meet("robin", KEY, ADA, "first")
    known.meet("robin", KEY, "bob@example.org", "first")
    seal_anew(known).reseal("robin", KEY, OTHER_KEY)
    with database.read() as connection:
        blobs = [row.blob for row in connection.execute(table.select())]
    assert [marks(blob).suite for blob in blobs] == [Suite.AES_GCM.number] * 2


def test_the_correspondents_of_one_user_are_none_of_another(known: Correspondents) -> None:
    known.meet("robin", KEY, ADA, "first")
    assert known.find("bob", KEY, ADA) is None
    assert known.domains_like("bob", KEY, "example.org") == ()


def test_under_another_key_nobody_is_known(known: Correspondents) -> None:
    known.meet("robin", KEY, ADA, "first")
    assert known.find("robin", OTHER_KEY, ADA) is None


def test_domains_that_look_alike_are_found(known: Correspondents) -> None:
    known.meet("robin", KEY, ADA, "first")
    known.meet("robin", KEY, "bob@example.org", "first")
    known.meet("robin", KEY, "eve@other.test", "first")
    for domain in ("examp1e.org", "mail.exarnple.org", "example.org.evil.test", "example.org"):
        assert known.domains_like("robin", KEY, domain) == ("example.org",)
    assert known.domains_like("robin", KEY, "strange.test") == ()


def test_whom_the_user_wrote_to_is_known_with_their_first_message(known: Correspondents) -> None:
    known.meet("robin", KEY, ADA, "first")
    for _ in range(2):
        known.write_to("robin", KEY, [ADA, "bob@other.test"])
    assert known.find("robin", KEY, ADA) == Correspondent(ADA, "first", True)
    assert known.find("robin", KEY, "bob@other.test") == Correspondent("bob@other.test", "", True)


def test_correspondents_follow_their_user_to_a_new_key(known: Correspondents) -> None:
    known.meet("robin", KEY, ADA, "first")
    for _ in range(2):
        known.reseal("robin", KEY, OTHER_KEY)
    assert known.find("robin", OTHER_KEY, ADA) == Correspondent(ADA, "first")
    assert known.domains_like("robin", OTHER_KEY, "examp1e.org") == ("example.org",)
    assert known.find("robin", KEY, ADA) is None


def test_a_user_who_leaves_leaves_nobody(known: Correspondents, database: Database) -> None:
    known.meet("robin", KEY, ADA, "first")
    known.meet("bob", KEY, ADA, "first")
    known.forget("robin")
    assert rows(database) == 1 and known.find("robin", KEY, ADA) is None


def test_a_damaged_row_leaves_the_others_alone(
    known: Correspondents, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    known.meet("robin", KEY, ADA, "first")
    known.meet("robin", KEY, "bob@example.org", "first")
    with database.write() as connection:
        first, second = connection.execute(table.select().order_by(table.c.id)).all()
        connection.execute(table.update().where(table.c.id == first.id).values(blob=second.blob))
    assert known.find("robin", KEY, ADA) is None
    assert known.find("robin", KEY, "bob@example.org") is not None
    assert "damaged" in caplog.text


def test_a_damaged_correspondent_is_met_anew(known: Correspondents, database: Database) -> None:
    known.meet("robin", KEY, ADA, "first")
    with database.write() as connection:
        connection.execute(table.update().values(blob=b"damaged"))
    known.meet("robin", KEY, ADA, "second")
    assert rows(database) == 1 and known.find("robin", KEY, ADA) == Correspondent(ADA, "second")


@pytest.mark.parametrize("domain", ["example.org", "examp1e.org", "mail.example.org", "exarnple.org"])
def test_the_domain_of_whoever_is_known_is_taken_for_no_other(known: Correspondents, domain: str) -> None:
    known.meet("robin", KEY, f"bob@{domain}", "first")
    known.write_to("robin", KEY, [ADA, "eve@exampIe.org"])
    assert looks_like(domain, known.domains_like("robin", KEY, domain)) == ""


def test_one_request_asks_once_for_an_address_until_it_is_met(known: Correspondents, database: Database) -> None:
    asked: list[str] = []
    database.watch(lambda statement: asked.append(statement.partition(" ")[0]), lambda: None)
    memory = Memory(known, User("robin"), Session(key=KEY))
    assert memory.find(ADA) is None and memory.find(ADA.upper()) is None
    assert asked == ["SELECT"]
    memory.meet(ADA, "first")
    assert asked == ["SELECT", "INSERT", "SELECT"]
    assert memory.find(ADA) == Correspondent(ADA, "first")


def test_the_oldest_make_room(known: Correspondents, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(modules.trust.memory, "MOST", 2)
    for name in ("a", "b", "c"):
        known.meet("robin", KEY, f"{name}@example.org", "first")
    assert rows(database) == 2 and known.find("robin", KEY, "a@example.org") is None
    assert known.find("robin", KEY, "c@example.org") is not None


def test_no_address_stands_readable_in_the_database(known: Correspondents, tmp_path: Path) -> None:
    known.meet("robin", KEY, ADA, "first")
    stored = b"".join(file.read_bytes() for file in tmp_path.glob("hm3.sqlite*"))
    assert b"trust_correspondents" in stored
    assert b"example.org" not in stored and b"robin" not in stored


def test_while_what_is_stored_is_locked_nobody_is_known_and_nobody_kept(
    known: Correspondents, database: Database
) -> None:
    memory = Memory(known, User("robin"), Session())
    memory.meet(ADA, "first")
    memory.write_to([ADA])
    assert not memory.is_open and rows(database) == 0
    assert memory.find(ADA) is None and memory.domains_like("example.org") == ()


def test_a_user_reads_and_adds_their_own(known: Correspondents) -> None:
    memory = Memory(known, User("robin"), Session(key=KEY))
    memory.meet(ADA, "first")
    memory.write_to(["bob@other.test"])
    assert memory.is_open and memory.find(ADA) == known.find("robin", KEY, ADA) is not None
    assert memory.domains_like("0ther.test") == ("other.test",)


def test_leaving_and_a_new_key_reach_the_memory(known: Correspondents) -> None:
    known.meet("robin", KEY, ADA, "first")
    seal_anew(known).reseal("robin", KEY, OTHER_KEY)
    assert known.find("robin", OTHER_KEY, ADA) is not None
    forget_correspondents(known).erase("robin")
    assert known.find("robin", OTHER_KEY, ADA) is None


def test_a_message_is_sent_even_where_nobody_can_be_remembered(
    known: Correspondents, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    with database.write() as connection:
        table.drop(connection)
    sender = MailCorrespondent("Robin", "robin@example.org")
    message = Outgoing(sender, datetime(2026, 5, 1, tzinfo=UTC), "<a@b>", to=(sender,))
    remember_recipients(Memory(known, User("robin"), Session(key=KEY))).tell(message)
    assert "could not be remembered" in caplog.text and "robin" not in caplog.text


def test_a_new_address_stands_out_from_as_many_as_make_a_history(known: Correspondents) -> None:
    for number in range(FEW):
        assert not known.stands_out("robin", KEY, ADA)
        known.meet("robin", KEY, f"{number}@example.org", "first")
    known.meet("bob", KEY, "eve@example.org", "first")
    assert known.stands_out("robin", KEY, ADA) and not known.stands_out("bob", KEY, ADA)
    known.meet("robin", KEY, ADA, "first")
    assert known.stands_out("robin", KEY, ADA)
    assert not known.stands_out("robin", KEY, f"{FEW - 1}@example.org")
