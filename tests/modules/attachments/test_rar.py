"""What the headers of RAR archives tell, in both formats, whole, cut and lying."""

import io
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.attachments.packed import rar
from modules.attachments.packed.octets import Listing
from modules.attachments.packed.rar import list_rar
from tests.modules.attachments.packers import Entry, block4, block5, number5, rar4, rar5

FILES = (Entry("a/b.exe", 100), Entry("a", folder=True, packed=b""), Entry("ü€.txt", 5 << 40), Entry("c", packed=b""))
HEAD = b"Rar!\x1a\x07\x01\0"


def listed(octets: bytes) -> Listing:
    return list_rar(io.BytesIO(octets), len(octets))  # type: ignore[arg-type]  # as good as a file without a buffer


@pytest.mark.parametrize("packed", [rar4, rar5])
def test_files_are_named_and_folders_are_not(packed: Callable[..., bytes]) -> None:
    found = listed(packed(*FILES))
    assert found == Listing(["a/b.exe", "ü€.txt", "c"], 100 + (5 << 40), encrypted=False, whole=True)
    assert listed(packed(*FILES, ends=False)) == found


@pytest.mark.parametrize("packed", [rar4, rar5])
def test_encrypted_files_are_named_and_encrypted_headers_tell_nothing(packed: Callable[..., bytes]) -> None:
    assert listed(packed(Entry("a", 1), Entry("b", 1, encrypted=True))) == Listing(["a", "b"], 2, encrypted=True)
    assert listed(packed(headers=True)) == Listing(encrypted=True)


@pytest.mark.parametrize("packed", [rar4, rar5])
def test_every_cut_is_read_as_far_as_it_goes(packed: Callable[..., bytes]) -> None:
    whole = packed(*FILES, ends=False)
    cuts = [listed(whole[:length]) for length in range(len(whole))]
    assert all(len(cut.names) <= len(next_one.names) for cut, next_one in pairwise(cuts))
    # Between two blocks an archive may end.
    assert sum(cut.whole for cut in cuts) == 5 and cuts[-20].names[0] == "a/b.exe"


@pytest.mark.parametrize("packed", [rar4, rar5])
def test_a_wrong_checksum_is_seen_and_hides_no_file(packed: Callable[..., bytes]) -> None:
    found = listed(packed(*FILES).replace(b"b.exe", b"b.bat"))
    assert found.names[0] == "a/b.bat" and not found.whole


def test_blocks_of_other_kinds_are_stepped_over() -> None:
    service = block5(3, b"\0" * 8, extra=b"\x02\x07\0", packed=b"Rar!" * 9)
    assert listed(rar5(*FILES, before=service)) == listed(rar5(*FILES))
    older = rar4(*FILES).replace(b"Rar!\x1a\x07\0", b"Rar!\x1a\x07\0" + block4(0x7A, 0x8000, b"\x03\0\0\0", b"abc"))
    assert listed(older) == listed(rar4(*FILES))


def test_old_comments_in_headers_are_no_damage() -> None:
    commented = b"Rar!\x1a\x07\0" + b"??" + block4(0x73, 0x02, bytes(9))[2:]
    assert listed(commented).whole and not listed(commented.replace(b"\x73\x02", b"\x73\x00")).whole


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        (b"a\x81.txt", "aü.txt"),
        ("ä.txt".encode(), "ä.txt"),
        (b"ab\0", "ab"),
        # Letters of one octet, with the common upper one, and as many as there are of the plain name, changed.
        # A letter with the common upper octet, one without, and two of the plain name, changed; then as they are.
        (b"?xab\0\x04\x4c\x10x\x80\x21", "\u0410x\u0482\u0483"),
        (b"abcd\0\x04\x30z\x01", "zbcd"),
        (b"ab\0\x04\x80z", "ab"),
    ],
)
def test_names_of_format_4_are_spelled_in_several_ways(name: bytes, letters: str) -> None:
    fields = bytes(19) + len(name).to_bytes(2, "little") + bytes(4) + name
    assert listed(b"Rar!\x1a\x07\0" + block4(0x74, 0x200, fields)).names == [letters]


@pytest.mark.parametrize(
    "block",
    [
        bytes(4) + b"\xff" * 9,
        bytes(4) + number5(3_000_000),
        block5(2, b"\xff" * 12),
        bytes(4) + b"\x03\x02\x01\x7f",
        bytes(4) + b"\x0a\x02\x01\x7f\0\0\0\0\0\x01a",
        bytes(4) + b"\x0c\x02\x01\x02\0\0\0\0\0\x01a\x05\x01",
    ],
)
def test_headers_that_lie_are_said_to_be_unread(block: bytes) -> None:
    assert not listed(HEAD + block).whole


def test_a_chain_of_blocks_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rar, "MOST_BLOCKS", 10)
    found = listed(rar5(*(Entry(f"{at}") for at in range(20))))
    assert len(found.names) == 9 and not found.whole


@given(st.sampled_from([HEAD, b"Rar!\x1a\x07\0"]), st.binary(max_size=200))
def test_any_octets_are_listed(beginning: bytes, rest: bytes) -> None:
    assert listed(beginning + rest).unpacked >= 0


def test_other_files_are_no_archives() -> None:
    assert listed(b"Rar!\x1a\x07\x02\0" + bytes(99)) == Listing(whole=False)
