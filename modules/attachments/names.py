"""What a file's name tells, and how it may deceive: by its ending, by endings before it, by letters nobody sees."""

import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType

from core import BIDI_CONTROLS
from modules.attachments.kinds import Family

# What starts something when it is opened, on Windows, macOS or Linux.
PROGRAMS = frozenset(
    """ade adp apk app appimage appinstaller application appref-ms appx appxbundle bash bat cdxml chm class cmd com
    command cpl csh deb desktop diagcab dll dmg dylib elf exe fish gadget grp hlp hta inf ins ipa iqy isp jar jnlp js
    jse ksh library-ms lnk mad mde mjs mpkg msc msh msi msix msixbundle msp mst pif pkg php pl plg ps1 ps2 psc1
    psc2 psd1 psm1 py pyc pyw pyz pyzw rb rdp reg rpm run scf scpt scptd scr sct search-ms service settingcontent-ms sh
    shb
    shs slk snap swf sys terminal udl url vb vbe vbs vsto wasm webloc website workflow wsc wsf wsh xbap xll
    xpi zsh""".split()
)
MACROS = frozenset("docm dotm xlsm xltm xlam xlsb pptm potm ppam ppsm sldm odtm".split())
WEB = frozenset("htm html xhtml xht shtml mht mhtml svg svgz".split())
DISKS = frozenset("iso img udf vhd vhdx vmdk vdi qcow qcow2 cue nrg mdf".split())
ARCHIVES = frozenset("zip 7z rar tar gz tgz bz2 tbz tbz2 xz txz zst lz lzma lzh lha arj ace cab z jar war".split())
# What people take for a thing to read or look at.
_TRUSTED = frozenset(
    """pdf doc docx xls xlsx ppt pptx odt ods odp rtf txt csv jpg jpeg png gif bmp webp tif tiff heic svg mp3 mp4 wav
    avi
    mov mkv m4a zip rar 7z gz eml ics vcf xml json html htm md""".split()
)
_FAMILIES: Mapping[Family, frozenset[str]] = MappingProxyType(
    {
        Family.OFFICE: frozenset(
            """doc dot docx dotx docm dotm xls xlt xlsx xltx xlsm xlsb ppt pot pps pptx potx ppsx pptm odt ott ods ots
            odp otp odg rtf one vsd vsdx pub wps""".split()
        ),
        Family.PDF: frozenset("pdf".split()),
        Family.WEB: frozenset("htm html xhtml xht shtml mht mhtml".split()),
        Family.DRAWING: frozenset("svg".split()),
        Family.IMAGE: frozenset(
            """png jpg jpeg jpe jfif gif webp bmp tif tiff heic heif avif ico psd jp2 jxl dng cr2 nef arw""".split()
        ),
        Family.AUDIO: frozenset("mp3 m4a aac wav ogg oga opus flac mid midi amr wma".split()),
        Family.VIDEO: frozenset("mp4 m4v mov avi mkv webm mpg mpeg wmv flv 3gp".split()),
        Family.ARCHIVE: ARCHIVES - {"jar", "war"},
        Family.DISK: DISKS,
        Family.MESSAGE: frozenset("eml msg".split()),
        Family.FONT: frozenset("ttf otf woff woff2".split()),
        Family.TEXT: frozenset("txt log csv tsv ics vcf md ini conf json yaml yml diff patch asc sig".split()),
    }
)
_ENDING = re.compile(r"[a-z0-9][a-z0-9_-]{0,15}", re.ASCII)
# Left-to-right and right-to-left marks stand in honest names of Arabic and Hebrew; these reorder all that follows.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_MARKS = BIDI_CONTROLS - _TURNING
_GAP = re.compile(r"\s{8,}|_{16,}|\.{8,}")
# Joiners that several scripts and pictures of people need; they are odd beside plain letters only.
_JOINERS = frozenset("\u200c\u200d")


def ending_of(name: str) -> str:
    """The ending in small letters, without its dot, or nothing. Windows drops dots and blanks behind it."""
    _, dot, ending = _readable(name).rstrip(". ").rpartition(".")
    ending = ending.strip().casefold()
    return ending if dot and _ENDING.fullmatch(ending) else ""


def family_of(name: str) -> Family | None:
    """What people take the file for by its ending."""
    ending = ending_of(name)
    return next((family for family, endings in _FAMILIES.items() if ending in endings), None)


def starts_something(name: str) -> bool:
    """Whether opening a file of this name starts a program or a script."""
    return ending_of(name) in PROGRAMS


def hides_its_ending(name: str) -> bool:
    """Whether a name looks like that of another kind: `invoice.pdf.exe`, or its ending stands far to the right."""
    stem = _readable(name).rstrip(". ").rpartition(".")[0]
    risky = starts_something(name) or ending_of(name) in MACROS | WEB | DISKS
    before = ending_of(stem)
    doubled = risky and before in _TRUSTED and before != ending_of(name)
    return doubled or bool(risky and _GAP.search(stem))


def turns_around(name: str) -> bool:
    """Whether characters in the name make it read in another order (`invoice\\u202efdp.exe`)."""
    return any(letter in _TURNING for letter in name)


def holds_unseen(name: str) -> bool:
    """Whether the name holds characters that nobody sees."""
    unseen = (
        letter
        for letter in name
        if unicodedata.category(letter) in ("Cf", "Cc", "Co", "Zl", "Zp") and letter not in _TURNING
    )
    plain = name.isascii() or all(ord(letter) < 0x250 or unicodedata.category(letter) == "Cf" for letter in name)
    return any(letter not in _JOINERS | _MARKS or plain for letter in unseen)


def _readable(name: str) -> str:
    """The name as file systems have it: without what mail takes out of it before it is saved."""
    return "".join(letter for letter in name if unicodedata.category(letter) not in ("Cf", "Cc"))
