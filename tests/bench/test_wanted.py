"""What can be asked of `hm3 bench`, and what is said to what cannot."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from bench.house import BenchFailed
from bench.wanted import Wanted, choose, read_theirs, read_wanted
from bench.work import WORKS
from core.cli.main import hm3


def read(**typed: str | int | bool) -> Wanted:
    """What was typed, and what stands there by itself."""
    usual = {"sizes": "200,10000", "users": "8", "only": "", "rounds": 15, "delay": "0 ms"}
    asked = {"seeds": Path("x"), "commands": False, "quick": False, **usual, **typed}
    return read_wanted(**asked)  # type: ignore[arg-type]  # each under its own name


def test_numbers_and_a_delay_are_understood() -> None:
    wanted = read(delay="20ms", only="open, flag")
    assert (wanted.sizes, wanted.users, wanted.delay) == ((200, 10_000), (8,), 0.02)
    assert {work.name for work in wanted.works} == {"open-plain", "open-html", "open-heavy", "flag"}


def test_a_line_has_a_speed_in_octets_a_second() -> None:
    assert (read(speed="10 Mbit").speed, read().speed, read(compress=True).compress) == (1_250_000, 0, True)


def test_users_may_rest_between_two_actions() -> None:
    assert (read().pause, read(pause="1500 ms").pause) == (0.0, 1.5)


def test_a_crowd_needs_no_mailbox_of_one_user() -> None:
    assert read(sizes="").sizes == ()


def test_without_a_name_everything_is_measured() -> None:
    assert choose(()) == list(WORKS)


def test_a_quick_run_is_small() -> None:
    wanted = read(quick=True)
    assert (wanted.sizes, wanted.users, wanted.rounds, wanted.cold) == ((200,), (), 3, False)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"sizes": "many"}, "--sizes many: this takes numbers like 8,32, each at most 1,000,000."),
        (
            {"sizes": "", "users": ""},
            "There is nothing to measure: name mailboxes with --sizes, or a crowd with --users.",
        ),
        ({"sizes": "0"}, "--sizes 0: this takes numbers like 8,32, each at most 1,000,000."),
        ({"users": "9999"}, "--users 9999: this takes numbers like 8,32, each at most 500."),
        ({"rounds": 0}, "--rounds 0: at least one round is needed."),
        ({"delay": "far"}, "--delay far: a delay looks like 20ms."),
        ({"pause": "long"}, "--pause long: a pause looks like 20ms."),
        ({"streams": 10_001}, "--streams 10001: from 1 to 10,000 can be open."),
        ({"speed": "fast"}, "--speed fast: a line's speed looks like 10Mbit."),
    ],
)
def test_what_cannot_be_measured_is_said(typed: dict[str, str | int], said: str) -> None:
    with pytest.raises(BenchFailed) as refused:
        read(**typed)
    assert str(refused.value) == said


def test_an_unknown_work_is_answered_with_those_there_are() -> None:
    with pytest.raises(BenchFailed, match=r"^lists: there is no such work\. There are login, folders, list, "):
        choose(("lists",))


def test_the_command_says_what_is_wrong() -> None:
    done = CliRunner().invoke(hm3, ["bench", "--delay", "far"])
    assert str(done.exception) == "--delay far: a delay looks like 20ms."


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["--user", "ann"], "--user names a mailbox of a server: say which, with --imap SERVER."),
        (
            ["--imap", "localhost:10143", "--user", "ann", "--profile", "list"],
            "--profile draws what a mail server of its own is asked for: leave out --imap.",
        ),
    ],
)
def test_options_that_mean_nothing_together_are_refused(typed: list[str], said: str) -> None:
    done = CliRunner().invoke(hm3, ["bench", *typed])
    assert str(done.exception) == said


def test_another_server_is_reached_with_tls_unless_it_is_on_this_machine() -> None:
    far = read_theirs("imap.example.org", "ann", lambda: "secret")
    near = read_theirs("127.0.0.1:10143", "ann", lambda: "secret")
    assert (far.port, far.encrypted, near.encrypted) == (993, True, False)


@pytest.mark.parametrize(
    ("server", "user", "said"),
    [
        ("imap.example.org", None, "--imap needs a user too: say --user NAME."),
        ("not a name", "ann", "--imap not a name: a server looks like imap.example.org or imap.example.org:993."),
        (
            "imap.example.org:143",
            "ann",
            "--imap imap.example.org:143: the password would travel unencrypted. Name a port with TLS, such as 993.",
        ),
        ("127.0.0.1:99999", "ann", "--imap 127.0.0.1:99999: a port is a number from 1 to 65535."),
    ],
)
def test_a_server_that_will_not_do_is_refused(server: str, user: str | None, said: str) -> None:
    with pytest.raises(BenchFailed) as refused:
        read_theirs(server, user, lambda: "secret")
    assert str(refused.value) == said


def test_several_processes_may_serve_but_not_none() -> None:
    assert (read().workers, read(workers=2).workers) == (1, 2)
    with pytest.raises(BenchFailed, match="--workers 0: from 1 to 64 processes can serve"):
        read(workers=0)
