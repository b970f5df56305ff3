"""Every target of fuzzing keeps its promises for what it begins with and for some hundred inputs made of that."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from fuzz.bounds import TooSlow, at_most
from fuzz.mutating import LONGEST, mutations
from fuzz.promises import check_built
from fuzz.seeds import seeds
from fuzz.targets import TARGETS

ROOT = Path(__file__).resolve().parents[2]


def fuzz(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run the command to its end, in a process that bounds its own memory and the time of each input."""
    command = [sys.executable, "-m", "fuzz", *arguments, "--found", str(folder / "found")]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=850)


def test_no_input_of_some_hundred_breaks_a_promise(tmp_path: Path) -> None:
    made = fuzz(tmp_path, *TARGETS, "--inputs", "100", "--megabytes", "1500")
    assert (made.returncode, made.stderr) == (0, "") and not (tmp_path / "found").exists()


def test_the_targets_are_listed_and_others_refused(tmp_path: Path) -> None:
    listed, refused = fuzz(tmp_path), fuzz(tmp_path, "nothing")
    assert (listed.returncode, refused.returncode) == (0, 2)
    assert all(name in listed.stderr and name in refused.stderr for name in TARGETS)


def test_too_little_memory_is_seen(tmp_path: Path) -> None:
    assert fuzz(tmp_path, "html", "--inputs", "1", "--megabytes", "1").returncode != 0


def test_what_takes_too_long_is_stopped() -> None:
    with pytest.raises(TooSlow, match=r"0\.1 s"), at_most(0.1):
        ends = time.process_time() + 60
        while time.process_time() < ends:
            pass


def test_inputs_are_the_same_for_the_same_key_and_bounded() -> None:
    begun = list(seeds("html"))
    made = list(mutations(begun, 300, "a"))
    assert made == list(mutations(begun, 300, "a")) != list(mutations(begun, 300, "b"))
    assert len(set(made)) > 250 and max(map(len, made)) <= LONGEST


@pytest.mark.parametrize("name", TARGETS)
def test_every_target_has_something_to_begin_with(name: str) -> None:
    assert len([one for one in seeds(name) if one]) > 0


@pytest.mark.parametrize(
    ("shown", "what"),
    [
        ("<script>x</script>", "script"),
        ("<p onclick=x>", "onclick"),
        ("<img srcset=x>", "srcset"),
        ("<a href=javascript:x>", "javascript"),
        ("<img src=//x>", "//x"),
        ('<p style="background:url(x)">', "url"),
        ("<svg></svg>", "svg"),
    ],
)
def test_what_no_message_may_have_is_seen(shown: str, what: str) -> None:
    with pytest.raises(AssertionError, match=what):
        check_built(shown)
