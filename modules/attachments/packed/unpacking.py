"""Look into an archive, in a process of its own: what it holds, without writing any of it anywhere.

It reads a line of JSON and then octets, and writes one line of JSON (see containers.py). Before it looks at the first
octet it gives up opening files; its memory and its work are bounded from outside. What it unpacks, it unpacks in
bounded pieces and to a bounded depth, to see whether more archives stand inside; of RAR and 7-Zip, headers alone.
"""

import gzip
import io
import json
import lzma
import resource
import sys
import tarfile
import zipfile
import zlib
from dataclasses import asdict, dataclass, field

from modules.attachments.packed.letter import EML, LARGEST, files_of, is_letter
from modules.attachments.packed.rar import FIVE, FOUR, list_rar
from modules.attachments.packed.seven import MAGIC, list_seven
from modules.attachments.packed.streams import unpacked
from modules.attachments.packed.work import Tired, bounded_work

# Names that are told: how many, of how many letters each, and of how many together.
MOST_NAMES = 10_000
LONGEST_NAME = 300
MOST_LETTERS = 1_000_000
DEEPEST = 5
# Of one packed file, of all together, and of how many.
LARGEST_INNER = 16_000_000
MOST_UNPACKED = 160_000_000
MOST_INNER = 200
_ENDINGS = (EML, *".zip .rar .7z .jar .gz .tgz .bz2 .xz .tar .docx .xlsx .pptx .docm .xlsm .pptm".split())


@dataclass
class Inside:
    """What was seen. `depth` counts archives within archives, 1 for the outermost; sizes are in octets."""

    kind: str = ""
    encrypted: bool = False
    macros: bool = False
    count: int = 0
    unpacked: int = 0
    depth: int = 0
    broken: bool = False
    names: list[str] = field(default_factory=list)


class Ends(io.RawIOBase):
    """A file of which only the beginning and the end are known; between them are zeros."""

    def __init__(self, start: bytes, end: bytes, size: int) -> None:
        self._start, self._end, self._size, self._at = start, end, max(size, len(start), len(end)), 0

    def seekable(self) -> bool:
        """Any place of it can be gone to."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place."""
        at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if at < 0:
            raise OSError("before the beginning")
        self._at = at
        return at

    def tell(self) -> int:
        """The place."""
        return self._at

    def read(self, size: int = -1) -> bytes:
        """Octets from this place on, at most a bounded number."""
        left = max(0, self._size - self._at)
        wanted = min(left if size is None or size < 0 else min(size, left), LARGEST_INNER)
        read = bytearray()
        while len(read) < wanted:
            more = self._piece(self._at + len(read), wanted - len(read))
            read += more
        self._at += len(read)
        return bytes(read)

    def _piece(self, at: int, wanted: int) -> bytes:
        tail = self._size - len(self._end)
        if at < len(self._start):
            return self._start[at : at + wanted]
        if at >= tail:
            return self._end[at - tail : at - tail + wanted]
        return bytes(min(wanted, tail - at))


class Look:
    """One look into one file, with what is left of its bounds."""

    def __init__(self) -> None:
        self.found = Inside()
        self._left = MOST_UNPACKED
        self._inner = MOST_INNER
        self._letters = MOST_LETTERS

    def into(self, kind: str, start: bytes, end: bytes, size: int) -> Inside:
        """What stands in a file of this kind."""
        self.found.kind = kind
        file = Ends(start, end, size)
        if kind == "zip":
            self._zip(file, 1, whole=len(start) >= size)
        elif kind in ("gzip", "bzip2", "xz"):
            self._stream(kind, start, 1, whole=len(start) >= size)
        elif kind == "tar":
            self._tar(start, 1)
        elif kind in ("rar", "7z"):
            self._listed(kind, file, size, 1, whole=len(start) >= size)
        elif kind == "message":
            self._message(start, 0)
            self.found.kind = kind
        return self.found

    def _message(self, octets: bytes, depth: int) -> None:
        """The files of a message and of those within it. Of a large one only the beginning is here."""
        try:
            for name, file in files_of(octets):
                self._count([name], 0)
                self._inside(file, depth + 1, name)
        except (RecursionError, ValueError):
            self.found.broken = True

    def _zip(self, file: io.RawIOBase, depth: int, *, whole: bool) -> None:
        self.found.depth = max(self.found.depth, depth)
        try:
            archive = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
            self.found.broken = True
            return
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        names = [entry.filename for entry in entries]
        self._count(names, sum(entry.file_size for entry in entries))
        self.found.encrypted |= any(entry.flag_bits & 1 for entry in entries)
        if depth == 1:
            self.found.kind = _kind_of_zip(names)
        self.found.macros |= _has_macros(names)
        if "META-INF/manifest.xml" in names:
            self.found.encrypted |= b"encryption-data" in self._read(archive, archive.getinfo("META-INF/manifest.xml"))
        if whole and (depth > 1 or self.found.kind in ("zip", "jar")):
            for entry in entries:
                if entry.filename.lower().endswith(_ENDINGS) and self._inner > 0:
                    self._inside(self._read(archive, entry), depth + 1, entry.filename)

    def _read(self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
        """One packed file, or its beginning; nothing where it cannot be read or the bounds are reached."""
        most = min(LARGEST_INNER, self._left)
        if entry.flag_bits & 1 or most <= 0:
            return b""
        try:
            with archive.open(entry) as file:
                octets = file.read(most)
        except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, EOFError, ValueError, NotImplementedError):
            self.found.broken = True
            return b""
        self._left -= len(octets)
        return octets

    def _inside(self, octets: bytes, depth: int, name: str = "") -> None:
        """What stands in a packed file, if it is an archive itself, or a message."""
        kind = _kind_of(octets, name)
        if not kind or self._inner <= 0:
            return
        self._inner -= 1
        if kind == "message":
            if depth <= DEEPEST:
                self._message(octets[:LARGEST], depth)
            return
        self.found.depth = max(self.found.depth, depth)
        if depth > DEEPEST:
            return
        if kind == "zip":
            self._zip(Ends(octets, b"", len(octets)), depth, whole=True)
        elif kind == "tar":
            self._tar(octets, depth)
        elif kind in ("rar", "7z"):
            self._listed(kind, Ends(octets, b"", len(octets)), len(octets), depth, whole=True)
        else:
            self._stream(kind, octets, depth, whole=True)

    def _stream(self, kind: str, octets: bytes, depth: int, *, whole: bool) -> None:
        self.found.depth = max(self.found.depth, depth)
        first, total = bytearray(), 0
        try:
            for piece in unpacked(kind, octets):
                total += len(piece)
                self._left -= len(piece)
                if len(first) < LARGEST_INNER:
                    first += piece
                if self._left <= 0:
                    break
        except (zlib.error, OSError, lzma.LZMAError, EOFError, ValueError):
            self.found.broken |= whole
        self.found.unpacked += total
        self.found.count = max(self.found.count, 1)
        if _kind_of(bytes(first[:600])) == "tar":
            self._tar(bytes(first), depth)
        else:
            self._inside(bytes(first), depth + 1)

    def _tar(self, octets: bytes, depth: int) -> None:
        self.found.depth = max(self.found.depth, depth)
        names, sizes = [], 0
        try:
            with tarfile.open(fileobj=io.BytesIO(octets), mode="r:") as archive:
                for member in archive:
                    names.append(member.name)
                    sizes += member.size
                    if len(names) > MOST_NAMES:
                        break
        except (tarfile.TarError, OSError, ValueError, EOFError):
            # Of a large one only the beginning is here.
            self.found.broken |= not names
        self._count(names, sizes if depth == 1 else 0)

    def _listed(self, kind: str, file: Ends, size: int, depth: int, *, whole: bool) -> None:
        """What the headers of RAR or 7-Zip tell. Of a large RAR archive only the first ones are here."""
        self.found.depth = max(self.found.depth, depth)
        seen = list_rar(file, size) if kind == "rar" else list_seven(file)
        self.found.encrypted |= seen.encrypted
        self.found.broken |= not seen.whole and (whole or kind == "7z" or not seen.names)
        self._count(seen.names, seen.unpacked)

    def _count(self, names: list[str], unpacked: int) -> None:
        self.found.count += len(names)
        self.found.unpacked += unpacked
        for name in names[: MOST_NAMES - len(self.found.names)]:
            told = name[-LONGEST_NAME:]
            self._letters -= len(told)
            if self._letters < 0:
                self.found.broken = True
                break
            self.found.names.append(told)


def look(given: bytes) -> Inside:
    """What stands in the file that a line of JSON and octets tell of, as far as that can be found out within bounds."""
    line, _, octets = given.partition(b"\n")
    about = json.loads(line)
    start = octets[: about["start"]]
    one = Look()
    try:
        with bounded_work():
            one.into(about["kind"], start, octets[len(start) :], about["size"])
    except (Tired, MemoryError, RecursionError, OverflowError):
        # What was found until then is told: nothing is hidden by what wears readers out.
        one.found.broken = True
    return one.found


def _kind_of(octets: bytes, name: str = "") -> str:
    for beginning, kind in ((b"PK\x03\x04", "zip"), (b"\x1f\x8b", "gzip"), (b"BZh", "bzip2"), (b"\xfd7zXZ\0", "xz")):
        if octets.startswith(beginning):
            return kind
    if octets.startswith((FOUR, FIVE)):
        return "rar"
    if octets.startswith(MAGIC):
        return "7z"
    if octets[257:262] == b"ustar":
        return "tar"
    return "message" if is_letter(octets, name) else ""


def _kind_of_zip(names: list[str]) -> str:
    known = set(names)
    tops = {name.partition("/")[0] for name in names}
    if "AndroidManifest.xml" in known:
        return "apk"
    if "[Content_Types].xml" in known:
        return next((kind for top, kind in (("word", "docx"), ("xl", "xlsx"), ("ppt", "pptx")) if top in tops), "zip")
    if "mimetype" in known and "META-INF" in tops:
        return "epub" if "META-INF/container.xml" in known else "odf"
    return "jar" if "META-INF/MANIFEST.MF" in known else "zip"


def _has_macros(names: list[str]) -> bool:
    lowered = [name.lower() for name in names]
    beginnings = ("xl/macrosheets/", "xl/intlmacrosheets/", "basic/standard/", "scripts/")
    odf = "content.xml" in lowered
    return any(
        name.endswith("vbaproject.bin")
        or (name.startswith(beginnings[:2]) or (odf and name.startswith(beginnings[2:])))
        for name in lowered
    )


def practise() -> None:
    """Read something small in every way, so that whatever is imported only when it is needed is there."""
    packed, taped = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.gz", gzip.compress(b"a"))
    with tarfile.open(fileobj=taped, mode="w:") as tape:
        tape.addfile(tarfile.TarInfo("a"))
    for kind, octets in (("zip", packed.getvalue()), ("tar", taped.getvalue())):
        Look().into(kind, octets, b"", len(octets))
    Look().into(
        "message", b"Content-Type: x/y; name==?utf-8?q?a?=\nContent-Transfer-Encoding: base64\n\nYQ==\n", b"", 0
    )
    for letters in ("cp437", "utf-16-le"):
        b"a\0".decode(letters)


def main() -> int:
    """Read, look, write."""
    practise()
    _open_no_more()
    found = look(sys.stdin.buffer.read())
    sys.stdout.write(json.dumps(asdict(found)) + "\n")
    sys.stdout.flush()
    return 0


def _open_no_more() -> None:
    """Open no file from now on, where all that is imported is there."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
