"""One account's mail over IMAP, for the length of one request."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from modules.imap import changes, folders, messages, rows, threads
from modules.imap.ahead import Window
from modules.imap.lease import Lease, Moment
from modules.imap.listing import listing_commands, read_listing
from modules.imap.names import INBOX, string
from modules.imap.overview import Overseer
from modules.imap.searching import search, search_keys
from modules.mail.api import (
    AccountName,
    Appended,
    Around,
    MailboxName,
    MailboxState,
    Moved,
    Order,
    PartNumber,
    Query,
    Quota,
    Role,
    Rows,
    StoredMessage,
    Uid,
    read_envelope,
)


class ImapStore(Overseer):
    """A MailStore that borrows a connection for each operation. Raises the errors of `imap.errors` and NotFound.

    `refused` is told when the server takes the password no more; unless it raises an error of its own, WrongPassword
    goes on. With `guesses` mailboxes and rows may be given as they were, while the server is asked for them.
    """

    @property
    def account(self) -> AccountName:
        """The account this store is."""
        return AccountName(self._account.name)

    @property
    def keywords_kept(self) -> bool:
        """Whether the mailbox selected last keeps user keywords such as $Junk."""
        return self._selected is not None and self._selected.keeps_keywords

    def state(self, mailbox: MailboxName) -> MailboxState:
        """The mailbox's counters, asked for cheaply."""
        known = self._moment.states.get(mailbox)
        return self._expect(mailbox, known or self._read(lambda lease: lease.state(mailbox), mailbox))

    def role_mailbox(self, role: Role, *, create: bool = False) -> MailboxName | None:
        """The mailbox with this role: by the user's assignment, SPECIAL-USE, usual names; else created if asked."""
        if role is Role.INBOX:
            return INBOX
        listed = self._listed.get(True) or self.mailboxes(counts=False)
        found = next((mailbox.name for mailbox in listed if mailbox.role is role), None)
        if found is None and create:
            self._listed.clear()
            return self._write(lambda lease: folders.create_for_role(lease, role))
        return found

    def rows(
        self, mailbox: MailboxName, start: int, limit: int, order: Order = Order.NEWEST, query: Query | None = None
    ) -> Rows:
        """A window of the message list. A start beyond the end gives the last full window."""
        window = Window(mailbox, start, max(1, limit), order, rows.narrowing(query))
        found = rows.recall_window(self._memory, self._moment, window, self._validity.get(mailbox))
        found = found or self._read(lambda lease: rows.window(lease, mailbox, start, limit, order, query), mailbox)
        self._memory.remember_shown(mailbox, self._expect(mailbox, found.state).uidvalidity)
        return found

    def neighbours(
        self, mailbox: MailboxName, uid: Uid, order: Order = Order.NEWEST, query: Query | None = None
    ) -> Around:
        """Where a message stands in the list of those that match."""
        return self._read(lambda lease: rows.neighbours(lease, mailbox, uid, order, query), mailbox)

    def uids(self, mailbox: MailboxName, query: Query | None = None) -> tuple[Uid, ...]:
        """All UIDs that match, in ascending order."""
        return tuple(
            Uid(uid)
            for uid in self._in(mailbox, lambda lease: search(lease, search_keys(query, exact=lease.offers("WITHIN"))))
        )

    def conversation(self, mailbox: MailboxName, uid: Uid, *, nearby: bool = False) -> tuple[Uid, ...]:
        """The UIDs of this message's thread in this mailbox, oldest first, itself included; `nearby` looks not far."""

        def find(lease: Lease) -> tuple[Uid, ...]:
            return threads.conversation(lease, mailbox, uid, rows.current_state(lease, mailbox), nearby=nearby)

        if not (found := self._read(find, mailbox)):
            raise messages.vanished(mailbox)
        return found

    def related(
        self,
        mailbox: MailboxName,
        identifiers: Sequence[str],
        *,
        after: datetime,
        before: datetime,
        shown: MailboxName,
    ) -> Rows:
        """Rows of messages that have or name one of these, of the newest 3,000 as far as they came between two days."""
        within = Query(after=after, before=before)

        def find(lease: Lease) -> Rows:
            asked = threads.ask_related(lease, mailbox, identifiers, within)
            state = rows.current_state(lease, mailbox)
            if asked is None or asked.state != state:
                asked = threads.related(lease, identifiers, within, state)
            found = tuple(rows.named(lease, mailbox, state, asked.uids))
            return Rows(found, 0, len(found), state)

        found = self._read(find, mailbox, shown)
        self._expect(mailbox, found.state)
        return found

    def rows_of(self, mailbox: MailboxName, uids: Sequence[Uid]) -> Rows:
        """Rows for named messages, in the given order; those that vanished are left out."""

        def find(lease: Lease) -> Rows:
            found = tuple(rows.named(lease, mailbox, state := rows.current_state(lease, mailbox), uids))
            return Rows(found, 0, len(found), state)

        found = self._read(find, mailbox)
        self._expect(mailbox, found.state)
        return found

    def message(
        self, mailbox: MailboxName, uid: Uid, *, with_state: bool = False, order: Order | None = None
    ) -> StoredMessage:
        """Header, flags and body structure of one message; nothing is marked seen.

        With `with_state` the mailbox's counters come with it, and what tells where it stands in a list of this order.
        """

        def read(lease: Lease) -> StoredMessage:
            if with_state and order is not None and not lease.is_selected(mailbox):
                self._open(lease, Window(mailbox, 0, 1, order, None), uid)
            return messages.read_message(lease, mailbox, uid, with_state=with_state)

        found = self._read(read, mailbox)
        self._memory.remember_shown(mailbox, self._validity[mailbox])
        self._memory.remember_met(mailbox, self._validity[mailbox], uid)
        return found

    def recall_message(self, mailbox: MailboxName, uid: Uid) -> StoredMessage:
        """The same without asking for it where this session has been shown it within the last seconds.

        Its flags are those of then.
        """
        uidvalidity = self._memory.met(mailbox, uid)
        known = self._memory.kept.message(mailbox, uidvalidity, uid) if uidvalidity is not None else None
        if uidvalidity is None or known is None:
            return self.message(mailbox, uid)
        self._validity.setdefault(mailbox, uidvalidity)
        self._moment.present.add((mailbox, uid))
        return known

    def part(self, mailbox: MailboxName, uid: Uid, number: PartNumber, *, most: int) -> bytes:
        """One part's octets with the transfer encoding undone, cut after `most`."""
        uidvalidity = self._validity.get(mailbox)
        if uidvalidity is not None and (mailbox, uid) in self._moment.present:
            known = self._memory.kept.part(mailbox, uidvalidity, uid, number, most)
            if known is not None:
                return known
        found = self._read(lambda lease: messages.begin_part(lease, mailbox, uid, number, most), mailbox)
        if found.is_whole:
            return found.octets
        windows = self._following(mailbox, uid, number.encode("ascii"), found.octets)
        taken = bytearray()
        for octets in messages.decoded(windows, found.encoding):
            taken += octets
            if len(taken) >= most:
                break
        octets = bytes(taken[:most])
        self._memory.kept.keep_part(mailbox, self._validity.get(mailbox, 0), uid, number, most, octets)
        return octets

    def end_of_part(self, mailbox: MailboxName, uid: Uid, number: PartNumber, *, most: int) -> bytes:
        """The last octets of a part with the transfer encoding undone, at most so many."""
        return self._read(lambda lease: messages.read_end(lease, mailbox, uid, number, most), mailbox)

    def stream_part(self, mailbox: MailboxName, uid: Uid, number: PartNumber) -> Iterator[bytes]:
        """One part's octets with the transfer encoding undone, in bounded chunks; never held whole."""
        part = self._read(lambda lease: messages.find_part(lease, mailbox, uid, number), mailbox)
        return messages.decoded(self._windows(mailbox, uid, number.encode("ascii")), part.encoding)

    def source(self, mailbox: MailboxName, uid: Uid) -> Iterator[bytes]:
        """The whole message as stored, in bounded chunks."""
        self._in(mailbox, lambda lease: None)
        return self._windows(mailbox, uid, b"")

    def expect(self, mailbox: MailboxName, uidvalidity: int) -> None:
        """Take UIDs for those of this UIDVALIDITY: what is done in a mailbox that has another one raises Conflict."""
        self._validity[mailbox] = uidvalidity

    def flag(
        self, mailbox: MailboxName, uids: Iterable[Uid], *, add: Iterable[str] = (), remove: Iterable[str] = ()
    ) -> int:
        """Add and remove flags and keywords; the UIDVALIDITY of the mailbox."""
        self._expect_as_shown(mailbox)
        named, adding, removing = tuple(uids), tuple(add), tuple(remove)
        # Said twice it means the same, so it may be repeated.
        try:
            self._read(lambda lease: changes.change_flags(lease, mailbox, named, adding, removing), mailbox)
        finally:
            self._listed.pop(True, None)
            self._guesses.wrong.clear()
            self._moment, self._memory.unchanged = Moment(), False
        return self._validity[mailbox]

    def move(self, mailbox: MailboxName, uids: Sequence[Uid], target: MailboxName) -> Moved:
        """Move messages (MOVE, else COPY, STORE and UID EXPUNGE; never expunges other messages)."""
        return self._write(lambda lease: changes.move(lease, mailbox, uids, target), mailbox)

    def copy(self, mailbox: MailboxName, uids: Sequence[Uid], target: MailboxName) -> Moved:
        """Copy messages."""
        return self._write(lambda lease: changes.copy(lease, mailbox, uids, target), mailbox)

    def erase(self, mailbox: MailboxName, uids: Sequence[Uid]) -> int:
        """Remove messages for good, and no others; the number asked for."""
        return self._write(lambda lease: changes.erase(lease, mailbox, uids), mailbox)

    def empty(self, mailbox: MailboxName) -> int:
        """Remove every message of a mailbox for good; the number removed."""
        return self._write(lambda lease: changes.empty(lease, mailbox), mailbox)

    def append(
        self, mailbox: MailboxName, message: bytes, flags: Iterable[str] = (), received: datetime | None = None
    ) -> Appended:
        """Store a message (CRLF line ends). Raises QuotaFull where there is no room for it."""
        uid = self._write(lambda lease: changes.append(lease, mailbox, message, flags, received))
        if uid is None:
            message_id = read_envelope(message.partition(b"\r\n\r\n")[0]).message_id
            uid = self.find_message_id(mailbox, message_id) if message_id else None
        return Appended(mailbox, uid)

    def find_message_id(self, mailbox: MailboxName, message_id: str) -> Uid | None:
        """The newest message with this Message-ID."""
        clean = "".join(letter for letter in message_id if letter.isprintable()).strip()
        if not clean:
            return None
        keys = [b"HEADER", b"Message-ID", string(clean.encode("utf-8", "replace"))]
        return next((Uid(uid) for uid in reversed(self._in(mailbox, lambda lease: search(lease, keys)))), None)

    def create(self, mailbox: MailboxName) -> MailboxName:
        """Make a mailbox and subscribe to it; where the server has a personal prefix, below that. Its whole name."""
        return self._write(lambda lease: folders.create(lease, mailbox))

    def rename(self, mailbox: MailboxName, new: MailboxName) -> MailboxName:
        """Rename a mailbox and those below it; subscriptions follow. The whole new name."""
        listed = self.mailboxes(counts=False)
        return self._write(lambda lease: folders.rename(lease, mailbox, new, listed))

    def delete(self, mailbox: MailboxName) -> None:
        """Delete a mailbox with its messages; the subscription goes too."""
        self._write(lambda lease: folders.delete(lease, mailbox))
        for known in (self._validity, self._memory.shown):
            known.pop(mailbox, None)

    def subscribe(self, mailbox: MailboxName, subscribed: bool) -> None:
        """Subscribe to a mailbox or stop it."""
        self._write(lambda lease: folders.subscribe(lease, mailbox, subscribed))

    def quota(self) -> Quota | None:
        """The storage quota of INBOX, or None where the server has none."""
        if not self._quota:
            self._quota = (self._read(folders.quota),)
        return self._quota[0]

    def _open(self, lease: Lease, window: Window, uid: Uid) -> None:
        """Fetch a message while its mailbox is selected, with the list of mailboxes where this session has none yet."""
        unlisted = self._memory.recall_listed(self._assigned) is None and lease.offers("LIST-STATUS")
        commands = listing_commands(lease) if unlisted else []
        replies = messages.fetch_selecting(lease, window, uid, *commands)
        if replies and replies[0].ok:
            self._listed[True], quota = read_listing(lease, commands, replies, self._assigned)
            self._quota = (quota,)

    def _windows(self, mailbox: MailboxName, uid: Uid, section: bytes) -> Iterator[bytes]:
        """A section in windows. The first is fetched at once, so that what is not there is known before any is sent."""
        first = self._read(lambda lease: messages.read_window(lease, mailbox, uid, section, 0), mailbox)
        return self._following(mailbox, uid, section, first)

    def _following(self, mailbox: MailboxName, uid: Uid, section: bytes, octets: bytes) -> Iterator[bytes]:
        """The first window of a section and all that follow it."""

        def fetch(lease: Lease) -> bytes:
            return messages.read_window(lease, mailbox, uid, section, offset, asked)

        offset, asked = 0, messages.WINDOW
        while octets:
            yield octets
            offset, is_last, asked = offset + len(octets), len(octets) < asked, messages.window_after(asked)
            octets = b"" if is_last else self._read(fetch, mailbox)
