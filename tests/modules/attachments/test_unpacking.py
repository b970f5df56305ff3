"""The program that looks into archives: what it sees, and how it keeps to its bounds."""

import io
import json
import resource
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from core import apart
from modules.attachments.containers import PROGRAM, look_inside
from modules.attachments.kinds import RAR, SEVEN, ZIP, Kind
from modules.attachments.packed import program as start_apart
from modules.attachments.packed import unpacking
from modules.attachments.packed.unpacking import Ends, Inside, Look, look, main
from modules.attachments.packed.work import Tired
from modules.mail.api import Sample
from tests.modules.attachments.files import PACKERS, document, locked, nested, tarred, zipped
from tests.modules.attachments.packers import Entry, rar4, rar5, seven


def given(kind: str, octets: bytes) -> bytes:
    return json.dumps({"kind": kind, "size": len(octets), "start": len(octets)}).encode() + b"\n" + octets


def seen(kind: str, octets: bytes) -> Inside:
    return look(given(kind, octets))


def test_an_archive_tells_what_it_holds() -> None:
    inside = seen("zip", zipped(("a.txt", b"abc"), ("b/c.txt", b"d"), ("b/", b"")))
    assert (inside.count, inside.unpacked, inside.names, inside.depth) == (2, 4, ["a.txt", "b/c.txt"], 1)


def test_archives_in_archives_are_counted_and_not_followed_for_ever() -> None:
    assert [seen("zip", nested(depth)).depth for depth in (1, 3, 9)] == [1, 3, unpacking.DEEPEST + 1]


@pytest.mark.parametrize(("kind", "ending"), [("gzip", "gz"), ("bzip2", "bz2"), ("xz", "xz")])
def test_a_packed_file_is_unpacked_piece_by_piece(kind: str, ending: str) -> None:
    inside = seen(kind, PACKERS[ending](bytes(1_000_000)) + PACKERS[ending](b"more"))
    assert (inside.unpacked, inside.count, inside.broken) == (1_000_004, 1, False)


@pytest.mark.parametrize(("kind", "ending"), [("gzip", "gz"), ("bzip2", "bz2"), ("xz", "xz")])
def test_a_packed_archive_is_looked_into(kind: str, ending: str) -> None:
    assert seen(kind, PACKERS[ending](tarred("x.bat"))).names == ["x.bat"]
    assert seen("zip", zipped(("a.tgz", PACKERS[ending](tarred("x.bat"))))).depth == 2
    assert seen(kind, PACKERS[ending](b"cut off" * 999)[:-9]).count == 1


def test_a_tape_within_an_archive_is_looked_into() -> None:
    assert seen("zip", zipped(("a.tar", tarred("x.bat")))).names == ["a.tar", "x.bat"]


def test_no_more_is_unpacked_than_the_bounds_allow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "MOST_UNPACKED", 1_000_000)
    assert seen("gzip", PACKERS["gz"](bytes(20_000_000))).unpacked < 2_000_000
    inner = zipped(("a", bytes(900_000)))
    assert seen("zip", zipped(*((f"{at}.zip", inner) for at in range(9)))).depth == 2
    monkeypatch.setattr(unpacking, "MOST_INNER", 1)
    assert seen("zip", zipped(("a.zip", nested(2)))).depth == 2


def test_only_so_many_names_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "MOST_NAMES", 400)
    assert len(seen("zip", zipped(*((f"{at}", b"") for at in range(500)))).names) == unpacking.MOST_NAMES
    assert seen("tar", tarred(*(f"{at}" for at in range(500)))).count == unpacking.MOST_NAMES + 1


def test_names_that_are_too_long_together_are_said_to_be_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "MOST_LETTERS", 999)
    inside = seen("rar", rar5(*(Entry(f"{at}{'n' * 999}.txt") for at in range(9))))
    assert (inside.count, len(inside.names), len(inside.names[0]), inside.broken) == (9, 3, 300, True)


@pytest.mark.parametrize(("kind", "packed"), [("rar", rar4), ("rar", rar5), ("7z", seven)])
def test_archives_within_others_are_told_of_whatever_their_kind(kind: str, packed: Callable[[Entry], bytes]) -> None:
    inner = packed(Entry("x.bat", 9, encrypted=True))
    inside = seen("zip", zipped((f"a.{kind}", inner)))
    assert (inside.names, inside.depth, inside.encrypted) == ([f"a.{kind}", "x.bat"], 2, True)
    assert seen("gzip", PACKERS["gz"](inner)).names == ["x.bat"]


def test_of_a_large_archive_its_ends_tell() -> None:
    octets = seven(Entry("x.bat", 9))
    assert Look().into("7z", octets[:32], octets[32:], len(octets)).names == ["x.bat"]
    large = rar5(Entry("x.bat", 9, bytes(9000)), Entry("y.bat", 9), Entry("z.bat", 9))
    inside = Look().into("rar", large[:200], large[-20:], len(large))
    assert (inside.names, inside.broken) == (["x.bat"], False)
    assert Look().into("rar", large[:12], large[-20:], len(large)).broken
    assert Look().into("7z", octets[:32], octets[-8:], len(octets)).broken


@pytest.mark.parametrize("kind", ["zip", "gzip", "bzip2", "xz", "tar", "rar", "7z"])
def test_what_is_broken_is_said_to_be(kind: str) -> None:
    assert seen(kind, b"\x1f\x8b\x08BZh9" + bytes(100)).broken


def test_locked_and_broken_entries_are_left_alone() -> None:
    inside = seen("zip", locked(zipped(("a.zip", nested(3)), ("META-INF/manifest.xml", b"x"))))
    assert inside.encrypted and inside.depth == 1
    octets = bytearray(zipped(("a.zip", nested(3))))
    octets[45:60] = bytes(15)
    assert seen("zip", bytes(octets)).depth == 1


def test_documents_are_known_by_what_they_hold() -> None:
    kinds = {top: seen("zip", document(top)).kind for top in ("word", "xl", "ppt", "other")}
    assert kinds == {"word": "docx", "xl": "xlsx", "ppt": "pptx", "other": "zip"}
    basic = zipped(("mimetype", b"x"), ("META-INF/a", b""), ("content.xml", b""), ("Basic/Standard/M.xml", b""))
    assert seen("zip", basic).macros and seen("zip", basic).kind == "odf"


def test_a_file_of_two_ends_has_zeros_between_them() -> None:
    file = Ends(b"abc", b"xyz", 10)
    assert (file.read(5), file.tell(), file.read(), file.read(9)) == (b"abc\0\0", 5, b"\0\0xyz", b"")
    assert (file.seek(-2, io.SEEK_END), file.read(1), file.seek(-1, io.SEEK_CUR), file.seekable()) == (8, b"y", 8, True)
    with pytest.raises(OSError, match="before the beginning"):
        file.seek(-1)


def run(monkeypatch: pytest.MonkeyPatch, octets: bytes) -> int:
    limits: list[tuple[int, tuple[int, int]]] = []
    monkeypatch.setattr(resource, "setrlimit", lambda *limit: limits.append(limit))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(octets)))
    status = main()
    assert limits == [(resource.RLIMIT_NOFILE, (0, 0))]
    return status


def test_the_program_writes_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, given("zip", zipped(("a.txt", b"a")))) == 0
    assert json.loads(capsys.readouterr().out)["names"] == ["a.txt"]


@pytest.mark.parametrize("error", [MemoryError, RecursionError, OverflowError, Tired])
def test_what_was_found_before_it_was_too_much_is_told(
    monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
) -> None:
    def tire(one: Look, *_: object) -> Inside:
        one.found.names.append("a.exe")
        raise error

    monkeypatch.setattr(Look, "into", tire)
    inside = seen("zip", b"a")
    assert (inside.names, inside.broken) == (["a.exe"], True)


def test_a_kind_without_contents_is_left_alone() -> None:
    assert Look().into("other", b"a", b"", 1).count == 0


def test_a_program_that_fails_has_seen_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(program: apart.Program, octets: bytes) -> bytes:
        assert program.file == PROGRAM == Path(start_apart.__file__ or "")
        raise apart.Broken("It took too long.")

    monkeypatch.setattr(apart, "run_apart", fail)
    contents = look_inside(ZIP, Sample(b"PK\x03\x04", 4, whole=True))
    assert contents is not None and not contents.seen


@pytest.mark.parametrize(("kind", "octets"), [(RAR, rar5(Entry("a.exe"))), (SEVEN, seven(Entry("a.exe", 1)))])
def test_a_process_apart_reads_headers(kind: Kind, octets: bytes) -> None:
    contents = look_inside(kind, Sample(octets, len(octets), whole=True))
    assert contents is not None and contents.seen and contents.names == ("a.exe",)


def test_the_program_finds_its_package_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "main", lambda: 7)
    assert start_apart.start() == 7 and sys.modules["modules.attachments.packed"].__file__ is not None
