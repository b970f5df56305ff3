"""Landlock, by which a Linux process takes rights away from itself for good (kernel 5.13, TCP ports from 6.7).

The numbers are those of the kernel's interface, linux/landlock.h; glibc has no functions for it.
"""

import ctypes
import os
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from core.errors import ConfigError

_CREATE, _ADD_RULE, _RESTRICT = 444, 445, 446
_ASK_VERSION = 1
_BENEATH, _PORT = 1, 2
_NO_NEW_PRIVILEGES = 38
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_MAKE_AND_REMOVE = sum(1 << bit for bit in range(4, 13))
_REFER, _TRUNCATE, _IOCTL = 1 << 13, 1 << 14, 1 << 15
_BIND_TCP, _CONNECT_TCP = 1 << 0, 1 << 1
_FOR_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL


@dataclass(frozen=True)
class Rights:
    """What a process keeps: trees to read (and run programs from), trees to write, ports to connect to.

    `ports` None leaves the network alone.
    """

    readable: tuple[Path, ...]
    writable: tuple[Path, ...]
    ports: frozenset[int] | None = None


def landlock_version() -> int:
    """Which version of Landlock the kernel has; 0 for none."""
    version = int(_libc().syscall(_CREATE, None, ctypes.c_size_t(0), ctypes.c_uint(_ASK_VERSION)))
    return max(version, 0)


def restrict(rights: Rights, version: int) -> None:
    """Give up everything else for this thread and all that it starts. Raises ConfigError where the kernel refuses."""
    files = _EXECUTE | _WRITE_FILE | _READ_FILE | _READ_DIR | _MAKE_AND_REMOVE
    files |= (_REFER if version >= 2 else 0) | (_TRUNCATE if version >= 3 else 0) | (_IOCTL if version >= 5 else 0)
    network = _BIND_TCP | _CONNECT_TCP if version >= 4 and rights.ports is not None else 0
    attributes = struct.pack("=QQ", files, network) if version >= 4 else struct.pack("=Q", files)
    ruleset = _call(_CREATE, attributes, ctypes.c_size_t(len(attributes)), ctypes.c_uint(0))
    try:
        _allow_trees(ruleset, rights.readable, (_EXECUTE | _READ_FILE | _READ_DIR) & files)
        _allow_trees(ruleset, rights.writable, files & ~_EXECUTE)
        for port in sorted(rights.ports or ()) if network else ():
            _call(_ADD_RULE, ruleset, ctypes.c_int(_PORT), struct.pack("=QQ", _CONNECT_TCP, port), ctypes.c_uint(0))
        if _libc().prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0):
            raise ConfigError("The kernel does not let hm3 give up new privileges. Say [sandbox] files = off.")
        _call(_RESTRICT, ruleset, ctypes.c_uint(0))
    finally:
        os.close(ruleset)


def _allow_trees(ruleset: int, trees: Iterable[Path], rights: int) -> None:
    for tree in trees:
        try:
            handle = os.open(tree, os.O_PATH | os.O_CLOEXEC)
        except OSError:
            # What is not there needs no right.
            continue
        try:
            allowed = rights if tree.is_dir() else rights & _FOR_FILES
            rule = struct.pack("=Qi", allowed, handle)
            _call(_ADD_RULE, ruleset, ctypes.c_int(_BENEATH), rule, ctypes.c_uint(0))
        finally:
            os.close(handle)


def _call(number: int, *arguments: object) -> int:
    result = int(_libc().syscall(ctypes.c_long(number), *arguments))
    if result < 0:
        reason = os.strerror(ctypes.get_errno())
        raise ConfigError(f"Landlock refuses to confine hm3 ({reason}). Say [sandbox] files = off to go without it.")
    return result


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
