"""Images drawn anew: what can be seen stays, everything else goes, and hostile ones are none."""

import io
import resource
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from core import apart
from modules.images import drawing, redrawing
from modules.images.drawing import redraw_apart
from modules.images.errors import NotShown
from modules.images.redrawing import NotDrawn, practise, redraw
from tests.modules.images.gallery import film, opened, picture

PNG = picture()


@pytest.mark.parametrize(
    ("kind", "mode", "made"),
    [
        ("PNG", "RGB", "image/png"),
        ("PNG", "RGBA", "image/png"),
        ("PNG", "P", "image/png"),
        ("PNG", "L", "image/png"),
        ("PNG", "LA", "image/png"),
        ("PNG", "1", "image/png"),
        ("PNG", "I;16", "image/png"),
        ("JPEG", "RGB", "image/jpeg"),
        ("JPEG", "L", "image/jpeg"),
        ("JPEG", "CMYK", "image/jpeg"),
        ("GIF", "P", "image/png"),
        ("WEBP", "RGBA", "image/webp"),
    ],
)
def test_an_image_of_every_kind_is_drawn_anew(kind: str, mode: str, made: str) -> None:
    media_type, octets = redraw(picture(kind, mode))
    assert media_type == made and opened(octets).size == (30, 20)


@pytest.mark.parametrize("kind", ["GIF", "WEBP"])
def test_what_moves_goes_on_moving(kind: str) -> None:
    media_type, octets = redraw(film(kind, 4))
    image = opened(octets)
    assert media_type == f"image/{kind.lower()}" and getattr(image, "n_frames", 1) == 4
    assert image.info["loop"] == 0


def test_what_moves_once_moves_once() -> None:
    written = io.BytesIO()
    first, second = (Image.new("RGB", (4, 4), (place, 9, 9)) for place in (0, 250))
    first.save(written, "GIF", save_all=True, append_images=[second], duration=0)
    octets = redraw(written.getvalue())[1]
    assert "loop" not in opened(octets).info and opened(octets).info["duration"] == 100


@pytest.mark.parametrize("moving", [film("GIF", 201), film("GIF", 3, (3000, 3000))])
def test_what_moves_for_too_long_stands_still(moving: bytes) -> None:
    media_type, octets = redraw(moving)
    assert media_type == "image/png" and getattr(opened(octets), "n_frames", 1) == 1


def test_nothing_is_left_but_what_can_be_seen() -> None:
    told = PngImagePlugin.PngInfo()
    told.add_text("Comment", "told by nobody")
    png = picture("PNG", pnginfo=told) + b"<script>alert(1)</script>PK\x03\x04"
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "a camera", 6
    jpeg = picture("JPEG", exif=exif, comment=b"told by nobody", icc_profile=b"a profile", dpi=(7, 9))
    for octets in (png, jpeg):
        drawn = redraw(octets)[1]
        assert not any(word in drawn for word in (b"nobody", b"camera", b"profile", b"script", b"Exif"))
        assert not opened(drawn).getexif()
    # Turned as the camera was held.
    assert opened(redraw(jpeg)[1]).size == (20, 30)


def _header(width: int, height: int) -> bytes:
    told = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    chunk = b"IHDR" + told
    end = b"\0\0\0\0IEND\xaeB`\x82"
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk)) + end


def _gif(width: int, height: int) -> bytes:
    return b"GIF89a" + struct.pack("<HH", width, height) + picture("GIF", "P", (1, 1))[10:]


HOSTILE = [
    b"",
    b"GIF89a",
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff",
    b"RIFF\x10\0\0\0WEBP",
    b"RIFF\x10\0\0\0WAVE",
    PNG[:50],
    film("GIF", 5)[:-30],
    picture("JPEG")[:-200],
    PNG[:40] + b"\0" * 100,
    b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    b"<?xml version='1.0'?><svg/>",
    b"<html><img src=x onerror=alert(1)></html>",
    b"\x89PNG\r\n\x1a\n<html><script>alert(1)</script></html>",
    b"GIF89a/*<script>*/=1;alert(1)",
    picture("BMP"),
    picture("TIFF"),
    picture("PPM"),
    b"%PDF-1.7",
    b"%!PS-Adobe-3.0 EPSF-3.0",
    _header(65_535, 65_535),
    _header(2**31 - 1, 1),
    _header(6000, 6000),
    _gif(65_535, 65_535),
]


@pytest.mark.parametrize("octets", HOSTILE, ids=range(len(HOSTILE)))
def test_what_is_no_image_or_too_large_a_one_is_not_drawn(octets: bytes) -> None:
    with pytest.raises(NotDrawn):
        redraw(octets)


@given(st.binary(max_size=200), st.sampled_from([PNG, picture("JPEG"), film("GIF"), film("WEBP")]), st.data())
def test_damage_never_does_more_than_fail(junk: bytes, whole: bytes, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(whole)))
    octets = whole[:place] + junk + whole[place + len(junk) :]
    try:
        media_type, drawn = redraw(octets)
    except NotDrawn:
        return
    assert media_type in drawing.TYPES and opened(drawn).size


def test_practice_needs_nothing() -> None:
    practise()
    assert redraw(PNG)[0] == "image/png"


class _Pipe:
    """Standard input or output of octets."""

    def __init__(self, octets: bytes = b"") -> None:
        self.buffer = io.BytesIO(octets)


@pytest.mark.parametrize(("octets", "status", "said"), [(PNG, 0, b"image/png\n\x89PNG"), (b"<svg/>", 1, b"")])
def test_the_program_reads_and_writes(octets: bytes, status: int, said: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    out = _Pipe()
    monkeypatch.setattr("sys.stdin", _Pipe(octets))
    monkeypatch.setattr("sys.stdout", out)
    limits: list[tuple[int, tuple[int, int]]] = []
    monkeypatch.setattr(resource, "setrlimit", lambda *limit: limits.append(limit))
    assert redrawing.main() == status and out.buffer.getvalue().startswith(said)
    assert limits == [(resource.RLIMIT_NOFILE, (0, 0))]


@pytest.mark.parametrize("octets", [PNG, picture("JPEG", "CMYK"), film("GIF"), film("WEBP"), picture("GIF", "P")])
def test_the_process_apart_needs_no_more_than_it_has(octets: bytes) -> None:
    drawn = redraw_apart(octets)
    assert drawn.media_type in drawing.TYPES and opened(drawn.octets).size


@pytest.mark.parametrize("octets", [b"<svg/>", _header(65_535, 65_535)])
def test_what_cannot_be_drawn_apart_is_not_shown(octets: bytes) -> None:
    with pytest.raises(NotShown, match="cannot be drawn"):
        redraw_apart(octets)


def test_what_the_process_says_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    for told in (b"text/html\n<script>", b"image/png\n", b"", b"\xff\n1"):
        monkeypatch.setattr(apart, "run_apart", lambda program, octets, told=told: told)
        with pytest.raises(NotShown, match="no way that browsers know"):
            redraw_apart(PNG)
