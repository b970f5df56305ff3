"""Choose what of a message is shown as its text and what stands beside it as attachments (RFC 2046 5.1)."""

import mimetypes
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from core import BIDI_CONTROLS, Sentence
from modules.mail.headers import decode_words
from modules.mail.letters import Attachment
from modules.mail.parts import Part

LONGEST_NAME = 120
# As many parts of one multipart as stores tell of.
MOST_CHILDREN = 2000
# Of more texts in a row the rest stand among the attachments.
MOST_TEXTS = 50
_UNSAFE = re.compile(r'[/\\:*?"<>|\x00-\x1f\x7f-\x9f]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)
# Most messages are one of these and nothing else.
_SIMPLE = ("text/plain", "text/html")
_MARKDOWN = ("text/markdown", "text/x-markdown")
_ENRICHED = ("text/enriched", "text/richtext")
# Texts that say nothing to a reader as they are; they stand among the attachments.
_CARDS = frozenset("""text/calendar text/x-vcalendar text/vcard text/x-vcard text/directory""".split())
_NO_READING = _CARDS | frozenset(
    """text/css text/javascript text/ecmascript text/rtf text/xml text/x-amp-html text/watch-html""".split()
)
_SIGNATURES = ("application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature")
_SMIME = ("application/pkcs7-mime", "application/x-pkcs7-mime")
_NAMES = {
    "message/rfc822": ".eml",
    "message/global": ".eml",
    "message/delivery-status": ".txt",
    "text/calendar": ".ics",
    "text/directory": ".vcf",
    "text/markdown": ".md",
    "text/plain": ".txt",
}


@dataclass(frozen=True)
class Bodies:
    """The parts that are shown, the parts they refer to by content id, and the attachments.

    `html` may be any text with a form: HTML, Markdown or enriched text; `beside` are plain texts around it that it does
    not say in another form. What is `embedded` are pictures that belong inside it; those that it does not show are
    attachments after all.
    """

    html: Part | None = None
    plain: tuple[Part, ...] = ()
    beside: tuple[Part, ...] = ()
    inline: Mapping[str, str] = field(default_factory=dict)
    attachments: tuple[Attachment, ...] = ()
    embedded: tuple[Attachment, ...] = ()
    notices: tuple[str, ...] = ()

    @property
    def files(self) -> tuple[Attachment, ...]:
        """Everything that can be saved, pictures inside the text too."""
        return (*self.attachments, *self.embedded)


def choose_bodies(structure: Part) -> Bodies:
    """What to show of a message of this structure. Each part is shown, listed, or another form of what is shown."""
    if structure.media_type in _SIMPLE and not structure.children and structure.disposition != "attachment":
        return Bodies(structure) if _is_html(structure) else Bodies(plain=(structure,))
    rich: list[Part] = []
    plain: list[Part] = []
    # A message that is nothing but another message lists that one.
    if not structure.is_message:
        _choose(structure, rich, plain)
    del plain[MOST_TEXTS:]
    html = rich[0] if rich else None
    main = {html.number} if html is not None else {part.number for part in plain}
    hidden = _other_forms(structure, main) | _signatures(structure)
    beside = [part for part in plain if part.number not in hidden | main]
    shown = {*main, *(part.number for part in beside)}
    leaves = [part for part in _leaves(structure) if part.number not in shown]
    inline = {part.content_id.strip("<>"): part.number for part in leaves if part.content_id}
    listed = [part for part in leaves if part.number not in hidden]
    embedded = [part for part in listed if html is not None and _is_picture_inside(part)]
    return Bodies(
        html,
        tuple(plain),
        tuple(beside),
        inline,
        tuple(_attachment(part) for part in listed if part not in embedded),
        tuple(_attachment(part) for part in embedded),
        tuple(_notices(structure)),
    )


def is_markdown(part: Part) -> bool:
    """Whether it is Markdown (RFC 7763)."""
    return part.media_type in _MARKDOWN


def is_enriched(part: Part) -> bool:
    """Whether it is enriched text (RFC 1896)."""
    return part.media_type in _ENRICHED


def safe_filename(part: Part) -> str:
    """A name to save a part under: no paths, no controls, nothing that turns its ending around; never empty."""
    named = safe_name(decode_words(part.filename))
    if not named and part.enclosed is not None and (subject := safe_name(part.enclosed.subject.replace("/", "_"))):
        named = f"{subject[: LONGEST_NAME - 4]}.eml"
    return named or f"part-{part.number or '1'}{_ending(part.media_type)}"


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


def _attachment(part: Part) -> Attachment:
    size, inside = part.decoded_size, bool(part.content_id)
    return Attachment(part.number, safe_filename(part), part.media_type, size, inside, part.enclosed)


def _choose(part: Part, rich: list[Part], plain: list[Part]) -> None:
    """Gather the texts to show, in the order of the message."""
    if part.media_type == "multipart/alternative":
        _choose_form(part, rich, plain)
    elif part.media_type == "multipart/related":
        root = _root(part)
        if root is not None:
            _choose(root, rich, plain)
    elif part.media_type in ("multipart/signed", "multipart/report", "multipart/appledouble"):
        for child in part.children[:1]:
            _choose(child, rich, plain)
    elif part.children and not part.is_message:
        for child in part.children:
            _choose_mixed(child, rich, plain)
    elif _is_text(part):
        _take(part, rich, plain)


def _choose_form(part: Part, rich: list[Part], plain: list[Part]) -> None:
    """Of several forms of one text the last that has a form itself (RFC 2046 5.1.4), and all that are plain."""
    texts: list[Part] = []
    formed: list[Part] = []
    for child in part.children:
        here: list[Part] = []
        _choose(child, here, texts)
        if here and not (formed and _is_html(formed[0]) and not _is_html(here[0])):
            formed = here
    rich.extend(formed)
    known = [text for text in texts if not _has_form(text)]
    plain.extend(known or [text for text in texts if text in formed])


def _choose_mixed(child: Part, rich: list[Part], plain: list[Part]) -> None:
    """A further text in a row is shown too, unless one of them has a form and no other form: then it is a file."""
    if child.children and not child.is_message:
        if not rich:
            _choose(child, rich, plain)
    elif _is_text(child) and (plain or not rich) and not (_has_form(child) and plain):
        _take(child, rich, plain)


def _take(part: Part, rich: list[Part], plain: list[Part]) -> None:
    """HTML has no plain form; Markdown and enriched text can be read as they were written."""
    if _has_form(part):
        rich.append(part)
    if not _is_html(part):
        plain.append(part)


def _root(part: Part) -> Part | None:
    start = part.parameters.get("start", "").strip("<>")
    if start:
        for child in part.children:
            if child.content_id.strip("<>") == start:
                return child
    return part.children[0] if part.children else None


def _is_html(part: Part) -> bool:
    return part.media_type == "text/html"


def _has_form(part: Part) -> bool:
    return _is_html(part) or is_markdown(part) or is_enriched(part)


def _is_text(part: Part) -> bool:
    """Whether it is read as text: of kinds that nobody knows, too (RFC 2046 4.1.4), unless it is a file."""
    if part.media_type in _SIMPLE:
        return part.disposition != "attachment"
    known = part.media_type.startswith("text/") and part.media_type not in _NO_READING
    return known and part.disposition != "attachment" and not part.filename


def _leaves(part: Part) -> Iterator[Part]:
    """All parts that hold octets; a message in a message is one."""
    return (node for node in part.own() if node.holds_octets and not node.media_type.startswith("multipart/"))


def _other_forms(structure: Part, shown: Collection[str]) -> set[str]:
    """The numbers of texts that only say in another form what is shown."""
    found: set[str] = set()
    for node in structure.own():
        if node.media_type != "multipart/alternative":
            continue
        forms = [{leaf.number: leaf for leaf in _leaves(child)} for child in node.children]
        chosen = next((form for form in forms if any(number in shown for number in form)), None)
        if chosen is None:
            continue
        found.update(
            number
            for form in forms
            if form is not chosen
            for number, leaf in form.items()
            if number not in shown
            and leaf.media_type.startswith("text/")
            and leaf.media_type not in _CARDS
            and leaf.disposition != "attachment"
            and not leaf.filename
        )
    return found


def _signatures(structure: Part) -> set[str]:
    """The numbers of what only signs the part before it (RFC 1847 2.1)."""
    signed = (node for node in structure.own() if node.media_type == "multipart/signed")
    return {child.number for node in signed for child in node.children[1:] if child.media_type in _SIGNATURES}


def _is_picture_inside(part: Part) -> bool:
    return bool(part.content_id) and part.media_type.startswith("image/") and part.disposition != "attachment"


def _notices(structure: Part) -> Iterator[str]:
    parts = structure.own()
    kinds = {part.media_type for part in parts}
    protected = [part.parameters.get("smime-type", "") for part in parts if part.media_type in _SMIME]
    if "multipart/encrypted" in kinds or any("signed" not in kind and "certs" not in kind for kind in protected):
        yield Sentence("This message is encrypted. It can be read with a program that has your key.")
    elif protected:
        yield Sentence(
            "This message is packed with its signature (S/MIME). It can be read with a program that unpacks it."
        )
    elif "multipart/signed" in kinds:
        yield Sentence("This message is signed. The signature was not checked here.")
    if any(len(part.children) >= MOST_CHILDREN for part in parts):
        yield Sentence("This message has more parts than can be shown. All of them are in its source.")


def _ending(media_type: str) -> str:
    return _NAMES.get(media_type) or mimetypes.guess_extension(media_type) or ".bin"
