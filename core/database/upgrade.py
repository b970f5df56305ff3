"""Bring the tables up to date. Alembic does it, which is imported for that alone: mostly there is nothing to do."""

from collections.abc import Sequence
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, delete, insert

from core.database.steps import MIGRATIONS, VERSIONS, done, folders


def upgrade(engine: Engine, migrations: Sequence[Path]) -> None:
    """Do every step of the core and of these folders that was not done. Raises SQLAlchemyError."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    places = (str(place).replace("%", "%%") for place in folders(migrations))
    config.set_main_option("version_locations", "\n".join(places))
    known = {step.revision for step in ScriptDirectory.from_config(config).walk_revisions()}
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        # Modules that are off have left their tables, and how far those were brought: that waits for them.
        asleep = done(connection) - known
        for step in asleep:
            connection.execute(delete(VERSIONS).where(VERSIONS.c.version_num == step))
        command.upgrade(config, "heads")
        for step in asleep:
            connection.execute(insert(VERSIONS), {"version_num": step})
