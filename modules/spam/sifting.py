"""Looking through new mail: what is moved to Junk, and why."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

from core import NotFound, Sentence, Undo
from modules.mail.api import (
    JUNK,
    NOT_JUNK,
    AccountName,
    MailboxName,
    MailboxState,
    MailStore,
    Query,
    Role,
    StoredMessage,
    Uid,
    raw_fields,
)
from modules.spam.bayes import Learned
from modules.spam.believing import bears_marks, server_verdict
from modules.spam.config import FilterMode, SpamConfig
from modules.spam.people import KnownPeople
from modules.spam.results import Sifted
from modules.spam.settings import SpamSettings
from modules.spam.store import Kept, Place
from modules.spam.verdicts import Cause, Verdict
from modules.spam.words import Letter, mark_of, read_letter, said, sender_of

INBOX = MailboxName("INBOX")
MOST_AT_ONCE = 25
SECONDS = 5.0
# How likely spam has to be, from 0 to 1, before anything is done.
SURE = 0.95
_MOST_TOLD = 5


@dataclass(frozen=True)
class Sifter:
    """Looks through the new mail of one account."""

    store: MailStore
    kept: Kept
    config: SpamConfig
    settings: SpamSettings
    people: tuple[KnownPeople, ...]

    def sift(self, most: int = MOST_AT_ONCE, seconds: float = SECONDS) -> Sifted:
        """Look through some of what is new, the oldest first, and move what is spam. Raises what the store raises."""
        state = self.store.state(INBOX)
        place = self.kept.place(self.store.account)
        if place is None or place.uidvalidity != state.uidvalidity:
            remember_state(self.kept, self.store.account, state)
            return Sifted()
        if place.last >= state.uidnext - 1:
            return Sifted()
        new = self._new(place)
        ends = time.monotonic() + seconds
        learned, judged = self.kept.learned(), self.kept.judged()
        verdicts: dict[bytes, Verdict] = {}
        moving: list[Uid] = []
        last = place.last
        for uid in new[:most]:
            if last > place.last and time.monotonic() > ends:
                break
            last = int(uid)
            for stored in self._message(uid):
                place = place.count(marked=bears_marks(raw_fields(stored.header)))
                verdict = None if mark_of(stored.header) in judged else self._judge(stored, learned, place)
                if verdict is not None:
                    verdicts[mark_of(stored.header)] = verdict
                    moving += [uid] if verdict.moved else []
        return self._finish(replace(place, last=last), moving, verdicts, more=bool(new) and last < int(new[-1]))

    def _finish(self, place: Place, moving: list[Uid], verdicts: dict[bytes, Verdict], *, more: bool) -> Sifted:
        undo = None
        if verdicts:
            # Remembered first: what comes back is then left where it is.
            self.kept.decide(verdicts)
        if moving:
            junk = self.store.role_mailbox(Role.JUNK, create=True)
            assert junk is not None, "a store makes the mailbox it is asked to make"
            if self.config.keywords:
                self.store.flag(INBOX, moving, add=[JUNK], remove=[NOT_JUNK])
            moved = self.store.move(INBOX, moving, junk)
            uids = (("uid", str(uid)) for uid in moved.uids)
            fields = (("action", "not-junk"), *uids, ("uidvalidity", str(moved.uidvalidity)), ("target", INBOX))
            undo = Undo(f"/mail/{self.store.account}/{junk.path}/messages", fields) if moved.uids else None
        if not more:
            # What came and went since has a number below, too.
            state = self.store.state(INBOX)
            same = state.uidvalidity == place.uidvalidity and not self._new(place)
            place = replace(place, last=max(place.last, state.uidnext - 1)) if same else place
        self.kept.move_on(self.store.account, place)
        return Sifted(len(moving), more, _told(len(moving)) if moving else "", undo)

    def _new(self, place: Place) -> list[Uid]:
        found = self.store.uids(INBOX, Query(above=Uid(place.last)))
        return [uid for uid in found if uid > place.last]

    def _message(self, uid: Uid) -> Iterator[StoredMessage]:
        try:
            yield self.store.message(INBOX, uid)
        except NotFound:
            return

    def _judge(self, stored: StoredMessage, learned: Learned, place: Place) -> Verdict | None:
        if {JUNK, NOT_JUNK} & stored.flags:
            return None
        sender = sender_of(stored.header)
        if self.settings.blocked.names(sender):
            return Verdict(Cause.BLOCKED, moved=True, about=(sender,))
        if not self.settings.filter or self.trusts(sender):
            return None
        found = server_verdict(raw_fields(stored.header), self.config)
        if found is not None:
            about = (found.filter, found.score, found.enough) if found.score else (found.filter,)
            return Verdict(Cause.SERVER, moved=True, about=about) if found.spam else None
        if not filters_itself(self.config, self.settings, place) or not learned.least:
            return None
        return self._by_words(read_letter(self.store, INBOX, stored), learned)

    def _by_words(self, letter: Letter, learned: Learned) -> Verdict | None:
        score = learned.judge(letter.words)
        if score.spam < SURE:
            return None
        words = tuple(dict.fromkeys(filter(None, map(said, score.telling))))[:_MOST_TOLD]
        return Verdict(Cause.LEARNED, learned.least >= int(self.config.trained), words)

    def trusts(self, sender: str) -> bool:
        """Whether an address's mail is never moved: the user allowed it, or knows it."""
        return "@" in sender and (self.settings.allowed.names(sender) or any(one.knows(sender) for one in self.people))


def waits(kept: Kept, account: AccountName) -> bool:
    """Whether a list was shown while there was more to look through, and no script did it since."""
    place = kept.place(account)
    return place is not None and place.shown > place.last + 1


def remember_state(kept: Kept, account: AccountName, state: MailboxState) -> None:
    """Remember that an inbox was shown as it is; one that is new here begins with what comes from now on."""
    place = kept.place(account)
    if place is None or place.uidvalidity != state.uidvalidity:
        kept.move_on(account, Place(state.uidvalidity, max(0, state.uidnext - 1)))
    elif place.last < state.uidnext - 1 and place.shown != state.uidnext:
        kept.move_on(account, replace(place, shown=state.uidnext))


def filters_itself(config: SpamConfig, settings: SpamSettings, place: Place | None) -> bool:
    """Whether this site judges mail by what it learned and by its headers."""
    if not settings.filter or config.filter is FilterMode.OFF:
        return False
    if config.filter is FilterMode.ON:
        return True
    return config.believe is None and config.rspamd_url is None and (place is None or not place.filtered)


def _told(count: int) -> Sentence:
    return Sentence.counted("%(num)s new message was moved to Junk.", "%(num)s new messages were moved to Junk.", count)
