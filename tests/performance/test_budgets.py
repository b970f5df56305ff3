"""What each piece of work asks of others stays within its budget. How long it takes is shown and not judged."""

import cProfile
import os
import subprocess
import sys
import tomllib
from itertools import islice
from pathlib import Path

import pytest

import bench.work
from bench.house import private_mail_server, scratch_folder
from bench.letters import is_newsletter, letters
from bench.measure import Figures
from bench.report import table
from bench.run import measure_mailbox
from bench.wanted import Wanted
from core import ServerKeys, User
from demo.dovecot import dovecot_missing
from modules.links.services import Judge, know_links
from modules.links.settings import Leaving
from modules.links.signing import SignedLinks
from modules.mail.headers import HeaderBlock
from modules.mail.html import read_trackers
from modules.mail.privacy import Privacy
from modules.mail.settings import ReadingSettings
from modules.trust.sender import Header, doubts_about
from tests.servers.needs import missing

with (Path(__file__).parent / "budgets.toml").open("rb") as file:
    BUDGETS = tomllib.load(file)
SIZE = 200
WORKS = tuple(name for name in BUDGETS if name not in ("command-line", "cleaning", "judging"))


@pytest.fixture(scope="module")
def figures(front_end: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Figures]:
    """What a small run of `hm3 bench` counted, by the name of each work."""
    if lack := dovecot_missing():
        missing(lack)
    wanted = Wanted((SIZE,), only=WORKS, rounds=5, seeds=tmp_path_factory.mktemp("seeds"), cold=False)
    with scratch_folder() as folder, private_mail_server(folder / "dovecot") as dovecot:
        found, _ = measure_mailbox(dovecot, SIZE, wanted, folder / "hm3")
    print(table(SIZE, found))
    return {one.work.name: one for one in found}


@pytest.mark.servers
@pytest.mark.parametrize("work", WORKS)
def test_work_stays_within_its_budget(figures: dict[str, Figures], work: str) -> None:
    took = figures[work]
    counted = {
        "commands": len(took.traffic.commands),
        "turns": took.traffic.turns,
        "statements": took.statements,
        "fragments": took.fragments,
        "received": took.traffic.received,
        "sent": took.bytes_to_browser,
    }
    over = {name: (count, BUDGETS[work][name]) for name, count in counted.items() if count > BUDGETS[work][name]}
    assert over == {}, f"more than the budget allows; commands: {', '.join(took.traffic.commands)}"


def test_all_work_that_this_mailbox_is_large_enough_for_has_a_budget() -> None:
    assert [work.name for work in bench.work.WORKS if work.needs <= SIZE and work.name not in WORKS] == []


@pytest.mark.servers
def test_every_page_says_how_many_statements_it_took(figures: dict[str, Figures]) -> None:
    assert [name for name, took in figures.items() if not took.statements] == []


def test_a_newsletter_is_cleaned_in_no_more_steps_than_it_was() -> None:
    number = next(number for number in range(100) if is_newsletter(number))
    (letter,) = islice(letters(number + 1), number, None)
    text = letter.raw.decode().partition("\r\n\r\n")[2]
    judge = Judge(know_links(), SignedLinks(ServerKeys(b"k" * 32), User("ann")), Leaving.ODD)
    privacy = Privacy(ReadingSettings(), read_trackers(), None, judge)
    privacy.clean("", {}, privacy.links("/mail/main/INBOX/1"), remote=False)
    counted = cProfile.Profile()
    with counted:
        privacy.clean(text, {}, privacy.links("/mail/main/INBOX/1"), remote=False, either=True)
    assert sum(entry.callcount for entry in counted.getstats()) <= BUDGETS["cleaning"]["calls"]


def test_a_sender_is_judged_in_no_more_steps_than_they_were() -> None:
    (letter,) = letters(1)
    block = HeaderBlock(letter.raw.partition(b"\r\n\r\n")[0])
    now = block.envelope.date
    assert now is not None
    doubts_about(Header(block), now, now, ("example.org",))
    counted = cProfile.Profile()
    with counted:
        doubts = doubts_about(Header(block), now, now, ("example.org",))
    assert not doubts
    assert sum(entry.callcount for entry in counted.getstats()) <= BUDGETS["judging"]["calls"]


def test_the_command_line_reads_no_more_than_it_did() -> None:
    asked = "import sys, core.cli.main; print(len(sys.modules))"
    # What measures the tests' reach imports modules of its own.
    unmeasured = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    done = subprocess.run([sys.executable, "-c", asked], env=unmeasured, capture_output=True, text=True, check=True)
    assert int(done.stdout) <= BUDGETS["command-line"]["modules"]
