"""What outlives a request."""

import threading
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, create_engine, text
from sqlalchemy.exc import OperationalError

from core.database.engine import Database, DatabaseConfig, check_tables, open_database
from core.database.settings import StoredSettings
from core.errors import ConfigError, Conflict, WiringError
from core.input.values import Secret
from core.security.crypto import DecryptError, new_key
from core.settings import Owner

STEP = '''"""A module's table."""
import sqlalchemy as sa
from alembic import op
revision = "shelf_0001"
down_revision = None
branch_labels = ("shelf",)
depends_on = None
def upgrade() -> None:
    op.create_table("shelf_books", sa.Column("id", sa.Integer, primary_key=True))
'''


def test_a_new_database_has_its_tables_and_an_old_one_keeps_its_rows(tmp_path: Path) -> None:
    key = new_key()
    ada = Owner("ada", new_key())
    first = open_database(tmp_path)
    StoredSettings(first, key).save(ada, "look", {"theme": "dark"})
    first.close()
    second = open_database(tmp_path)
    assert StoredSettings(second, key).load(ada, "look") == {"theme": "dark"}
    second.close()


def test_a_module_brings_its_own_tables(tmp_path: Path) -> None:
    (tmp_path / "migrations").mkdir()
    (tmp_path / "migrations" / "shelf_0001.py").write_text(STEP)
    database = open_database(tmp_path, migrations=[tmp_path / "migrations"])
    with database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM shelf_books")).scalar_one() == 0
    database.close()


def test_a_transaction_that_fails_leaves_nothing(tmp_path: Path) -> None:
    database = open_database(tmp_path)
    with pytest.raises(ZeroDivisionError), database.write() as connection:
        connection.execute(text("INSERT INTO core_settings VALUES ('a', 'b', x'00')"))
        raise ZeroDivisionError
    with database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM core_settings")).scalar_one() == 0
    database.close()


def test_a_database_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    (tmp_path / "hm3.sqlite").mkdir()
    with pytest.raises(ConfigError, match=r"cannot be opened: .*/hm3\.sqlite: unable to open database file\. Look"):
        open_database(tmp_path)


def test_a_file_that_is_no_database_is_told_with_what_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "hm3.sqlite").write_bytes(b"no database" * 1000)
    with pytest.raises(ConfigError, match=r"file is not a database\. Look"):
        open_database(tmp_path)


def test_another_database_may_be_named(tmp_path: Path) -> None:
    database = open_database(tmp_path, DatabaseConfig(Secret(f"sqlite:///{tmp_path / 'other.sqlite'}")))
    assert (tmp_path / "other.sqlite").exists()
    with database.write() as connection:
        connection.execute(text("INSERT INTO core_settings VALUES ('a', 'b', x'00')"))
    database.close()


def test_settings_lie_encrypted_and_name_nobody(tmp_path: Path) -> None:
    database = open_database(tmp_path)
    settings = StoredSettings(database, new_key())
    canary = Owner("canary-user", new_key())
    settings.save(canary, "look", {"word": "canary-value"})
    settings.save(canary, "look", {"word": "canary-second"})
    assert settings.load(canary, "look") == {"word": "canary-second"}
    assert settings.load(canary, "other") == {}
    assert settings.load(Owner("bob", canary.key), "look") == {}
    database.close()
    for file in tmp_path.iterdir():
        assert b"canary" not in file.read_bytes()


@pytest.mark.parametrize("other", [None, b"o" * 32])
def test_without_their_key_settings_have_defaults(tmp_path: Path, other: bytes | None) -> None:
    database = open_database(tmp_path)
    settings = StoredSettings(database, new_key())
    settings.save(Owner("ada", new_key()), "look", {"theme": "dark"})
    assert settings.load(Owner("ada", other), "look") == {}
    database.close()


def test_what_is_locked_is_not_overwritten(tmp_path: Path) -> None:
    database = open_database(tmp_path)
    settings, ada = StoredSettings(database, new_key()), Owner("ada", new_key())
    settings.save(ada, "look", {"theme": "dark"})
    with pytest.raises(Conflict, match="is locked, because your password was changed elsewhere"):
        settings.save(Owner("ada"), "look", {"theme": "light"})
    assert settings.load(ada, "look") == {"theme": "dark"}
    database.close()


def test_damaged_settings_are_not_taken_for_none(tmp_path: Path) -> None:
    database = open_database(tmp_path)
    key, ada = new_key(), Owner("ada", new_key())
    StoredSettings(database, key).save(ada, "look", {"theme": "dark"})
    with database.write() as connection:
        connection.execute(text("UPDATE core_settings SET blob = x'0102'"))
    with pytest.raises(DecryptError):
        StoredSettings(database, key).load(ada, "look")
    database.close()


def test_a_table_carries_its_modules_name() -> None:
    metadata = MetaData()
    Table("shelf_books", metadata, Column("id", Integer))
    check_tables("shelf", metadata)
    Table("books", metadata, Column("id", Integer))
    with pytest.raises(WiringError, match="Module shelf has a table books; name it shelf_books"):
        check_tables("shelf", metadata)


def test_a_database_of_many_writers_makes_none_wait_here(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'any.sqlite'}")
    engine.dialect.name = "another"
    database = Database(engine)
    with database.write() as one, database.write() as two:
        assert one is not two
    with database.write() as connection:
        connection.execute(text("CREATE TABLE books (id INTEGER)"))
    with pytest.raises(ZeroDivisionError), database.write() as connection:
        connection.execute(text("INSERT INTO books VALUES (1)"))
        raise ZeroDivisionError
    with database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM books")).scalar_one() == 0
    database.close()


def test_a_module_that_is_off_for_a_while_finds_its_tables_again(tmp_path: Path) -> None:
    place = Path(__file__).resolve().parents[3] / "modules" / "twofactor" / "migrations"
    kept = []
    for migrations in ([place], [], [place]):
        database = open_database(tmp_path, migrations=migrations)
        with database.read() as connection:
            assert connection.execute(text("SELECT count(*) FROM twofactor_factors")).scalar_one() == 0
            steps = set(connection.execute(text("SELECT version_num FROM alembic_version")).scalars())
        database.close()
        kept.append(steps)
    assert kept[0] == kept[1] == kept[2] and any(step.startswith("twofactor_") for step in kept[0])


def test_processes_that_write_to_one_file_wait_for_each_other(tmp_path: Path) -> None:
    first, second = open_database(tmp_path), open_database(tmp_path)
    with first.write() as connection:
        connection.execute(text("CREATE TABLE counted (number INTEGER)"))
        connection.execute(text("INSERT INTO counted VALUES (0)"))

    def count(database: Database) -> None:
        for _ in range(40):
            with database.write() as connection:
                known = connection.execute(text("SELECT number FROM counted")).scalar_one()
                connection.execute(text("UPDATE counted SET number = :more"), {"more": known + 1})

    threads = [threading.Thread(target=count, args=(database,)) for database in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with second.read() as connection:
        assert connection.execute(text("SELECT number FROM counted")).scalar_one() == 80


def test_a_file_that_another_process_does_not_let_go_of_is_an_error_of_the_database(tmp_path: Path) -> None:
    open_database(tmp_path).close()
    hurried = Database(create_engine(f"sqlite:///{tmp_path / 'hm3.sqlite'}", connect_args={"timeout": 0}))
    with open_database(tmp_path).write(), pytest.raises(OperationalError, match="locked"), hurried.write():
        pass
