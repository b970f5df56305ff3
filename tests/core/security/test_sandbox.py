"""What a confined process can still do, told by the process itself."""

import json
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.input.values import Secret
from core.security import landlock
from core.security.sandbox import (
    USUAL_PORTS,
    SandboxConfig,
    TcpPort,
    reachable_ports,
    readable_trees,
    writable_trees,
)
from modules.imap.config import ImapConfig

ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Files:
    """Options that name a file."""

    authorities: Path


@dataclass(frozen=True)
class Place:
    """An option that holds an address, right or wrong."""

    url: Secret


PROBE = """
import ctypes, json, os, resource, socket, ssl, subprocess, sys
from pathlib import Path
from core.security.sandbox import SandboxConfig, TcpPort, confine

def tried(act):
    try:
        act()
    except OSError as error:
        return type(error).__name__
    return "done"

data, outside, allowed, refused, options = json.loads(sys.argv[1])
# The measuring of tests writes beside the program.
config = SandboxConfig(**{"ports": (TcpPort(allowed),), "writable": (Path.cwd(),), **options})
(Path(data) / "link").symlink_to(Path(outside) / "secret")
told = confine(config, Path(data), {})
def reach(port):
    with socket.socket() as client:
        client.connect(("127.0.0.1", port))
results = {
    "told": told,
    "write data": tried(lambda: (Path(data) / "new").write_text("x")),
    "read data": tried(lambda: (Path(data) / "new").read_text()),
    "remove data": tried(lambda: (Path(data) / "new").unlink()),
    "write outside": tried(lambda: (Path(outside) / "new").write_text("x")),
    "read outside": tried(lambda: (Path(outside) / "secret").read_text()),
    "list outside": tried(lambda: os.listdir(outside)),
    "read through a link": tried(lambda: (Path(data) / "link").read_text()),
    "read the certificates": tried(ssl.create_default_context),
    "resolve a name": tried(lambda: socket.getaddrinfo("localhost", 143)),
    "reach an allowed port": tried(lambda: reach(allowed)),
    "reach another port": tried(lambda: reach(refused)),
    "listen": tried(lambda: socket.create_server(("127.0.0.1", 0)).close()),
    "write outside by a program": subprocess.run(["touch", f"{outside}/by-program"], capture_output=True).returncode,
    "core dumps": resource.getrlimit(resource.RLIMIT_CORE),
    "dumpable": ctypes.CDLL(None).prctl(3, 0, 0, 0, 0),
    "mask": os.umask(0o077),
    "privileges": [line for line in Path("/proc/self/status").read_text().splitlines() if "NoNewPrivs" in line],
}
print(json.dumps(results))
"""

needs_landlock = pytest.mark.skipif(landlock.landlock_version() < 4, reason="this kernel has no Landlock for ports")


def probe(folder: Path, **options: bool) -> dict[str, object]:
    """What a process in a sandbox of its own could do."""
    data, outside = folder / "data", folder / "outside"
    data.mkdir()
    outside.mkdir()
    (outside / "secret").write_text("secret")
    with socket.create_server(("127.0.0.1", 0)) as allowed, socket.create_server(("127.0.0.1", 0)) as refused:
        ports = (allowed.getsockname()[1], refused.getsockname()[1])
        told = json.dumps([str(data), str(outside), *ports, options])
        done = subprocess.run([sys.executable, "-c", PROBE, told], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    return found


@needs_landlock
def test_a_confined_process_keeps_what_it_needs_and_nothing_else(tmp_path: Path) -> None:
    found = probe(tmp_path)
    needed = (
        "write data",
        "read data",
        "remove data",
        "read the certificates",
        "resolve a name",
        "reach an allowed port",
    )
    assert {what: found[what] for what in needed} == dict.fromkeys(needed, "done")
    gone = ("write outside", "read outside", "list outside", "read through a link", "reach another port", "listen")
    assert {what: found[what] for what in gone} == dict.fromkeys(gone, "PermissionError")
    assert found["write outside by a program"] != 0 and not (tmp_path / "outside" / "by-program").exists()
    assert found["told"] == "The process reads its program, writes its data and reaches its servers alone."


@needs_landlock
def test_nobody_gets_more_rights_or_reads_what_it_leaves_behind(tmp_path: Path) -> None:
    found = probe(tmp_path)
    assert (found["core dumps"], found["mask"], found["privileges"]) == ([0, 0], 0o077, ["NoNewPrivs:\t1"])
    # PR_GET_DUMPABLE: neither a core file nor another process of the same user gets at the memory.
    assert found["dumpable"] == 0


@needs_landlock
def test_the_network_can_be_left_open(tmp_path: Path) -> None:
    found = probe(tmp_path, network=False)
    assert (found["reach another port"], found["listen"], found["write outside"]) == ("done", "done", "PermissionError")
    assert found["told"] == "The process reads its program and writes its data alone."


def test_the_sandbox_can_be_off_and_says_so(tmp_path: Path) -> None:
    found = probe(tmp_path, files=False)
    assert (found["write outside"], found["reach another port"]) == ("done", "done")
    assert found["told"] == "The process is not confined: [sandbox] files = off."


def test_a_kernel_without_landlock_is_named(tmp_path: Path) -> None:
    code = (
        "from pathlib import Path; import core.security.sandbox as sandbox\n"
        "sandbox.landlock_version = lambda: 0\n"
        f"print(sandbox.confine(sandbox.SandboxConfig(), Path({str(tmp_path)!r}), {{}}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout == "The process is not confined: this kernel has no Landlock.\n"


@needs_landlock
def test_a_kernel_that_refuses_is_named() -> None:
    code = (
        "from pathlib import Path; from core.security.landlock import Rights, restrict\n"
        "from core.errors import ConfigError\n"
        "try:\n    restrict(Rights((), (), frozenset({1 << 17})), 7)\n"
        "except ConfigError as error:\n    print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.startswith("Landlock refuses to confine hm3 (Invalid argument). Say [sandbox] files = off")


def test_the_ports_of_configured_servers_can_be_reached(tmp_path: Path) -> None:
    config = SandboxConfig(ports=(TcpPort(8888),))
    found = reachable_ports(config, {ImapConfig: ImapConfig(port=TcpPort(14300))})  # type: ignore[arg-type]  # any number
    assert found == USUAL_PORTS | {8888, 14300}


@pytest.mark.parametrize(
    ("url", "port"),
    [
        ("redis://localhost", 6379),
        ("rediss://name:word@redis.example:6380/1", 6380),
        ("postgresql+psycopg://name:word@[::1]/hm3", 5432),
        ("unix:///run/redis.sock", None),
        ("https://elsewhere.example", None),
        ("redis://host:port", None),
    ],
)
def test_the_port_that_an_address_in_an_option_names_can_be_reached(url: str, port: int | None) -> None:
    config = SandboxConfig()
    named = reachable_ports(config, {Place: Place(Secret(url))})
    assert named - USUAL_PORTS == ({port} if port else set())


def test_files_that_options_name_can_be_read(tmp_path: Path) -> None:
    named = tmp_path / "ca.pem"
    found = readable_trees(SandboxConfig(readable=(tmp_path,)), {Files: Files(named)})
    assert {named, tmp_path, ROOT} <= set(found)
    assert tmp_path in writable_trees(SandboxConfig(), tmp_path)


def test_credentials_of_systemd_can_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert tmp_path in readable_trees(SandboxConfig(), {})


def test_what_is_not_there_needs_no_right(tmp_path: Path) -> None:
    code = (
        "from pathlib import Path; from core.security.landlock import *\n"
        f"restrict(Rights((Path('/'), Path({str(tmp_path / 'missing')!r})), (Path.cwd(),)), landlock_version())\n"
        "print('confined')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert done.stdout == "confined\n" or landlock.landlock_version() == 0


@dataclass(frozen=True)
class Peer:
    """One of several servers."""

    home: str


def test_the_servers_of_several_sections_can_be_reached() -> None:
    peers = Peer("https://one.example:8443/x"), Peer("http://127.0.0.1:9000")
    assert {8443, 9000} <= reachable_ports(SandboxConfig(), {Peer: peers})
