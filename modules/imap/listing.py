"""The list of mailboxes: LIST with all it can return (RFC 5258, RFC 5819, RFC 6154), or LIST, LSUB and STATUS."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from core import Sentence
from modules.imap.ahead import Window, ask_ahead, begin_ahead
from modules.imap.client import Command, Reply, tokens_of
from modules.imap.counting import count_apart
from modules.imap.errors import refusal
from modules.imap.folders import QUOTA, quota, read_quota
from modules.imap.lease import Lease
from modules.imap.memory import Listed
from modules.imap.names import INBOX, Literal, decode_name
from modules.imap.roles import in_order, role_of_attributes, role_of_name
from modules.imap.tokens import Token, as_bytes, as_int, as_list, pairs
from modules.imap.told import Heard
from modules.mail.api import Mailbox, MailboxName, Quota, Role

MOST_MAILBOXES = 5000
# A STATUS that was asked for by itself, beside those that LIST returns.
_NAMES_ONE = b"UIDVALIDITY"
_OF_ONE = re.compile(rb"\([^()]*UIDVALIDITY \d+[^()]*\)\s*\Z")
_NAMESPACE = Command(b"NAMESPACE")
_SUBSCRIPTIONS = Command(b"LSUB", (b'""', b"*"))
_OF_MAILBOXES = ("LIST", "STATUS")
_MARKS = frozenset({b"\\marked", b"\\unmarked"})
_UNUSABLE = frozenset({"\\noselect", "\\nonexistent"})


@dataclass(frozen=True)
class _Listed:
    name: MailboxName
    raw: bytes
    delimiter: str | None
    attributes: frozenset[str]


def list_mailboxes(lease: Lease, assigned: Mapping[Role, MailboxName], *, counts: bool) -> tuple[Mailbox, ...]:
    """All mailboxes in the order people expect: INBOX, those with a role, the rest by name, children after parents."""
    commands = [Command(*_list(lease, counts=counts))]
    if not lease.offers("LIST-EXTENDED"):
        commands.append(_SUBSCRIPTIONS)
    replies = lease.connection.run_all(commands)
    for reply, doing in zip(replies, (Sentence("list the folders"), Sentence("list the subscriptions")), strict=False):
        if not reply.ok:
            raise refusal(reply.answer, doing)
    return _read_all(lease, replies[-1], assigned, counts=counts)


def list_with_quota(
    lease: Lease, assigned: Mapping[Role, MailboxName], window: Window | None = None
) -> tuple[tuple[Mailbox, ...], Quota | None]:
    """All mailboxes with their counts, and the quota; and news of the selected mailbox, so that nobody asks again.

    What will be asked for a window of a list is asked too. That is one round trip where the server can tell it so.
    """
    if not lease.offers("LIST-STATUS"):
        mailboxes = list_mailboxes(lease, assigned, counts=True)
        known = lease.memory.recall_quota(mailboxes) or lease.memory.keep_quota(quota(lease), mailboxes)
        return mailboxes, known.quota
    commands = listing_commands(lease)
    replies = ask_ahead(lease, window, *commands) if window is not None else _ask_with_state(lease, commands)
    return read_listing(lease, commands, replies, assigned)


def begin_list(
    lease: Lease, assigned: Mapping[Role, MailboxName], window: Window | None
) -> Callable[[], tuple[tuple[Mailbox, ...], Quota | None]] | None:
    """Ask for the same in one round trip, and wait for nothing; what does the rest.

    None where more would have to be asked, or where the server cannot tell it so; then nothing was.
    """
    if not lease.offers("LIST-STATUS"):
        return None
    commands = listing_commands(lease)
    hear = begin_ahead(lease, window, *commands) if window is not None else _begin_with_state(lease, commands)
    return None if hear is None else lambda: read_listing(lease, commands, hear(), assigned)


def listing_commands(lease: Lease) -> list[Command]:
    """What asks for all mailboxes with their counts, and for a quota that is due, where the server has LIST-STATUS."""
    commands = [Command(*_list(lease, counts=True))]
    listed = lease.memory.listed.get(True)
    if lease.offers("QUOTA") and (listed is None or lease.memory.recall_quota(listed.mailboxes) is None):
        commands.append(QUOTA)
    return commands + ([_NAMESPACE] if lease.memory.namespace is None and lease.offers("NAMESPACE") else [])


def read_listing(
    lease: Lease, commands: Sequence[Command], replies: Sequence[Reply], assigned: Mapping[Role, MailboxName]
) -> tuple[tuple[Mailbox, ...], Quota | None]:
    """All mailboxes and the quota, as the replies to those commands tell them. Raises what a refusal means."""
    listed, *others = replies
    if not listed.ok:
        raise refusal(listed.answer, Sentence("list the folders"))
    if _NAMESPACE in commands and others[-1].ok:
        lease.memory.namespace = lease.read_namespace(others[-1])
    lease.memory.unchanged = True
    mailboxes = _read_all(lease, listed, assigned, counts=True)
    known = lease.memory.quota
    if QUOTA in commands or known is None:
        known = lease.memory.keep_quota(read_quota(others[0]) if QUOTA in commands else None, mailboxes)
    return mailboxes, known.quota


def _ask_with_state(lease: Lease, commands: list[Command]) -> list[Reply]:
    """Run commands, and hear the state of the selected mailbox with them."""
    name, count = lease.selected_name, len(commands)
    asked = [lease.state_command(name)] if name is not None and name not in lease.moment.states else []
    replies = lease.run_current(*commands, *asked)
    if name is not None and asked and replies[-1].ok:
        lease.hear_state(name, replies[-1])
    return replies[:count]


def _begin_with_state(lease: Lease, commands: list[Command]) -> Callable[[], list[Reply]] | None:
    """Begin to run commands, and to hear the state of the selected mailbox with them."""
    name = lease.selected_name
    if name is None or lease.is_current or isinstance(lease.quoted(name), Literal):
        return None
    asked = [*commands, lease.state_command(name)]
    hear = lease.begin_to_hear_with(asked)

    def finish() -> list[Reply]:
        replies, news = hear()
        if news:
            replies = lease.connection.run_all(asked)
        if replies[-1].ok:
            lease.hear_state(name, replies[-1])
        return replies[:-1]

    return finish


def _read_all(lease: Lease, reply: Reply, assigned: Mapping[Role, MailboxName], *, counts: bool) -> tuple[Mailbox, ...]:
    """Read an answer; where it is the same as the last time, so are the mailboxes."""
    if not lease.offers("LIST-STATUS"):
        # What the answer tells without counts is not worth comparing; the mailboxes are what others recall.
        found = _arrange(lease, reply, assigned, counts=counts)
        lease.memory.listed[counts] = Listed(None, None, dict(assigned), found)
        return found
    if not lease.offers("LIST-EXTENDED"):
        return _arrange(lease, reply, assigned, counts=counts)
    # What the server said in the same octets as before is mostly the same objects, which are compared at once.
    heard = (lease.connection.utf8, [one for one in reply.heard if one.kind in _OF_MAILBOXES])
    known = lease.memory.listed.get(counts)
    if known is not None and known.assigned != assigned:
        known = replace(known, heard=None, told=None)
    if known is not None and known.heard == heard:
        return known.mailboxes
    told = (heard[0], [one for one in heard[1] if not (_NAMES_ONE in one.records[-1] and _is_of_one(one))])
    if known is not None and known.told == told:
        lease.memory.listed[counts] = replace(known, heard=heard)
        return known.mailboxes
    mailboxes = _count_anew(lease, known, told[1]) if known is not None and known.told is not None else None
    if mailboxes is None:
        before = {one.name: one for one in known.mailboxes} if known is not None else {}
        # Those that stay the same stay the same objects: what was made of them holds on.
        arranged = _arrange(lease, reply, assigned, counts=counts)
        mailboxes = tuple(before[one.name] if before.get(one.name) == one else one for one in arranged)
    lease.memory.listed[counts] = Listed(told, heard, dict(assigned), mailboxes)
    return mailboxes


def _is_of_one(heard: Heard) -> bool:
    return heard.kind != "LIST" and _OF_ONE.search(heard.end) is not None


def _count_anew(lease: Lease, known: Listed, told: list[Heard]) -> tuple[Mailbox, ...] | None:
    """The mailboxes with other counts, where nothing else is told otherwise than before; None where something is."""
    utf8, before = known.told or (False, [])
    if utf8 != lease.connection.utf8 or len(before) != len(told):
        return None
    counts: dict[MailboxName, tuple[int, int]] = {}
    for was, now in zip(before, told, strict=True):
        if was is now or was == now:
            continue
        tokens, ago = tokens_of(now.records), tokens_of(was.records)
        if was.kind == now.kind == "LIST" and _unmarked(tokens) == _unmarked(ago):
            continue
        if was.kind != "STATUS" or now.kind != "STATUS":
            return None
        name = _read_name(lease, tokens[0]) if len(tokens) == 2 and tokens[:1] == ago[:1] else None
        if name is None or name in counts:
            return None
        counts[name] = _counts_in(tokens[1])
    return tuple([_counted(one, counts[one.name]) if one.name in counts else one for one in known.mailboxes])


def _unmarked(tokens: list[Token]) -> list[Token]:
    """What is told of a mailbox but for whether mail came, which counts tell."""
    attributes = as_list(tokens[0]) if tokens else []
    return [[one for one in attributes if as_bytes(one).lower() not in _MARKS], *tokens[1:]]


def _counted(mailbox: Mailbox, counts: tuple[int, int]) -> Mailbox:
    return replace(mailbox, messages=counts[0], unseen=counts[1])


def _arrange(lease: Lease, reply: Reply, assigned: Mapping[Role, MailboxName], *, counts: bool) -> tuple[Mailbox, ...]:
    listed = _read_list(lease, reply, "LIST")
    subscribed = _subscribed(lease, reply, listed)
    roles = find_roles(lease, listed, assigned)
    at_once = counts and lease.offers("LIST-STATUS")
    known = _read_counts(lease, reply, {one.raw: one.name for one in listed.values()}) if at_once else {}
    mailboxes = [
        Mailbox(
            name=one.name,
            delimiter=one.delimiter,
            role=roles.get(one.name),
            selectable=not one.attributes & _UNUSABLE,
            subscribed=one.name in subscribed,
            messages=known.get(one.name, (None, None))[0],
            unseen=known.get(one.name, (None, None))[1],
        )
        for one in listed.values()
    ]
    if counts and not at_once:
        known = count_apart(lease, mailboxes)
        mailboxes = [_counted(one, known[one.name]) if one.name in known else one for one in mailboxes]
    return tuple(in_order(mailboxes))


def find_roles(
    lease: Lease, listed: Mapping[MailboxName, _Listed], assigned: Mapping[Role, MailboxName]
) -> dict[MailboxName, Role]:
    """One mailbox for each role: as the user assigned it, as the server marks it, as its name says."""
    found: dict[Role, MailboxName] = {Role.INBOX: INBOX}
    usable = [one for one in listed.values() if not one.attributes & _UNUSABLE and one.name != INBOX]
    for role, name in assigned.items():
        if any(one.name == name for one in usable):
            found.setdefault(role, name)
    marked = {alike: role_of_attributes(alike) for alike in {one.attributes for one in usable}}
    for one in usable:
        if (role_found := marked[one.attributes]) and one.name not in found.values():
            found.setdefault(role_found, one.name)
    for one in usable:
        role_found = role_of_name(_own_part(lease, one))
        if role_found and one.name not in found.values():
            found.setdefault(role_found, one.name)
    return {name: role for role, name in found.items()}


def _own_part(lease: Lease, one: _Listed) -> str:
    """The name without the personal prefix; deeper mailboxes keep their path, so that none is taken for a role."""
    prefix = lease.namespace().prefix
    return str(one.name).removeprefix(prefix) if prefix else str(one.name)


def _list(lease: Lease, *, counts: bool) -> tuple[bytes, tuple[bytes, ...]]:
    if not lease.offers("LIST-EXTENDED"):
        return b"LIST", (b'""', b"*")
    wanted = [b"SUBSCRIBED"]
    if lease.offers("SPECIAL-USE"):
        wanted.append(b"SPECIAL-USE")
    if counts and lease.offers("LIST-STATUS"):
        wanted.append(b"STATUS (MESSAGES UNSEEN)")
    return b"LIST", (b'""', b'"*"', b"RETURN (%s)" % b" ".join(wanted))


def _read_list(lease: Lease, reply: Reply, kind: str) -> dict[MailboxName, _Listed]:
    listed: dict[MailboxName, _Listed] = {}
    for tokens in reply.all(kind):
        if len(tokens) < 3 or len(listed) >= MOST_MAILBOXES:
            continue
        said = [token.decode("ascii", "replace").lower() for token in as_list(tokens[0]) if isinstance(token, bytes)]
        name, raw = _read_name(lease, tokens[2]), as_bytes(tokens[2])
        if name is not None and name not in listed:
            listed[name] = _Listed(name, raw, as_bytes(tokens[1]).decode("utf-8", "replace") or None, frozenset(said))
    return listed


def _read_name(lease: Lease, token: Token) -> MailboxName | None:
    raw = as_bytes(token)
    name = decode_name(raw, utf8=lease.connection.utf8)
    if name is not None and name != INBOX:
        lease.memory.remember_name(name, raw, lease.connection.utf8)
    return name


def _subscribed(lease: Lease, reply: Reply, listed: Mapping[MailboxName, _Listed]) -> frozenset[MailboxName]:
    if lease.offers("LIST-EXTENDED"):
        return frozenset(name for name, one in listed.items() if "\\subscribed" in one.attributes)
    if lease.offers("LIST-STATUS"):
        reply = lease.ask(Sentence("list the subscriptions"), _SUBSCRIPTIONS.name, *_SUBSCRIPTIONS.arguments)
    return frozenset(_read_list(lease, reply, "LSUB"))


def _read_counts(lease: Lease, reply: Reply, names: Mapping[bytes, MailboxName]) -> dict[MailboxName, tuple[int, int]]:
    counts: dict[MailboxName, tuple[int, int]] = {}
    for tokens in reply.all("STATUS"):
        name = (names.get(as_bytes(tokens[0])) or _read_name(lease, tokens[0])) if len(tokens) == 2 else None
        if name is not None:
            counts[name] = _counts_in(tokens[1])
    return counts


def _counts_in(told: Token) -> tuple[int, int]:
    match told:
        case [b"MESSAGES", int(messages), b"UNSEEN", int(unseen)]:
            return messages, unseen
    said = pairs(as_list(told))
    return as_int(said.get(b"MESSAGES", 0)), as_int(said.get(b"UNSEEN", 0))
