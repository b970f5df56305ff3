"""The signatures of messages in a mailbox: their keys are asked for, their source is fetched, and the end is kept."""

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from datetime import datetime

from core import Sentence, lookup
from modules.dkim.canonical import split_message
from modules.dkim.checking import NOT_ACCEPTED, NOT_NOW, Claim, check, read_claims, refused
from modules.dkim.config import DkimConfig
from modules.dkim.keys import PublishedKey, read_key
from modules.dkim.tags import Unfit
from modules.mail.api import MailboxName, MailStore, Uid
from modules.trust.api import Signature, Signatures

_AT_ONCE = 4
_MOST_KEPT = 2_000
_KEPT = 3600.0  # seconds
_KEPT_SHORTLY = 60.0

NO_SIGNATURE = Sentence("The message carries no signature (DKIM).")
BUSY = Sentence("Too many signatures are being checked at once. Open the message again in a moment.")
_TOO_LARGE = Sentence("The message is too large to be checked.")
_SILENT = Sentence("Nobody told the key of the domain in time. Open the message again in a minute.")

Fetch = Callable[[], Iterable[bytes]]
Found = list[tuple[Claim, PublishedKey] | Signature]


class Findings:
    """What was found of messages lately, kept in the memory of this process alone."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: OrderedDict[bytes, tuple[float, Signatures]] = OrderedDict()
        self._lock = threading.Lock()
        self.room = threading.BoundedSemaphore(_AT_ONCE)

    def find(self, mark: bytes) -> Signatures | None:
        """What was found before and still counts."""
        with self._lock:
            ends, found = self._kept.get(mark, (0.0, None))
            return found if self._clock() < ends else None

    def keep(self, mark: bytes, found: Signatures) -> None:
        """Remember what was found; for a short time where it may be different in a minute."""
        passing = any(one.ended == NOT_NOW for one in found.found)
        with self._lock:
            self._kept[mark] = (self._clock() + (_KEPT_SHORTLY if passing else _KEPT), found)
            self._kept.move_to_end(mark)
            while len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)


class Checker:
    """Checks messages of one user's mail store."""

    def __init__(self, user: str, store: MailStore, names: lookup.Lookup, config: DkimConfig, kept: Findings) -> None:
        self._user = user
        self._store = store
        self._names = names
        self._config = config
        self._kept = kept

    def known(self, mailbox: MailboxName, uid: Uid, header: bytes) -> Signatures | None:
        """What is known of a message without asking anybody."""
        return self._kept.find(self._mark(mailbox, uid, header))

    def check(self, mailbox: MailboxName, uid: Uid, header: bytes, received: datetime) -> Signatures:
        """The signatures of a message. Raises what its mail store raises."""
        mark = self._mark(mailbox, uid, header)
        known = self._kept.find(mark)
        if known is not None:
            return known
        if not self._kept.room.acquire(blocking=False):
            return Signatures(unchecked=BUSY)
        try:
            found = self._check(header, received, lambda: self._store.source(mailbox, uid))
        finally:
            self._kept.room.release()
        self._kept.keep(mark, found)
        return found

    def _check(self, header: bytes, received: datetime, fetch: Fetch) -> Signatures:
        ends = time.monotonic() + self._config.timeout.total_seconds()
        found = [self._with_key(one, ends) for one in read_claims(header, received)]
        if not found:
            return Signatures(unchecked=NO_SIGNATURE)
        if all(isinstance(one, Signature) for one in found):
            return Signatures(tuple(one for one in found if isinstance(one, Signature)))
        return Signatures(tuple(self._judged(found, fetch)))

    def _with_key(self, one: Claim | Signature, ends: float) -> tuple[Claim, PublishedKey] | Signature:
        if isinstance(one, Signature):
            return one
        try:
            left = max(0.01, ends - time.monotonic())
            return one, read_key(self._names.texts(one.tags.key_name, left), one.tags)
        except Unfit as error:
            return refused(one.tags.domain, error)
        except lookup.NotLookedUp:
            return Signature(one.tags.domain, NOT_NOW, _SILENT)

    def _judged(self, found: Found, fetch: Fetch) -> Iterable[Signature]:
        message = split_message(octets) if (octets := self._whole(fetch)) is not None else None
        for one in found:
            if isinstance(one, Signature):
                yield one
            elif message is None:
                yield Signature(one[0].tags.domain, NOT_ACCEPTED, _TOO_LARGE)
            else:
                yield check(*one, *message)

    def _whole(self, fetch: Fetch) -> bytes | None:
        """The message as it lies on the server, or None where it is longer than what is checked."""
        octets = bytearray()
        for piece in fetch():
            octets += piece
            if len(octets) > self._config.largest:
                return None
        return bytes(octets)

    def _mark(self, mailbox: MailboxName, uid: Uid, header: bytes) -> bytes:
        marked = hashlib.blake2b(digest_size=32)
        for part in (self._user, self._store.account, mailbox, str(uid)):
            marked.update(f"{len(part)}:{part}".encode("utf-8", "surrogatepass"))
        marked.update(header)
        return marked.digest()
