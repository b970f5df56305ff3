"""Mail that root keeps where Dovecot's account may not look."""

import os
from pathlib import Path

import pytest

from demo.shelter import others_may_enter, reachable

needs_root = pytest.mark.skipif(os.getuid() != 0, reason="Only root steps down to another account.")


@needs_root
def test_what_was_written_outside_comes_home_even_after_an_interruption(tmp_path: Path) -> None:
    home = tmp_path / "closed" / "mail"
    home.mkdir(parents=True)
    home.parent.chmod(0o700)
    (home / "old").write_text("old")
    with pytest.raises(KeyboardInterrupt), reachable(home) as outside:
        assert outside != home
        assert others_may_enter(outside)
        assert (outside / "old").read_text() == "old"
        (outside / "new").write_text("new")
        raise KeyboardInterrupt
    assert {path.name for path in home.iterdir()} == {"old", "new"}
    assert not outside.exists()


def test_a_folder_that_can_be_reached_is_used_itself() -> None:
    folder = Path("/tmp")
    with reachable(folder) as used:
        assert used == folder
