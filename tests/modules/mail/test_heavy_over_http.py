"""Messages without measure: every page answers, other readers are answered meanwhile, and memory stays bounded."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from demo.submission import Submission
from tests.messages import Shelf
from tests.modules.compose.desk import write_ini
from tests.modules.mail.bombs import BOMBS, large_letter
from tests.servers.mail_user import MailUser

pytestmark = pytest.mark.servers

ROOT = Path(__file__).resolve().parents[3]
MOST_MEGABYTES = 600


@dataclass(frozen=True)
class Visit:
    """What came of a visit to every page of one message."""

    statuses: dict[str, int]
    answered: list[int]
    grown: int


def visit(user: MailUser, submission: Submission, folder: Path, letter: bytes) -> Visit:
    """Open every page of a message in a process of its own, which has five minutes."""
    user.append("Subject: The first\n\nIt makes the folder.")
    uid = Shelf(user).put(heavy=letter)["heavy"]
    command = [sys.executable, "-m", "tests.modules.mail.heavy", str(write_ini(user, submission, folder))]
    # Counting the lines that run would take it longer than running them.
    uncounted = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    command += [user.name, user.password, str(uid)]
    ran = subprocess.run(command, cwd=ROOT, env=uncounted, stdout=subprocess.PIPE, timeout=850, check=True)
    return Visit(**json.loads(ran.stdout.splitlines()[-1]))


def assert_well(seen: Visit) -> None:
    wrong = {place: status for place, status in seen.statuses.items() if status not in (200, 404)}
    assert (wrong, set(seen.answered)) == ({}, {200})
    assert all(status == 200 for place, status in seen.statuses.items() if "/part/" not in place)
    assert seen.grown < MOST_MEGABYTES


@pytest.mark.parametrize("name", BOMBS)
def test_a_message_without_measure_is_shown(
    mail_user: MailUser, submission: Submission, tmp_path: Path, name: str
) -> None:
    assert_well(visit(mail_user, submission, tmp_path, BOMBS[name]()))


def test_a_message_of_200_mb_is_shown(mail_user: MailUser, submission: Submission, tmp_path: Path) -> None:
    seen = visit(mail_user, submission, tmp_path, large_letter(200_000_000))
    assert_well(seen)
    assert seen.grown < 100
