"""Run a small program of ours apart from the site: it gets octets and gives octets, and reaches nothing else.

It is for what reads octets of strangers with code that has been broken before. Landlock keeps the program from writing
files and from the network; its memory, its work and what it may open are bounded before its first line is read
(bounded.py), and it is ended when its time is over.
"""

import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from core.errors import WebmailError
from core.processors import anywhere
from core.security.landlock import Rights, landlock_version, restrict

_PIECE = 256 * 1024
_SYSTEM = ("/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/dev/urandom")
_NOTHING = Path("/dev/null")
_BOUNDED = Path(__file__).resolve().with_name("bounded.py")


class Broken(WebmailError):
    """A program that runs apart failed, took too long or said too much."""


@dataclass(frozen=True)
class Program:
    """A file of Python that reads its standard input and writes its standard output.

    `packages` are folders whose packages it imports; besides these it has the standard library alone. It takes at most
    `memory` octets and `work` seconds of the processor, and is ended after `seconds` of the clock.
    """

    file: Path
    arguments: tuple[str, ...] = ()
    packages: tuple[Path, ...] = ()
    seconds: float = 10
    memory: int = 256 * 1024 * 1024
    work: int = 5
    most_output: int = 50_000_000


def run_apart(program: Program, octets: bytes) -> bytes:
    """What the program makes of octets. Raises Broken where it ends in any way but well."""
    ends = time.monotonic() + program.seconds
    with open(os.memfd_create("input"), "w+b", buffering=0) as given:
        given.write(octets)
        given.seek(0)
        process = _start(program, given.fileno())
    try:
        made = _listen(process, ends, program.most_output)
        status = process.wait(max(0.0, ends - time.monotonic()))
    except subprocess.TimeoutExpired as error:
        raise Broken("The program did not come to its end in time.") from error
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
    if status:
        raise Broken(f"The program ended with status {status}.")
    return made


def _start(program: Program, given: int) -> subprocess.Popen[bytes]:
    """The running program. A thread of its own gives its rights away first: only what it starts goes without them."""
    started: list[subprocess.Popen[bytes]] = []
    failed: list[Exception] = []

    def start() -> None:
        try:
            _give_up_rights(program)
            bounds = (str(_BOUNDED), str(program.memory), str(program.work))
            command = [sys.executable, "-s", "-P", "-B", *bounds, str(program.file), *program.arguments]
            known = {"PYTHONPATH": os.pathsep.join(map(str, program.packages))}
            with anywhere():
                process = subprocess.Popen(
                    command, stdin=given, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=known
                )
            started.append(process)
        except (OSError, WebmailError) as error:
            failed.append(error)

    thread = threading.Thread(target=start, name="apart")
    thread.start()
    thread.join()
    if failed:
        raise Broken("The program could not be started.") from failed[0]
    return started[0]


def _give_up_rights(program: Program) -> None:
    version = landlock_version() if sys.platform == "linux" else 0
    if version:
        places = (sys.prefix, sys.base_prefix, *_SYSTEM)
        interpreter = Path(sys.executable).resolve().parent
        readable = (_BOUNDED, program.file, *program.packages, interpreter, *(Path(place) for place in places))
        restrict(Rights(readable, (_NOTHING,), frozenset()), version)


def _listen(process: subprocess.Popen[bytes], ends: float, most: int) -> bytes:
    """All that the program writes until it closes its output."""
    assert process.stdout is not None  # it was asked for
    heard, output = bytearray(), process.stdout.fileno()
    waiting = select.poll()
    waiting.register(output, select.POLLIN | select.POLLHUP)
    while waiting.poll(max(0.0, ends - time.monotonic()) * 1000):
        piece = os.read(output, _PIECE)
        if not piece:
            return bytes(heard)
        heard += piece
        if len(heard) > most:
            raise Broken("The program says more than it may.")
    raise Broken("The program did not come to its end in time.")


def packages_of(*names: str) -> tuple[Path, ...]:
    """The folders that hold installed packages, by their names, without importing these."""
    return tuple(dict.fromkeys(_folder_of(name) for name in names))


def _folder_of(name: str) -> Path:
    spec = find_spec(name)
    places: Sequence[str] = (spec.submodule_search_locations or ()) if spec is not None else ()
    if not places:
        raise Broken(f"The package {name} is not installed.")
    return Path(places[0]).parent
