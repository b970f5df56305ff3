"""What lies beside the program's files is read only where nobody else can have written it."""

import logging
from collections.abc import Callable
from pathlib import Path

import pytest

from core.output import beside
from core.output.beside import read_beside, write_beside

OCTETS = b"made of it\n\0"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A file of which something was made, and kept."""
    beside._warn.cache_clear()
    file = tmp_path / "page.html"
    file.write_text("source")
    write_beside(file, "en", OCTETS)
    return file


def kept(source: Path) -> Path:
    """The file in which it is kept."""
    (file,) = (source.parent / "__pycache__").iterdir()
    return file


def open_folder(file: Path) -> None:
    """Let everybody write into its folder."""
    file.parent.chmod(0o757)


def open_folder_to_a_group(file: Path) -> None:
    """Let a group write into its folder."""
    file.parent.chmod(0o775)


def open_file(file: Path) -> None:
    """Let everybody write into it."""
    file.chmod(0o646)


def open_file_to_a_group(file: Path) -> None:
    """Let a group write into it."""
    file.chmod(0o664)


def lead_elsewhere(file: Path) -> None:
    """Have it be a link."""
    file.rename(file.parent / "another")
    file.symlink_to(file.parent / "another")


def lead_folder_elsewhere(file: Path) -> None:
    """Have its folder be a link."""
    file.parent.rename(file.parent.parent / "another")
    file.parent.symlink_to(file.parent.parent / "another")


def have_a_folder(file: Path) -> None:
    """Have a folder in its place."""
    file.unlink()
    file.mkdir()


def damage(file: Path) -> None:
    """Have some of it missing."""
    file.write_bytes(file.read_bytes()[:-1])


def empty(file: Path) -> None:
    """Have nothing in it."""
    file.write_bytes(b"")


def test_what_was_made_is_read_again(source: Path) -> None:
    assert read_beside(source, "en") == OCTETS
    assert read_beside(source, "de") is None
    write_beside(source, "en", b"other")
    assert read_beside(source, "en") == b"other"
    assert kept(source).stat().st_mode & 0o777 == 0o644
    assert kept(source).parent.stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize(
    "change",
    [
        open_folder,
        open_folder_to_a_group,
        open_file,
        open_file_to_a_group,
        lead_elsewhere,
        lead_folder_elsewhere,
        have_a_folder,
        damage,
        empty,
    ],
)
def test_what_others_may_have_written_or_is_damaged_is_not_read(source: Path, change: Callable[[Path], None]) -> None:
    change(kept(source))
    assert read_beside(source, "en") is None


def test_it_is_said_once_that_others_may_write(source: Path, caplog: pytest.LogCaptureFixture) -> None:
    open_folder(kept(source))
    with caplog.at_level(logging.WARNING):
        assert read_beside(source, "en") is read_beside(source, "en") is None
    place = source.parent / "__pycache__"
    assert caplog.messages == [
        f"{place} is not read: others than root, the program's owner and its user may write there."
    ]


def test_what_somebody_else_owns_is_not_read(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "_trusted", lambda: frozenset({source.stat().st_uid + 1}))
    assert read_beside(source, "en") is None
    monkeypatch.undo()
    assert read_beside(source, "en") == OCTETS


def test_root_the_user_and_the_programs_owner_may_write(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.output.beside.os.geteuid", lambda: 4711)
    beside._trusted.cache_clear()
    assert beside._trusted() == {0, 4711, Path(beside.__file__).stat().st_uid}
    beside._trusted.cache_clear()


def test_nothing_is_written_where_others_may_write(source: Path) -> None:
    file = kept(source)
    before = file.read_bytes()
    open_folder(file)
    write_beside(source, "en", b"other")
    write_beside(source, "de", b"other")
    assert file.read_bytes() == before and kept(source) == file


def test_where_nothing_can_be_written_nothing_happens(tmp_path: Path) -> None:
    write_beside(tmp_path / "missing" / "page.html", "en", OCTETS)
    (tmp_path / "__pycache__").write_text("a file")
    write_beside(tmp_path / "page.html", "en", OCTETS)
    assert [file.name for file in tmp_path.iterdir()] == ["__pycache__"]


def test_what_cannot_take_its_place_leaves_nothing(source: Path) -> None:
    have_a_folder(kept(source))
    write_beside(source, "en", b"other")
    assert kept(source).is_dir()
