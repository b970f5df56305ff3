"""Bring the tables up to date. Alembic does it, which is imported for that alone: mostly there is nothing to do."""

import warnings
from collections.abc import Sequence
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, delete, insert

from core.database.steps import MIGRATIONS, VERSIONS, done, folders
from core.errors import ConfigError


def upgrade(engine: Engine, migrations: Sequence[Path]) -> None:
    """Do every step of the core and of these folders that was not done.

    Raises SQLAlchemyError, and ConfigError where the migrations do not fit together.
    """
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    places = (str(place).replace("%", "%%") for place in folders(migrations))
    config.set_main_option("version_locations", "\n".join(places))
    known = _known(config)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        # Modules that are off have left their tables, and how far those were brought: that waits for them.
        asleep = done(connection) - known
        _refuse_newer(asleep, known)
        for step in asleep:
            connection.execute(delete(VERSIONS).where(VERSIONS.c.version_num == step))
        command.upgrade(config, "heads")
        for step in asleep:
            connection.execute(insert(VERSIONS), {"version_num": step})


def _known(config: Config) -> set[str]:
    """Every step there is, by its name. Raises ConfigError where one is broken, or the one before it is not there."""
    with warnings.catch_warnings():
        # Alembic warns of a step that is missing, and fails then: it is told once.
        warnings.simplefilter("ignore")
        try:
            return {step.revision for step in ScriptDirectory.from_config(config).walk_revisions()}
        except SyntaxError as error:
            raise ConfigError(f"The migration {error.filename}:{error.lineno} cannot be read: {error.msg}.") from error
        except KeyError as error:
            raise ConfigError(
                f"A migration names {error} as the one before it (down_revision), and there is none of that name. "
                "Put its file back, or correct the name."
            ) from error
        except Exception as error:  # files of modules may raise anything; all of it is told, none swallowed
            raise ConfigError(f"The migrations cannot be read: {type(error).__name__}: {error}") from error


def _refuse_newer(asleep: set[str], known: set[str]) -> None:
    """Raise ConfigError where steps were done that belong to what is here, and that this version does not have."""
    ours = {step.rpartition("_")[0] for step in known}
    if newer := sorted(step for step in asleep if step.rpartition("_")[0] in ours):
        raise ConfigError(
            f"The database was last used by a newer version: this one does not know {', '.join(newer)}. Run the newer "
            "version again, or put back the backup from before the upgrade. Nothing was changed."
        )
