"""Whether anything is to be done to the tables is found out without what would do it."""

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from core.database.engine import open_database
from core.database.steps import is_current
from core.errors import ConfigError

STEP = '''"""A step."""
import sqlalchemy as sa
from alembic import op
revision = "shelf_{own}"
down_revision = {before}
branch_labels = {labels}
depends_on = {needs}
def upgrade() -> None:
    op.create_table("shelf_{own}", sa.Column("id", sa.Integer, primary_key=True))
'''
OPENS = """
import sys
from pathlib import Path
from core.database.engine import open_database
open_database(Path(sys.argv[1]), migrations=[Path(sys.argv[2])]).close()
print(*sorted(name for name in ("alembic", "mako", "pygments") if name in sys.modules))
"""


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """The folder of a module's migrations, which holds one."""
    folder = tmp_path / "shelf"
    folder.mkdir()
    write_step(folder, "0001", labels='("shelf",)')
    return folder


def write_step(folder: Path, own: str, before: str = "None", labels: str = "None", needs: str = "None") -> None:
    """Write a migration that makes a table of its own."""
    (folder / f"shelf_{own}.py").write_text(STEP.format(own=own, before=before, labels=labels, needs=needs))


def tables(data: Path, shelf: Path) -> set[str]:
    """The module's tables once the database was opened."""
    database = open_database(data, migrations=[shelf])
    with database.read() as connection:
        found = connection.execute(text("SELECT name FROM sqlite_master WHERE name LIKE 'shelf%'")).scalars()
        names = set(found)
    database.close()
    return names


def is_up_to_date(data: Path, *migrations: Path) -> bool:
    """Whether nothing is to be done."""
    database = open_database(data)
    with database.read() as connection:
        told = is_current(connection, migrations)
    database.close()
    return told


def imported(data: Path, shelf: Path) -> str:
    """Which of what migrates was imported by a process that opened the database."""
    command = [sys.executable, "-c", OPENS, str(data), str(shelf)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_what_migrates_is_imported_only_where_there_is_something_to_migrate(tmp_path: Path, shelf: Path) -> None:
    assert "alembic" in imported(tmp_path, shelf)
    assert imported(tmp_path, shelf) == ""
    write_step(shelf, "0002", '"shelf_0001"')
    assert "alembic" in imported(tmp_path, shelf)
    assert imported(tmp_path, shelf) == ""


def test_a_step_that_is_added_later_is_done(tmp_path: Path, shelf: Path) -> None:
    assert tables(tmp_path, shelf) == {"shelf_0001"}
    write_step(shelf, "0002", '"shelf_0001"')
    assert not is_up_to_date(tmp_path, shelf)
    assert tables(tmp_path, shelf) == {"shelf_0001", "shelf_0002"}
    assert is_up_to_date(tmp_path, shelf)


def test_steps_of_a_module_that_is_off_now_leave_the_others_up_to_date(tmp_path: Path, shelf: Path) -> None:
    tables(tmp_path, shelf)
    assert is_up_to_date(tmp_path, shelf) and is_up_to_date(tmp_path)


def test_a_step_that_depends_on_another_branch_is_done(tmp_path: Path, shelf: Path) -> None:
    write_step(shelf, "0002", '"shelf_0001"', needs='("core_0001",)')
    assert tables(tmp_path, shelf) == {"shelf_0001", "shelf_0002"}
    assert is_up_to_date(tmp_path, shelf)


@pytest.mark.parametrize(
    "line", ["revision = 'shelf' + '_0002'", "revision = ('a', 'b')", "depends_on = [1]", "revision = ("]
)
def test_a_step_that_does_not_tell_plainly_is_left_to_what_migrates(tmp_path: Path, shelf: Path, line: str) -> None:
    tables(tmp_path, shelf)
    assert is_up_to_date(tmp_path, shelf)
    with (shelf / "shelf_0001.py").open("a") as file:
        file.write(f"{line}\n")
    assert not is_up_to_date(tmp_path, shelf)


def test_a_file_among_the_steps_that_is_none_is_left_to_what_migrates(tmp_path: Path, shelf: Path) -> None:
    tables(tmp_path, shelf)
    (shelf / "notes.py").write_text('"""Nothing."""\n')
    assert not is_up_to_date(tmp_path, shelf)


def test_steps_may_say_of_what_type_they_are(tmp_path: Path, shelf: Path) -> None:
    tables(tmp_path, shelf)
    file = shelf / "shelf_0001.py"
    file.write_text(file.read_text().replace("revision =", "revision: str =", 1))
    assert is_up_to_date(tmp_path, shelf)


def test_a_step_whose_file_is_broken_is_told_with_its_place(tmp_path: Path, shelf: Path) -> None:
    (shelf / "shelf_0002.py").write_text("def upgrade(:\n")
    with pytest.raises(ConfigError, match=r"The migration .*shelf_0002\.py:1 cannot be read: invalid syntax\."):
        open_database(tmp_path, migrations=[shelf])


def test_a_step_after_one_that_is_not_there_is_told(tmp_path: Path, shelf: Path) -> None:
    write_step(shelf, "0003", '"shelf_0002"')
    with pytest.raises(ConfigError, match="names 'shelf_0002' as the one before it"):
        open_database(tmp_path, migrations=[shelf])


def test_a_step_that_cannot_be_imported_is_told(tmp_path: Path, shelf: Path) -> None:
    (shelf / "shelf_0002.py").write_text("nothing()\n")
    with pytest.raises(ConfigError, match="The migrations cannot be read: NameError: name 'nothing'"):
        open_database(tmp_path, migrations=[shelf])


def test_a_database_of_a_newer_version_is_told_and_left_alone(tmp_path: Path, shelf: Path) -> None:
    write_step(shelf, "0002", '"shelf_0001"')
    open_database(tmp_path, migrations=[shelf]).close()
    (shelf / "shelf_0002.py").unlink()
    with pytest.raises(ConfigError, match="last used by a newer version: this one does not know shelf_0002"):
        open_database(tmp_path, migrations=[shelf])
    write_step(shelf, "0002", '"shelf_0001"')
    assert is_up_to_date(tmp_path, shelf)
