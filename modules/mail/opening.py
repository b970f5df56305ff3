"""Open a message, or one within it: what of it is shown is chosen, fetched and made safe."""

import re
from dataclasses import dataclass, replace

from core import LookSettings, NotFound, Sentence
from modules.mail.bodies import Bodies, choose_bodies, is_enriched, is_markdown
from modules.mail.charsets import decode
from modules.mail.headers import LONGEST_BLOCK, HeaderBlock
from modules.mail.html import CleanHtml, SafeHtml, enriched_to_html, markdown_to_html
from modules.mail.html.urls import Links
from modules.mail.inputs import MessageAddress, ReadingOptions
from modules.mail.letters import Attachment, BodyKind, Letter
from modules.mail.links import warnings
from modules.mail.lists import check_account
from modules.mail.model import Envelope, MailboxName, Order, PartNumber, StoredMessage
from modules.mail.module import module
from modules.mail.packed import FormedText, PackedTexts
from modules.mail.parts import Part
from modules.mail.plain import LONGEST
from modules.mail.privacy import Privacy
from modules.mail.settings import ReadingSettings
from modules.mail.store import MailStore

# The longest text that is fetched to be shown; more is cut with a notice.
LONGEST_BODY = 2_000_000
# The longest that goes along with a page that is not compressed, in characters: about what a line of 20 Mbit/s brings
# in the time that another request takes to a distant site.
LONGEST_ALONG = 64_000
_HEADER_ENDS = re.compile(rb"\r?\n\r?\n")
_CODED = ("base64", "quoted-printable")
_CUT = Sentence("Only the beginning of this text is shown. The whole of it is in the source.")


@dataclass(frozen=True)
class Paper:
    """What stands above the text of a message on paper."""

    envelope: Envelope
    attachments: tuple[Attachment, ...]


@dataclass(frozen=True)
class Body:
    """What a message's frame shows; with its `paper`, all that is printed of it."""

    kind: BodyKind
    parts: tuple[SafeHtml, ...]
    sheet: str = ""
    body_style: str = ""
    themed: bool = False
    paper: Paper | None = None


@dataclass(frozen=True)
class TextAlong:
    """What a message's frame shows, sent along with what stands around it to a script that puts it there itself.

    None where that was not asked for, where texts have a host of their own, and for long ones, which are sent
    compressed and by themselves.
    """

    body: Body | None


@dataclass(frozen=True)
class Opened:
    """A message with its bodies chosen and cleaned; `shows` says whether its frame has the images of other machines.

    `stored` is the message of the mailbox, `letter` what is shown of it: itself, or a message within it.
    """

    stored: StoredMessage
    letter: Letter
    bodies: Bodies
    body: Body
    notices: tuple[str, ...]
    attachments: tuple[Attachment, ...] = ()
    shows: bool = False
    withheld: int = 0
    trackers: tuple[str, ...] = ()
    marked: int = 0


@dataclass(frozen=True)
class Reader:
    """Opens messages as their reader likes them."""

    store: MailStore
    settings: ReadingSettings
    privacy: Privacy
    look: LookSettings
    packed: tuple[PackedTexts, ...] = ()

    def open_page(
        self, address: MessageAddress, options: ReadingOptions, number: str = "", *, order: Order | None = None
    ) -> Opened:
        """The same with word of whether its frame shows images of other machines, and cleaned as that will ask for it.

        Of a message within another nobody knows who wrote it: only the reader's wish of this moment counts there, or
        that for every message.
        """
        return self.open(address, options, number, remote=None, order=order)

    def open(
        self,
        address: MessageAddress,
        options: ReadingOptions,
        number: str = "",
        *,
        remote: bool | None = False,
        order: Order | None = None,
    ) -> Opened:
        """A message, or the one within it that is the part of this number. Raises NotFound where there is none.

        Where `remote` is None, its reader's choices say whether images of other machines are shown.
        """
        check_account(address.account, self.store)
        mailbox = MailboxName(address.mailbox)
        of_page = remote is None
        if of_page:
            stored = self.store.message(mailbox, address.uid, with_state=True, order=order)
            # Much of what stands around a message is found in its header.
            block = HeaderBlock(stored.header)
            stored = StoredMessage(stored.uid, stored.flags, stored.size, stored.received, block, stored.structure)
        else:
            stored = self.store.recall_message(mailbox, address.uid)
        letter = Letter(self.store.account, mailbox, stored.uid, stored.header, stored.structure, stored.size)
        if remote is None:
            remote = self.privacy.shows(options, None if number else stored)
        if number:
            return self._open_enclosed(stored, letter, options, PartNumber(number), remote)
        return self._open(stored, letter, options, remote)

    @property
    def darkens(self) -> bool:
        """Whether formatted messages get colours for the dark theme."""
        return self.settings.dark_letters and self.look.theme.value in ("automatic", "dark")

    def _open_enclosed(
        self, stored: StoredMessage, outer: Letter, options: ReadingOptions, number: PartNumber, remote: bool
    ) -> Opened:
        part = next((part for part in stored.structure.walk() if part.number == number and part.is_message), None)
        if part is None:
            raise NotFound(Sentence("This message has no message of that number within it."))
        most = LONGEST_BODY if part.encoding in _CODED else LONGEST_BLOCK
        header, rest = _split(self.store.part(outer.mailbox, stored.uid, number, most=most))
        name = choose_bodies(part).attachments[0].filename
        letter = replace(
            outer, header=header, structure=part, size=part.decoded_size, number=str(number), filename=name
        )
        if part.encoding not in _CODED:
            return self._open(stored, replace(letter, structure=part.children[0]), options, remote)
        # RFC 2046 5.2.1 forbids to encode a message; what servers tell of its parts is not true then.
        text, links = decode(rest, "utf-8"), self.privacy.links(letter.path)
        body = (
            Body(BodyKind.PLAIN, (self.privacy.show_plain(text, links),)) if text.strip() else Body(BodyKind.NONE, ())
        )
        told = Sentence("This message was encoded as a whole, which hides its parts. Its text is shown as it came.")
        letter = replace(letter, structure=Part("", "text/plain"))
        return Opened(stored, letter, Bodies(), body, (told, *warnings(links.found)), shows=remote)

    def _open(self, stored: StoredMessage, letter: Letter, options: ReadingOptions, remote: bool) -> Opened:
        bodies = choose_bodies(letter.structure)
        plain = options.plain or self.settings.prefer_plain
        if bodies.html is not None and not (plain and bodies.plain):
            html = _as_html(bodies.html, self._text(letter, bodies.html, LONGEST_BODY + 1))
            inline = {name: f"{letter.outer_path}/part/{at}?inline=1" for name, at in bodies.inline.items()}
            return self._open_formatted(stored, letter, bodies, FormedText(html, inline), options, remote)
        if bodies.html is None and not bodies.plain and not plain:
            packed = next(filter(None, (one.find(letter) for one in self.packed)), None)
            if packed is not None:
                return self._open_formatted(stored, letter, bodies, packed, options, remote)
        return self._open_plain(stored, letter, bodies, remote)

    def _open_formatted(
        self,
        stored: StoredMessage,
        letter: Letter,
        bodies: Bodies,
        text: FormedText,
        options: ReadingOptions,
        remote: bool,
    ) -> Opened:
        html = bodies.html
        links = self.privacy.links(letter.path, bare=self.privacy.bares_links(options))
        themed = self.darkens and not options.original
        clean: CleanHtml = self.privacy.clean(text.html, text.inline, links, remote=remote, either=themed)
        shown = [part for part in (html, *bodies.beside) if part is not None]
        if len(shown) > 1:
            order = {part.number: at for at, part in enumerate(letter.structure.walk())}
            shown.sort(key=lambda part: order[part.number])
        # Without a part of its own the text was packed into another one.
        parts = tuple(clean.body if part is html else self._shown(letter, part, links) for part in shown) or (
            clean.body,
        )
        kind = BodyKind.HTML
        return Opened(
            stored,
            letter,
            bodies,
            Body(kind, parts, clean.sheet, clean.body_style, themed),
            (*bodies.notices, *clean.notices, *warnings(links.found)),
            _with_unused(bodies, clean),
            remote,
            clean.withheld,
            clean.trackers,
            links.marked,
        )

    def _open_plain(self, stored: StoredMessage, letter: Letter, bodies: Bodies, remote: bool) -> Opened:
        texts, links = [self._text(letter, part) for part in bodies.plain], self.privacy.links(letter.path)
        shown = [self._show(text, part, links) for text, part in zip(texts, bodies.plain, strict=True)]
        kind = BodyKind.PLAIN if shown else BodyKind.NONE
        cut = (_CUT,) if texts and max(map(len, texts)) > LONGEST else ()
        notices = (*bodies.notices, *cut, *warnings(links.found))
        return Opened(stored, letter, bodies, Body(kind, tuple(shown)), notices, bodies.files, remote)

    def _shown(self, letter: Letter, part: Part, links: Links) -> SafeHtml:
        return self._show(self._text(letter, part), part, links)

    def _show(self, text: str, part: Part, links: Links) -> SafeHtml:
        told = part.parameters.get
        flowed, delsp = told("format", "").lower() == "flowed", told("delsp", "").lower() == "yes"
        return self.privacy.show_plain(text, links, flowed=flowed, delsp=delsp)

    def _text(self, letter: Letter, part: Part, most: int = LONGEST_BODY) -> str:
        octets = self.store.part(letter.mailbox, letter.uid, PartNumber(part.number), most=most)
        return decode(octets, part.charset)


def message_path(address: MessageAddress) -> str:
    """The address of a message."""
    return f"/mail/{address.account}/{MailboxName(address.mailbox).path}/{address.uid}"


@module.service
def open_reader(
    store: MailStore,
    settings: ReadingSettings,
    privacy: Privacy,
    look: LookSettings,
    packed: tuple[PackedTexts, ...],
) -> Reader:
    """What opens messages for this user."""
    return Reader(store, settings, privacy, look, packed)


def _split(octets: bytes) -> tuple[bytes, bytes]:
    """A message's header block and the rest."""
    found = _HEADER_ENDS.search(octets)
    return (octets[: found.end()], octets[found.end() :]) if found is not None else (octets, b"")


def _as_html(part: Part, text: str) -> str:
    """A text with a form as HTML, which is yet to be cleaned."""
    if is_markdown(part):
        return markdown_to_html(text)
    return enriched_to_html(text) if is_enriched(part) else text


def _with_unused(bodies: Bodies, clean: CleanHtml) -> tuple[Attachment, ...]:
    """The attachments, with those pictures that belong into the text and are not shown by it."""
    used = {bodies.inline.get(content_id) for content_id in clean.shown_inline}
    return (*bodies.attachments, *(one for one in bodies.embedded if one.number not in used))
