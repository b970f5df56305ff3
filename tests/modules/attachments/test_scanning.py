"""What archives of RAR's formats say of themselves, however they are cut."""

from modules.attachments.scanning import scan
from tests.modules.attachments.files import rar4, rar5


def with_data(*, encrypted: bool) -> bytes:
    """A RAR archive of the format 5 whose first block has an extra area and data behind it."""
    service = bytes(4) + bytes([7, 5, 3, 2, 4, 2, 3, 0]) + b"data"
    first = rar5(file=encrypted)[16:]
    return b"Rar!\x1a\x07\x01\0" + service + first


def test_blocks_with_data_are_stepped_over() -> None:
    assert scan("rar", with_data(encrypted=True), b"").encrypted
    assert not scan("rar", with_data(encrypted=False), b"").encrypted


def test_a_file_without_an_extra_area_is_not_locked() -> None:
    block = bytes(4) + bytes([2, 2, 0])
    assert not scan("rar", b"Rar!\x1a\x07\x01\0" + block, b"").encrypted


def test_a_chain_of_blocks_without_a_file_ends() -> None:
    block = bytes(4) + bytes([3, 1, 0, 0])
    assert not scan("rar", b"Rar!\x1a\x07\x01\0" + block * 100, b"").encrypted


def test_any_cut_of_an_archive_is_read() -> None:
    for whole in (rar4(file=True), rar5(file=True), with_data(encrypted=True)):
        assert not any(scan("rar", whole[:length], b"").macros for length in range(8, len(whole)))
