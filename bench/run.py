"""One run of `hm3 bench`: everything is started, measured, told and ended."""

import json
import platform
import re
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from bench.bare import BareImap
from bench.between import Upstream, proxy
from bench.browser import Browser
from bench.house import BenchFailed, Login, make_users, private_mail_server, scratch_folder, serve, submission
from bench.measure import Figures, measure, memory_of
from bench.report import as_json, commands_of, octets, table
from bench.work import WORKS, Bench, Work
from demo.dovecot import Dovecot

SIZES = (200, 10_000, 100_000)
ROUNDS = 15
MOST = 1_000_000

Tell = Callable[[str], None]


def note_progress(words: str) -> None:
    """Say what is under way, apart from the tables."""
    print(words, file=sys.stderr, flush=True)


@dataclass(frozen=True)
class Wanted:
    """What is to be measured. `delay` is in seconds; an empty `only` means everything."""

    sizes: tuple[int, ...] = SIZES
    only: tuple[str, ...] = ()
    rounds: int = ROUNDS
    delay: float = 0.0
    seeds: Path = Path("bench-data")
    commands: bool = False


def read_wanted(sizes: str, only: str, rounds: int, delay: str, commands: bool, seeds: Path) -> Wanted:
    """What was typed, such as `200,10000` and `20ms`. Raise BenchFailed where it cannot be understood."""
    numbers = [word.strip().replace("_", "") for word in sizes.split(",")]
    if not all(word.isdecimal() and 0 < int(word) <= MOST for word in numbers):
        raise BenchFailed(f"--sizes {sizes}: sizes look like 200,10000 and are at most {MOST:,}.")
    if rounds < 1:
        raise BenchFailed(f"--rounds {rounds}: at least one round is needed.")
    match = re.fullmatch(r"([0-9]{1,5}) ?(?:ms)?", delay.strip())
    if match is None:
        raise BenchFailed(f"--delay {delay}: a delay looks like 20ms.")
    names = tuple(name.strip() for name in only.split(",") if name.strip())
    choose(names)
    return Wanted(tuple(map(int, numbers)), names, rounds, int(match[1]) / 1000, seeds, commands)


def run_bench(wanted: Wanted, json_file: Path | None, tell: Tell = print, note: Tell = note_progress) -> int:
    """Measure and tell; `note` gets what happens meanwhile. Raise BenchFailed where nothing can be measured."""
    works = choose(wanted.only)
    results: list[dict[str, object]] = []
    with ExitStack() as running:
        folder = running.enter_context(scratch_folder())
        dovecot = running.enter_context(private_mail_server(folder / "dovecot"))
        for size in wanted.sizes:
            note(f"The mailbox of {size:,} messages is made or copied.")
            logins = make_users(dovecot, size, ["hm3", "bare"], wanted.seeds)
            found, memory = _measure_size(dovecot, size, logins, works, wanted, folder / f"hm3-{size}", note)
            tell(table(size, found))
            tell(f"hm3's resident memory: {octets(memory)}")
            if wanted.commands:
                tell(commands_of(found))
            results.append({"messages": size, "memory": memory, "figures": as_json(found)})
    if json_file is not None:
        whole = {"machine": describe_machine(), "delay_ms": wanted.delay * 1000, "mailboxes": results}
        json_file.write_text(json.dumps(whole, indent=1) + "\n", "utf-8")
    return 0


def choose(only: tuple[str, ...]) -> list[Work]:
    """The works of these names or groups: `open` stands for all that open. Raise BenchFailed for an unknown one."""
    if not only:
        return list(WORKS)
    for name in only:
        if not any(_named(work, name) for work in WORKS):
            known = ", ".join(work.name for work in WORKS)
            raise BenchFailed(f"--only {name}: there is no such work. There are {known}.")
    return [work for work in WORKS if any(_named(work, name) for name in only)]


def describe_machine() -> dict[str, str]:
    """What the figures depend on, without the machine's name."""
    said = subprocess.run(["dovecot", "--version"], capture_output=True, text=True, check=False).stdout.split()
    processors = Path("/proc/cpuinfo").read_text("ascii", "replace").count("\nprocessor") + 1
    memory = Path("/proc/meminfo").read_text("ascii").split()[1]
    return {
        "processors": str(processors),
        "memory": f"{round(int(memory) / 1024 / 1024)} GiB",
        "python": platform.python_version(),
        "dovecot": said[0] if said else "",
        "system": f"{platform.system()} {platform.machine()}, Python {sys.version_info.major}.{sys.version_info.minor}",
    }


def _measure_size(
    dovecot: Dovecot,
    size: int,
    logins: list[Login],
    works: list[Work],
    wanted: Wanted,
    folder: Path,
    note: Tell,
) -> tuple[list[Figures], int]:
    with ExitStack() as running:
        between = running.enter_context(proxy(Upstream(dovecot.host, dovecot.imap_port), wanted.delay))
        smtp = running.enter_context(submission(dovecot))
        hm3 = running.enter_context(serve(folder, between.port, smtp))
        # The bare commands take the same way, so that what the proxy costs is on both sides.
        bare = running.enter_context(BareImap(between.port))
        bare.log_in(logins[1].name, logins[1].password)
        bare.ask('SELECT "INBOX"')
        browser = Browser(hm3.port)
        running.callback(browser.close)
        bench = Bench(size, browser, bare, logins[0], logins[1], between.port, smtp)
        bench.enter()
        possible = [work for work in works if work.needs <= size]
        return measure(bench, possible, wanted.rounds, hm3, between, note), memory_of(hm3)


def _named(work: Work, name: str) -> bool:
    return work.name == name or work.name.startswith(f"{name}-")
