"""The handler that checks the signatures of a message when it is opened."""

from core import Client, Sentence
from modules.dkim.checker import Checker
from modules.dkim.module import module
from modules.mail.api import MessageView, ReadingOptions, Role, message_page
from modules.trust.api import Signatures

_SPAM = Sentence("Signatures are not checked in Junk: the question for a key could tell that mail is read.")


@module.handler(message_page)
def check_signatures(view: MessageView, options: ReadingOptions, client: Client, checker: Checker) -> Signatures | None:
    """The signatures of an open message; None of what the user wrote themselves.

    Who signs sees who asks for the key. So nobody is asked for a message that is only looked at ahead, that another
    site led to, or that is spam.
    """
    if view.is_draft or view.mailbox.role is Role.SENT:
        return None
    mailbox = view.mailbox.name
    if view.mailbox.role is Role.JUNK:
        return checker.known(mailbox, view.uid, view.header) or Signatures(unchecked=_SPAM)
    if options.peek or not client.asked_here:
        return checker.known(mailbox, view.uid, view.header) or Signatures(waiting=True)
    return checker.check(mailbox, view.uid, view.header, view.received)
