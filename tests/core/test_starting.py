"""What a start does without: libraries that only some sites, or only some requests, have a use for."""

import subprocess
import sys
from pathlib import Path

OPENS = """
import sys
from pathlib import Path
from core.loader import load
from core.web.site import open_parts
with open_parts(load(Path(sys.argv[1]))):
    print(*(name for name in sys.argv[2:] if name in sys.modules))
"""
# What brings tables up to date, what reads uploads and invitations in programs of their own, and what few ask for.
SELDOM = ("alembic", "mako", "PIL", "icalendar", "redis", "zxcvbn", "markdown_it")


def imported(ini: Path) -> list[str]:
    """Which of them a process imported that opened a site."""
    command = [sys.executable, "-c", OPENS, str(ini), *SELDOM]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()


def test_a_start_with_a_current_database_imports_nothing_that_it_does_not_need(tmp_path: Path) -> None:
    ini = tmp_path / "hm3.ini"
    ini.write_text("[app]\ndata = data\n")
    assert "alembic" in imported(ini)
    assert imported(ini) == []
