"""The messages of one conversation: by the server's THREAD (RFC 5256), else by the identifiers in headers."""

from core import Sentence
from modules.imap.fetching import fetch, section_of
from modules.imap.lease import Lease
from modules.imap.names import string
from modules.imap.searching import LARGEST_UID, search
from modules.imap.tokens import Token
from modules.mail.api import MailboxName, MailboxState, Uid, read_envelope

MOST_THREADED = 5000
_MOST_SHOWN = 500
_MOST_IDS = 3
_NEARBY = 1000
_IDS = b"BODY.PEEK[HEADER.FIELDS (MESSAGE-ID IN-REPLY-TO REFERENCES)]<0.16384>"


def conversation(
    lease: Lease, mailbox: MailboxName, uid: Uid, state: MailboxState, *, nearby: bool = False
) -> tuple[Uid, ...]:
    """The UIDs of a message's thread in the selected mailbox, oldest first, itself included; none where it vanished.

    In mailboxes of more than 5,000 messages the identifiers decide too: a thread of all of them takes too long. With
    `nearby` only the thousand UIDs before and after it are looked through where there are more, so that nobody waits.
    """
    near = nearby and state.messages > 2 * _NEARBY
    threaded = lease.offers("THREAD=REFERENCES") and state.messages <= MOST_THREADED and not near
    found = _by_server(lease, uid) if threaded else _by_identifiers(lease, uid, near=near)
    ascending = sorted(number for number in found if 0 < number <= LARGEST_UID)
    if len(ascending) > _MOST_SHOWN:
        middle = ascending.index(uid)
        start = max(0, min(middle - _MOST_SHOWN // 2, len(ascending) - _MOST_SHOWN))
        ascending = ascending[start : start + _MOST_SHOWN]
    return tuple(Uid(number) for number in ascending)


def _by_server(lease: Lease, uid: Uid) -> set[int]:
    reply = lease.ask(Sentence("find conversations"), b"THREAD", b"REFERENCES", b"UTF-8", b"ALL", uid=True)
    for tokens in reply.all("THREAD"):
        for thread in tokens:
            members = _members(thread)
            if uid in members:
                return members
    return set()


def _members(thread: Token) -> set[int]:
    """All numbers in a thread, however deep its lists are."""
    members: set[int] = set()
    waiting = [thread]
    while waiting:
        token = waiting.pop()
        if isinstance(token, list):
            waiting.extend(token)
        elif isinstance(token, int):
            members.add(token)
    return members


def _by_identifiers(lease: Lease, uid: Uid, *, near: bool) -> set[int]:
    row = fetch(lease, [uid], b"(UID %s)" % _IDS).get(uid)
    if row is None:
        return set()
    envelope = read_envelope(section_of(row, b"BODY[HEADER.FIELDS") or b"")
    known = (*envelope.references[:1], *envelope.references[-1:], *envelope.in_reply_to[:1], envelope.message_id)
    ids = list(dict.fromkeys(identifier for identifier in known if _is_searchable(identifier)))[-_MOST_IDS - 1 :]
    terms = [
        [b"HEADER", field, string(identifier.encode("ascii"))]
        for identifier in ids
        for field in (b"Message-ID", b"References", b"In-Reply-To")
    ]
    if not terms:
        return {uid}
    keys = terms[0]
    for term in terms[1:]:
        keys = [b"OR", *term, *keys]
    around = [b"UID", b"%d:%d" % (max(1, uid - _NEARBY), min(LARGEST_UID, uid + _NEARBY))] if near else []
    return {uid, *search(lease, [*around, *keys])}


def _is_searchable(identifier: str) -> bool:
    # Short ones would match half a mailbox, for a header is searched for a part of it.
    return identifier.isascii() and identifier.isprintable() and 5 < len(identifier) < 500
