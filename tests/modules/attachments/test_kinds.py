"""What files are by their content, whatever anybody calls them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.attachments.kinds import Family, kind_of
from tests.modules.attachments.files import PE, PNG, compound, tarred, zipped


@pytest.mark.parametrize(
    ("octets", "media_type"),
    [
        (PE, "application/vnd.microsoft.portable-executable"),
        (b"MZ\x90", "application/vnd.microsoft.portable-executable"),
        (
            b"MZ is a town where many people of the valley once met, and where they still do so now and then.",
            "text/plain",
        ),
        (b"\x7fELF\x02", "application/x-executable"),
        (b"\xca\xfe\xba\xbe\0\0\0\x34", "application/java-vm"),
        (b"\xca\xfe\xba\xbe\0\0\0\x02", "application/x-mach-binary"),
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        (b"RIFF\0\0\0\0WAVEfmt ", "audio/wav"),
        (b"\0\0\0\x18ftypheic", "image/heic"),
        (b"\0\0\0\x18ftypisom", "video/mp4"),
        (b"BM\0\0\0\0\0\0\0\0", "image/bmp"),
        (b"CWS\x0a\0\0", "application/x-shockwave-flash"),
        (b"FWS of the north", "text/plain"),
        (zipped(("a", b"a")), "application/zip"),
        (compound(), "application/x-ole-storage"),
        (tarred("a"), "application/x-tar"),
        (bytes(0x8001) + b"CD001", "application/x-iso9660-image"),
        (b"%PDF-1.7", "application/pdf"),
        (b"\0\0junk\n%PDF-1.7", "application/pdf"),
        (b"{\\rtf1", "application/rtf"),
        (b"hello", "text/plain"),
        ("grüße".encode("latin-1"), "text/plain"),
        (b"\xff\xfeh\0i\0", "text/plain"),
        (b"  <!-- a --> <HTML>", "text/html"),
        (b"<!doctype html>", "text/html"),
        (b"\xef\xbb\xbf<script>", "text/html"),
        (b"\xff\xfe<\0h\0t\0m\0l\0>\0", "text/html"),
        (b"<?xml version='1.0'?><!DOCTYPE svg [<!ENTITY a 'b'>]><svg xmlns='x'>", "image/svg+xml"),
        (b"<svg:svg xmlns:svg='x'>", "image/svg+xml"),
        (b"<?xml version='1.0'?><order/>", "text/xml"),
        (b"#!/bin/sh\n", "text/x-script"),
        (b"@ECHO OFF\r\n", "application/x-bat"),
        (b"[InternetShortcut]\r\nURL=file://x", "application/x-mswinurl"),
        (b"BEGIN:VCARD\r\n", "text/vcard"),
        (b"Received: from x by y\r\n", "message/rfc822"),
    ],
)
def test_a_file_is_known_by_its_first_octets(octets: bytes, media_type: str) -> None:
    kind = kind_of(octets)
    assert kind is not None and kind.media_type == media_type


@pytest.mark.parametrize("octets", [b"", b"  \n", bytes(100), b"RIFF\0\0\0\0????", b"\x01\x02\x03\x04"])
def test_what_tells_nothing_is_of_no_kind(octets: bytes) -> None:
    assert kind_of(octets) is None


def test_a_kind_is_said_in_words() -> None:
    program, shape = kind_of(PE), kind_of(b"<svg>")
    assert program is not None and program.in_words == "a program (Windows)" and program.family is Family.PROGRAM
    assert shape is not None and shape.in_words == "an SVG drawing"


@given(st.binary(max_size=3000))
def test_any_octets_are_of_some_kind_or_none(octets: bytes) -> None:
    kind = kind_of(octets)
    assert kind is None or "/" in kind.media_type
