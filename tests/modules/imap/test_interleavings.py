"""Two readers with all that they remember, and a third program: whatever they do, nobody sees what is not so."""

import contextlib
import imaplib
import secrets
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from core import Guesses, Session, WebmailError
from modules.imap import memory
from modules.imap.api import ImapStore
from modules.mail.api import MailboxName, Order, Query, Rows, Uid
from tests.modules.imap.yard import Yard, first_seen_by, result_of, seen_by
from tests.servers.mail_user import quote

pytestmark = pytest.mark.servers

FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)
FLAGS = ("\\Seen", "\\Flagged", "$Label", "$HasAttachment")
PLACES = ("One", "Two")
READERS = st.sampled_from((0, 1))
NAMES = st.sampled_from(PLACES)
PICKS = st.integers(0, 9)
DAYS = st.integers(0, 4)


class Interleavings(RuleBasedStateMachine):
    """What the readers and the program may do, one after the other; after each step all must see the same."""

    yard: Yard
    compared: ClassVar[int] = 0
    guessed_wrong: ClassVar[int] = 0

    @initialize()
    def begin(self) -> None:
        """Two mailboxes that no run had before, with messages in them."""
        mark = secrets.token_hex(4)
        self.names = {place: MailboxName(f"{place} {mark}") for place in PLACES}
        for name in self.names.values():
            self.yard.other.create(quote(name))
        # In an empty one most steps would change nothing.
        self._fill("One", 6)
        self._fill("Two", 2)
        self.yard.store("0").rows(self.names["One"], 0, 5)

    @rule(name=NAMES, day=DAYS, how_many=st.integers(1, 4))
    def others_add(self, name: str, day: int, how_many: int) -> None:
        """The program stores messages, of any age."""
        for _ in range(how_many):
            self._append(name, day)

    @rule(reader=READERS, name=NAMES, day=DAYS)
    def add(self, reader: int, name: str, day: int) -> None:
        """A reader stores a message."""
        self._try(lambda: self._store(reader).append(self.names[name], self._letter(), (), _moment(day)))

    @rule(name=NAMES, pick=PICKS, flag=st.sampled_from(FLAGS), sign=st.sampled_from("+-"))
    def others_flag(self, name: str, pick: int, flag: str, sign: str) -> None:
        """The program marks a message."""
        if self._select(name):
            self.yard.other.uid("STORE", self._picked(name, pick), f"{sign}FLAGS", f"({flag})")

    @rule(reader=READERS, name=NAMES, pick=PICKS, flag=st.sampled_from(FLAGS), on=st.booleans())
    def flag(self, reader: int, name: str, pick: int, flag: str, on: bool) -> None:
        """A reader marks a message that they see."""
        add, remove = ([flag], []) if on else ([], [flag])
        self._with_one(reader, name, pick, lambda store, box, uid: store.flag(box, [uid], add=add, remove=remove))

    @rule(reader=READERS, name=NAMES, pick=PICKS)
    def move(self, reader: int, name: str, pick: int) -> None:
        """A reader moves a message to the other mailbox."""
        target = self.names[next(place for place in PLACES if place != name)]
        self._with_one(reader, name, pick, lambda store, box, uid: store.move(box, [uid], target))

    @rule(name=NAMES, pick=PICKS)
    def others_move(self, name: str, pick: int) -> None:
        """The program copies a message away and erases it here."""
        if self._select(name):
            target = self.names[next(place for place in PLACES if place != name)]
            self.yard.other.uid("COPY", self._picked(name, pick), quote(target))
            self._expunge(self._picked(name, pick))

    @rule(name=NAMES, pick=PICKS)
    def others_erase(self, name: str, pick: int) -> None:
        """The program erases a message."""
        if self._select(name):
            self._expunge(self._picked(name, pick))

    @rule(reader=READERS, name=NAMES, pick=PICKS)
    def erase(self, reader: int, name: str, pick: int) -> None:
        """A reader erases a message."""
        self._with_one(reader, name, pick, lambda store, box, uid: store.erase(box, [uid]))

    @rule(name=NAMES, keep=st.booleans())
    def others_make_anew(self, name: str, keep: bool) -> None:
        """The program deletes a mailbox, and makes another of this name with the same UIDs in it."""
        self.yard.other.select("INBOX")
        self.yard.other.delete(quote(self.names[name]))
        if keep:
            self.yard.other.create(quote(self.names[name]))
            self._fill(name, 6 if name == "One" else 2)

    @rule()
    def others_swap(self) -> None:
        """The program lets the two mailboxes change their names, of which servers tell nobody; then time passes."""
        self.yard.other.select("INBOX")
        one, two = (quote(self.names[place]) for place in PLACES)
        for old, new in ((one, '"Between"'), (two, one), ('"Between"', two)):
            self.yard.other._simple_command("RENAME", old, new)
        self.yard.now += 61

    @rule(reader=READERS)
    def reconnect(self, reader: int) -> None:
        """A reader's connections break; what they remember stays."""
        for shelf in [shelf for (session, _), shelf in self.yard.pool._shelves.items() if session == str(reader)]:
            for kept in [*shelf.idle]:
                kept.connection._imap.sock.shutdown(2)

    @rule(reader=READERS)
    def log_in_anew(self, reader: int) -> None:
        """A reader logs out and in; only how lists begin is remembered."""
        self.yard.pool.close_session(str(reader))

    @rule(reader=READERS, name=NAMES)
    def begin_with_a_list(self, reader: int, name: str) -> None:
        """A reader logs out and in, and sees first of all a list with the folders beside it."""
        self.yard.pool.close_session(str(reader))
        store = self._store(reader)
        with self.yard.stranger() as stranger:
            expected = result_of(lambda: stranger.rows(self.names[name], 0, 4))
        store.foresee(self.names[name], 0, 4)
        listed = {one.name: (one.messages, one.unseen) for one in store.mailboxes()}
        seen = result_of(lambda: store.rows(self.names[name], 0, 4))
        if isinstance(expected, Rows) and isinstance(seen, Rows):
            assert (seen.rows, seen.total) == (expected.rows, expected.total)
            # Without LIST-STATUS only some are counted.
            assert listed[self.names[name]] in ((seen.state.messages, seen.state.unseen), (None, None))
        else:
            assert seen == expected

    @rule(
        reader=READERS,
        name=NAMES,
        order=st.sampled_from((Order.NEWEST, Order.OLDEST, Order.SUBJECT)),
        query=st.sampled_from((None, Query(seen=False), Query(flagged=True))),
        start=st.sampled_from((0, 3)),
    )
    def look_at_a_list(self, reader: int, name: str, order: Order, query: Query | None, start: int) -> None:
        """A reader sees any window of a list with the folders beside it, and may see it as it was until it is heard."""
        mailbox, guesses = self.names[name], Guesses(Session())

        def look(store: ImapStore) -> object:
            store.foresee(mailbox, start, 4, order, query)
            store.mailboxes()
            rows = store.rows(mailbox, start, 4, order, query)
            return rows.rows, rows.total, rows.start

        with self.yard.stranger() as stranger:
            expected = result_of(lambda: look(stranger))
        assert guesses.make(lambda: result_of(lambda: look(self.yard.store(str(reader), guesses)))) == expected

    @invariant()
    def all_see_the_same(self) -> None:
        """Nobody's view differs from that of somebody who has just logged in."""
        # Each look begins where the last one ended: in the mailbox that the readers' connections have selected.
        self.ahead = not getattr(self, "ahead", False)
        for name in [*getattr(self, "names", {}).values()][:: 1 if self.ahead else -1]:
            with self.yard.stranger() as stranger:
                first = first_seen_by(stranger, name)
                expected = seen_by(stranger, name)
            type(self).compared += 1
            for reader in ("0", "1"):
                for _ in range(2):
                    shown, guesses = self.yard.page(reader, name)
                    assert shown == first
                    type(self).guessed_wrong += not guesses.allowed
                for seen, so in zip(seen_by(self.yard.store(reader), name), expected, strict=True):
                    assert seen == so

    def _store(self, reader: int) -> ImapStore:
        return self.yard.store(str(reader))

    def _letter(self) -> bytes:
        number = next(self.yard.numbers)
        kind = "multipart/mixed; boundary=b" if number % 3 == 0 else "text/plain"
        body = f"--b\r\n\r\nbody {number}\r\n--b--\r\n" if number % 3 == 0 else f"body {number}\r\n"
        # No two are called the same, for servers may list those in any order.
        odd = "odd" if number % 2 else "even"
        thread = f"Message-ID: <{number}@letters.test>\r\nReferences: <{number - number % 4}@letters.test>\r\n"
        return f"Subject: {odd} {number:05}\r\n{thread}Content-Type: {kind}\r\n\r\n{body}".encode()

    def _fill(self, name: str, how_many: int) -> None:
        """Messages that did not come in the order of their days."""
        for number in range(how_many):
            self._append(name, number * 3 % 5)

    def _append(self, name: str, day: int) -> None:
        date = imaplib.Time2Internaldate(_moment(day))
        self.yard.other.append(quote(self.names[name]), "", date, self._letter())

    def _select(self, name: str) -> bool:
        return self.yard.other.select(quote(self.names[name]))[0] == "OK"

    def _picked(self, name: str, pick: int) -> str:
        uids = self.yard.other.uid("SEARCH", "ALL")[1][0].split()
        return uids[pick % len(uids)].decode() if uids else "1"

    def _expunge(self, uid: str) -> None:
        self.yard.other.uid("STORE", uid, "+FLAGS.SILENT", "(\\Deleted)")
        self.yard.other.expunge()

    def _with_one(
        self, reader: int, name: str, pick: int, act: Callable[[ImapStore, MailboxName, Uid], object]
    ) -> None:
        """Let a reader do something with one of the messages that they see."""

        def look_and_act() -> None:
            store = self._store(reader)
            rows = store.rows(self.names[name], 0, 10).rows
            if rows:
                act(store, self.names[name], rows[pick % len(rows)].uid)

        self._try(look_and_act)

    def _try(self, act: Callable[[], object]) -> None:
        with contextlib.suppress(WebmailError):
            act()


def _moment(day: int) -> datetime:
    return FIRST_DAY + timedelta(days=day)


@pytest.fixture(params=["rich", "bare"])
def yard(request: pytest.FixtureRequest) -> Iterator[Yard]:
    """A user on a server that offers everything, and on one that offers nothing."""
    rich = request.param == "rich"
    made = Yard(request.getfixturevalue("mail_user" if rich else "bare_mail_user"), rich)
    yield made
    made.close()


def test_whatever_two_readers_and_a_program_do_in_turns_all_see_what_is_so(
    yard: Yard, pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    # So that mailboxes are longer than what is remembered beyond sessions.
    monkeypatch.setattr(memory, "MOST_UIDS", 6)

    class Here(Interleavings):
        pass

    Here.yard = yard
    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=int(pytestconfig.getoption("--interleavings")),
            stateful_step_count=20,
            deadline=None,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert Here.compared > 0
    if yard.rich:
        assert Here.guessed_wrong > 0, "that what was guessed is looked into has to be seen"
