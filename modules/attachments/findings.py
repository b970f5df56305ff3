"""What is odd about a file, in words: by its name, by its content, and by how the two fit together."""

from collections.abc import Iterator

from core import Sentence
from modules.attachments.containers import Contents
from modules.attachments.kinds import IN_WORDS, LETTER, Family, Kind
from modules.attachments.names import (
    DISKS,
    MACROS,
    WEB,
    ending_of,
    family_of,
    hides_its_ending,
    holds_unseen,
    starts_something,
    turns_around,
)
from modules.mail.api import Care, FileOddity, Sample

RATIO = 100
LARGE = 100_000_000
MANY = 10_000
DEEP = 4
_STARTS = (Family.PROGRAM, Family.SCRIPT, Family.SHORTCUT)
_QUIET = (Family.TEXT, Family.DATA, Family.IMAGE, Family.AUDIO, Family.VIDEO, Family.FONT, Family.MESSAGE)
# What a name may say of content of another family without anybody wondering.
_FITTING = frozenset(
    {
        (Family.TEXT, Family.DATA),
        (Family.TEXT, Family.MESSAGE),
        (Family.WEB, Family.TEXT),
        (Family.WEB, Family.DATA),
        (Family.WEB, Family.MESSAGE),
        (Family.DRAWING, Family.DATA),
        (Family.MESSAGE, Family.TEXT),
        (Family.AUDIO, Family.VIDEO),
        (Family.VIDEO, Family.AUDIO),
        (Family.ARCHIVE, Family.OFFICE),
    }
)
_DECLARED = {"image": Family.IMAGE, "audio": Family.AUDIO, "video": Family.VIDEO, "font": Family.FONT}

Finding = tuple[str, FileOddity]
"""What it is about, so that one thing is told once, and what is told of it."""


def of_name(name: str) -> Iterator[Finding]:
    """What the name alone tells."""
    ending = f".{ending_of(name)}"
    really = Sentence("Whatever it looks like, it ends in %(ending)s.", ending=ending)
    if turns_around(name):
        yield (
            "name",
            FileOddity(Care.DANGER, Sentence("Its name is written so that it reads in another order."), really),
        )
    elif hides_its_ending(name):
        yield "name", FileOddity(Care.DANGER, Sentence("Its name looks like that of another kind of file."), really)
    if holds_unseen(name):
        why = Sentence("They can make a name look like another. They are left out when it is saved.")
        yield "unseen", FileOddity(Care.CAREFUL, Sentence("Its name holds characters that nobody can see."), why)
    if starts_something(name):
        what = Sentence("Files that end in %(ending)s start something when they are opened.", ending=ending)
        yield "starts", FileOddity(Care.DANGER, what, _only_if_awaited())
    elif ending_of(name) in MACROS:
        yield "macros", _with_macros()
    elif ending_of(name) in WEB:
        yield "web", _web(Family.DRAWING if ending_of(name).startswith("svg") else Family.WEB)
    elif ending_of(name) in DISKS:
        yield "disk", _disk()


def of_content(name: str, media_type: str, kind: Kind) -> Iterator[Finding]:
    """What the content tells, and where it is not what the name or the declared media type say."""
    if kind.family in _STARTS:
        what = Sentence("This is %(kind)s.", kind=kind.in_words)
        yield "starts", FileOddity(Care.DANGER, what, _only_if_awaited())
    elif kind.family in (Family.WEB, Family.DRAWING):
        yield "web", _web(kind.family)
    elif kind.family is Family.DISK:
        yield "disk", _disk()
    claimed = family_of(name) or _declared(media_type)
    if claimed is None or claimed is kind.family or (claimed, kind.family) in _FITTING:
        return
    care = Care.DANGER if kind.family in _STARTS else Care.NOTE if kind.family in _QUIET else Care.CAREFUL
    what = Sentence(
        "It says that it is %(claimed)s, but it is %(kind)s.", claimed=IN_WORDS[claimed], kind=kind.in_words
    )
    yield "mismatch", FileOddity(care, what, Sentence("Files are given wrong names by mistake, and to deceive."))


def of_contents(contents: Contents, sample: Sample) -> Iterator[Finding]:
    """What stands inside an archive or a document."""
    archive = contents.kind.family in (Family.ARCHIVE, Family.MESSAGE)
    if contents.macros:
        yield "macros", _with_macros(contents.kind)
    if contents.encrypted:
        yield "password", _locked(contents.kind)
    if contents.active:
        why = Sentence("Readers of PDF may run them when it is opened.")
        yield "active", FileOddity(Care.CAREFUL, Sentence("This PDF document holds scripts, or starts programs."), why)
    if not contents.seen:
        why = Sentence("It is damaged, cut off, or built in a way that takes too long to follow.")
        care = Care.CAREFUL if sample.whole else Care.NOTE
        yield "unread", FileOddity(care, Sentence("It could not be looked into."), why)
    if archive:
        yield from _of_archive(contents, len(sample.start) if sample.whole else sample.size)


def _of_archive(contents: Contents, size: int) -> Iterator[Finding]:
    why = Sentence("Archives like this are made to fill disks and to wear out programs that look into them.")
    if contents.unpacked >= max(LARGE, RATIO * size):
        what = Sentence("It unpacks to %(size)s, many times its own size.", size=_size(contents.unpacked))
        yield "bomb", FileOddity(Care.DANGER, what, why)
    elif contents.depth > DEEP:
        what = Sentence("Archives stand in archives in it, more than %(depth)s deep.", depth=DEEP)
        yield "bomb", FileOddity(Care.DANGER, what, why)
    elif contents.count > MANY:
        what = Sentence("It holds %(count)s files.", count=f"{contents.count:,}")
        yield "bomb", FileOddity(Care.CAREFUL, what, why)
    leaves = [name.replace("\\", "/").rpartition("/")[2] for name in contents.names]
    starting = [leaf for leaf in leaves if starts_something(leaf) or ending_of(leaf) in MACROS]
    deceiving = [leaf for leaf in leaves if turns_around(leaf) or hides_its_ending(leaf)]
    if starting or deceiving:
        alone = bool(deceiving) or len(contents.names) == 1
        what = Sentence("It holds files that start something: %(names)s.", names=_named(deceiving or starting))
        yield "inside", FileOddity(Care.DANGER if alone else Care.CAREFUL, what, _only_if_awaited())


def _declared(media_type: str) -> Family | None:
    if media_type == "application/pdf":
        return Family.PDF
    return _DECLARED.get(media_type.partition("/")[0]) if media_type != "image/svg+xml" else Family.DRAWING


def _only_if_awaited() -> Sentence:
    return Sentence("It can do on your device whatever you can. Open it only if you expected it from this sender.")


def _with_macros(kind: Kind | None = None) -> FileOddity:
    why = Sentence("Macros are programs that run with the document. Keep them off unless you expected them.")
    what = Sentence("It holds a document with macros.") if kind == LETTER else Sentence("This document holds macros.")
    return FileOddity(Care.DANGER, what, why)


def _web(family: Family) -> FileOddity:
    why = Sentence("Opened from your disk it can run scripts, and pose as a page that asks for your password.")
    return FileOddity(Care.CAREFUL, Sentence("This is %(kind)s.", kind=IN_WORDS[family]), why)


def _disk() -> FileOddity:
    why = Sentence("Systems open it without the warnings that files from the net get.")
    return FileOddity(Care.CAREFUL, Sentence("This is %(kind)s.", kind=IN_WORDS[Family.DISK]), why)


def _locked(kind: Kind) -> FileOddity:
    if kind.family is Family.PDF:
        why = Sentence("It may ask for a password, or forbid to print or copy it.")
        return FileOddity(Care.NOTE, Sentence("This PDF document is protected."), why)
    why = Sentence("Nobody can look into it before you do, and no virus scanner. Attackers send the password along.")
    if kind == LETTER:
        return FileOddity(Care.CAREFUL, Sentence("It holds a file that is locked with a password."), why)
    return FileOddity(Care.CAREFUL, Sentence("It is locked with a password."), why)


def _named(names: list[str]) -> str:
    shown = [name if len(name) <= 60 else f"…{name[-58:]}" for name in names[:3]]
    return ", ".join((*shown, "…") if len(names) > len(shown) else shown)


def _size(octets: int) -> str:
    unit, count = next(
        (unit, count) for unit, count in (("TB", 10**12), ("GB", 10**9), ("MB", 10**6)) if octets >= count
    )
    return f"{octets / count:,.0f} {unit}"
