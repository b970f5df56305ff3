"""`hm3 check --connect`: what modules check is run at once, and each failure stands behind its line."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from core.cli.check import check_boot
from core.cli.reaching import try_servers
from core.errors import ConfigError, WiringError
from demo.ports import free_ports
from tests.core.shelf import Shelf

KETTLE = """
import time
from dataclasses import dataclass

@module.config
@dataclass(frozen=True)
class KettleConfig:
    "A kettle."
    host: Line = option(Line("kitchen"), help="Where.")
    password: Secret | None = option(None, help="The word.")
"""
HEAD = f'{KETTLE}\n@module.check("host")\ndef look(config: KettleConfig) -> str:\n    '


def told(shelf: Shelf, ini: str = "", patience: float = 10.0) -> list[str]:
    """What is said where everything works."""
    said: list[str] = []
    try_servers(shelf.load(ini), said.append, patience)
    return said


def refused(shelf: Shelf, ini: str = "", patience: float = 10.0) -> list[str]:
    """What is said of failures, without the path of the test's folder."""
    with pytest.raises(ConfigError) as failed:
        told(shelf, ini, patience)
    return str(failed.value).replace(f"{shelf.folder}/", "").splitlines()


def test_what_works_is_told_in_a_line(shelf: Shelf) -> None:
    shelf.add("kettle", more=f'{HEAD}return f"{{config.host}} is hot."')
    assert told(shelf, "[kettle]\nhost = attic\n") == ["[kettle] host: attic is hot."]


def test_a_failure_stands_behind_the_line_of_its_option(shelf: Shelf) -> None:
    shelf.add("kettle", more=f'{HEAD}raise UpstreamError("It is cold.")')
    assert refused(shelf, "\n[kettle]\nhost = attic\n") == ["hm3.ini:3: [kettle] host: It is cold."]
    assert refused(shelf) == ["hm3.ini: [kettle] host: It is cold."]


def test_a_failure_can_be_about_another_option(shelf: Shelf) -> None:
    shelf.add("kettle", more=f'{HEAD}raise WrongOption("password", "It is not taken.")')
    ini = "[kettle]\nhost = attic\npassword = hush\n"
    assert refused(shelf, ini) == ["hm3.ini:3: [kettle] password: It is not taken."]


def test_one_that_hangs_does_not_keep_the_others(shelf: Shelf) -> None:
    shelf.add("kettle", more=f'{HEAD}time.sleep(60)\n    return ""')
    shelf.add("stove", more=HEAD.replace("Kettle", "Stove") + 'raise UpstreamError("It is cold.")')
    began = time.monotonic()
    assert refused(shelf, patience=0.5) == [
        "hm3.ini: [stove] host: It is cold.",
        "hm3.ini: [kettle] host: There is no answer within 0.5 seconds.",
    ]
    assert time.monotonic() - began < 10


def test_a_bug_in_a_check_is_not_hidden(shelf: Shelf) -> None:
    shelf.add("kettle", more=f"{HEAD}return str(1 // 0)")
    with pytest.raises(ZeroDivisionError):
        told(shelf)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (
            "@module.check\ndef look(config: KettleConfig) -> str: ...",
            r'is given look. Write @module.check\("option"\)',
        ),
        ('@module.check("hots")\ndef look(config: KettleConfig) -> str: ...', "a check of hots, which is no option"),
        ('@module.check("host")\ndef look(clock: Clock) -> str: ...', "asks for clock. A check gets configs"),
        ('@module.check("host")\ndef look(config: KettleConfig) -> int: ...', "Return what works, as a str"),
    ],
)
def test_a_wrong_declaration_is_named_at_start(shelf: Shelf, code: str, reason: str) -> None:
    shelf.add("kettle", more=f"{KETTLE}\n{code}")
    with pytest.raises((ConfigError, WiringError), match=reason):
        check_boot(shelf.load())


def test_the_command_fails_where_a_server_does(tmp_path: Path) -> None:
    ports = free_ports(2)
    ini = tmp_path / "hm3.ini"
    data = f"[app]\ndata = {tmp_path / 'data'}\n"
    ini.write_text(f"{data}[imap]\nport = {ports[0]}\n[smtp]\nhost = localhost\nport = {ports[1]}\n")
    command = [sys.executable, "-m", "core.cli", "check", "--config", str(ini)]
    assert subprocess.run(command, capture_output=True, timeout=60, check=False).returncode == 0
    ended = subprocess.run([*command, "--connect"], capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 1
    told = ended.stderr
    assert f"{ini}: [imap] host: The mail server localhost at port {ports[0]} refuses connections." in told
    assert f"{ini}:6: [smtp] host: The submission server localhost cannot be reached: Connection refused." in told
    assert len(told.splitlines()) == 2


def test_redis_is_tried_where_sessions_are_kept_there(shelf: Shelf) -> None:
    ini = f"[session]\nstore = redis\nredis_url = redis://:hush@127.0.0.1:{free_ports(1)[0]}/0\n"
    (line,) = refused(shelf, ini)
    assert line.startswith("hm3.ini:3: [session] redis_url: Redis at ")
    assert "does not answer" in line
    assert "hush" not in line
