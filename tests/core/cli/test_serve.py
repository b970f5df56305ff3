"""`hm3 serve`, from the configuration to an answer."""

import http.client
import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.cli.serve import make_data_folder, make_key_files, refuse_open_door, serve_site, shared_counts
from core.discovery import find_in_folder
from core.errors import ConfigError
from core.ini.app import AppConfig, Bind, Proxies
from core.loader import SHIPPED
from core.output.assets import BUILT
from core.security.keyfile import KeyFile
from tests.core.shelf import Shelf

pytestmark = pytest.mark.usefixtures("front_end")

HELLO = """
from dataclasses import dataclass

hello = module.page("hello", "/hello", access=Access.ANYONE)

@dataclass(frozen=True)
class Greeting:
    "What is said."
    words: str

@module.handler(hello)
def greet() -> Greeting:
    return Greeting("Good day")

@module.output(hello.data)
def say(greeting: Greeting) -> Greeting:
    return greeting
"""

LEAKING = """
from dataclasses import dataclass

@module.config
@dataclass(frozen=True)
class TeaConfig:
    "How tea is made."
    minutes: Count = option(Count(3), help="How long it draws.")

    @property
    def warnings(self) -> tuple[str, ...]:
        return ("The kettle leaks.",)
"""


@contextmanager
def serving(shelf: Shelf, *arguments: str, app: str = "") -> Iterator["subprocess.Popen[str]"]:
    """`hm3 serve` with the modules of a shelf and none of the shipped ones."""
    off = "\n".join(f"{found.name} = off" for found in find_in_folder(SHIPPED))
    # The measuring of tests writes beside the program.
    measured = f"[sandbox]\nwritable = {SHIPPED.parent}\n"
    shelf.write(f"[app]\nname = Post\n{app}\n[modules]\npath = modules\n{off}\n{measured}")
    command = [sys.executable, "-m", "core.cli", "serve", *arguments]
    server = subprocess.Popen(
        command,
        cwd=shelf.folder,
        env={**os.environ, "PYTHONPATH": str(SHIPPED.parent)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield server
    finally:
        if server.poll() is None:
            os.killpg(server.pid, signal.SIGKILL)
        server.communicate()


def first_line(server: "subprocess.Popen[str]") -> str:
    """What a server says first; one that ends instead fails the test with its complaint."""
    assert server.stdout is not None
    line = server.stdout.readline()
    if not line:
        pytest.fail(server.communicate(timeout=120)[1])
    return line


def test_the_address_is_said_when_pages_are_answered_and_a_signal_ends_it(shelf: Shelf) -> None:
    shelf.add("hello", more=HELLO)
    with serving(shelf, "--bind", "127.0.0.1:0") as server:
        said = first_line(server).split()
        assert said[:3] == ["Post", "answers", "at"]
        request = urllib.request.Request(f"{said[3]}/hello", headers={"Accept": "application/json"})
        with urllib.request.urlopen(request) as answer:
            assert json.load(answer)["words"] == "Good day"
        server.terminate()
        server.communicate(timeout=60)
        assert server.returncode == 0


def test_several_workers_say_their_address_once_and_count_together(shelf: Shelf) -> None:
    shelf.add("hello", more=HELLO)
    with serving(shelf, "--bind", "127.0.0.1:0", app="workers = 2\n[rates]\ngeneral = 7 per minute") as server:
        port = int(first_line(server).rpartition(":")[2])
        statuses = []
        for _ in range(12):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            connection.request("GET", "/hello")
            statuses.append(connection.getresponse().status)
            connection.close()
        assert statuses == [200] * 7 + [429] * 5
        server.terminate()
        assert (server.communicate(timeout=60)[0], server.returncode) == ("", 0)


@pytest.mark.parametrize(("said", "processors"), [("", 1), ("one_processor = no\n", len(os.sched_getaffinity(0)))])
def test_each_worker_keeps_to_one_processor_unless_it_is_not_to(shelf: Shelf, said: str, processors: int) -> None:
    shelf.add("hello", more=HELLO)
    with serving(shelf, "--bind", "127.0.0.1:0", app=f"workers = 2\n{said}") as server:
        first_line(server)
        workers = [int(pid) for pid in Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()]
        kept = [os.sched_getaffinity(pid) for pid in workers]
    assert [len(one) for one in kept] == [processors] * 2
    assert len(os.sched_getaffinity(0)) == 1 or len(kept[0] | kept[1]) > 1


def test_rates_that_several_workers_cannot_count_are_refused(shelf: Shelf) -> None:
    loaded = shelf.load("[app]\nworkers = 2\n[rates]\nsend = 20000 per hour\n")
    with pytest.raises(
        ConfigError, match=r"\[rates\] send: 20000 per hour is more than several workers count together"
    ):
        shared_counts(loaded)
    assert shared_counts(shelf.load("[rates]\nsend = 20000 per hour\n")) is None


def test_what_an_admin_should_know_is_said_at_the_start(shelf: Shelf) -> None:
    shelf.add("tea", more=LEAKING)
    with serving(shelf, "--bind", "127.0.0.1:0") as server:
        first_line(server)
        server.terminate()
        assert server.communicate(timeout=60)[1].startswith("hm3.ini: [tea] The kettle leaks.\n")


def test_nothing_is_written_outside_the_data_folder(shelf: Shelf) -> None:
    with serving(shelf, "--bind", "127.0.0.1:0", app="data = kept") as server:
        first_line(server)
        server.terminate()
        server.communicate(timeout=60)
    assert sorted(path.name for path in shelf.folder.iterdir()) == ["hm3.ini", "kept", "modules"]


def test_a_data_folder_that_cannot_be_made_ends_it_with_a_sentence(shelf: Shelf) -> None:
    with serving(shelf, "--bind", "127.0.0.1:0", app="data = /dev/null/data") as server:
        said, complained = server.communicate(timeout=120)
        assert (server.returncode, said) == (1, "")
        assert complained == (
            "[app] data: /dev/null/data cannot be written: Not a directory. "
            "Name a folder that belongs to the user who runs hm3.\n"
        )


def test_data_that_everyone_could_read_is_refused() -> None:
    with pytest.raises(ConfigError, match="which everyone can read"):
        make_data_folder(BUILT / "data")


def test_keys_that_everyone_could_read_are_refused(shelf: Shelf) -> None:
    loaded = shelf.load(f"[crypto]\nkeys = {BUILT / 'keys'}\n")
    with pytest.raises(ConfigError, match=r"\[crypto\] keys: .* is in .*, which everyone can read"):
        make_key_files(loaded)
    assert not (BUILT / "keys").exists()


def test_keys_may_lie_outside_of_the_data_and_are_followed_there(shelf: Shelf) -> None:
    shelf.add("hello", more=HELLO)
    with serving(shelf, "--bind", "127.0.0.1:0", app="data = kept\n[crypto]\nkeys = hidden") as server:
        address = first_line(server).split()[3]
        assert sorted(path.name for path in (shelf.folder / "hidden").iterdir()) == ["server.key", "vault.key"]
        assert not (shelf.folder / "kept" / "keys").exists()
        KeyFile(shelf.folder / "hidden" / "server.key").add(datetime.now(UTC))
        request = urllib.request.Request(f"{address}/hello", headers={"Accept": "application/json"})
        with urllib.request.urlopen(request) as answer:
            assert json.load(answer)["words"] == "Good day"


def test_keys_that_others_can_read_end_it_before_anything_listens(shelf: Shelf) -> None:
    keys = shelf.folder / "data" / "keys"
    keys.mkdir(parents=True, mode=0o700)
    (keys / "server.key").write_text("07" * 32)
    (keys / "server.key").chmod(0o644)
    with serving(shelf, "--bind", "127.0.0.1:0") as server:
        said, complained = server.communicate(timeout=120)
        assert (server.returncode, said) == (1, "")
        assert "server.key can be read by other users. Say: chmod 0400" in complained


def test_a_data_folder_is_closed_to_other_users(tmp_path: Path) -> None:
    make_data_folder(tmp_path / "kept" / "data")
    assert (tmp_path / "kept" / "data").stat().st_mode & 0o077 == 0


@pytest.mark.skipif(not Path("/proc/self/fdinfo").is_dir(), reason="needs a folder that not even root may write to")
def test_a_data_folder_that_cannot_be_written_is_refused() -> None:
    with pytest.raises(ConfigError, match="/proc/self/fdinfo cannot be written"):
        make_data_folder(Path("/proc/self/fdinfo"))


def test_an_open_door_ends_it_before_anything_listens(shelf: Shelf) -> None:
    with serving(shelf, "--bind", "0.0.0.0:0") as server:
        _, complained = server.communicate(timeout=120)
        assert server.returncode == 1
        assert complained.startswith("hm3 does not listen on 0.0.0.0:0: other machines would reach it there")


def test_an_address_that_is_none_is_refused(shelf: Shelf) -> None:
    with pytest.raises(ConfigError, match="--bind here is not an address with a port"):
        serve_site(shelf.load(), "here")


@pytest.mark.parametrize(
    ("bind", "app", "insecure"),
    [
        ("127.0.0.1:8300", AppConfig(), False),
        ("[::1]:8300", AppConfig(), False),
        ("0.0.0.0:8300", AppConfig(trusted_proxies=Proxies(1)), False),
        ("0.0.0.0:8300", AppConfig(), True),
    ],
)
def test_a_guarded_door_is_no_matter(bind: str, app: AppConfig, insecure: bool) -> None:
    refuse_open_door(Bind.parse(bind), app, insecure)
    assert Bind.parse(bind).is_loopback or app.trusted_proxies or insecure


@pytest.mark.parametrize("bind", ["0.0.0.0:8300", "[::]:8300", "192.0.2.1:8300", "mail.example.org:8300"])
def test_a_door_to_other_machines_is_refused_without_a_proxy(bind: str) -> None:
    with pytest.raises(ConfigError, match=r"trusted_proxies = 1"):
        refuse_open_door(Bind.parse(bind), AppConfig(), False)


def test_the_reason_that_keeps_it_from_starting_is_found_in_a_file_that_is_named(shelf: Shelf, tmp_path: Path) -> None:
    with serving(shelf, "--config", str(tmp_path / "other.ini")) as server:
        _, complained = server.communicate(timeout=120)
        assert complained == f"{tmp_path}/other.ini: there is no such file. Write one with: hm3 config new\n"
