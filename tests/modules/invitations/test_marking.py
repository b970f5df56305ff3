"""What follows an answer on a real mail store: the message is marked, and where it cannot be, that is said."""

from datetime import UTC, datetime

import pytest

from core import Clock, NotFound
from modules.invitations.handlers import _remember, answer_invitation
from modules.invitations.inputs import Comment, Given, Word
from modules.invitations.offering import answered
from modules.invitations.reply import Choice
from modules.mail.api import AccountName, MailboxPath, MessageAddress, Uid
from tests.modules.imap.conftest import Boxes
from tests.modules.mail.letters import plain
from tests.servers.mail_user import MailUser

pytestmark = pytest.mark.servers


def invited(store_account: AccountName, uid: int, mailbox: str = "INBOX") -> MessageAddress:
    return MessageAddress(account=store_account, mailbox=MailboxPath(mailbox), uid=Uid(uid))


def test_the_last_answer_is_remembered_and_none_of_what_is_gone(boxes: Boxes, mail_user: MailUser) -> None:
    uid = mail_user.append(plain())
    store = boxes.open(mail_user).store()
    for choice in (Choice.DECLINE, Choice.ACCEPT):
        assert _remember(invited(store.account, uid), choice, store) == ()
        assert answered(store.message(MailboxPath("INBOX"), Uid(uid)).flags) is choice
    (told,) = _remember(invited(store.account, 1, "Nowhere"), Choice.ACCEPT, store)
    assert told.startswith("But the message could not be marked (")


def test_a_site_that_sends_no_mail_answers_nothing(boxes: Boxes, mail_user: MailUser) -> None:
    store = boxes.open(mail_user).store()
    given = Given(choice=Choice.ACCEPT, comment=Comment(""), seal=Word("0" * 24), token=Word("0" * 24))
    with pytest.raises(NotFound):
        answer_invitation(invited(store.account, 1), given, store, None, (), Clock(lambda: datetime.now(UTC)))
