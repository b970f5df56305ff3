"""What compose adds to invitations: answers to them, sent as any other message of the user's."""

import logging

from core import Clock, Refusal, Sentence, UpstreamError, User
from modules.compose.api import (
    AtSending,
    CalendarPart,
    Outgoing,
    SendingIdentity,
    SentOnce,
    Token,
    build_message,
    keep_copy,
    make_message_id,
    read_recipients,
    recipients,
    tell_listeners,
)
from modules.invitations.module import module
from modules.invitations.reply import Reply, subject_of, words_of, write_calendar
from modules.invitations.results import Answering
from modules.mail.api import Correspondent, MailStore, SubmissionLater

log = logging.getLogger("hm3.invitations")


@module.service
def offer_answers(
    user: User,
    store: MailStore,
    submission: SubmissionLater,
    identities: tuple[SendingIdentity, ...],
    once: SentOnce,
    listeners: tuple[AtSending, ...],
    clock: Clock,
) -> Answering:
    """Hands an answer in as the address that was invited, and keeps a copy in Sent."""

    def send(reply: Reply, message_id: str, token: str) -> tuple[Sentence, ...] | None:
        with once.attempt(user.name, Token(token)) as attempt:
            if attempt.sent:
                return None
            outgoing = letter_of(reply, message_id)
            message = build_message(outgoing)
            with submission.open() as opened:
                opened.submit(reply.attendee, recipients(outgoing), message)
            attempt.mark_sent()
        tell_listeners(outgoing, listeners)
        try:
            keep_copy(outgoing, message, store)
        except (UpstreamError, Refusal) as error:
            log.warning("after an answer: no copy could be kept in Sent: %s", error)
            return (Sentence("But no copy could be kept in Sent (%(reason)s).", reason=str(error)),)
        return ()

    names = {one.address.casefold(): one.name for one in identities}
    return Answering(
        tuple(dict.fromkeys(one.address for one in identities if is_address(one.address))),
        is_address,
        lambda address: names.get(address.casefold(), ""),
        Token.make,
        send,
    )


def letter_of(reply: Reply, message_id: str) -> Outgoing:
    """The message that carries an answer: words for people, and a calendar object for programs (RFC 6047 2)."""
    return Outgoing(
        sender=Correspondent(reply.name, reply.attendee),
        date=reply.at,
        message_id=make_message_id(reply.attendee),
        to=(Correspondent("", reply.organizer),),
        subject=subject_of(reply),
        text=words_of(reply),
        calendar=CalendarPart("REPLY", write_calendar(reply)),
        in_reply_to=message_id,
        references=(message_id,) if message_id else (),
    )


def is_address(address: str) -> bool:
    """Whether mail can be sent to it and people see all of it: one address, without a name, a query or hidden signs.

    One with a space in quotes is none here: an answer could not hold it.
    """
    try:
        people = read_recipients(address)
    except ValueError:
        return False
    return people == (Correspondent("", address),) and address.isprintable() and " " not in address
