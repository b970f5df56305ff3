"""What is made of the program's own files, kept beside them for the next start: in `__pycache__`, as Python does it.

It is part of the program, for it is run. So it is read only where nobody can have written it but root, the owner of
the program and whoever runs it, and it lies where a confined process cannot write.
"""

import hashlib
import logging
import os
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

log = logging.getLogger("hm3.program")

_FOLDER = "__pycache__"
_DIGEST = hashlib.sha256().digest_size
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
_OPEN_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_OPEN_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC
_MAKE_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


def read_beside(source: Path, kind: str) -> bytes | None:
    """What was made of a file; None where nothing was, or where somebody else may have written it."""
    with suppress(OSError), _folder_of(source) as folder:
        descriptor = os.open(_name(source, kind), _OPEN_FILE, dir_fd=folder)
        with os.fdopen(descriptor, "rb") as file:
            if _is_ours(source.parent / _FOLDER, os.fstat(descriptor), stat.S_ISREG):
                octets = file.read()
                if hashlib.sha256(octets[_DIGEST:]).digest() == octets[:_DIGEST]:
                    return octets[_DIGEST:]
    return None


def write_beside(source: Path, kind: str, octets: bytes) -> None:
    """Keep what was made of a file, in one step. Nothing happens where that cannot be written, as Python does it."""
    name = _name(source, kind)
    written = f"{name}.{os.getpid()}"
    with suppress(OSError):
        with suppress(FileExistsError):
            (source.parent / _FOLDER).mkdir(mode=0o755)
        with _folder_of(source) as folder:
            try:
                with os.fdopen(os.open(written, _MAKE_FILE, 0o644, dir_fd=folder), "wb") as file:
                    file.write(hashlib.sha256(octets).digest() + octets)
                os.replace(written, name, src_dir_fd=folder, dst_dir_fd=folder)
            except OSError:
                with suppress(OSError):
                    os.unlink(written, dir_fd=folder)


@contextmanager
def _folder_of(source: Path) -> Iterator[int]:
    """The folder beside a file, open. Raises OSError where there is none, or where others may write."""
    path = source.parent / _FOLDER
    descriptor = os.open(path, _OPEN_FOLDER)
    try:
        if not _is_ours(path, os.fstat(descriptor), stat.S_ISDIR):
            raise PermissionError(path)
        yield descriptor
    finally:
        os.close(descriptor)


def _name(source: Path, kind: str) -> str:
    return f"{source.name}.{kind}.{sys.implementation.cache_tag}"


def _is_ours(folder: Path, found: os.stat_result, is_right: Callable[[int], bool]) -> bool:
    """Whether something is of the right kind, and can be written by nobody but who may change the program anyway."""
    if is_right(found.st_mode) and found.st_uid in _trusted() and not found.st_mode & _OTHERS_WRITE:
        return True
    _warn(folder)
    return False


@cache
def _trusted() -> frozenset[int]:
    """Who may write: root, whoever runs the program, and who could change its code as well."""
    return frozenset({0, os.geteuid(), Path(__file__).stat().st_uid})


@cache
def _warn(folder: Path) -> None:
    """Say it once a folder."""
    log.warning("%s is not read: others than root, the program's owner and its user may write there.", folder)
