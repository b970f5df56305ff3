"""What a run of `hm3 bench` is asked to measure."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from bench.house import BenchFailed, Login
from bench.work import WORKS, Work

MOST = 1_000_000
MOST_USERS = 500
MOST_WORKERS = 64
MOST_STREAMS = 10_000
HERE = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Wanted:
    """What is to be measured. `delay` is in seconds, `speed` in octets a second or 0 for any; an empty `only` means
    everything; `seeds` keeps the mailboxes; `compress` has hm3 ask the mail server for compressed answers; `pause` is
    how many seconds users who work at once rest between two actions; with `streams` so many of all users are open, in
    place of their work.
    """

    sizes: tuple[int, ...]
    users: tuple[int, ...] = ()
    only: tuple[str, ...] = ()
    rounds: int = 15
    delay: float = 0.0
    seeds: Path = Path("bench-data")
    commands: bool = False
    cold: bool = True
    workers: int = 1
    speed: int = 0
    compress: bool = False
    streams: int = 0
    pause: float = 0.0

    @property
    def works(self) -> list[Work]:
        """The pieces of work that were named."""
        return choose(self.only)


@dataclass(frozen=True)
class Theirs:
    """A user of a mail server that was not started for this; what is measured there only reads."""

    host: str
    port: int
    login: Login

    @property
    def encrypted(self) -> bool:
        """Whether the server wants TLS; only one on this machine may do without, at any port but 993."""
        return self.port == 993 or self.host not in HERE


def refuse_what_does_not_go_together(server: str | None, user: str | None, profiled: str | None) -> None:
    """Raise BenchFailed for options of which one would mean nothing."""
    if server is None and user is not None:
        raise BenchFailed("--user names a mailbox of a server: say which, with --imap SERVER.")
    if server is not None and profiled is not None:
        raise BenchFailed("--profile draws what a mail server of its own is asked for: leave out --imap.")


def read_theirs(server: str, user: str | None, password: Callable[[], str]) -> Theirs:
    """A server as `imap.example.org` or with a port, and its user. Raise BenchFailed where that does not do."""
    match = re.fullmatch(r"([A-Za-z0-9.-]{1,253}|\[[0-9a-fA-F:.]+\])(?::([0-9]{1,5}))?", server, re.ASCII)
    if match is None:
        raise BenchFailed(f"--imap {server}: a server looks like imap.example.org or imap.example.org:993.")
    if not user:
        raise BenchFailed("--imap needs a user too: say --user NAME.")
    host, port = match[1].strip("[]"), int(match[2] or 993)
    if not 1 <= port <= 65_535:
        raise BenchFailed(f"--imap {server}: a port is a number from 1 to 65535.")
    if port == 143 and host not in HERE:
        raise BenchFailed(f"--imap {server}: the password would travel unencrypted. Name a port with TLS, such as 993.")
    return Theirs(host, port, Login(user, password()))


def read_wanted(
    sizes: str,
    users: str,
    only: str,
    rounds: int,
    delay: str,
    seeds: Path,
    *,
    commands: bool,
    quick: bool,
    workers: int = 1,
    speed: str = "",
    compress: bool = False,
    streams: int = 0,
    pause: str = "0 ms",
) -> Wanted:
    """What was typed, such as `200,10000`, `20ms` and `10 Mbit`. Raise BenchFailed where it cannot be understood.

    A quick run measures the smallest mailbox in few rounds, and no crowd.
    """
    if rounds < 1:
        raise BenchFailed(f"--rounds {rounds}: at least one round is needed.")
    if not 1 <= workers <= MOST_WORKERS:
        raise BenchFailed(f"--workers {workers}: from 1 to {MOST_WORKERS} processes can serve.")
    if not 0 <= streams <= MOST_STREAMS:
        raise BenchFailed(f"--streams {streams}: from 1 to {MOST_STREAMS:,} can be open.")
    seconds, octets, rest = _time("--delay", "a delay", delay), _speed(speed), _time("--pause", "a pause", pause)
    names = tuple(name.strip() for name in only.split(",") if name.strip())
    choose(names)
    asked = _numbers("--sizes", sizes, MOST)
    crowd = _numbers("--users", users, MOST_USERS)
    if not asked and (quick or not crowd):
        raise BenchFailed("There is nothing to measure: name mailboxes with --sizes, or a crowd with --users.")
    if quick:
        asked, crowd, rounds = asked[:1], (), min(rounds, 3)
    plain = Wanted(asked, crowd, names, rounds, seconds, seeds, commands, cold=not quick, workers=workers)
    return replace(plain, speed=octets, compress=compress, streams=streams, pause=rest)


def choose(only: tuple[str, ...]) -> list[Work]:
    """The works of these names or groups: `open` stands for all that open. Raise BenchFailed for an unknown one."""
    if not only:
        return list(WORKS)
    for name in only:
        if not any(_named(work, name) for work in WORKS):
            known = ", ".join(work.name for work in WORKS)
            raise BenchFailed(f"{name}: there is no such work. There are {known}.")
    return [work for work in WORKS if any(_named(work, name) for name in only)]


def _named(work: Work, name: str) -> bool:
    return work.name == name or work.name.startswith(f"{name}-")


def _time(option: str, kind: str, text: str) -> float:
    """Seconds, written in milliseconds. Raise BenchFailed for anything else."""
    match = re.fullmatch(r"([0-9]{1,5}) ?(?:ms)?", text.strip(), re.ASCII)
    if match is None:
        raise BenchFailed(f"{option} {text}: {kind} looks like 20ms.")
    return int(match[1]) / 1000


def _speed(text: str) -> int:
    match = re.fullmatch(r"(?:([1-9][0-9]{0,5}) ?Mbit)?", text.strip(), re.ASCII)
    if match is None:
        raise BenchFailed(f"--speed {text}: a line's speed looks like 10Mbit.")
    return int(match[1] or 0) * 125_000


def _numbers(option: str, text: str, most: int) -> tuple[int, ...]:
    words = [word.strip() for word in text.split(",") if word.strip()]
    if not all(re.fullmatch(r"[1-9][0-9]{0,8}", word, re.ASCII) and int(word) <= most for word in words):
        raise BenchFailed(f"{option} {text}: this takes numbers like 8,32, each at most {most:,}.")
    return tuple(map(int, words))
