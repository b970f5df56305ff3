"""Lists that are taken to be as they were while the mail server is asked: when they are, and what is shown if not."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from core import Guesses, Session
from modules.imap.api import ImapStore
from modules.imap.overview import GuessedOverview
from modules.mail.api import Mailbox, MailboxName, Rows, Uid
from tests.modules.imap.conftest import Box, Boxes, account_of, numbered
from tests.servers.mail_user import MailUser

INBOX, AWAY = MailboxName("INBOX"), MailboxName("Away")

pytestmark = pytest.mark.servers


@dataclass
class Page:
    """A request for a list with the mailboxes beside it; `meanwhile` is done before anybody knows if they changed."""

    box: Box
    window: bool = True
    meanwhile: Callable[[ImapStore], object] = lambda store: None
    guessed: list[GuessedOverview] = field(default_factory=list)

    def ask(self) -> tuple[tuple[Mailbox, ...], Rows | None]:
        """What is shown in the end."""
        guesses = Guesses(Session())

        def answer() -> tuple[tuple[Mailbox, ...], Rows | None]:
            store = ImapStore(self.box.pool, self.box.account, guesses=guesses)
            if self.window:
                store.foresee(INBOX, 0, 50)
            shown = store.mailboxes(), store.rows(INBOX, 0, 50) if self.window else None
            self.guessed += [one for one in guesses._open if isinstance(one, GuessedOverview)]
            self.meanwhile(store)
            return shown

        return guesses.make(answer)

    @property
    def was_right(self) -> bool:
        """Whether it was made of a guess that was right."""
        (guessed,) = self.guessed
        return guessed.is_right()


@pytest.fixture
def box(boxes: Boxes, mail_user: MailUser) -> Iterator[Box]:
    """A user with three messages, whose list was looked at twice."""
    box = boxes.open(mail_user)
    mail_user.append_all(*(numbered(number) for number in (1, 2, 3)))
    mail_user.create("Away")
    for _ in range(2):
        Page(box).ask()
    yield box
    shelf = box.pool._shelves[box.account.place]
    assert (shelf.lent, len(shelf.idle)) == (0, 1), "one connection is enough, and it was given back"


def truth(box: Box) -> tuple[tuple[Mailbox, ...], Rows]:
    """What a request finds that guesses nothing."""
    store = box.store()
    return store.mailboxes(), store.rows(INBOX, 0, 50)


def counted(mailboxes: tuple[Mailbox, ...]) -> dict[str, tuple[int | None, int | None]]:
    return {str(one.name): (one.messages, one.unseen) for one in mailboxes}


def test_what_did_not_change_is_there_before_the_server_was_heard(box: Box, sent: list[list[bytes]]) -> None:
    heard: list[bool] = []
    page = Page(box, meanwhile=lambda store: heard.extend(one._told for one in page.guessed))
    mailboxes, rows = page.ask()
    assert (heard, page.was_right) == ([False], True)
    assert len(sent) == 1, "and it is asked in one turn"
    assert (mailboxes, rows) == truth(box)


def test_mailboxes_alone_too(box: Box, sent: list[list[bytes]]) -> None:
    page = Page(box, window=False)
    mailboxes, _ = page.ask()
    assert (page.was_right, len(sent)) == (True, 1)
    assert mailboxes == truth(box)[0]


def test_new_mail_is_shown_and_costs_no_more_turns_than_without_a_guess(box: Box, sent: list[list[bytes]]) -> None:
    box.user.append(numbered(4))
    page = Page(box)
    mailboxes, rows = page.ask()
    assert rows is not None
    assert [row.uid for row in rows.rows] == [4, 3, 2, 1]
    assert counted(mailboxes)["INBOX"] == (4, 4)
    assert (page.was_right, len(sent)) == (False, 2)


def test_flags_that_others_changed_are_shown(box: Box) -> None:
    with box.user.connection() as program:
        program.select("INBOX")
        program.uid("STORE", "2", "+FLAGS", "(\\Flagged)")
    page = Page(box)
    _, rows = page.ask()
    assert rows is not None
    assert [row.starred for row in rows.rows] == [False, True, False]
    assert not page.was_right


def test_counts_of_other_mailboxes_are_shown(box: Box) -> None:
    box.user.append(numbered(9), "Away")
    for window in (True, False):
        page = Page(box, window=window)
        mailboxes, _ = page.ask()
        assert (counted(mailboxes)["Away"], page.was_right) == ((1, 1), not window)


def test_a_mailbox_that_others_made_is_shown(box: Box) -> None:
    box.user.create("Later")
    page = Page(box)
    mailboxes, _ = page.ask()
    assert "Later" in counted(mailboxes)
    assert not page.was_right


def test_after_an_own_change_nothing_is_guessed(box: Box) -> None:
    box.store().flag(INBOX, [Uid(3)], add=["\\Flagged"])
    page = Page(box)
    _, rows = page.ask()
    assert rows is not None
    assert (page.guessed, [row.starred for row in rows.rows]) == ([], [True, False, False])


def test_after_somebody_was_told_of_changes_nothing_is_guessed_once(box: Box) -> None:
    box.pool.doubt(box.account)
    box.pool.doubt(account_of(box.user, session="another"))
    doubted, after = Page(box), Page(box)
    doubted.ask()
    after.ask()
    assert (doubted.guessed, after.was_right) == ([], True)


def test_what_is_asked_besides_waits_for_the_answer_and_takes_no_connection_of_its_own(box: Box) -> None:
    seen: list[object] = []
    page = Page(box, meanwhile=lambda store: seen.append(store.message(INBOX, Uid(2)).uid))
    page.ask()
    assert (seen, page.was_right) == ([2], True)


def test_what_is_asked_besides_is_of_what_is_there_now(box: Box) -> None:
    states: list[int] = []
    box.user.append(numbered(4))
    page = Page(box, meanwhile=lambda store: states.append(store.state(AWAY).messages + len(store.uids(INBOX))))
    _, rows = page.ask()
    assert rows is not None
    assert (states, len(rows.rows), page.was_right) == ([4, 4], 4, False)


def test_a_change_after_a_guess_is_made_to_what_is_there(box: Box) -> None:
    moved: list[int] = []
    page = Page(box, meanwhile=lambda store: moved.append(store.move(INBOX, [Uid(1)], AWAY).count))
    page.ask()
    assert (moved, counted(truth(box)[0])["Away"]) == ([1], (1, 1))


@pytest.mark.parametrize("change", ["flag", "move"])
def test_what_was_heard_for_a_wrong_guess_does_not_outlive_a_change(box: Box, change: str) -> None:
    box.user.append(numbered(4))
    guesses = Guesses(Session())

    def answer() -> dict[str, tuple[int | None, int | None]]:
        store = ImapStore(box.pool, box.account, guesses=guesses)
        if guesses.wrong and change == "flag":
            store.flag(INBOX, [Uid(4)], add=["\\Seen"])
        elif guesses.wrong:
            store.move(INBOX, [Uid(4)], AWAY)
        return counted(store.mailboxes())

    assert guesses.make(answer)["INBOX"] == ((4, 3) if change == "flag" else (3, 3))


def test_what_was_heard_for_a_wrong_guess_is_taken_once(box: Box) -> None:
    box.user.append(numbered(4))
    guesses, seen = Guesses(Session()), []

    def answer() -> None:
        wrong = bool(guesses.wrong)
        seen.append(counted(ImapStore(box.pool, box.account, guesses=guesses).mailboxes())["INBOX"])
        if wrong:
            box.user.append(numbered(5))
            seen.append(counted(ImapStore(box.pool, box.account, guesses=guesses).mailboxes())["INBOX"])

    guesses.make(answer)
    assert seen == [(3, 3), (4, 4), (5, 5)]


def test_a_connection_that_is_dead_was_no_answer(box: Box) -> None:
    (kept,) = box.pool._shelves[box.account.place].idle

    def cut(store: ImapStore) -> None:
        if kept.connection._imap.sock.fileno() >= 0:
            kept.connection._imap.sock.shutdown(2)

    page = Page(box, meanwhile=cut)
    mailboxes, rows = page.ask()
    assert rows is not None
    assert ([row.uid for row in rows.rows], counted(mailboxes)["INBOX"]) == ([3, 2, 1], (3, 3))
    assert not page.was_right


def test_a_guess_that_cannot_be_begun_keeps_no_connection(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("modules.imap.overview.begin_list", fail)
    with pytest.raises(ZeroDivisionError):
        Page(box).ask()


def test_another_window_and_another_session_are_not_guessed(box: Box) -> None:
    guesses = Guesses(Session())
    store = ImapStore(box.pool, box.account, guesses=guesses)
    store.foresee(INBOX, 0, 2)
    store.mailboxes()
    assert guesses._open == []
    assert guesses.hold(wait=True)


def test_servers_that_tell_less_are_asked_first(boxes: Boxes, bare_mail_user: MailUser) -> None:
    bare_mail_user.append_all(*(numbered(number) for number in (1, 2)))
    box = boxes.open(bare_mail_user, rich=False)
    for _ in range(2):
        page = Page(box)
        _, rows = page.ask()
        assert rows is not None
        assert (page.guessed, [row.uid for row in rows.rows]) == ([], [2, 1])
