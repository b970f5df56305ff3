"""Unpack TNEF apart from the site, and believe nothing that comes of it."""

import json
import re
from base64 import b64decode
from dataclasses import dataclass, field
from pathlib import Path
from unicodedata import category

from core import BIDI_CONTROLS, apart
from modules.mail.api import safe_name, to_text

PROGRAM = Path(__file__).resolve().parent / "winmail.py"
RTF_PROGRAM = PROGRAM.with_name("rtf.py")
LONGEST = 8.0  # seconds of the clock
WORK = 5  # seconds of the processor
MEMORY, RTF_MEMORY = 512 * 1024 * 1024, 256 * 1024 * 1024
LARGEST = 60_000_000
Told = dict[str, object]
_EMPTY_LINES = re.compile(r"\n[ \t]*\n(?:[ \t]*\n)+")


@dataclass(frozen=True)
class PackedFile:
    """A file inside: its place, its name, its size in octets, and the content id by which the HTML may name it.

    `sent_name` is the name that its sender gave it, with everything that may deceive in it.
    """

    at: int
    filename: str
    size: int
    content_id: str = ""
    sent_name: str = field(default="", repr=False, compare=False)


@dataclass(frozen=True)
class Unpacked:
    """What is inside: the words of the message that was packed, its HTML, which is yet to be cleaned, and the files."""

    text: str
    files: tuple[PackedFile, ...]
    html: str = field(default="", repr=False)


def unpack_apart(octets: bytes, *, bodies: bool = True) -> Unpacked | None:
    """What is inside; None where it cannot be unpacked. The text is only read where `bodies` says so."""
    told, _ = _run(octets)
    if told is None:
        return None
    files = told.get("files")
    text, html = _bodies(*(_text(told, name) for name in ("text", "html", "rtf"))) if bodies else ("", "")
    return Unpacked(_shown(text), tuple(_files(files if isinstance(files, list) else [])), html)


def file_apart(octets: bytes, at: int) -> tuple[PackedFile, bytes] | None:
    """The file of this place with its octets; None where there is none."""
    told, content = _run(octets, str(at))
    files = told.get("files") if told is not None else None
    named = _files(files) if isinstance(files, list) else []
    return (named[at], content) if at < len(named) else None


def _bodies(text: str, html: str, rtf: str) -> tuple[str, str]:
    """The words of the message, and its HTML where it has any: its own, or what its RTF holds."""
    read = _read_rtf(rtf) if not html.strip() else {}
    html = html if html.strip() else _text(read, "html")
    if text.strip():
        return text, html
    return _text(read, "text") if read else to_text(html), html


def _read_rtf(encoded: str) -> Told:
    """What compressed RTF says, read in a process of its own too; nothing where it cannot be read."""
    program = apart.Program(RTF_PROGRAM, seconds=LONGEST, memory=RTF_MEMORY, work=WORK, most_output=LARGEST)
    try:
        told = json.loads(apart.run_apart(program, b64decode(encoded, validate=True))) if encoded else {}
    except (apart.Broken, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def _text(told: Told, name: str) -> str:
    value = told.get(name)
    return value if isinstance(value, str) else ""


def _shown(words: str) -> str:
    """Text without what controls a terminal or turns the direction of writing, and without heaps of empty lines."""
    lines = words.replace("\r\n", "\n").replace("\r", "\n")
    kept = (one for one in lines if one in "\n\t" or not (one in BIDI_CONTROLS or category(one) in ("Cc", "Cs")))
    return _EMPTY_LINES.sub("\n\n", "".join(kept)).strip()


def _run(octets: bytes, *arguments: str) -> tuple[Told | None, bytes]:
    program = apart.Program(PROGRAM, arguments, (), LONGEST, memory=MEMORY, work=WORK, most_output=LARGEST)
    try:
        line, _, content = apart.run_apart(program, octets).partition(b"\n")
        told = json.loads(line)
    except (apart.Broken, ValueError):
        return None, b""
    return (told if isinstance(told, dict) else None), content


def _files(told: list[object]) -> list[PackedFile]:
    named: list[PackedFile] = []
    for at, one in enumerate(told):
        name, size, content_id = (one[0], one[2], one[3]) if isinstance(one, list) and len(one) == 4 else ("", 0, "")
        sent, name = str(name), safe_name(str(name)) or f"file-{at + 1}.bin"
        size = size if isinstance(size, int) else 0
        named.append(PackedFile(at, name, size, str(content_id).strip("<> "), sent or name))
    return named
