"""What the headers of 7-Zip archives tell (7zFormat.txt of the LZMA SDK): names and sizes, and what needs a password.

The header stands at the end, mostly packed by LZMA itself; only the header is unpacked, and only to a bounded size.
"""

import io
import lzma
from collections.abc import Sequence
from dataclasses import dataclass

from modules.attachments.packed.octets import Listing, Octets, Unreadable

MAGIC = b"7z\xbc\xaf\x27\x1c"
LARGEST_HEADER = 16_000_000
MOST_THINGS = 500_000
_DEEPEST = 4
_BEGINS = 32
_END, _HEADER, _EXTRA, _STREAMS, _FILES, _PACKED, _FOLDERS = 0x00, 0x01, 0x02, 0x04, 0x05, 0x06, 0x07
_PARTS, _SIZE, _SUMS, _FOLDER, _SIZES, _COUNTS = 0x08, 0x09, 0x0A, 0x0B, 0x0C, 0x0D
_EMPTY, _EMPTY_FILE, _NAMES, _ENCODED = 0x0E, 0x0F, 0x11, 0x17
_COPY, _LZMA, _LZMA2, _AES = b"\0", b"\x03\x01\x01", b"\x21", b"\x06\xf1\x07\x01"


@dataclass(frozen=True)
class Coder:
    """One method by which octets were packed, and its settings."""

    method: bytes
    settings: bytes


@dataclass
class Folder:
    """Octets that were packed together, by one method after the other; in it several files may stand.

    Of the `outputs` of the methods, `last` is the one that no other method goes on with.
    """

    coders: Sequence[Coder]
    outputs: int
    last: int
    sizes: Sequence[int] = ()
    summed: bool = False

    @property
    def size(self) -> int:
        """How many octets it makes."""
        return self.sizes[self.last] if self.last < len(self.sizes) else 0

    @property
    def locked(self) -> bool:
        """Whether it needs a password."""
        return any(coder.method == _AES for coder in self.coders)


@dataclass
class Streams:
    """Where packed octets begin, how many there are in each piece, and what they make."""

    begins: int = 0
    packed: Sequence[int] = ()
    folders: Sequence[Folder] = ()


def list_seven(file: io.RawIOBase) -> Listing:
    """The files that a 7-Zip archive names."""
    found = Listing()
    try:
        header = _first_header(file)
        for _ in range(_DEEPEST):
            kind = header.integer(1) if header.left else None
            if kind != _ENCODED:
                break
            header = _unpacked(file, _streams(header), found)
        if kind == _HEADER:
            _list(header, found)
        elif kind is not None:
            raise Unreadable
    except Unreadable:
        found.whole = False
    return found


def _first_header(file: io.RawIOBase) -> Octets:
    """What the first octets point to."""
    start = Octets(_at(file, 0, _BEGINS))
    if start.take(len(MAGIC)) != MAGIC:
        raise Unreadable
    start.skip(6)
    offset, size = start.integer(8), start.integer(8)
    return Octets(_exactly(file, _BEGINS + offset, size))


def _unpacked(file: io.RawIOBase, streams: Streams, found: Listing) -> Octets:
    """The header that was packed itself. One that needs a password is no header, but tells that."""
    if not streams.folders or not streams.packed:
        raise Unreadable
    folder = streams.folders[0]
    if folder.locked:
        found.encrypted = True
        return Octets(b"")
    if len(folder.coders) != 1 or folder.size > LARGEST_HEADER:
        raise Unreadable
    octets = _exactly(file, _BEGINS + streams.begins, streams.packed[0])
    made = _unpack(folder.coders[0], octets, folder.size)
    if len(made) != folder.size:
        raise Unreadable
    return Octets(made)


def _unpack(coder: Coder, octets: bytes, size: int) -> bytes:
    if coder.method == _COPY:
        return octets[:size]
    # No more than what comes out has to be looked back upon.
    most = max(size, 4096)
    if coder.method == _LZMA and len(coder.settings) == 5:
        packed, window = coder.settings[0], int.from_bytes(coder.settings[1:], "little")
        bits = {"lc": packed % 9, "lp": packed // 9 % 5, "pb": packed // 45}
        method = {"id": lzma.FILTER_LZMA1, "dict_size": min(max(window, 4096), most), **bits}
    elif coder.method == _LZMA2:
        method = {"id": lzma.FILTER_LZMA2, "dict_size": most}
    else:
        raise Unreadable
    try:
        return lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[method]).decompress(octets, size)
    except (lzma.LZMAError, ValueError, EOFError) as error:
        raise Unreadable from error


def _list(header: Octets, found: Listing) -> None:
    """Read the header itself: what is packed, and the files by their names."""
    kind = header.integer(1)
    while kind == _EXTRA:
        while header.integer(1):
            header.skip(_number(header))
        kind = header.integer(1)
    if kind == _STREAMS:
        folders = _streams(header).folders
        found.unpacked = sum(folder.size for folder in folders)
        found.encrypted |= any(folder.locked for folder in folders)
        kind = header.integer(1)
    if kind == _FILES:
        found.names = _files(header)
    elif kind != _END:
        raise Unreadable


def _streams(header: Octets) -> Streams:
    """Read where octets are packed, and how. The sums of single files are stepped over."""
    streams = Streams()
    kind = header.integer(1)
    if kind == _PACKED:
        streams.begins, count = _number(header), _number(header)
        while kind := header.integer(1):
            if kind == _SIZE:
                streams.packed = _numbers(header, count)
            elif kind == _SUMS:
                _sums(header, count)
            else:
                raise Unreadable
        kind = header.integer(1)
    if kind == _FOLDERS:
        streams.folders = _folders(header)
        kind = header.integer(1)
    if kind == _PARTS:
        _skip_parts(header, streams.folders)
        kind = header.integer(1)
    if kind != _END:
        raise Unreadable
    return streams


def _folders(header: Octets) -> Sequence[Folder]:
    if header.integer(1) != _FOLDER:
        raise Unreadable
    count = _number(header)
    if header.integer(1) or count > header.left:
        raise Unreadable
    folders = [_folder(header) for _ in range(count)]
    if header.integer(1) != _SIZES:
        raise Unreadable
    for folder in folders:
        folder.sizes = _numbers(header, folder.outputs)
    kind = header.integer(1)
    if kind == _SUMS:
        for folder, summed in zip(folders, _sums(header, count), strict=True):
            folder.summed = summed
        kind = header.integer(1)
    if kind != _END:
        raise Unreadable
    return folders


def _folder(header: Octets) -> Folder:
    """Read the methods of a folder, and how they are bound together, which is of no interest here."""
    coders, inputs, outputs = [], 0, 0
    for _ in range(_bounded(_number(header), 32)):
        flags = header.integer(1)
        method = header.take(flags & 0x0F)
        ins, outs = (_number(header), _number(header)) if flags & 0x10 else (1, 1)
        coders.append(Coder(method, header.take(_number(header)) if flags & 0x20 else b""))
        inputs, outputs = inputs + _bounded(ins, 32), outputs + _bounded(outs, 32)
    pairs = _numbers(header, 2 * max(0, outputs - 1))
    first = inputs - len(pairs) // 2
    if first > 1:
        _numbers(header, first)
    last = next((place for place in range(outputs) if place not in pairs[1::2]), 0)
    return Folder(coders, outputs, last)


def _skip_parts(header: Octets, folders: Sequence[Folder]) -> None:
    """Step over how many files stand in each folder, their sizes and sums."""
    counts: Sequence[int] = [1] * len(folders)
    kind = header.integer(1)
    if kind == _COUNTS:
        counts = _numbers(header, len(folders))
        kind = header.integer(1)
    if kind == _SIZE:
        # The last of each folder has what is left of it.
        _numbers(header, sum(max(0, count - 1) for count in counts))
        kind = header.integer(1)
    if kind == _SUMS:
        known = sum(count == 1 and folder.summed for count, folder in zip(counts, folders, strict=True))
        _sums(header, sum(counts) - known)
        kind = header.integer(1)
    if kind != _END:
        raise Unreadable


def _files(header: Octets) -> list[str]:
    """Read the names of files, without those of folders."""
    count = _bounded(_number(header), MOST_THINGS)
    names, empty, files = list[str](), list[bool](), list[bool]()
    while kind := header.integer(1):
        field = Octets(header.take(_number(header)))
        if kind == _NAMES:
            names = _names(field, count)
        elif kind == _EMPTY:
            empty = _bits(field, count)
        elif kind == _EMPTY_FILE:
            files = _bits(field, sum(empty))
    folders, at = set[int](), 0
    for place, is_empty in enumerate(empty):
        if is_empty:
            if at >= len(files) or not files[at]:
                folders.add(place)
            at += 1
    return [name for place, name in enumerate(names) if place not in folders]


def _names(field: Octets, count: int) -> list[str]:
    """Names in UTF-16, each with a zero behind it."""
    if field.integer(1):
        raise Unreadable
    names = field.take(field.left).decode("utf-16-le", "replace").split("\0")
    if len(names) <= count:
        raise Unreadable
    return names[:count]


def _sums(header: Octets, count: int) -> list[bool]:
    """Step over checksums; of which of so many things there are any."""
    _bounded(count, min(8 * header.left, MOST_THINGS))
    summed = [True] * count if header.integer(1) else _bits(header, count)
    header.skip(4 * sum(summed))
    return summed


def _bits(octets: Octets, count: int) -> list[bool]:
    row = octets.take((_bounded(count, MOST_THINGS) + 7) // 8)
    return [bool(row[place // 8] & 0x80 >> place % 8) for place in range(count)]


def _numbers(header: Octets, count: int) -> Sequence[int]:
    return [_number(header) for _ in range(_bounded(count, min(header.left, MOST_THINGS)))]


def _number(header: Octets) -> int:
    """A number of variable length: as many octets follow as the first one has leading bits."""
    first = header.integer(1)
    more = next((place for place in range(8) if not first & 0x80 >> place), 8)
    return header.integer(more) | ((first & 0x7F >> more) << 8 * more)


def _bounded(count: int, most: int) -> int:
    if count > most:
        raise Unreadable
    return count


def _exactly(file: io.RawIOBase, at: int, count: int) -> bytes:
    octets = _at(file, at, _bounded(count, LARGEST_HEADER))
    if len(octets) < count:
        raise Unreadable
    return octets


def _at(file: io.RawIOBase, at: int, count: int) -> bytes:
    file.seek(at)
    return file.read(count) or b""
