"""Looking through an inbox of a real server while things happen to it, and how much is asked for."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from core import ServerKeys, Session, User
from core.database.engine import open_database
from core.database.questions import Asker, Question
from core.security.crypto import new_key
from modules.imap.api import ConnectionPool, ImapStore
from modules.mail.api import MailboxName, SenderList, Uid
from modules.spam.config import SpamConfig
from modules.spam.people import KnownPeople
from modules.spam.settings import SpamSettings
from modules.spam.sifting import INBOX, Sifter, remember_state
from modules.spam.store import open_kept, open_shelf
from modules.spam.words import read_letter
from tests.modules.imap.conftest import account_of
from tests.modules.mail.letters import plain, rich, with_files
from tests.modules.spam.conftest import Open
from tests.servers.mail_user import MailUser

pytestmark = pytest.mark.servers

ADA, EVE = "ada@example.test", "eve@evil.test"
PAGE = "/mail/main/INBOX/"


def knows_nobody(address: str) -> bool:
    return False


@pytest.fixture
def open_store(mail_user: MailUser) -> Iterator[Callable[[], ImapStore]]:
    """Gives the user's mail to one request after the other."""
    with closing(ConnectionPool()) as pool:
        yield lambda: ImapStore(pool, account_of(mail_user), {})


@pytest.fixture
def sifter(open_store: Callable[[], ImapStore], mail_user: MailUser, tmp_path: Path) -> Iterator[Callable[..., Sifter]]:
    """Gives the filter of one request after the other, the inbox being empty at first; `knows` tells who is known."""
    user = User(mail_user.name)
    migrations = Path(__file__).resolve().parents[3] / "modules" / "spam" / "migrations"
    with closing(open_database(tmp_path, migrations=[migrations])) as database:
        kept = open_kept(open_shelf(database, ServerKeys(new_key())), user, Session(visitor=user, key=new_key()))

        def make(knows: Callable[[str], bool] = knows_nobody) -> Sifter:
            settings = SpamSettings(blocked=SenderList(EVE))
            return Sifter(open_store(), kept, SpamConfig(), settings, (KnownPeople(knows),))

        first = make()
        remember_state(first.kept, first.store.account, first.store.state(INBOX))
        yield make


def test_what_is_learned_of_a_message_are_its_words_links_and_files(
    open_store: Callable[[], ImapStore], mail_user: MailUser
) -> None:
    store = open_store()
    page = mail_user.append(rich("<p>Visit <a href='https://evil.test/x'>our casino</a> at https://shop.test/</p>"))
    file = mail_user.append(with_files(("prize.EXE", b"MZ")))
    read = [read_letter(store, INBOX, store.message(INBOX, Uid(uid))).words for uid in (page, file)]
    assert {"text:casino", "link:shop.test", "part:text/html"} <= read[0] and "file:exe" in read[1]


def test_a_message_that_goes_while_others_are_looked_at_is_passed_over(
    sifter: Callable[..., Sifter], mail_user: MailUser
) -> None:
    def knows(address: str) -> bool:
        if address == ADA:
            with mail_user.connection() as connection:
                connection.select("INBOX")
                connection.uid("STORE", str(second), "+FLAGS", r"(\Deleted)")
                connection.expunge()
        return False

    mail_user.append(plain("First", sender=ADA))
    second = mail_user.append(plain("Second", sender=EVE))
    third = mail_user.append(plain("Third", sender=EVE))
    assert sifter(knows).sift().moved == 1 and third not in mail_user.uids()


def test_out_of_time_the_rest_is_left_to_the_next_look(sifter: Callable[..., Sifter], mail_user: MailUser) -> None:
    for subject in ("First", "Second"):
        mail_user.append(plain(subject, sender=EVE))
    told = [sifter().sift(seconds=-1.0) for _ in range(3)]
    assert [(one.moved, one.more) for one in told] == [(1, True), (1, False), (0, False)]
    assert len(mail_user.uids(MailboxName("Junk"))) == 2


def test_who_gives_no_address_is_not_one_of_the_blocked(sifter: Callable[..., Sifter], mail_user: MailUser) -> None:
    mail_user.append(plain().replace(b"From: Ada Field <ada@example.test>", b'From: "Ada" <>'))
    assert sifter().sift().moved == 0 and not SenderList("").names("")


def test_a_page_where_nothing_is_new_asks_at_most_once_what_is_kept(
    open_site: Open, mail_user: MailUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    webmail = open_site()
    uid = mail_user.append(plain())
    webmail.see(PAGE)
    asked: list[str] = []

    def hear(statement: str) -> None:
        if "spam_kept" in statement:
            asked.append(statement)

    def overhear(asker: Asker, question: "Question[Any]", values: Any) -> "list[Any]":  # Any: as the asker has it.
        hear(str(question.statement))
        return ask(asker, question, values)

    def count(ask: Callable[[], object]) -> int:
        asked.clear()
        ask()
        return len(asked)

    def listen(*told: str) -> None:
        hear(told[2])

    ask = Asker.ask
    monkeypatch.setattr(Asker, "ask", overhear)
    event.listen(Engine, "before_cursor_execute", listen)
    try:
        counts = count(lambda: webmail.see(PAGE)), count(lambda: webmail.see(f"{PAGE}{uid}"))
        assert (*counts, count(lambda: webmail.tell(f"{PAGE}sift", {}))) == (1, 1, 1)
    finally:
        event.remove(Engine, "before_cursor_execute", listen)
