"""Draw an image anew, in a process of its own: only what can be seen of it comes out, and in a few known formats.

This file is a program (see drawing.py). It reads an image and writes one line with its type, then the new image. Before
it looks at the first octet it gives up opening files; its memory and its work are bounded from outside.
"""

import contextlib
import io
import resource
import sys
from collections.abc import Iterable

# Plugins are named so that they are here before the process can open no file any more.
from PIL import Image, ImageOps, ImageSequence, MpoImagePlugin, TiffImagePlugin, WebPImagePlugin  # noqa: F401

MOST_PIXELS = 25_000_000
LONGEST_SIDE = 16_000
# An animation beyond these stands still.
MOST_MOVING_PIXELS = 20_000_000
MOST_FRAMES = 200
SHORTEST_FRAME, LONGEST_FRAME = 20, 60_000  # milliseconds
QUALITY = 85


class NotDrawn(Exception):
    """These octets are no image of a known format, or too large a one."""


def redraw(octets: bytes) -> tuple[str, bytes]:
    """The media type and the octets of the image drawn anew. Raises NotDrawn where it cannot be."""
    kind = kind_of(octets)
    try:
        with Image.open(io.BytesIO(octets), formats=(kind,)) as image:
            if max(image.size) > LONGEST_SIDE or image.width * image.height > MOST_PIXELS:
                raise NotDrawn("the image is too large")
            frames = _moving(image) if kind in ("GIF", "WEBP") else ()
            if len(frames) > 1:
                return _write_moving(kind, frames, loop=_loop(image))
            image.seek(0)
            image.load()
            return _write(kind, _bare(ImageOps.exif_transpose(image)))
    except NotDrawn:
        raise
    except Exception as error:  # decoders fail in many ways, and each of them means the same
        raise NotDrawn(f"{kind} cannot be read: {type(error).__name__}") from error


def kind_of(octets: bytes) -> str:
    """The format by the first octets, whatever anybody calls it. Raises NotDrawn for all but four of them."""
    if octets.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if octets.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if octets.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    if octets[:4] == b"RIFF" and octets[8:12] == b"WEBP":
        return "WEBP"
    raise NotDrawn("this is no PNG, JPEG, GIF or WebP")


def practise() -> None:
    """Draw something small in every way, so that whatever Pillow imports only when it needs it is there."""
    for kind in ("PNG", "JPEG", "GIF", "WEBP"):
        for mode in ("L", "P", "RGB", "CMYK" if kind == "JPEG" else "RGBA"):
            written = io.BytesIO()
            first, second = Image.new(mode, (2, 2), 0), Image.new(mode, (2, 2), 1)
            moving = {"save_all": True, "append_images": [second], "duration": 100} if kind in ("GIF", "WEBP") else {}
            with contextlib.suppress(OSError):  # not every format has every mode
                first.save(written, kind, **moving)
                redraw(written.getvalue())


def _bare(image: Image.Image) -> Image.Image:
    """The pixels alone, in one of three modes: comments, places, profiles and thumbnails stay behind."""
    if image.mode.startswith("I;16"):
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    has_alpha = image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info
    mode = "RGBA" if has_alpha else "L" if image.mode in ("1", "L") else "RGB"
    bare = image if image.mode == mode else image.convert(mode)
    fresh = Image.new(mode, bare.size)
    fresh.paste(bare)
    return fresh


def _write(kind: str, image: Image.Image) -> tuple[str, bytes]:
    written = io.BytesIO()
    if kind == "JPEG":
        image.save(written, "JPEG", quality=QUALITY)
        return "image/jpeg", written.getvalue()
    if kind == "WEBP":
        image.save(written, "WEBP", quality=QUALITY)
        return "image/webp", written.getvalue()
    image.save(written, "PNG")
    return "image/png", written.getvalue()


def _moving(image: Image.Image) -> tuple[tuple[Image.Image, int], ...]:
    """The frames of an animation, each with its time; none where it is too long."""
    frames: list[tuple[Image.Image, int]] = []
    room = min(MOST_FRAMES, MOST_MOVING_PIXELS // max(1, image.width * image.height))
    for frame in ImageSequence.Iterator(image):
        if len(frames) == room:
            return ()
        lasts = int(frame.info.get("duration") or 100)
        frames.append((_bare(frame.convert("RGBA")), min(max(lasts, SHORTEST_FRAME), LONGEST_FRAME)))
    return tuple(frames)


def _write_moving(kind: str, frames: Iterable[tuple[Image.Image, int]], *, loop: int | None) -> tuple[str, bytes]:
    (first, *others), times = zip(*frames, strict=True)
    written = io.BytesIO()
    options: dict[str, object] = {"save_all": True, "append_images": others, "duration": list(times)}
    if loop is not None:
        options["loop"] = loop
    if kind == "GIF":
        options["disposal"] = 2
    first.save(written, kind, **options)
    return f"image/{kind.lower()}", written.getvalue()


def _loop(image: Image.Image) -> int | None:
    """How often an animation is shown, 0 for ever; None for once."""
    found = image.info.get("loop")
    return min(max(int(found), 0), 1000) if isinstance(found, int) else None


def main() -> int:
    """Read, redraw, write."""
    practise()
    _open_no_more()
    try:
        media_type, octets = redraw(sys.stdin.buffer.read())
    except (NotDrawn, MemoryError):
        return 1
    sys.stdout.buffer.write(media_type.encode("ascii") + b"\n" + octets)
    sys.stdout.buffer.flush()
    return 0


def _open_no_more() -> None:
    """Open no file from now on, where all that is imported is there."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


if __name__ == "__main__":
    sys.exit(main())
