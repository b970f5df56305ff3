"""A borrowed connection at work for one account: names put on the wire, mailboxes selected, refusals raised."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from core import Conflict, Sentence
from modules.imap.client import Command, ImapConnection, Reply, tokens_of
from modules.imap.errors import ServerRefused, refusal
from modules.imap.memory import Memory, Namespace
from modules.imap.names import decode_name, string
from modules.imap.selected import Selected
from modules.imap.tokens import Token, as_bytes, as_int, as_list, pairs
from modules.imap.told import Heard
from modules.mail.api import MailboxName, MailboxState, Uid

_HEAR = Command(b"NOOP")
_NEWS = frozenset({"EXISTS", "EXPUNGE", "VANISHED", "RECENT", "FLAGS"})


@dataclass(eq=False)
class Moment:
    """A stretch of a request in which nothing is written: what mailboxes were like, and which messages were there.

    `texts` are the sections that came with their messages, as they are stored; `fetched` what came of messages as their
    mailbox was selected; `came` what was fetched of messages from a UID on, and `sorted` what the server said of
    orders, in these states. `settled` are those states in which the selected mailbox was found to be, too.
    """

    states: dict[MailboxName, MailboxState] = field(default_factory=dict)
    settled: dict[MailboxName, MailboxState] = field(default_factory=dict)
    present: set[tuple[MailboxName, Uid]] = field(default_factory=set)
    texts: dict[tuple[MailboxName, Uid, bytes], bytes] = field(default_factory=dict)
    fetched: dict[tuple[MailboxName, Uid], dict[bytes, Token]] = field(default_factory=dict)
    came: dict[tuple[MailboxName, int], dict[int, dict[bytes, Token]]] = field(default_factory=dict)
    sorted: dict[Hashable, Reply] = field(default_factory=dict)

    def forget(self, name: MailboxName) -> None:
        """Believe nothing that was heard of a mailbox."""
        self.states.pop(name, None)
        self.came.clear()
        self.sorted.clear()


@dataclass
class Lease:
    """One connection for the length of one operation, with what is known of its account.

    `expected` holds the UIDVALIDITY under which this request has seen each mailbox; another one raises Conflict.
    What was heard at this `moment` is not asked for again.
    """

    connection: ImapConnection
    memory: Memory
    expected: Mapping[MailboxName, int] = field(default_factory=dict)
    note_selected: Callable[[MailboxName, Selected], None] = lambda name, selected: None
    moment: Moment = field(default_factory=Moment)

    def offers(self, capability: str) -> bool:
        """Whether the server can do this."""
        return self.connection.offers(capability)

    def raw(self, name: MailboxName) -> bytes:
        """A mailbox's name as the server knows it, not yet quoted."""
        return self.memory.write_name(name, self.connection.utf8)[0]

    def quoted(self, name: MailboxName) -> bytes:
        """A mailbox's name as an argument."""
        return self.memory.write_name(name, self.connection.utf8)[1]

    def ask(self, doing: str, command: bytes, *arguments: bytes, mailbox: str = "", uid: bool = False) -> Reply:
        """Run a command that must succeed; `doing` reads after "could not" where it does not."""
        reply = self.connection.run(command, *arguments, uid=uid)
        if not reply.ok:
            raise refusal(reply.answer, doing, mailbox)
        return reply

    def run_current(self, *commands: Command) -> list[Reply]:
        """Hear what is new in the selected mailbox, and run commands on what is there afterwards.

        That takes one round trip where nothing is new. Where something is they run again, for servers may tell of it
        only after they did them: what changes something must be such that it may be done twice.
        """
        selected = self.connection.selected
        if selected is None or selected.moment is self.moment:
            return self.connection.run_all(commands) if commands else []
        replies, news = self.hear_with(commands)
        return self.connection.run_all(commands) if commands and news else replies

    def hear_with(self, commands: Sequence[Command]) -> tuple[list[Reply], bool]:
        """Hear what is new in the selected mailbox in one round trip with commands; whether they are to run again."""
        return self._heard_with(commands, self.connection.run_all([_HEAR, *commands]))

    def begin_to_hear_with(self, commands: Sequence[Command]) -> Callable[[], tuple[list[Reply], bool]]:
        """Ask for the same, where no command holds a literal, and wait for nothing; what does the rest."""
        begun = self.connection.begin([_HEAR, *commands])
        return lambda: self._heard_with(commands, self.connection.finish(begun))

    def _heard_with(self, commands: Sequence[Command], replies: list[Reply]) -> tuple[list[Reply], bool]:
        if not replies[0].ok:
            raise refusal(replies[0].answer, "look for new messages")
        if self.connection.selected is not None:
            self.connection.selected.moment = self.moment
        fetching = any(command.name in (b"FETCH", b"STORE") for command in commands)
        news = _NEWS if fetching else _NEWS | {"FETCH"}
        return replies[1:], not news.isdisjoint([heard.kind for heard in replies[0].heard])

    @property
    def is_current(self) -> bool:
        """Whether news of the selected mailbox were heard at this moment."""
        selected = self.connection.selected
        return selected is not None and selected.moment is self.moment

    def hear_again(self) -> None:
        """Let the next command hear news first, whatever was heard before."""
        if self.connection.selected is not None:
            self.connection.selected.moment = None
        self.moment.states.clear()
        self.moment.fetched.clear()
        self.moment.came.clear()
        self.moment.sorted.clear()

    @property
    def selected_name(self) -> MailboxName | None:
        """Which mailbox this connection has selected."""
        selected = self.connection.selected
        return MailboxName(selected.name) if selected is not None else None

    def is_selected(self, name: MailboxName) -> bool:
        """Whether this connection has the mailbox selected."""
        selected = self.connection.selected
        return selected is not None and selected.raw_name == self.raw(name)

    def select(self, name: MailboxName, *, current: bool = True) -> Selected:
        """Select a mailbox; where it is already, hear what is new in it unless that does not matter."""
        raw, selected = self.raw(name), self.connection.selected
        if selected is None or selected.raw_name != raw:
            selected = self._select(name, raw)
        elif current:
            self.run_current()
            if self.connection.doubted:
                # Others may have made it anew: what is done from here on is done to what is there now.
                selected = self._select(name, raw)
        if selected.uidvalidity != self.expected.get(name, selected.uidvalidity):
            selected = self._select(name, raw)
            if selected.uidvalidity != self.expected[name]:
                raise Conflict(
                    Sentence(
                        "%(name)s was made anew on the mail server. Open the folder again, then repeat this.", name=name
                    )
                )
        self.note_selected(name, selected)
        return selected

    def reselect(self, name: MailboxName) -> Selected:
        """Select a mailbox anew, as when its state does not fit what was heard of it."""
        selected = self._select(name, self.raw(name))
        self.note_selected(name, selected)
        return selected

    def unselect(self, name: MailboxName) -> None:
        """Leave a mailbox that is about to be deleted or renamed, without expunging anything."""
        selected = self.connection.selected
        if selected is None or selected.raw_name != self.raw(name):
            return
        self.connection.unselect()

    def state(self, name: MailboxName) -> MailboxState:
        """The mailbox's counters (RFC 9051 6.3.11), with what is new in it should it be the selected one."""
        known = self.moment.states.get(name)
        if known is not None:
            return known
        asked = self.state_command(name)
        # Of the selected mailbox servers may tell what they told before (RFC 3501 6.3.10).
        run = self.run_current if self.is_selected(name) else lambda command: self.connection.run_all([command])
        return self.read_state(name, run(asked)[0])

    def state_command(self, name: MailboxName) -> Command:
        """What asks for a mailbox's counters."""
        items = b"(MESSAGES UIDNEXT UIDVALIDITY UNSEEN%s)" % (b" HIGHESTMODSEQ" if self.offers("CONDSTORE") else b"")
        return Command(b"STATUS", (self.quoted(name), items))

    def read_state(self, name: MailboxName, reply: Reply) -> MailboxState:
        """The counters that a reply tells, remembered for this moment."""
        if not reply.ok:
            raise refusal(reply.answer, f"look into {name}", name)
        state = self.hear_state(name, reply)
        if state is None:
            raise ServerRefused(Sentence("The mail server does not tell the state of %(name)s.", name=name))
        return state

    def hear_state(self, name: MailboxName, reply: Reply) -> MailboxState | None:
        """The counters that a reply tells beside those of LIST, if it does."""
        for heard in reversed(reply.heard):
            if heard.kind == "STATUS" and b"UIDVALIDITY" in heard.end:
                told = heard.text if len(heard.records) == 1 else b""
                state = self.memory.recall_told(name, told) or self._read_status(heard)
                if state is not None:
                    self.memory.keep_told(name, told, state)
                    self.moment.states[name] = state
                    return state
        return None

    def hear_states(self, names: Sequence[MailboxName], replies: Sequence[Reply]) -> None:
        """The counters of these mailboxes, as far as replies to commands in one go tell them."""
        for heard in replies[-1].heard if replies else ():
            if heard.kind == "STATUS" and b"UIDVALIDITY" in heard.end:
                name = decode_name(as_bytes(tokens_of(heard.records)[0]), utf8=self.connection.utf8)
                state = self._read_status(heard)
                if name is not None and name in names and state is not None:
                    self.moment.states[name] = state

    def _read_status(self, heard: Heard) -> MailboxState | None:
        tokens = tokens_of(heard.records)
        counts = pairs(as_list(tokens[-1])) if tokens else {}
        return self._state(counts) if b"UIDVALIDITY" in counts else None

    @staticmethod
    def _state(counts: dict[bytes, Token]) -> MailboxState:
        modseq = as_int(counts.get(b"HIGHESTMODSEQ", 0))
        return MailboxState(
            uidvalidity=as_int(counts.get(b"UIDVALIDITY", 0)),
            uidnext=as_int(counts.get(b"UIDNEXT", 0)),
            messages=as_int(counts.get(b"MESSAGES", 0)),
            unseen=as_int(counts.get(b"UNSEEN", 0)),
            highestmodseq=modseq or None,
        )

    def namespace(self) -> Namespace:
        """Where this account's own mailboxes go (RFC 2342, RFC 9051 6.3.10)."""
        if self.memory.namespace is None:
            told = self.ask("tell where folders go", b"NAMESPACE") if self.offers("NAMESPACE") else None
            self.memory.namespace = (told and self.read_namespace(told)) or self._without_namespace()
        return self.memory.namespace

    @staticmethod
    def read_namespace(reply: Reply) -> Namespace | None:
        """Where a reply to NAMESPACE says that mailboxes go, if it does."""
        tokens = reply.last("NAMESPACE")
        personal = as_list(as_list(tokens[0])[0]) if tokens and as_list(tokens[0]) else []
        if len(personal) < 2:
            return None
        prefix = as_bytes(personal[0]).decode("utf-8", "replace")
        return Namespace(prefix, as_bytes(personal[1]).decode("utf-8", "replace") or None)

    def _select(self, name: MailboxName, raw: bytes) -> Selected:
        self.connection.selected = None
        return self._note_selected(name, raw, self.ask(f"open {name}", b"SELECT", string(raw), mailbox=name))

    def _note_selected(self, name: MailboxName, raw: bytes, reply: Reply) -> Selected:
        selected = Selected(raw, name, moment=self.moment)
        for heard in reply.heard:
            selected.hear(heard)
        self.connection.selected = selected
        return selected

    def select_with(self, name: MailboxName, after: Sequence[Command]) -> list[Reply]:
        """Select a mailbox in one round trip with commands after that, and give all the replies.

        Servers do one after the other where the order matters (RFC 9051 5.5). Where the mailbox is not selected, or one
        did not, the first reply does not say OK.
        """
        raw = self.raw(name)
        self.connection.selected = None
        reply, *others = self.connection.run_all([Command(b"SELECT", (string(raw),)), *after])
        if not reply.ok:
            return [reply, *others]
        kinds = [heard.kind for heard in reply.heard]
        told = [kinds.index(kind) for kind in ("FETCH", "SEARCH", "ESEARCH", "SORT") if kind in kinds]
        self._note_selected(name, raw, reply)
        if "UIDVALIDITY" not in kinds or min(told, default=len(kinds)) < kinds.index("UIDVALIDITY"):
            reply = replace(reply, kind="NO")
        return [reply, *others]

    def _without_namespace(self) -> Namespace:
        # RFC 9051 6.3.9: an empty name asks for the delimiter.
        tokens = self.ask("tell how folders are named", b"LIST", b'""', b'""').last("LIST")
        delimiter = as_bytes(tokens[1]).decode("utf-8", "replace") if len(tokens) >= 3 else ""
        return Namespace("", delimiter or None)
