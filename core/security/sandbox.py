"""The process confines itself: it reads its code and its configuration, writes its data, and reaches its servers."""

import ctypes
import dataclasses
import logging
import os
import resource
import site
import ssl
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit

from core.ini.schema import option
from core.input.values import Count
from core.security.landlock import Rights, landlock_version, restrict

log = logging.getLogger("hm3.sandbox")

ROOT = Path(__file__).resolve().parents[2]
# Name resolution over TCP, mail in all its forms, directories, and the web for what modules ask of it.
USUAL_PORTS = frozenset({25, 53, 80, 143, 389, 443, 465, 587, 636, 993, 4190})
_WEB = ("http://", "https://")
_SERVER_PORTS = {"postgresql": 5432, "redis": 6379, "rediss": 6379}
_SYSTEM = ("/usr", "/lib", "/lib64", "/bin", "/etc", "/opt", "/run/systemd/resolve", "/proc/self", "/proc/sys/vm")
_DEVICES = ("/dev/null", "/dev/urandom", "/dev/random", "/dev/zero", "/dev/shm")
_SET_DUMPABLE = 4
_OWN_MASK = 0o077


class TcpPort(Count):
    """A TCP port."""

    __slots__ = ()
    least: ClassVar[int] = 1
    most: ClassVar[int] = 65535


@dataclass(frozen=True)
class SandboxConfig:
    """What the process takes away from itself at start, so that a mistake in it opens nothing else."""

    files: bool = option(
        True, help="Read only the program and its configuration, write only the data folder (Landlock, Linux 5.13)."
    )
    network: bool = option(
        True, help="Connect only to the ports of the configured servers and the usual ones (Landlock, Linux 6.7)."
    )
    readable: tuple[Path, ...] = option((), help="Further files and folders that may be read.")
    writable: tuple[Path, ...] = option((), help="Further folders that may be written.")
    ports: tuple[TcpPort, ...] = option((), help="Further ports that may be connected to.")


def confine(config: SandboxConfig, data: Path, configs: Mapping[type, object], more: Iterable[Path] = ()) -> str:
    """Confine this process and all that it starts; what was done, in a sentence.

    `configs` name files to be read and ports to be reached; `more` are folders of modules. Call it before the first
    thread begins. Raises ConfigError where the kernel has Landlock and refuses.
    """
    os.umask(_OWN_MASK)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    ctypes.CDLL(None).prctl(_SET_DUMPABLE, 0, 0, 0, 0)
    if not config.files:
        return "The process is not confined: [sandbox] files = off."
    version = landlock_version() if sys.platform == "linux" else 0
    if not version:
        return "The process is not confined: this kernel has no Landlock."
    ports = reachable_ports(config, configs) if config.network else None
    restrict(Rights((*readable_trees(config, configs), *more), writable_trees(config, data), ports), version)
    if ports is None or version < 4:
        return "The process reads its program and writes its data alone."
    return "The process reads its program, writes its data and reaches its servers alone."


def readable_trees(config: SandboxConfig, configs: Mapping[type, object]) -> tuple[Path, ...]:
    """Program, interpreter, certificates and time zones, and the files that options name."""
    paths = ssl.get_default_verify_paths()
    certificates = [Path(path) for path in (paths.cafile, paths.capath) if path]
    packages = [Path(folder) for folder in (*site.getsitepackages(), sys.prefix, sys.base_prefix)]
    named = [value for _, value in _values(configs) if isinstance(value, Path)]
    if credentials := os.environ.get("CREDENTIALS_DIRECTORY"):
        named.append(Path(credentials))
    return (ROOT, *map(Path, _SYSTEM), *packages, *certificates, *named, *config.readable)


def writable_trees(config: SandboxConfig, data: Path) -> tuple[Path, ...]:
    """The data folder, and devices that hold nothing."""
    return (data, *map(Path, _DEVICES), *config.writable)


def reachable_ports(config: SandboxConfig, configs: Mapping[type, object]) -> frozenset[int]:
    """The usual ports, those that options named port hold, and those that addresses in options name."""
    named = set()
    for name, value in _values(configs):
        if name.endswith("port") and isinstance(value, int):
            named.add(int(value))
        elif name.endswith("ports") and isinstance(value, tuple):
            named |= {int(port) for port in value}
        elif isinstance(value, str) and (name.endswith("url") or value.startswith(_WEB)):
            named |= _port_of(value)
    return USUAL_PORTS | named | {int(port) for port in config.ports}


def _port_of(url: str) -> set[int]:
    """The port that an address names, or the one that its kind of server usually has; none for a socket."""
    try:
        parts = urlsplit(url)
        usual = _SERVER_PORTS.get(parts.scheme.partition("+")[0])
        port = parts.port or (usual if parts.hostname else None)
    except ValueError:
        # Whoever reads the option says what is wrong with it.
        return set()
    return {port} if port is not None else set()


def _values(configs: Mapping[type, object]) -> Iterable[tuple[str, object]]:
    """The names and values of all options; of a config that hm3.ini holds several of, those of each."""
    for kind, held in configs.items():
        for one in held if isinstance(held, tuple) else (held,):
            for field in dataclasses.fields(kind) if dataclasses.is_dataclass(kind) else ():
                yield field.name, getattr(one, field.name)
