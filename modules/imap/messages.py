"""One message: its header and structure, and its octets in windows, so that none is ever held whole.

Transfer encodings are undone here and not by BINARY (RFC 3516): on what is broken servers fail as a whole, and some end
the connection; and Dovecot decodes a part as a whole before it sends any of it.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from core import NotFound, Sentence
from modules.imap.ahead import Window, select_ahead
from modules.imap.client import Command, Reply
from modules.imap.decoding import decoder_for, only_base64
from modules.imap.errors import ServerRefused
from modules.imap.fetching import FetchedItems, fetch, fetch_current, flags_of, gather, received_of, section_of
from modules.imap.lease import Lease
from modules.imap.structure import read_structure
from modules.imap.tokens import as_int
from modules.mail.api import MailboxName, Part, PartNumber, StoredMessage, Uid

# Short parts come in one piece; who wants the rest of a long one waits for it less and less often.
WINDOW, _NEXT_WINDOW, _LAST_WINDOW = 256 * 1024, 1024 * 1024, 4 * 1024 * 1024
_BASIC = b"UID FLAGS RFC822.SIZE INTERNALDATE BODY.PEEK[HEADER]<0.%d>" % WINDOW
_STRUCTURE = b" BODYSTRUCTURE"
# A message that is not longer than this comes with its texts, which is what a reader asks for next.
_SHORT = 128 * 1024
# Of a message of which no list told, so much of its first section comes with it: most texts are shorter.
_BEGINNING = 48 * 1024
_FIRST, _SECTIONS = (b"1",), (b"1", b"2")


def vanished(mailbox: MailboxName) -> NotFound:
    """The error for a message that is not, or no longer, in its mailbox."""
    return NotFound(
        Sentence(
            "This message is no longer in %(mailbox)s. It may have been moved or erased elsewhere.", mailbox=mailbox
        )
    )


def read_message(lease: Lease, mailbox: MailboxName, uid: Uid, *, with_state: bool = False) -> StoredMessage:
    """Header, flags and structure of one message; `with_state` hears its mailbox's state too, in the same round trip.

    Raises NotFound where it vanished.
    """
    state = mailbox if with_state and mailbox not in lease.moment.states else None
    selected = lease.select(mailbox, current=False)
    known = lease.memory.kept.message(mailbox, selected.uidvalidity, uid)
    row = lease.moment.fetched.pop((mailbox, uid), None)
    if known is not None:
        row = row or fetch_current(lease, uid, b"(UID FLAGS)", state).get(uid)
        if row is None or b"FLAGS" not in row:
            raise vanished(mailbox)
        lease.moment.present.add((mailbox, uid))
        flags = flags_of(row)
        return known if flags == known.flags else replace(known, flags=flags)
    if row is None or b"RFC822.SIZE" not in row:
        row = _fetch_one(lease, mailbox, uid, state, _texts_of(lease, mailbox, selected.uidvalidity, uid))
    for section in _SECTIONS:
        if (text := section_of(row, b"BODY[%s]" % section)) is not None:
            lease.moment.texts[mailbox, uid, section] = text
    header = section_of(row, b"BODY[HEADER]")
    message = StoredMessage(
        uid=uid,
        flags=flags_of(row),
        size=as_int(row.get(b"RFC822.SIZE", 0)),
        received=received_of(row),
        header=header or b"",
        structure=read_structure(row.get(b"BODYSTRUCTURE")),
    )
    lease.moment.present.add((mailbox, uid))
    if b"BODYSTRUCTURE" in row:
        lease.memory.kept.keep_message(mailbox, selected.uidvalidity, message)
    return message


def fetch_selecting(lease: Lease, window: Window, uid: Uid, *more: Command) -> list[Reply]:
    """Fetch a message, for `read_message`, while its mailbox is selected, with all that its page needs to know of that.

    The replies to more commands, which are sent too; none where the mailbox is selected already, or cannot be so.
    """
    mailbox, kept = window.mailbox, lease.memory.kept
    # Where the mailbox was made anew meanwhile, `read_message` finds that too little was asked for.
    before = lease.memory.shown.get(mailbox, 0)
    is_kept = kept.message(mailbox, before, uid) is not None
    texts = _Texts() if is_kept else _texts_of(lease, mailbox, before, uid)
    items = b"UID FLAGS" if is_kept else _BASIC + _STRUCTURE + texts.items
    replies = select_ahead(lease, window, uid, Command(b"FETCH", (b"%d" % uid, b"(%s)" % items), uid=True), *more)
    if not replies or not replies[0].ok:
        return replies[1:]
    found: dict[int, FetchedItems] = {}
    gather(replies[0], found)
    if (row := found.get(uid)) is not None:
        lease.moment.fetched[mailbox, uid] = texts.as_whole(row)
    return replies[1:]


class _Texts(NamedTuple):
    """The sections that come with a message, so many octets of each at most."""

    sections: tuple[bytes, ...] = ()
    most: int = WINDOW

    @property
    def items(self) -> bytes:
        """What FETCH is asked for them."""
        return b"".join([b" BODY.PEEK[%s]<0.%d>" % (section, self.most) for section in self.sections])

    def as_whole(self, row: FetchedItems) -> FetchedItems:
        """What came, without sections that are shorter than the window in which they are read, and yet not whole."""
        torn = [section for section in self.sections if self.most <= len(_octets(row, section)) < WINDOW]
        for section in torn:
            row = {name: item for name, item in row.items() if not name.startswith(b"BODY[%s]" % section)}
        return row


def _octets(row: FetchedItems, section: bytes) -> bytes:
    return section_of(row, b"BODY[%s]" % section) or b""


class PartStart(NamedTuple):
    """What is had of a part at once: all of it, decoded, or its first window as it is stored."""

    octets: bytes
    is_whole: bool
    encoding: str = ""


def begin_part(lease: Lease, mailbox: MailboxName, uid: Uid, number: PartNumber, most: int) -> PartStart:
    """A part where it is kept in memory, cut after `most` octets, else its first window. Raises NotFound."""
    kept = read_part(lease, mailbox, uid, number, most)
    if kept is not None:
        return PartStart(kept, is_whole=True)
    part = find_part(lease, mailbox, uid, number)
    window = read_window(lease, mailbox, uid, number.encode("ascii"), 0)
    return PartStart(window, is_whole=False, encoding=part.encoding)


def read_part(lease: Lease, mailbox: MailboxName, uid: Uid, number: PartNumber, most: int) -> bytes | None:
    """A part that is kept in memory, cut after `most` octets; None where it must be fetched.

    Raises NotFound where the message vanished.
    """
    selected = lease.select(mailbox, current=False)
    part = lease.memory.kept.part(mailbox, selected.uidvalidity, uid, number, most)
    if part is None:
        return None
    if (mailbox, uid) not in lease.moment.present:
        if uid not in fetch_current(lease, uid, b"(UID)"):
            raise vanished(mailbox)
        lease.moment.present.add((mailbox, uid))
    return part


def find_part(lease: Lease, mailbox: MailboxName, uid: Uid, number: PartNumber) -> Part:
    """One part that holds octets. Raises NotFound where the message has none of this number."""
    parts = (part for part in _structure(lease, mailbox, uid).walk() if part.holds_octets)
    found = next((part for part in parts if part.number == number), None)
    if found is None:
        raise NotFound(Sentence("This message has no part %(number)s.", number=number))
    return found


def read_window(lease: Lease, mailbox: MailboxName, uid: Uid, section: bytes, offset: int, size: int = WINDOW) -> bytes:
    """Octets of a section as they are stored, from an offset; fewer than asked for at the end, none beyond it.

    Raises NotFound where the message vanished.
    """
    lease.select(mailbox, current=False)
    if (offset, size) == (0, WINDOW) and (mailbox, uid, section) in lease.moment.texts:
        return lease.moment.texts.pop((mailbox, uid, section))
    item = b"BODY.PEEK[%s]<%d.%d>" % (section, offset, size)
    row = fetch(lease, [uid], b"(UID %s)" % item).get(uid)
    if row is None:
        raise vanished(mailbox)
    return section_of(row, b"BODY[%s]" % section) or b""


def window_after(size: int) -> int:
    """How many octets to ask for after a window of this size, of the same section."""
    return min(max(2 * size, _NEXT_WINDOW), _LAST_WINDOW)


def read_end(lease: Lease, mailbox: MailboxName, uid: Uid, number: PartNumber, most: int) -> bytes:
    """The last octets of a part, decoded; nothing where an encoding can only be read from its beginning.

    Raises NotFound where the message or the part is not there.
    """
    part = find_part(lease, mailbox, uid, number)
    coded = part.encoding == "base64"
    if not coded and part.encoding not in ("", "7bit", "8bit", "binary"):
        return b""
    # Base64 makes 78 octets of 57, with the end of the line (RFC 2045 6.8).
    size = most * 78 // 57 + 200 if coded else most
    offset = max(0, part.size - size)
    stored = read_window(lease, mailbox, uid, number.encode("ascii"), offset, size)
    if coded:
        text = only_base64(stored)
        # The whole has groups of four: counted from its end, none is torn.
        stored = b"".join(decoded(iter((text[len(text) % 4 :],)), part.encoding))
    return stored[-most:]


def decoded(windows: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    """Windows with the transfer encoding undone."""
    decoder = decoder_for(encoding)
    for octets in windows:
        if plain := decoder.feed(octets):
            yield plain
    if rest := decoder.finish():
        yield rest


def _structure(lease: Lease, mailbox: MailboxName, uid: Uid) -> Part:
    selected = lease.select(mailbox, current=False)
    known = lease.memory.kept.message(mailbox, selected.uidvalidity, uid)
    if known is not None and (mailbox, uid) in lease.moment.present:
        return known.structure
    row = fetch_current(lease, uid, b"(UID BODYSTRUCTURE)").get(uid)
    if row is None:
        raise vanished(mailbox)
    return read_structure(row.get(b"BODYSTRUCTURE"))


def _texts_of(lease: Lease, mailbox: MailboxName, uidvalidity: int, uid: Uid) -> _Texts:
    """What is worth fetching with a message, by what its row in a list told."""
    known = lease.memory.kept.row(mailbox, uidvalidity, uid)
    if known is None:
        return _Texts(_FIRST, _BEGINNING)
    return _Texts(known.texts) if known.row.size <= _SHORT else _Texts()


def _fetch_one(lease: Lease, mailbox: MailboxName, uid: Uid, state: MailboxName | None, texts: _Texts) -> FetchedItems:
    error: ServerRefused | None = None
    row: FetchedItems | None = None
    # Some servers fail on parts that are not there, and on a structure that they cannot parse: show what can be had.
    for items in dict.fromkeys((_BASIC + _STRUCTURE + texts.items, _BASIC + _STRUCTURE, _BASIC)):
        try:
            row = fetch_current(lease, uid, b"(%s)" % items, state).get(uid)
            break
        except ServerRefused as refused:
            error = refused
    if row is None or b"RFC822.SIZE" not in row:
        raise error or vanished(mailbox)
    return texts.as_whole(row)
