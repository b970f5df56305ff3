"""The rest of a conversation: in its own mailbox, among what was sent, and where mail was filed."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from core import LoginNeeded, Sentence
from modules.imap.store import ImapStore
from modules.mail.api import MailboxName, Rows
from tests.modules.mail.letters import plain
from tests.modules.webmail import Webmail
from tests.servers.mail_user import MailUser

PLACE = "/mail/main/"
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def letter(name: str, *answers: str, references: bool = True, text: str = "") -> bytes:
    """A message of the conversation "Plants" with this name, in answer to another."""
    headers = {"Message_ID": f"<{name}-plants@x.test>"}
    if answers:
        headers["In_Reply_To"] = f"<{answers[-1]}-plants@x.test>"
        if references:
            headers["References"] = " ".join(f"<{answer}-plants@x.test>" for answer in answers)
    return plain("Re: Plants", text or f"The text of {name}.", **headers)


def shown(webmail: Webmail, where: str, *, whole: bool = False) -> list[str]:
    """The addresses of the other messages, as they stand below one."""
    page = webmail.see(f"{PLACE}{where}{'' if whole else '?part=mail.conversation'}")
    return [str(link.attributes["href"]).removeprefix(PLACE) for link in page.tree.css(".thread-row")]


@pytest.fixture
def rooms(mail_user: MailUser) -> MailUser:
    """A user with mailboxes for what was sent, filed and thrown away."""
    for name in ("Sent", "Archive", "Trash", "Elsewhere"):
        mail_user.create(name)
    return mail_user


@pytest.fixture
def looked_into(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the other mailboxes in which a conversation is looked for."""
    names: list[str] = []
    related = ImapStore.related

    def noted(
        self: ImapStore,
        mailbox: MailboxName,
        identifiers: Sequence[str],
        *,
        after: datetime,
        before: datetime,
        shown: MailboxName,
    ) -> Rows:
        names.append(str(mailbox))
        return related(self, mailbox, identifiers, after=after, before=before, shown=shown)

    monkeypatch.setattr(ImapStore, "related", noted)
    return names


def test_own_answers_and_filed_messages_belong_to_a_conversation(webmail: Webmail, rooms: MailUser) -> None:
    filed = rooms.append(letter("first"), "Archive", received=NOON)
    sent = rooms.append(letter("own", "first"), "Sent", received=NOON + timedelta(hours=1))
    rooms.append(plain("Another matter"), "Sent", received=NOON + timedelta(hours=1))
    rooms.append(letter("thrown", "first"), "Trash", received=NOON + timedelta(hours=2))
    uid = rooms.append(letter("last", "first", "own"), received=NOON + timedelta(hours=3))
    assert shown(webmail, f"INBOX/{uid}") == [f"Archive/{filed}", f"Sent/{sent}"]
    assert shown(webmail, f"INBOX/{uid}", whole=True) == [f"Archive/{filed}", f"Sent/{sent}"]
    assert shown(webmail, f"Sent/{sent}") == [f"Archive/{filed}", f"INBOX/{uid}"]


def test_what_an_answered_message_was_answered_stands_below_it(webmail: Webmail, rooms: MailUser) -> None:
    uid = rooms.append(letter("first"), flags="\\Answered", received=NOON)
    sent = rooms.append(letter("own", "first", references=False), "Sent", received=NOON + timedelta(days=1))
    assert shown(webmail, f"INBOX/{uid}") == [f"Sent/{sent}"]
    assert webmail.see(f"{PLACE}INBOX/{uid}?part=mail.conversation").texts(".thread-place") == ["Sent"]


def test_messages_stand_in_the_order_in_which_they_came(webmail: Webmail, rooms: MailUser) -> None:
    first = rooms.append(letter("first"), received=NOON)
    third = rooms.append(letter("third", "first"), received=NOON + timedelta(hours=2))
    second = rooms.append(letter("second", "first"), "Sent", received=NOON + timedelta(hours=1))
    last = rooms.append(letter("last", "first"), received=NOON + timedelta(hours=3))
    assert shown(webmail, f"INBOX/{last}") == [f"INBOX/{first}", f"Sent/{second}", f"INBOX/{third}"]


def test_a_message_that_is_in_two_mailboxes_stands_there_once(webmail: Webmail, rooms: MailUser) -> None:
    first = rooms.append(letter("first"), received=NOON)
    rooms.append(letter("first"), "Archive", received=NOON)
    uid = rooms.append(letter("note", "first"), received=NOON)
    rooms.append(letter("note", "first"), "Sent", received=NOON)
    assert shown(webmail, f"INBOX/{uid}") == [f"INBOX/{first}"]


def test_a_message_that_claims_the_identifier_of_an_own_answer_does_not_hide_it(
    webmail: Webmail, rooms: MailUser
) -> None:
    first = rooms.append(letter("first"), flags="\\Answered", received=NOON)
    own = letter("own", "first").replace(b"ada@example.test", rooms.name.encode())
    sent = rooms.append(own, "Sent", received=NOON + timedelta(hours=1))
    claims = rooms.append(letter("own", "first"), received=NOON + timedelta(hours=2))
    assert shown(webmail, f"INBOX/{first}") == [f"Sent/{sent}", f"INBOX/{claims}"]


def test_what_is_missing_between_two_messages_is_found(webmail: Webmail, rooms: MailUser) -> None:
    rooms.append(letter("first"), received=NOON)
    sent = rooms.append(letter("own", "first", references=False), "Sent", received=NOON)
    last = rooms.append(letter("last", "own", references=False), received=NOON)
    assert f"Sent/{sent}" in shown(webmail, f"INBOX/{last}")


def test_months_later_the_same_identifier_is_not_looked_for(webmail: Webmail, rooms: MailUser) -> None:
    uid = rooms.append(letter("first"), flags="\\Answered", received=NOON)
    rooms.append(letter("own", "first"), "Sent", received=NOON + timedelta(days=200))
    assert shown(webmail, f"INBOX/{uid}") == []


def test_drafts_and_what_was_thrown_away_have_no_conversation_elsewhere(webmail: Webmail, rooms: MailUser) -> None:
    rooms.append(letter("first"), received=NOON)
    thrown = rooms.append(letter("thrown", "first"), "Trash", received=NOON)
    uid = rooms.append(letter("second", "first"), "Elsewhere", received=NOON)
    rooms.append(letter("begun", "first", "second"), "Sent", flags="\\Draft", received=NOON)
    assert shown(webmail, f"Trash/{thrown}") == []
    assert [where.partition("/")[0] for where in shown(webmail, f"Elsewhere/{uid}")] == ["INBOX"]


def test_a_message_that_nobody_answered_asks_no_other_mailbox(webmail: Webmail, rooms: MailUser) -> None:
    uid = rooms.append(letter("first"), received=NOON)
    rooms.append(letter("own", "first"), "Sent", received=NOON)
    assert shown(webmail, f"INBOX/{uid}") == []


def test_filed_mail_is_looked_through_only_for_what_is_missing(
    webmail: Webmail, rooms: MailUser, looked_into: list[str]
) -> None:
    for name in ("Sent", "Archive"):
        rooms.append(plain("Another matter"), name, received=NOON)
    rooms.append(letter("first"), received=NOON)
    complete = rooms.append(letter("second", "first"), received=NOON)
    assert len(shown(webmail, f"INBOX/{complete}")) == 1
    assert looked_into == ["Sent"]
    looked_into.clear()
    gap = rooms.append(letter("fourth", "third"), received=NOON)
    assert len(shown(webmail, f"INBOX/{gap}")) == 2
    assert looked_into == ["Sent", "Archive"]


def test_without_an_identifier_no_other_mailbox_is_asked(
    webmail: Webmail, rooms: MailUser, looked_into: list[str]
) -> None:
    rooms.append(plain("Another matter"), "Sent", received=NOON)
    uid = rooms.append(b"From: a@x.test\r\nSubject: Plants\r\n\r\nText\r\n", flags="\\Answered", received=NOON)
    assert shown(webmail, f"INBOX/{uid}") == []
    assert looked_into == []


def test_a_log_in_that_ended_meanwhile_is_told(
    webmail: Webmail, rooms: MailUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    uid = rooms.append(letter("first"), flags="\\Answered", received=NOON)
    rooms.append(letter("own", "first"), "Sent", received=NOON)
    assert len(shown(webmail, f"INBOX/{uid}")) == 1

    def ended(*_: object, **__: object) -> Rows:
        raise LoginNeeded(Sentence("Please log in."))

    monkeypatch.setattr(ImapStore, "related", ended)
    answer = webmail.browser.get(f"{PLACE}INBOX/{uid}?part=mail.conversation")
    assert "/login" in answer.headers["Location"]


def test_a_mailbox_that_is_gone_hides_nothing(webmail: Webmail, rooms: MailUser) -> None:
    rooms.append(letter("first"), "Archive", received=NOON)
    sent = rooms.append(letter("own", "first"), "Sent", received=NOON)
    uid = rooms.append(letter("last", "first", "own"), received=NOON)
    assert len(shown(webmail, f"INBOX/{uid}")) == 2
    rooms.run("DELETE", "Archive")
    assert shown(webmail, f"INBOX/{uid}") == [f"Sent/{sent}"]


@pytest.mark.parametrize("year", [1900, 2037])
def test_odd_days_of_arrival_do_no_harm(webmail: Webmail, rooms: MailUser, year: int) -> None:
    odd = datetime(year, 1, 1, tzinfo=UTC)
    uid = rooms.append(letter("first"), flags="\\Answered", received=odd)
    assert shown(webmail, f"INBOX/{uid}") == []


def test_identifiers_that_cannot_be_asked_for_find_nothing(webmail: Webmail, rooms: MailUser) -> None:
    rooms.append(plain("Odd", Message_ID="<a>"), "Sent", received=NOON)
    uid = rooms.append(plain("Odd", Message_ID="<b>", In_Reply_To="<a>"), received=NOON)
    assert shown(webmail, f"INBOX/{uid}") == []


def test_it_works_on_servers_with_nothing_beyond_the_base(bare_webmail: Webmail, bare_mail_user: MailUser) -> None:
    bare_mail_user.create("Sent")
    sent = bare_mail_user.append(letter("first"), "Sent", received=NOON)
    uid = bare_mail_user.append(letter("second", "first"), received=NOON)
    assert shown(bare_webmail, f"INBOX/{uid}") == [f"Sent/{sent}"]
