"""What the headers of 7-Zip archives tell, packed and plain, whole, cut and lying."""

import io
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.attachments.packed import seven as reading
from modules.attachments.packed.octets import Listing
from modules.attachments.packed.seven import list_seven
from tests.modules.attachments.packers import LZMA, Entry, archive7, number7, seven, streams7

FILES = (Entry("a/b.exe", 100), Entry("a", folder=True), Entry("ü€.txt", 5 << 40), Entry("c"))
TOLD = Listing(["a/b.exe", "ü€.txt", "c"], 100 + (5 << 40))


def listed(octets: bytes) -> Listing:
    return list_seven(io.BytesIO(octets))  # type: ignore[arg-type]  # as good as a file without a buffer


@pytest.mark.parametrize("packs", [None, LZMA])
def test_files_are_named_and_folders_are_not(packs: bytes | None) -> None:
    assert listed(seven(*FILES, packs=packs)) == TOLD


def test_one_file_without_others_and_none_at_all_are_told() -> None:
    assert listed(seven(Entry("a", 7))) == Listing(["a"], 7)
    assert listed(seven(Entry("a"))) == Listing(["a"])
    assert listed(archive7(b"", b"")) == Listing() == listed(archive7(b"", b"\x01\0"))
    assert not listed(archive7(b"", b"\0")).whole


def test_encrypted_files_are_named_and_encrypted_headers_tell_nothing() -> None:
    assert listed(seven(Entry("a", 1, encrypted=True))) == Listing(["a"], 1, encrypted=True)
    assert listed(seven(*FILES, headers=True)) == Listing(encrypted=True)


def test_a_header_may_stand_in_the_archive_as_it_is() -> None:
    header = b"\x01\x05\x01\x11\x05\0a\0\0\0\0\0"
    encoded = b"\x17" + streams7(0, len(header), [(b"\0", b"")], len(header), b"")
    assert listed(archive7(header, encoded)) == Listing(["a"])


def test_more_than_files_may_be_told_before_them() -> None:
    header = b"\x01\x02\x07\x02xx\0\x05\x01\x11\x05\0a\0\0\0\0\0"
    assert listed(archive7(b"", header)) == Listing(["a"])


def test_a_packed_header_in_packed_headers_is_followed_only_so_far() -> None:
    encoded = b"\x17" + streams7(0, 0, [(b"\0", b"")], 0, b"")
    endless = b"\x17" + streams7(0, len(encoded), [(b"\0", b"")], len(encoded), b"")
    assert listed(archive7(endless, endless)) == Listing(whole=False)


def test_every_cut_is_answered() -> None:
    whole = seven(*FILES)
    assert not any(listed(whole[:length]).whole for length in range(len(whole)))
    plain = seven(*FILES, packs=None)[45:]
    assert not any(listed(archive7(b"", plain[:length])).whole for length in range(1, len(plain) - 1))


def damaged(change: Callable[[bytes], bytes]) -> Listing:
    return listed(archive7(b"", change(seven(*FILES, packs=None)[45:])))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"\x01\x04\x06", b"\x01\x06\x06"),  # files before streams
        (b"\x01\x09\x0d", b"\x01\x08\x0d"),  # packed streams without a size
        (b"\x07\x0b\x01\0", b"\x07\x0c\x01\0"),  # folders that are none
        (b"\x07\x0b\x01\0", b"\x07\x0b\x01\x01"),  # folders somewhere else
        (b"\x07\x0b\x01\0", b"\x07\x0b\xff\xff"),  # more folders than octets
        (b"\0\x01\x21\x21\x01", b"\0\x7f\x21\x21\x01"),  # more methods than anybody uses
        (b"\x18\x0c", b"\x18\x0d"),  # no sizes
        (b"\x11", b"\x21"),  # no names
        (b"\x08\x0d", b"\x03\x0d"),  # parts that are none
        (b"\x0a\x01", b"\x0b\x01"),  # sums that are none
        (b"\x0a\x01", b"\x0a\0"),  # sums of which some are not there
        (b"\0a\0/", b"\x01a\0/"),  # names somewhere else
        (b"\x05\x04", b"\x05\x05"),  # more files than names
    ],
)
def test_headers_that_lie_name_no_file(old: bytes, new: bytes) -> None:
    found = damaged(lambda header: header.replace(old, new, 1))
    assert found.names == [] and found != TOLD


@pytest.mark.parametrize("method", [b"\x03\x04\x01", LZMA[:2], b"\x21"])
def test_a_header_packed_in_another_way_is_not_read(method: bytes) -> None:
    assert listed(seven(*FILES, packs=method)) == Listing(whole=False)


def test_a_header_is_unpacked_to_a_bounded_size(monkeypatch: pytest.MonkeyPatch) -> None:
    octets = seven(*(Entry(f"{at}", 1) for at in range(99)))
    assert len(listed(octets).names) == 99
    monkeypatch.setattr(reading, "LARGEST_HEADER", 500)
    assert listed(octets) == Listing(whole=False)


def test_more_things_than_anybody_packs_are_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_THINGS", 3)
    assert listed(seven(*FILES)) == Listing(unpacked=TOLD.unpacked, whole=False)


def test_methods_may_have_several_ways_in_and_sums_of_their_own() -> None:
    bound = b"\x01\x11\x21\x03\x01" + b"\x00\x01\x02" + b"\x0c\x05\x0a\0\x80" + bytes(4) + b"\0"
    folder = b"\x06\0\x03\x09\x01\x01\x01\x0a\x01" + bytes(12) + b"\0\x07\x0b\x01\0" + bound + b"\x08\0\0"
    assert listed(archive7(b"", b"\x01\x04" + folder + b"\x05\x01\x11\x05\0a\0\0\0\0\0")) == Listing(["a"], 5)


@pytest.mark.parametrize("value", [0, 127, 128, 16_383, 16_384, 1 << 40, (1 << 63) + 5])
def test_numbers_of_any_length_are_read(value: int) -> None:
    assert listed(seven(Entry("a", value or 1))).unpacked == (value or 1)
    assert number7(value)


@given(st.binary(max_size=200))
def test_any_header_is_answered(header: bytes) -> None:
    assert listed(archive7(b"", b"\x01\x04" + header)).unpacked >= 0
    assert listed(archive7(b"", b"\x17" + header)).names == []
