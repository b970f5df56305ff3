"""The messages of one conversation: by the server's THREAD (RFC 5256), else by the identifiers in headers."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from core import Sentence
from modules.imap.errors import ServerGone
from modules.imap.fetching import fetch, section_of
from modules.imap.lease import Lease
from modules.imap.memory import Threads
from modules.imap.names import string
from modules.imap.searching import LARGEST_UID, read_found, search, search_command, search_keys
from modules.imap.sets import write_set
from modules.mail.api import MailboxName, MailboxState, Query, Uid, read_envelope

# In larger mailboxes conversations that were found before are gone on from; in still larger ones none are asked for.
MOST_THREADED_ANEW, MOST_THREADED = 5000, 300_000
_MOST_SHOWN = 500
_MOST_RELATED = 3000
_NEARBY = 1000
_THREADS = re.compile(rb"[0-9() ]*")
_UIDS = re.compile(rb"[0-9]+")
_IDS = b"BODY.PEEK[HEADER.FIELDS (MESSAGE-ID IN-REPLY-TO REFERENCES)]<0.16384>"


def conversation(
    lease: Lease, mailbox: MailboxName, uid: Uid, state: MailboxState, *, nearby: bool = False
) -> tuple[Uid, ...]:
    """The UIDs of a message's thread in the selected mailbox, oldest first, itself included; none where it vanished.

    What the server found is remembered. In mailboxes of more than 5,000 messages, for which it thinks long, what came
    since then is looked through for identifiers. With `nearby` only the thousand UIDs before and after the message are
    looked through where there are more, so that nobody waits.
    """
    found = _find(lease, mailbox, uid, state, nearby)
    ascending = sorted(number for number in found if 0 < number <= LARGEST_UID)
    if len(ascending) > _MOST_SHOWN:
        middle = ascending.index(uid)
        start = max(0, min(middle - _MOST_SHOWN // 2, len(ascending) - _MOST_SHOWN))
        ascending = ascending[start : start + _MOST_SHOWN]
    return tuple(Uid(number) for number in ascending)


@dataclass(frozen=True)
class Related:
    """What belongs to a conversation in a mailbox in this state: UIDs, ascending."""

    state: MailboxState
    uids: list[int]


def related(lease: Lease, identifiers: Iterable[str], within: Query, state: MailboxState) -> Related:
    """What has or names one of these identifiers and matches `within` in the selected mailbox, which is in this state.

    Of its messages the newest 3,000 are looked through: servers open the header of each.
    """
    keys = _related_keys(identifiers, within, state.messages)
    return Related(state, search(lease, keys)[-_MOST_SHOWN:] if keys else [])


def ask_related(lease: Lease, mailbox: MailboxName, identifiers: Iterable[str], within: Query) -> Related | None:
    """The same in one round trip with the state, where the mailbox is selected already; None where it is not."""
    selected = lease.connection.selected
    if selected is None or not lease.is_selected(mailbox):
        return None
    keys = _related_keys(identifiers, within, selected.messages)
    if not keys:
        return None
    told, found = lease.run_current(lease.state_command(mailbox), search_command(lease, keys))
    state = lease.hear_state(mailbox, told) if told.ok else None
    return Related(state, read_found(found)[-_MOST_SHOWN:]) if state is not None and found.ok else None


def _related_keys(identifiers: Iterable[str], within: Query, total: int) -> list[bytes]:
    if not (keys := _naming(identifiers)):
        return []
    newest = [b"%d:*" % (total - _MOST_RELATED + 1)] if total > _MOST_RELATED else []
    return [*newest, *search_keys(within), *keys]


def _find(lease: Lease, mailbox: MailboxName, uid: Uid, state: MailboxState, nearby: bool) -> set[int]:
    known = lease.memory.threads(mailbox)
    if known is not None and known.are_of(state):
        return known.of(uid)
    if (
        known is not None
        and state.messages > MOST_THREADED_ANEW
        and state.uidvalidity == known.state.uidvalidity
        and uid < known.state.uidnext
    ):
        return _gone_on(lease, uid, known)
    if nearby and state.messages > 2 * _NEARBY:
        return _by_identifiers(lease, uid, near=True)
    if lease.offers("THREAD=REFERENCES") and state.messages <= MOST_THREADED:
        return _by_server(lease, mailbox, state).of(uid)
    return _by_identifiers(lease, uid)


def _by_server(lease: Lease, mailbox: MailboxName, state: MailboxState) -> Threads:
    reply = lease.ask(Sentence("find conversations"), b"THREAD", b"REFERENCES", b"UTF-8", b"ALL", uid=True)
    lines = b"".join(_lines(heard.text) for heard in reply.heard if heard.kind == "THREAD")
    threads = Threads(state, lines)
    if state.uidvalidity and state.uidnext:
        lease.memory.keep_threads(mailbox, threads)
    return threads


def _lines(told: bytes) -> bytes:
    """A line for each conversation, with its UIDs between spaces, of the server's lists in lists (RFC 5256 4).

    Raises ServerGone for what is none of these.
    """
    if not _THREADS.fullmatch(told):
        raise ServerGone("The mail server sent an answer that holds no conversations.")
    lines: list[bytes] = []
    within: list[bytes] = []
    depth = 1
    for piece in told.strip().replace(b") (", b")(")[1:-1].split(b")("):
        depth += piece.count(b"(") - piece.count(b")")
        if depth > 1:
            within.append(piece)
        elif within:
            lines.append(b" ".join(_UIDS.findall(b" ".join((*within, piece)))))
            within.clear()
        else:
            # Of many thousand nearly all are one flat list.
            lines.append(piece)
    return b" " + b" \n ".join(lines) + b" \n"


def _by_identifiers(lease: Lease, uid: Uid, *, near: bool = False) -> set[int]:
    """What names the message or is named by it."""
    keys = _kin(lease, uid)
    if not keys:
        return set() if keys is None else {uid}
    around = b"%d:%d" % (max(1, uid - _NEARBY), min(LARGEST_UID, uid + _NEARBY))
    return {uid, *search(lease, [b"UID", around, *keys] if near else keys)}


def _gone_on(lease: Lease, uid: Uid, before: Threads) -> set[int]:
    """What is left of its conversation as it was found before, and what came since then and belongs to it."""
    keys = _kin(lease, uid)
    if keys is None:
        return set()
    wanted = [b"UID", write_set((uid, *before.of(uid)))]
    if keys:
        wanted = [b"OR", *wanted, b"(UID", b"%d:*" % before.state.uidnext, *keys[:-1], keys[-1] + b")"]
    return {uid, *search(lease, wanted)}


def _kin(lease: Lease, uid: Uid) -> list[bytes] | None:
    """Search keys for what names a message or is named by it; none where it names nothing, None where it vanished."""
    row = fetch(lease, [uid], b"(UID %s)" % _IDS).get(uid)
    if row is None:
        return None
    return _naming(read_envelope(section_of(row, b"BODY[HEADER.FIELDS") or b"").kin)


def _naming(identifiers: Iterable[str]) -> list[bytes]:
    """Search keys for what has or names one of these; none where none of them can be searched for."""
    keys: list[bytes] = []
    for identifier in filter(_is_searchable, identifiers):
        for field in (b"Message-ID", b"References", b"In-Reply-To"):
            term = [b"HEADER", field, string(identifier.encode("ascii"))]
            keys = [b"OR", *term, *keys] if keys else term
    return keys


def _is_searchable(identifier: str) -> bool:
    # Short ones would match half a mailbox, for a header is searched for a part of it.
    return identifier.isascii() and identifier.isprintable() and 5 < len(identifier) < 500
