"""What stands inside archives and documents; what has to be unpacked, a process looks into that can do nothing else."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from core import apart
from modules.attachments.kinds import (
    BZIP2,
    GZIP,
    LETTER,
    OLE,
    PDF,
    RAR,
    SEVEN,
    TAR,
    XZ,
    ZIP,
    Family,
    Kind,
)
from modules.attachments.scanning import scan
from modules.mail.api import Sample

PROGRAM = Path(__file__).resolve().parent / "packed" / "program.py"
LONGEST = 6.0  # seconds of the clock
_WORK = 4  # seconds of the processor
_MEMORY = 384 * 1024 * 1024
_MOST_TOLD = 4_000_000
_OPEN_XML = "application/vnd.openxmlformats-officedocument."
_UNPACKED: Mapping[Kind, str] = MappingProxyType(
    {ZIP: "zip", GZIP: "gzip", BZIP2: "bzip2", XZ: "xz", TAR: "tar", RAR: "rar", SEVEN: "7z", LETTER: "message"}
)
_SCANNED: Mapping[Kind, str] = MappingProxyType({OLE: "ole", PDF: "pdf"})
_INNER: Mapping[str, Kind] = MappingProxyType(
    {
        "docx": Kind(Family.OFFICE, "Word", f"{_OPEN_XML}wordprocessingml.document"),
        "xlsx": Kind(Family.OFFICE, "Excel", f"{_OPEN_XML}spreadsheetml.sheet"),
        "pptx": Kind(Family.OFFICE, "PowerPoint", f"{_OPEN_XML}presentationml.presentation"),
        "odf": Kind(Family.OFFICE, "OpenDocument", "application/vnd.oasis.opendocument"),
        "epub": Kind(Family.OFFICE, "EPUB", "application/epub+zip"),
        "jar": Kind(Family.PROGRAM, "Java", "application/java-archive"),
        "apk": Kind(Family.PROGRAM, "Android", "application/vnd.android.package-archive"),
        "msg": Kind(Family.MESSAGE, "Outlook", "application/vnd.ms-outlook"),
        "msi": Kind(Family.PROGRAM, "Windows Installer", "application/x-msi"),
    }
)


@dataclass(frozen=True)
class Contents:
    """What stands in an archive, a document or a message. `depth` counts archives within archives, 1 for the outermost.

    `unpacked` is how many octets it makes. `seen` is False where it could not be looked into within bounds.
    """

    kind: Kind
    seen: bool = True
    encrypted: bool = False
    macros: bool = False
    active: bool = False
    count: int = 0
    unpacked: int = 0
    depth: int = 0
    names: tuple[str, ...] = ()


def holds_more(kind: Kind) -> bool:
    """Whether something stands inside files of this kind."""
    return kind in _SCANNED or kind in _UNPACKED


def look_inside(kind: Kind, sample: Sample) -> Contents | None:
    """What stands in a file of this kind; None where such files hold nothing that is looked into."""
    if kind in _SCANNED:
        seen = scan(_SCANNED[kind], sample.start, sample.end)
        return Contents(_INNER.get(seen.kind, kind), True, seen.encrypted, seen.macros, seen.active)
    return _look_apart(kind, sample) if kind in _UNPACKED else None


def _look_apart(kind: Kind, sample: Sample) -> Contents:
    size = len(sample.start) if sample.whole else sample.size
    about = {"kind": _UNPACKED[kind], "size": size, "start": len(sample.start)}
    given = json.dumps(about).encode() + b"\n" + sample.start + sample.end
    program = apart.Program(PROGRAM, (), (PROGRAM.parent,), LONGEST, memory=_MEMORY, work=_WORK, most_output=_MOST_TOLD)
    try:
        told = json.loads(apart.run_apart(program, given))
    except apart.Broken:
        return Contents(kind, seen=False)
    return Contents(
        kind=_INNER.get(told["kind"], kind),
        seen=not told["broken"],
        encrypted=told["encrypted"],
        macros=told["macros"],
        count=told["count"],
        unpacked=told["unpacked"],
        depth=told["depth"],
        names=tuple(told["names"]),
    )
