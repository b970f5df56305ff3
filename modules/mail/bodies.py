"""Choose what of a message is shown as its text and what stands beside it as attachments (RFC 2046 5.1)."""

import mimetypes
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from core import BIDI_CONTROLS, Sentence
from modules.mail.headers import decode_words
from modules.mail.model import Part
from modules.mail.results import Attachment

LONGEST_NAME = 120
# As many parts of one multipart as stores tell of.
MOST_CHILDREN = 2000
# Of more texts in a row the rest stand among the attachments.
MOST_TEXTS = 50
_UNSAFE = re.compile(r'[/\\:*?"<>|\x00-\x1f\x7f-\x9f]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)
_TEXTS = ("text/plain", "text/html")
_SIGNATURES = ("application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature")
_NAMES = {"message/rfc822": ".eml", "text/calendar": ".ics", "message/delivery-status": ".txt", "text/plain": ".txt"}


@dataclass(frozen=True)
class Bodies:
    """The parts that are shown, the parts they refer to by content id, and the attachments."""

    html: Part | None = None
    plain: tuple[Part, ...] = ()
    inline: Mapping[str, str] = field(default_factory=dict)
    attachments: tuple[Attachment, ...] = ()
    notices: tuple[str, ...] = ()


def choose_bodies(structure: Part) -> Bodies:
    """What to show of a message of this structure."""
    html: list[Part] = []
    plain: list[Part] = []
    shown: set[str] = set()
    _choose(structure, html, plain)
    del plain[MOST_TEXTS:]
    shown.update(part.number for part in (*html[:1], *plain))
    leaves = [part for part in _leaves(structure) if part.number not in shown]
    inline = {part.content_id.strip("<>"): part.number for part in leaves if part.content_id}
    hidden = _alternatives(structure) - shown
    attachments = tuple(
        Attachment(part.number, safe_filename(part), part.media_type, part.decoded_size, bool(part.content_id))
        for part in leaves
        if part.number not in hidden and not _is_embedded(part, bool(html))
    )
    return Bodies(html[0] if html else None, tuple(plain), inline, attachments, tuple(_notices(structure)))


def safe_filename(part: Part) -> str:
    """A name to save a part under: no paths, no controls, nothing that turns its ending around; never empty."""
    return safe_name(decode_words(part.filename)) or f"part-{part.number or '1'}{_ending(part.media_type)}"


def safe_name(name: str) -> str:
    """A file name without what file systems or readers stumble over; empty where nothing is left of it."""
    name = name.replace("\\", "/").rpartition("/")[2]
    kept = (letter for letter in _UNSAFE.sub("_", name) if letter not in BIDI_CONTROLS)
    name = "".join(letter for letter in kept if unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Zl", "Zp"))
    name = " ".join(name.split()).strip(". ")
    if _RESERVED.fullmatch(name):
        name = f"_{name}"
    if len(name) > LONGEST_NAME:
        stem, dot, ending = name.rpartition(".")
        ending = f"{dot}{ending}" if dot and len(ending) <= 12 else ""
        name = (stem if ending else name)[: LONGEST_NAME - len(ending)] + ending
    return name


def _choose(part: Part, html: list[Part], plain: list[Part]) -> None:
    """Gather the texts to show, in the order of the message."""
    if part.media_type == "multipart/alternative":
        texts: list[Part] = []
        for child in part.children:
            rich: list[Part] = []
            _choose(child, rich, texts)
            html.extend(rich)
        plain.extend(texts)
    elif part.media_type == "multipart/related":
        root = _root(part)
        if root is not None:
            _choose(root, html, plain)
    elif part.media_type in ("multipart/signed", "multipart/report", "multipart/appledouble"):
        for child in part.children[:1]:
            _choose(child, html, plain)
    elif part.children and part.media_type != "message/rfc822":
        for child in part.children:
            _choose_mixed(child, html, plain)
    elif _is_text(part):
        (html if part.media_type == "text/html" else plain).append(part)


def _choose_mixed(child: Part, html: list[Part], plain: list[Part]) -> None:
    """A further text in a row is shown too, unless there is HTML already: then it is an attachment."""
    if child.children:
        if not html:
            _choose(child, html, plain)
    elif _is_text(child) and not (html and child.media_type == "text/html"):
        if html or (plain and child.media_type == "text/html"):
            return
        (html if child.media_type == "text/html" else plain).append(child)


def _root(part: Part) -> Part | None:
    start = part.parameters.get("start", "").strip("<>")
    if start:
        for child in part.children:
            if child.content_id.strip("<>") == start:
                return child
    return part.children[0] if part.children else None


def _is_text(part: Part) -> bool:
    return part.media_type in _TEXTS and part.disposition != "attachment" and not _named_file(part)


def _named_file(part: Part) -> bool:
    return bool(part.filename) and part.disposition == "attachment"


def _leaves(part: Part) -> Iterator[Part]:
    """All parts that hold octets; a message in a message is one."""
    if part.children and part.media_type != "message/rfc822":
        for child in part.children:
            yield from _leaves(child)
    elif not part.media_type.startswith("multipart/"):
        yield part


def _alternatives(part: Part) -> set[str]:
    """The numbers of texts that only say in another form what is shown."""
    found: set[str] = set()
    for node in part.walk():
        if node.media_type == "multipart/alternative":
            found.update(
                leaf.number
                for child in node.children
                for leaf in _leaves(child)
                if leaf.media_type.startswith("text/") and leaf.disposition != "attachment" and not leaf.filename
            )
    return found


def _is_embedded(part: Part, has_html: bool) -> bool:
    """Whether a part is shown inside the HTML or is only a signature over it."""
    if part.media_type in _SIGNATURES:
        return True
    embedded = bool(part.content_id) and part.media_type.startswith("image/") and part.disposition != "attachment"
    return embedded and has_html


def _notices(structure: Part) -> Iterator[str]:
    kinds = {part.media_type for part in structure.walk()}
    if "multipart/encrypted" in kinds or "application/pkcs7-mime" in kinds or "application/x-pkcs7-mime" in kinds:
        yield Sentence("This message is encrypted. It can be read with a program that has your key.")
    elif "multipart/signed" in kinds:
        yield Sentence("This message is signed. The signature was not checked here.")
    if "multipart/report" in kinds:
        yield Sentence("This is a report of a mail server about a message.")
    if any(len(part.children) >= MOST_CHILDREN for part in structure.walk()):
        yield Sentence("This message has more parts than can be shown. All of them are in its source.")


def _ending(media_type: str) -> str:
    return _NAMES.get(media_type) or mimetypes.guess_extension(media_type) or ".bin"
