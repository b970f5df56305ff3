"""The handlers that do something with messages: flags, filing, erasing, emptying; each tells how to take it back."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from core import (
    Clock,
    Conflict,
    InputError,
    Later,
    Notice,
    Redirect,
    Sentence,
    Undo,
)
from modules.mail.doing import AtAction, Done, tell_of
from modules.mail.inputs import Action, Afterwards, MessageAction, Place
from modules.mail.lists import check_account
from modules.mail.model import FLAGGED, SEEN, MailboxName, Role, Uid
from modules.mail.module import act_page, empty_page, module
from modules.mail.reports import AtReport, Judgement, Report, pass_on
from modules.mail.results import Acted
from modules.mail.search import narrow, read_query
from modules.mail.store import MailStore, Moved
from modules.mail.telling import tell, tell_emptied, tell_there_already

MOST_UNDONE = 500

# What a person is told, and where messages went.
_Acts = tuple[Acted, Moved | None]


@module.handler(act_page)
def act_on_messages(
    place: Place,
    asked: MessageAction,
    store: MailStore,
    clock: Clock,
    zone: ZoneInfo,
    listeners: Later[tuple[AtReport, ...]],
    at_action: Later[tuple[AtAction, ...]],
) -> Redirect:
    """Do what was asked with the named messages, or with all that the list shows."""
    check_account(place.account, store)
    mailbox = MailboxName(place.mailbox)
    if asked.uidvalidity is not None:
        store.expect(mailbox, asked.uidvalidity)
    uids = _named(mailbox, asked, store, clock, zone)
    if not uids:
        raise InputError("uid", Sentence("names no message: select at least one"))
    judgement = _JUDGED.get(asked.action)
    wrong = pass_on(Report(store, mailbox, uids, judgement), listeners()) if judgement is not None else ()
    acted, moved = _DO[asked.action](mailbox, uids, asked, store)
    tell_of(Done(store, asked.action, mailbox, uids, moved), at_action())
    if wrong:
        acted = replace(acted, text=Sentence.joined((acted.text, *wrong)))
    home = f"/mail/{place.account}/{mailbox.path}/"
    return Redirect(asked.next or home, told=acted, notice=Notice(acted.text, undo=acted.undo))


@module.handler(empty_page)
def empty_mailbox(
    place: Place, after: Afterwards, store: MailStore, at_action: Later[tuple[AtAction, ...]]
) -> Redirect:
    """Erase all that is in Trash or Junk."""
    check_account(place.account, store)
    mailbox = MailboxName(place.mailbox)
    if mailbox not in (store.role_mailbox(Role.TRASH), store.role_mailbox(Role.JUNK)):
        raise Conflict(Sentence("Only Trash and Junk can be emptied, and %(mailbox)s is neither.", mailbox=mailbox))
    acted = Acted(tell_emptied(mailbox, store.empty(mailbox)))
    tell_of(Done(store, Action.ERASE, mailbox, None), at_action())
    home = f"/mail/{place.account}/{mailbox.path}/"
    return Redirect(after.next or home, told=acted, notice=Notice(acted.text))


def _named(
    mailbox: MailboxName, asked: MessageAction, store: MailStore, clock: Clock, zone: ZoneInfo
) -> tuple[Uid, ...]:
    if not asked.all:
        return tuple(dict.fromkeys(asked.uid))
    return store.uids(mailbox, narrow(read_query(asked.q, clock.now().astimezone(zone)), asked.show))


def _flags(
    does: Action, back: Action, *, add: Sequence[str] = (), remove: Sequence[str] = ()
) -> Callable[[MailboxName, tuple[Uid, ...], MessageAction, MailStore], _Acts]:
    def act(mailbox: MailboxName, uids: tuple[Uid, ...], asked: MessageAction, store: MailStore) -> _Acts:
        uidvalidity = store.flag(mailbox, uids, add=add, remove=remove)
        undo = _undo(store, mailbox, uids, back, uidvalidity)
        return Acted(tell(does, len(uids)), uids, undo), None

    return act


def _archive(mailbox: MailboxName, uids: tuple[Uid, ...], asked: MessageAction, store: MailStore) -> _Acts:
    return _file(mailbox, uids, store, _with_role(store, Role.ARCHIVE))


def _trash(mailbox: MailboxName, uids: tuple[Uid, ...], asked: MessageAction, store: MailStore) -> _Acts:
    trash = _with_role(store, Role.TRASH)
    return _erase(mailbox, uids, asked, store) if trash == mailbox else _file(mailbox, uids, store, trash)


def _erase(mailbox: MailboxName, uids: tuple[Uid, ...], asked: MessageAction, store: MailStore) -> _Acts:
    store.erase(mailbox, uids)
    return Acted(tell(Action.ERASE, len(uids)), uids), None


def _junk(mailbox: MailboxName, uids: tuple[Uid, ...], asked: MessageAction, store: MailStore) -> _Acts:
    target = asked.target or _with_role(store, Role.JUNK)
    return _file(mailbox, uids, store, target, Action.JUNK, Action.UNJUDGED)


def _not_junk(mailbox: MailboxName, uids: tuple[Uid, ...], asked: MessageAction, store: MailStore) -> _Acts:
    # What was in Junk was spam before, by whoever's word.
    back = Action.JUNK if mailbox == store.role_mailbox(Role.JUNK) else Action.UNJUDGED
    return _file(mailbox, uids, store, asked.target or MailboxName("INBOX"), Action.NOT_JUNK, back)


def _unjudge(mailbox: MailboxName, uids: tuple[Uid, ...], asked: MessageAction, store: MailStore) -> _Acts:
    moved = None
    if asked.target is not None and asked.target != mailbox:
        moved = store.move(mailbox, uids, asked.target)
    return Acted(tell(Action.UNJUDGED, len(uids)), uids), moved


def _move(mailbox: MailboxName, uids: tuple[Uid, ...], asked: MessageAction, store: MailStore) -> _Acts:
    return _file(mailbox, uids, store, _target(asked, mailbox))


def _copy(mailbox: MailboxName, uids: tuple[Uid, ...], asked: MessageAction, store: MailStore) -> _Acts:
    target = _target(asked, mailbox)
    copied = store.copy(mailbox, uids, target)
    return Acted(tell(Action.COPY, len(uids), target), uids), copied


def _target(asked: MessageAction, mailbox: MailboxName) -> MailboxName:
    if asked.target is None:
        raise InputError("target", Sentence("is missing: say which folder"))
    if asked.target == mailbox:
        raise InputError("target", Sentence("is the folder they are in already"))
    return asked.target


def _file(
    mailbox: MailboxName,
    uids: tuple[Uid, ...],
    store: MailStore,
    target: MailboxName,
    does: Action = Action.MOVE,
    back: Action = Action.MOVE,
) -> _Acts:
    if target == mailbox:
        stays = tell_there_already(len(uids), target) if does is Action.MOVE else tell(does, len(uids))
        return Acted(stays, uids), None
    moved = store.move(mailbox, uids, target)
    words = tell(does, len(uids), target)
    return Acted(words, uids, _move_back(store, mailbox, moved, back)), moved


def _with_role(store: MailStore, role: Role) -> MailboxName:
    found = store.role_mailbox(role, create=True)
    assert found is not None, "a store makes the mailbox it is asked to make"
    return found


def _undo(store: MailStore, mailbox: MailboxName, uids: Sequence[Uid], back: Action, uidvalidity: int) -> Undo | None:
    """The form that takes something back. Under another UIDVALIDITY these UIDs are other messages: it is refused."""
    if len(uids) > MOST_UNDONE:
        return None
    fields = (("action", back.value), *(("uid", str(uid)) for uid in uids), ("uidvalidity", str(uidvalidity)))
    return Undo(f"/mail/{store.account}/{mailbox.path}/messages", fields)


def _move_back(store: MailStore, mailbox: MailboxName, moved: Moved, back: Action) -> Undo | None:
    """The form that moves messages back; None where the server did not tell their new UIDs."""
    undo = _undo(store, moved.mailbox, moved.uids, back, moved.uidvalidity) if moved.uids else None
    return replace(undo, fields=(*undo.fields, ("target", mailbox))) if undo is not None else None


_JUDGED = {
    Action.JUNK: Judgement.SPAM,
    Action.NOT_JUNK: Judgement.NOT_SPAM,
    Action.UNJUDGED: Judgement.WITHDRAWN,
}
_DO: dict[Action, Callable[[MailboxName, tuple[Uid, ...], MessageAction, MailStore], _Acts]] = {
    Action.SEEN: _flags(Action.SEEN, Action.UNSEEN, add=[SEEN]),
    Action.UNSEEN: _flags(Action.UNSEEN, Action.SEEN, remove=[SEEN]),
    Action.STAR: _flags(Action.STAR, Action.UNSTAR, add=[FLAGGED]),
    Action.UNSTAR: _flags(Action.UNSTAR, Action.STAR, remove=[FLAGGED]),
    Action.ARCHIVE: _archive,
    Action.TRASH: _trash,
    Action.ERASE: _erase,
    Action.JUNK: _junk,
    Action.NOT_JUNK: _not_junk,
    Action.UNJUDGED: _unjudge,
    Action.MOVE: _move,
    Action.COPY: _copy,
}
