"""What a file is by its content: the first octets of known formats, and what texts begin with."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from core import Sentence


class Family(Enum):
    """What people do with a file."""

    PROGRAM = "program"
    SCRIPT = "script"
    ARCHIVE = "archive"
    DISK = "disk"
    OFFICE = "office"
    PDF = "pdf"
    WEB = "web"
    DRAWING = "drawing"
    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"
    FONT = "font"
    MESSAGE = "message"
    SHORTCUT = "shortcut"
    TEXT = "text"
    DATA = "data"


IN_WORDS: Mapping[Family, Sentence] = MappingProxyType(
    {
        Family.PROGRAM: Sentence("a program"),
        Family.SCRIPT: Sentence("a script"),
        Family.ARCHIVE: Sentence("an archive"),
        Family.DISK: Sentence("a disk image"),
        Family.OFFICE: Sentence("an office document"),
        Family.PDF: Sentence("a PDF document"),
        Family.WEB: Sentence("a web page"),
        Family.DRAWING: Sentence("an SVG drawing"),
        Family.IMAGE: Sentence("an image"),
        Family.AUDIO: Sentence("a sound"),
        Family.VIDEO: Sentence("a film"),
        Family.FONT: Sentence("a font"),
        Family.MESSAGE: Sentence("a message"),
        Family.SHORTCUT: Sentence("a shortcut"),
        Family.TEXT: Sentence("a text"),
        Family.DATA: Sentence("data"),
    }
)


@dataclass(frozen=True)
class Kind:
    """One format: what people do with it, its own name and its media type."""

    family: Family
    name: str
    media_type: str

    @property
    def in_words(self) -> Sentence:
        """What people read: `a program (Windows)`."""
        if not self.name:
            return IN_WORDS[self.family]
        return Sentence("%(what)s (%(format)s)", what=IN_WORDS[self.family], format=self.name)


ZIP = Kind(Family.ARCHIVE, "ZIP", "application/zip")
OLE = Kind(Family.OFFICE, "Microsoft", "application/x-ole-storage")
GZIP = Kind(Family.ARCHIVE, "GZIP", "application/gzip")
BZIP2 = Kind(Family.ARCHIVE, "BZIP2", "application/x-bzip2")
XZ = Kind(Family.ARCHIVE, "XZ", "application/x-xz")
TAR = Kind(Family.ARCHIVE, "TAR", "application/x-tar")
RAR = Kind(Family.ARCHIVE, "RAR", "application/vnd.rar")
SEVEN = Kind(Family.ARCHIVE, "7-Zip", "application/x-7z-compressed")
PDF = Kind(Family.PDF, "", "application/pdf")
HTML = Kind(Family.WEB, "HTML", "text/html")
SVG = Kind(Family.DRAWING, "", "image/svg+xml")
SCRIPT = Kind(Family.SCRIPT, "", "text/x-script")
TEXT = Kind(Family.TEXT, "", "text/plain")
XML = Kind(Family.DATA, "XML", "text/xml")
WINDOWS = Kind(Family.PROGRAM, "Windows", "application/vnd.microsoft.portable-executable")
_ELF = Kind(Family.PROGRAM, "Linux", "application/x-executable")
_MAC = Kind(Family.PROGRAM, "macOS", "application/x-mach-binary")
_JAVA = Kind(Family.PROGRAM, "Java", "application/java-vm")
_TIFF = Kind(Family.IMAGE, "TIFF", "image/tiff")
_MP3 = Kind(Family.AUDIO, "MP3", "audio/mpeg")
_FLASH = Kind(Family.PROGRAM, "Flash", "application/x-shockwave-flash")
_LNK = Kind(Family.SHORTCUT, "Windows", "application/x-ms-shortcut")
_PE_AT, _PE_LEAST = 60, 64

# Offset, octets, format. Only signatures that no text and no other format begins with.
_SIGNATURES: tuple[tuple[int, bytes, Kind], ...] = (
    (0, b"\x7fELF", _ELF),
    (0, b"\xfe\xed\xfa\xce", _MAC),
    (0, b"\xfe\xed\xfa\xcf", _MAC),
    (0, b"\xce\xfa\xed\xfe", _MAC),
    (0, b"\xcf\xfa\xed\xfe", _MAC),
    (0, b"\x00asm", Kind(Family.PROGRAM, "WebAssembly", "application/wasm")),
    (0, b"dex\n03", Kind(Family.PROGRAM, "Android", "application/vnd.android.dex")),
    (0, b"L\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0F", _LNK),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLE),
    (0, b"PK\x03\x04", ZIP),
    (0, b"PK\x05\x06", ZIP),
    (0, b"PK\x07\x08PK", ZIP),
    (0, b"Rar!\x1a\x07", RAR),
    (0, b"7z\xbc\xaf\x27\x1c", SEVEN),
    (0, b"\x1f\x8b\x08", GZIP),
    (4, b"1AY&SY", BZIP2),
    (4, b"\x17rE8P\x90", BZIP2),
    (0, b"\xfd7zXZ\0", XZ),
    (0, b"\x28\xb5\x2f\xfd", Kind(Family.ARCHIVE, "Zstandard", "application/zstd")),
    (0, b"MSCF\0\0\0\0", Kind(Family.ARCHIVE, "CAB", "application/vnd.ms-cab-compressed")),
    (0, b"\x60\xea", Kind(Family.ARCHIVE, "ARJ", "application/x-arj")),
    (0, b"**ACE**", Kind(Family.ARCHIVE, "ACE", "application/x-ace-compressed")),
    (7, b"**ACE**", Kind(Family.ARCHIVE, "ACE", "application/x-ace-compressed")),
    (257, b"ustar", TAR),
    (0x8001, b"CD001", Kind(Family.DISK, "ISO", "application/x-iso9660-image")),
    (0, b"vhdxfile", Kind(Family.DISK, "VHDX", "application/x-vhdx")),
    (0, b"conectix", Kind(Family.DISK, "VHD", "application/x-vhd")),
    (0, b"KDMV", Kind(Family.DISK, "VMDK", "application/x-vmdk")),
    (0, b"QFI\xfb", Kind(Family.DISK, "QCOW", "application/x-qemu-disk")),
    (0, b"%PDF-", PDF),
    (0, b"{\\rtf", Kind(Family.OFFICE, "RTF", "application/rtf")),
    (0, b"%!PS", Kind(Family.DATA, "PostScript", "application/postscript")),
    (0, b"\xe4R\\{\x8c\xd8\xa7M\xae\xb1Sx\xd0)\x96\xd3", Kind(Family.OFFICE, "OneNote", "application/onenote")),
    (0, b"ITSF\x03\0\0\0", Kind(Family.PROGRAM, "Windows Help", "application/vnd.ms-htmlhelp")),
    (0, b"\x89PNG\r\n\x1a\n", Kind(Family.IMAGE, "PNG", "image/png")),
    (0, b"\xff\xd8\xff", Kind(Family.IMAGE, "JPEG", "image/jpeg")),
    (0, b"GIF87a", Kind(Family.IMAGE, "GIF", "image/gif")),
    (0, b"GIF89a", Kind(Family.IMAGE, "GIF", "image/gif")),
    (0, b"II*\0", _TIFF),
    (0, b"MM\0*", _TIFF),
    (0, b"8BPS\0\x01", Kind(Family.IMAGE, "Photoshop", "image/vnd.adobe.photoshop")),
    (0, b"\0\0\x01\0\x01\0", Kind(Family.IMAGE, "ICO", "image/vnd.microsoft.icon")),
    (0, b"\0\0\0\x0cjP  \r\n", Kind(Family.IMAGE, "JPEG 2000", "image/jp2")),
    (0, b"\xff\x0a", Kind(Family.IMAGE, "JPEG XL", "image/jxl")),
    (0, b"ID3\x02", _MP3),
    (0, b"ID3\x03", _MP3),
    (0, b"ID3\x04", _MP3),
    (0, b"\xff\xfb", _MP3),
    (0, b"fLaC", Kind(Family.AUDIO, "FLAC", "audio/flac")),
    (0, b"OggS\0", Kind(Family.AUDIO, "Ogg", "application/ogg")),
    (0, b"MThd\0\0\0\x06", Kind(Family.AUDIO, "MIDI", "audio/midi")),
    (0, b"#!AMR", Kind(Family.AUDIO, "AMR", "audio/amr")),
    (0, b"\x1aE\xdf\xa3", Kind(Family.VIDEO, "Matroska", "video/x-matroska")),
    (0, b"FLV\x01", Kind(Family.VIDEO, "FLV", "video/x-flv")),
    (0, b"\0\0\x01\xba", Kind(Family.VIDEO, "MPEG", "video/mpeg")),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", Kind(Family.VIDEO, "Windows Media", "video/x-ms-asf")),
    (0, b"wOFF", Kind(Family.FONT, "WOFF", "font/woff")),
    (0, b"wOF2", Kind(Family.FONT, "WOFF2", "font/woff2")),
    (0, b"OTTO\0", Kind(Family.FONT, "OpenType", "font/otf")),
    (0, b"\0\x01\0\0\0", Kind(Family.FONT, "TrueType", "font/ttf")),
    (0, b"SQLite format 3\0", Kind(Family.DATA, "SQLite", "application/vnd.sqlite3")),
    (0, b"!BDN", Kind(Family.DATA, "Outlook", "application/vnd.ms-outlook-pst")),
    (0, b"\x78\x9f\x3e\x22", Kind(Family.MESSAGE, "TNEF", "application/vnd.ms-tnef")),
)
_RIFF = MappingProxyType(
    {
        b"WEBP": Kind(Family.IMAGE, "WebP", "image/webp"),
        b"WAVE": Kind(Family.AUDIO, "WAV", "audio/wav"),
        b"AVI ": Kind(Family.VIDEO, "AVI", "video/x-msvideo"),
    }
)
_BRANDS = MappingProxyType(
    {
        b"avif": Kind(Family.IMAGE, "AVIF", "image/avif"),
        b"heic": Kind(Family.IMAGE, "HEIC", "image/heic"),
        b"heix": Kind(Family.IMAGE, "HEIC", "image/heic"),
        b"mif1": Kind(Family.IMAGE, "HEIF", "image/heif"),
        b"M4A ": Kind(Family.AUDIO, "M4A", "audio/mp4"),
    }
)
_MP4 = Kind(Family.VIDEO, "MP4", "video/mp4")
_CHARSETS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_LOOKED_AT = 4096
_BEFORE_TAGS = re.compile(
    r"(?:\s|<!--.*?-->|<\?.*?\?>|<!doctype\s+svg[^>\[]*(?:\[[^\]]*\])?\s*>)*", re.DOTALL | re.IGNORECASE
)
_HTML_TAGS = re.compile(
    r"<(?:!doctype\s+html|html|head|body|script|iframe|style|title|meta|base|object|embed|form|table|div|img|a|br|p|svg:svg)"
    r"(?=[\s/>])",
    re.IGNORECASE,
)
_SVG_TAG = re.compile(r"<(?:\w+:)?svg[\s/>]", re.IGNORECASE)
LETTER = Kind(Family.MESSAGE, "", "message/rfc822")
_FIELD = r"(?:From|To|Subject|Date|Sender|Content-Type|DKIM-Signature|ARC-Seal|Authentication-Results|MIME-Version):\s"
_BEGINNINGS: tuple[tuple[re.Pattern[str], Kind], ...] = (
    (re.compile(r"#!"), SCRIPT),
    (re.compile(r"@echo\s+(?:off|on)\b", re.IGNORECASE), Kind(Family.SCRIPT, "Windows", "application/x-bat")),
    (re.compile(r"<\?php\b", re.IGNORECASE), Kind(Family.SCRIPT, "PHP", "application/x-php")),
    (re.compile(r"<(?:job|package|component)[\s>]", re.IGNORECASE), Kind(Family.SCRIPT, "Windows", "text/x-wsf")),
    (re.compile(r"\[InternetShortcut\]", re.IGNORECASE), Kind(Family.SHORTCUT, "", "application/x-mswinurl")),
    (re.compile(r"\[Desktop Entry\]"), Kind(Family.SHORTCUT, "Linux", "application/x-desktop")),
    (re.compile(r"Windows Registry Editor|REGEDIT4"), Kind(Family.SCRIPT, "Windows", "text/x-ms-regedit")),
    (re.compile(r"BEGIN:VCALENDAR\b", re.IGNORECASE), Kind(Family.TEXT, "iCalendar", "text/calendar")),
    (re.compile(r"BEGIN:VCARD\b", re.IGNORECASE), Kind(Family.TEXT, "vCard", "text/vcard")),
    (re.compile(r"(?:Received|Return-Path|Delivered-To|MIME-Version|Message-ID|X-[\w-]+):\s"), LETTER),
    # What begins with one of these alone may be a note of somebody's.
    (re.compile(rf"{_FIELD}[^\n]*\n(?:[ \t][^\n]*\n)*{_FIELD}", re.IGNORECASE), LETTER),
)


def kind_of(start: bytes) -> Kind | None:
    """What a file is by its first octets; None where they tell nothing. Takes a bounded time for any octets."""
    if start[:2] == b"MZ":
        return _dos(start)
    if start[:4] == b"\xca\xfe\xba\xbe" and len(start) >= 8:
        # Java's classes and macOS's programs for several machines begin alike: a version, or how many machines.
        return _JAVA if int.from_bytes(start[4:8], "big") > 40 else _MAC
    for offset, octets, kind in _SIGNATURES:
        if start.startswith(octets, offset):
            return kind
    if start[:3] in (b"FWS", b"CWS", b"ZWS") and 3 < start[3:4].ljust(1)[0] < 32:
        return _FLASH
    if start[:4] == b"RIFF":
        return _RIFF.get(start[8:12])
    if start[4:8] == b"ftyp":
        return _BRANDS.get(start[8:12], _MP4)
    if start[:2] == b"BM" and start[6:10] == b"\0\0\0\0":
        return Kind(Family.IMAGE, "BMP", "image/bmp")
    text = _text(start)
    # Readers of PDF take what has their mark anywhere in the first 1024 octets.
    return PDF if text is None and b"%PDF-" in start[:1024] else text


def _dos(start: bytes) -> Kind | None:
    """A program of Windows or DOS, unless it is a text that begins with the same two letters."""
    if len(start) < _PE_LEAST or (text := _text(start)) is None:
        return WINDOWS
    header = int.from_bytes(start[_PE_AT:_PE_LEAST], "little")
    return WINDOWS if start[header : header + 2] in (b"PE", b"NE", b"LE") else text


def _text(start: bytes) -> Kind | None:
    text = _decoded(start[:_LOOKED_AT])
    if text is None or not text.strip():
        return None
    bare = text.lstrip("\ufeff \t\r\n")
    for beginning, kind in _BEGINNINGS:
        if beginning.match(bare):
            return kind
    tags = bare[_end_of(bare) :]
    if _SVG_TAG.match(tags):
        return SVG
    if _HTML_TAGS.match(tags):
        return HTML
    return XML if bare.startswith("<?xml") else TEXT


def _end_of(text: str) -> int:
    found = _BEFORE_TAGS.match(text)
    return found.end() if found else 0


def _decoded(octets: bytes) -> str | None:
    """The text in these octets; None where they are none."""
    for mark, charset in _CHARSETS:
        if octets.startswith(mark):
            return octets.decode(charset, "ignore")
    controls = sum(octet < 32 and octet not in (9, 10, 12, 13, 27) for octet in octets)
    return None if controls else octets.decode("utf-8", "replace")
