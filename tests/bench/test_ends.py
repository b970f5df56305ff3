"""A run leaves nothing behind, and says beforehand what cannot be kept."""

import os
import signal
from pathlib import Path

import pytest

from bench.ends import failing_kindly, see_that_it_can_be_kept
from bench.house import BenchFailed, scratch_folder


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_who_is_ended_ends_what_was_started(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with pytest.raises(KeyboardInterrupt), failing_kindly(), scratch_folder() as folder:
        assert folder.is_dir()
        os.kill(os.getpid(), number)
    assert not folder.exists() and signal.getsignal(number) is before


@pytest.mark.parametrize(
    "error", [ConnectionResetError("it hung up"), EOFError("it hung up"), TimeoutError("it hung up")]
)
def test_a_server_that_goes_away_is_said(error: Exception) -> None:
    with pytest.raises(BenchFailed, match=r"^it hung up$"), failing_kindly():
        raise error


def test_what_cannot_be_kept_is_said_before_anything_is_measured(tmp_path: Path) -> None:
    nowhere, file = tmp_path / "none" / "figures.json", tmp_path / "file"
    file.touch()
    with pytest.raises(BenchFailed) as refused:
        see_that_it_can_be_kept(nowhere)
    assert str(refused.value) == f"Nothing can be kept in {nowhere}: No such file or directory."
    with pytest.raises(BenchFailed) as refused:
        see_that_it_can_be_kept(None, file / "seeds")
    assert str(refused.value) == f"Nothing can be kept in {file / 'seeds'}: Not a directory."


def test_a_place_for_results_stays_as_it_was(tmp_path: Path) -> None:
    before, new = tmp_path / "before.json", tmp_path / "new.json"
    before.write_text("{}")
    see_that_it_can_be_kept(before)
    see_that_it_can_be_kept(new, tmp_path / "seeds" / "here")
    assert before.read_text() == "{}" and not new.exists() and (tmp_path / "seeds" / "here").is_dir()
