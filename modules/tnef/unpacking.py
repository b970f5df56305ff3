"""Unpack TNEF apart from the site, and believe nothing that comes of it."""

import json
from dataclasses import dataclass
from pathlib import Path

from core import apart
from modules.mail.api import safe_name, to_text

PROGRAM = Path(__file__).resolve().parent / "winmail.py"
LONGEST = 8.0  # seconds of the clock; the process bounds its own work
LARGEST = 60_000_000


@dataclass(frozen=True)
class PackedFile:
    """A file inside: its place, its name, its size in octets."""

    at: int
    filename: str
    size: int


@dataclass(frozen=True)
class Unpacked:
    """What is inside: the words of the message that was packed, and the files."""

    text: str
    files: tuple[PackedFile, ...]


def unpack_apart(octets: bytes) -> Unpacked | None:
    """What is inside; None where it cannot be unpacked."""
    told, _ = _run(octets)
    if told is None:
        return None
    text, html, files = told.get("text"), told.get("html"), told.get("files")
    words = text if isinstance(text, str) and text.strip() else to_text(html) if isinstance(html, str) else ""
    return Unpacked(words.strip(), tuple(_files(files if isinstance(files, list) else [])))


def file_apart(octets: bytes, at: int) -> tuple[PackedFile, bytes] | None:
    """The file of this place with its octets; None where there is none."""
    told, content = _run(octets, str(at))
    files = told.get("files") if told is not None else None
    named = _files(files) if isinstance(files, list) else []
    return (named[at], content) if at < len(named) else None


def _run(octets: bytes, *arguments: str) -> tuple[dict[str, object] | None, bytes]:
    program = apart.Program(PROGRAM, arguments, seconds=LONGEST, most_output=LARGEST)
    try:
        line, _, content = apart.run_apart(program, octets).partition(b"\n")
        told = json.loads(line)
    except (apart.Broken, ValueError):
        return None, b""
    return (told if isinstance(told, dict) else None), content


def _files(told: list[object]) -> list[PackedFile]:
    named: list[PackedFile] = []
    for at, one in enumerate(told):
        name, size = (one[0], one[2]) if isinstance(one, list) and len(one) == 3 else ("", 0)
        name = safe_name(str(name)) or f"file-{at + 1}.bin"
        named.append(PackedFile(at, name, size if isinstance(size, int) else 0))
    return named
