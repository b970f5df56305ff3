"""Become another program of ours, with bounds that it cannot lift: this file is what is started apart (see apart.py).

Its arguments are the octets of memory, the seconds of the processor, and the file of the program with arguments of
that one. The bounds stand before the first line of the program is read.
"""

import resource
import runpy
import sys
from collections.abc import Callable, Sequence

MOST_FILES = 64

SetLimit = Callable[[int, tuple[int, int]], None]


def bound(memory: int, seconds: int, set_limit: SetLimit = resource.setrlimit) -> None:
    """Take so many octets of memory and so much work of the processor at most; write no file, and start nothing."""
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, MOST_FILES),
    ):
        set_limit(what, (most, most))


def main(arguments: Sequence[str], set_limit: SetLimit = resource.setrlimit) -> None:
    """Bound this process, then be the program that the arguments name."""
    memory, seconds, *program = arguments
    bound(int(memory), int(seconds), set_limit)
    sys.argv = list(program)
    runpy.run_path(program[0], run_name="__main__")


if __name__ == "__main__":
    main(sys.argv[1:])
