"""What Outlook packs is unpacked, and whatever comes, nothing breaks and nothing hangs."""

import io
import json
import struct
import time

from hypothesis import given
from hypothesis import strategies as st

from modules.tnef import winmail
from modules.tnef.unpacking import PackedFile, file_apart, unpack_apart
from tests.modules.tnef.packer import attribute, packed, properties, variable


def test_files_and_text_are_unpacked_apart() -> None:
    octets = packed(b"The words\0", files={"Plan für uns.pdf": b"%PDF", "../../etc/passwd": b"x"})
    inside = unpack_apart(octets)
    assert inside is not None and inside.text == "The words"
    assert inside.files == (
        PackedFile(0, "Plan für uns.pdf", 4, "Plan für uns.pdf@packed.example"),
        PackedFile(1, "passwd", 1, "../../etc/passwd@packed.example"),
    )
    assert file_apart(octets, 0) == (inside.files[0], b"%PDF")
    assert file_apart(octets, 2) is None


def test_html_is_read_as_its_words() -> None:
    inside = unpack_apart(packed(html=b"<p>Hello <script>alert(1)</script><b>you</b></p>"))
    assert inside is not None and inside.text == "Hello you"


def test_what_is_no_tnef_is_not_unpacked() -> None:
    assert unpack_apart(b"nothing at all") is None and file_apart(b"", 0) is None


def test_the_program_tells_what_is_there() -> None:
    taken = io.BytesIO()
    assert winmail.main(["0"], io.BytesIO(packed(files={"a": b"octets"})), taken) == 0
    line, _, content = taken.getvalue().partition(b"\n")
    assert json.loads(line)["files"] == [["a", "", 6, "a@packed.example"]] and content == b"octets"
    assert winmail.main([], io.BytesIO(b"x"), io.BytesIO()) == 1


def test_a_stream_that_is_cut_gives_what_came_before() -> None:
    octets = packed(files={"a": b"first", "b": b"second" * 100})
    found = winmail.unpack(octets[:-300])
    assert [one.name for one in found.files][:1] == ["a"] and found.files[0].octets == b"first"


def test_html_is_read_by_its_own_code_page_and_rtf_is_kept() -> None:
    found = winmail.unpack(packed(html="grün".encode(), rtf=b"{", code_page=65001))
    assert (found.html, found.rtf) == ("grün", b"{")
    assert winmail.unpack(packed(html="grün".encode("cp1252"))).html == "grün"


def test_objects_come_without_the_identifier_of_their_interface() -> None:
    begin = struct.pack("<IH", 0x223E9F78, 1) + attribute(2, 0x9002, 6, b"")
    content = variable(0x3701, 0x0D, b"\0" * 16 + b"inner")
    kind = variable(0x370E, 0x1E, b"text/plain\0")
    found = winmail.unpack(begin + attribute(2, 0x9005, 6, properties(kind, content)))
    assert (found.files[0].octets, found.files[0].media_type) == (b"inner", "text/plain")


def test_old_bodies_and_odd_code_pages_are_read() -> None:
    start = struct.pack("<IH", 0x223E9F78, 1) + attribute(1, 0x9007, 6, struct.pack("<I", 99999))
    assert winmail.unpack(start + attribute(1, 0x800C, 2, "grün".encode())).text == "grün"
    assert winmail.unpack(start + attribute(1, 0x800C, 2, b"\x81\xff")).text


def test_there_are_only_so_many_files_and_it_takes_no_time() -> None:
    began = time.process_time()
    many = struct.pack("<IH", 0x223E9F78, 1) + attribute(2, 0x9002, 6, b"") * 200_000
    assert len(winmail.unpack(many).files) == winmail.MOST_FILES
    # What copied the rest for each of them would copy hundreds of gigabytes.
    assert time.process_time() - began < 30


@given(st.binary(max_size=300), st.integers(0, 200))
def test_nothing_breaks_what_is_unpacked(noise: bytes, at: int) -> None:
    octets = bytearray(packed(b"words", files={"a": b"b"}))
    octets[6 + at : 6 + at + len(noise)] = noise
    assert isinstance(winmail.unpack(bytes(octets)), winmail.Packed)


@given(st.binary(max_size=200))
def test_nothing_breaks_properties(noise: bytes) -> None:
    start = struct.pack("<IH", 0x223E9F78, 1) + attribute(2, 0x9002, 6, b"")
    made = start + attribute(1, 0x9003, 6, noise) + attribute(2, 0x9005, 6, b"\xff\0\0\0" + noise)
    assert isinstance(winmail.unpack(made), winmail.Packed)
