"""One run of `hm3 bench`: everything is started, measured, told and ended."""

import json
import platform
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from bench.bare import BareFailed, BareImap
from bench.between import Between, Upstream, proxy
from bench.browser import Browser, PageFailed
from bench.crowd import SIZE, CrowdFigures, measure_crowd
from bench.ends import failing_kindly, see_that_it_can_be_kept
from bench.flames import draw, read_folded
from bench.house import (
    BenchFailed,
    Login,
    Served,
    Smtp,
    make_users,
    private_mail_server,
    scratch_folder,
    serve,
    submission,
)
from bench.measure import WARM_UPS, Figures, measure, measure_cold, memory_of, note_stacks
from bench.open_streams import streams_as_json, streams_table
from bench.report import as_json, cold_table, commands_of, crowd_as_json, crowd_table, octets, table
from bench.sides import Bench
from bench.streams import SIZE as STREAMS_SIZE
from bench.streams import StreamFigures, measure_streams, settings_of
from bench.wanted import Theirs, Wanted, choose
from bench.work import Work
from demo.dovecot import Dovecot

COLD_ROUNDS = 5
# Of these rounds the one that asked least is counted.
COUNTED = 3

Tell = Callable[[str], None]


def note_progress(words: str) -> None:
    """Say what is under way, apart from the tables."""
    print(words, file=sys.stderr, flush=True)


def run_bench(wanted: Wanted, json_file: Path | None, tell: Tell = print, note: Tell = note_progress) -> int:
    """Measure and tell; `note` gets what happens meanwhile. Raise BenchFailed where nothing can be measured."""
    results: list[dict[str, object]] = []
    crowds: list[CrowdFigures] = []
    streams: list[StreamFigures] = []
    least = min(work.needs for work in wanted.works)
    if wanted.sizes and max(wanted.sizes) < least:
        raise BenchFailed(f"What was named with --only needs a mailbox of {least:,} messages: say so with --sizes.")
    see_that_it_can_be_kept(json_file, wanted.seeds)
    with failing_kindly(), _mail_server() as (folder, dovecot):
        for size in wanted.sizes:
            note(f"The mailbox of {size:,} messages is made or copied.")
            found, memory = measure_mailbox(dovecot, size, wanted, folder / f"hm3-{size}", note)
            results.append(_tell_figures(size, found, memory, wanted, tell))
        for users in wanted.users if wanted.streams else ():
            note(f"{wanted.streams} streams of {users} users ...")
            streams.append(_measure_streams(dovecot, users, wanted, folder / f"streams-{users}"))
        for users in () if wanted.streams else wanted.users:
            note(f"{users} users at once ...")
            crowds.append(_measure_users(dovecot, users, wanted, folder / f"crowd-{users}"))
            note(f"{crowds[-1].rate:.0f} requests a second.")
    if crowds:
        tell(crowd_table(SIZE, crowds, wanted.pause))
    if streams:
        tell(streams_table(streams))
    _write(json_file, wanted, results, crowds, streams)
    return 0


def profile(wanted: Wanted, name: str, picture: Path, tell: Tell = print, note: Tell = note_progress) -> int:
    """Draw where one kind of work spends its time, in the largest mailbox. Raise BenchFailed where it cannot be."""
    work = choose((name,))[0]
    size = max(wanted.sizes, default=max(200, work.needs))
    if size < work.needs:
        raise BenchFailed(f"{work.name} needs a mailbox of {work.needs:,} messages: say so with --sizes.")
    see_that_it_can_be_kept(picture, wanted.seeds)
    with failing_kindly(), _mail_server() as (folder, dovecot):
        note(f"The mailbox of {size:,} messages is made or copied.")
        with _private_stage(dovecot, size, wanted, folder / "hm3", observed=True) as stage:
            rounds = min(wanted.rounds * 10, work.most_rounds - WARM_UPS)
            note(f"{work.title}, {rounds} times ...")
            lines = note_stacks(stage.bench, work, rounds, stage.hm3)
    picture.write_text(draw(read_folded(lines), f"{work.title}, INBOX of {size:,} messages"), "utf-8")
    picture.with_suffix(".folded").write_text("\n".join(lines) + "\n", "utf-8")
    tell(f"{picture} shows where the time went; {picture.with_suffix('.folded')} holds the same as text.")
    return 0


def describe_machine() -> dict[str, str]:
    """What the figures depend on, without the machine's name."""
    said = subprocess.run(["dovecot", "--version"], capture_output=True, text=True, check=False).stdout.split()
    processors = Path("/proc/cpuinfo").read_text("utf-8", "replace").count("processor\t")
    memory = int(Path("/proc/meminfo").read_text("ascii").split()[1])
    return {
        "processors": str(processors),
        "memory": f"{round(memory / 1024 / 1024)} GiB",
        "dovecot": said[0] if said else "",
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
    }


@dataclass(frozen=True)
class Stage:
    """A running hm3 with a proxy before the mail server, and both sides logged in."""

    bench: Bench
    hm3: Served
    between: Between


@contextmanager
def _mail_server() -> Iterator[tuple[Path, Dovecot]]:
    with scratch_folder() as folder, private_mail_server(folder / "dovecot") as dovecot:
        yield folder, dovecot


@contextmanager
def _private_stage(
    dovecot: Dovecot, size: int, wanted: Wanted, folder: Path, *, observed: bool = False, timing: bool = False
) -> Iterator[Stage]:
    logins = make_users(dovecot, size, ["counted", "beside"] if timing else ["hm3", "bare"], wanted.seeds)
    upstream = Upstream(dovecot.host, dovecot.imap_port)
    with (
        submission(dovecot) as smtp,
        _stage(upstream, size, logins, smtp, wanted, folder, observed=observed, timing=timing) as stage,
    ):
        yield stage


@contextmanager
def _stage(
    upstream: Upstream,
    size: int,
    logins: list[Login],
    smtp: Smtp | None,
    wanted: Wanted,
    folder: Path,
    *,
    observed: bool = False,
    timing: bool = False,
) -> Iterator[Stage]:
    with ExitStack() as running:
        between = running.enter_context(proxy(upstream, wanted.delay, wanted.speed))
        # The bare commands take the same way, so that what the proxy costs is on both sides.
        bare = running.enter_context(_reach(upstream, between))
        bare.log_in(logins[1].name, logins[1].password)
        bare.ask('SELECT "INBOX"')
        serving = partial(serve, workers=wanted.workers, compress=wanted.compress, observed=observed, timing=timing)
        hm3 = running.enter_context(serving(folder, between.port, smtp))
        browser = Browser(hm3.port)
        running.callback(browser.close)
        bench = Bench(size, browser, bare, logins[0], logins[1], between.port, smtp)
        try:
            bench.enter()
            yield Stage(bench, hm3, between)
        except PageFailed as error:
            raise PageFailed(f"{error} {hm3.child.last_words(5)}") from error


def _reach(upstream: Upstream, between: Between) -> BareImap:
    try:
        return BareImap(between.port)
    except BareFailed as error:
        why = f" {between.counters.failed}" if between.counters.failed else ""
        raise BareFailed(f"{upstream.host}, port {upstream.port}: {error}{why}") from error


def measure_mailbox(
    dovecot: Dovecot, size: int, wanted: Wanted, folder: Path, note: Tell = note_progress
) -> tuple[list[Figures], int]:
    """What each work took in a mailbox of this size, and hm3's resident memory in octets afterwards."""
    works = [work for work in wanted.works if work.needs <= size]
    with _private_stage(dovecot, size, wanted, folder.with_name("counted"), timing=True) as stage:
        counted = _count_stage(stage, works, wanted, note)
    with _private_stage(dovecot, size, wanted, folder) as stage:
        found, memory = _measure_stage(stage, works, wanted, note)
    return [figures.counted_as(other) for figures, other in zip(found, counted, strict=True)], memory


def measure_theirs(
    theirs: Theirs, wanted: Wanted, json_file: Path | None, tell: Tell = print, note: Tell = note_progress
) -> int:
    """Measure and tell what reads in the inbox of a user of any mail server. Raise BenchFailed where that fails."""
    upstream = Upstream(theirs.host, theirs.port, ssl.create_default_context() if theirs.encrypted else None)
    works = [work for work in wanted.works if work.reads]
    if not works:
        raise BenchFailed("At this mail server only what reads is measured, and nothing of that was named with --only.")
    see_that_it_can_be_kept(json_file)
    with failing_kindly(), scratch_folder() as folder:
        logins = [theirs.login, theirs.login]
        with _stage(upstream, 0, logins, None, wanted, folder / "counted", timing=True) as stage:
            stage.bench.learn()
            counted = _count_stage(stage, works, wanted, note) if stage.bench.size else []
        with _stage(upstream, 0, logins, None, wanted, folder / "hm3") as stage:
            stage.bench.learn()
            size = stage.bench.size
            if not size:
                raise BenchFailed(f"The inbox of {theirs.login.name} is empty: there is nothing to measure.")
            found, memory = _measure_stage(stage, works, wanted, note)
            found = [figures.counted_as(other) for figures, other in zip(found, counted, strict=True)]
        _write(json_file, wanted, [_tell_figures(size, found, memory, wanted, tell)], [], [])
    return 0


def _count_stage(stage: Stage, works: list[Work], wanted: Wanted, note: Tell) -> list[Figures]:
    """The same work done a few times with timing on, which tells counts and is itself on the clock."""
    note("What hm3 counts is counted first ...")
    return _measure_stage(
        stage, works, replace(wanted, rounds=min(COUNTED, wanted.rounds), cold=False), lambda _: None
    )[0]


def _measure_stage(stage: Stage, works: list[Work], wanted: Wanted, note: Tell) -> tuple[list[Figures], int]:
    found = [Figures(work) for work in works]
    if wanted.cold:
        measure_cold(stage.bench, found, min(COLD_ROUNDS, wanted.rounds), stage.between, note)
        stage.bench.browser.follow("/mail/")
    measure(stage.bench, found, wanted.rounds, stage.hm3, stage.between, note)
    return found, memory_of(stage.hm3)


def _tell_figures(size: int, found: list[Figures], memory: int, wanted: Wanted, tell: Tell) -> dict[str, object]:
    tell(table(size, found))
    if wanted.cold and any(figures.cold for figures in found):
        tell(cold_table(size, found))
    tell(f"hm3's resident memory: {octets(memory)}")
    if wanted.commands:
        tell(commands_of(found))
    return {"messages": size, "memory": memory, "figures": as_json(found)}


def _write(
    json_file: Path | None,
    wanted: Wanted,
    results: list[dict[str, object]],
    crowds: list[CrowdFigures],
    streams: list[StreamFigures],
) -> None:
    whole = {
        "machine": describe_machine(),
        "delay_ms": wanted.delay * 1000,
        "speed": wanted.speed,
        "compress": wanted.compress,
        "workers": wanted.workers,
        "pause_ms": wanted.pause * 1000,
        "mailboxes": results,
        "crowds": crowd_as_json(crowds),
        "streams": streams_as_json(streams),
    }
    if json_file is not None:
        json_file.write_text(json.dumps(whole, indent=1) + "\n", "utf-8")


def _measure_users(dovecot: Dovecot, users: int, wanted: Wanted, folder: Path) -> CrowdFigures:
    names = [f"crowd-{users}-{number}" for number in range(users)]
    logins = make_users(dovecot, SIZE, names, wanted.seeds, light=True)
    with submission(dovecot) as smtp, serve(folder, dovecot.imap_port, smtp, workers=wanted.workers) as hm3:
        return measure_crowd(logins, dovecot.imap_port, hm3, smtp, pause=wanted.pause)


def _measure_streams(dovecot: Dovecot, users: int, wanted: Wanted, folder: Path) -> StreamFigures:
    names = [f"streams-{users}-{number}" for number in range(users)]
    logins = make_users(dovecot, STREAMS_SIZE, names, wanted.seeds, light=True)
    settings = settings_of(users, wanted.streams)
    with (
        submission(dovecot) as smtp,
        serve(folder, dovecot.imap_port, smtp, settings, workers=wanted.workers) as hm3,
    ):
        return measure_streams(logins, wanted.streams, dovecot, hm3, smtp)
