"""The handlers that keep what is written: drafts in the Drafts mailbox, files on their way, and throwing both away."""

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from core import Clock, Conflict, NotFound, Notice, Redirect, Sentence, User
from modules.compose.assembling import Assembly
from modules.compose.beginning import show_upload
from modules.compose.filing import file_message
from modules.compose.inputs import DRAFT, NewFiles, OneUpload, Written
from modules.compose.message import COMPOSITION, build_message
from modules.compose.module import attach_page, detach_page, discard_page, draft_page, module
from modules.compose.once import Attempt, SentOnce
from modules.compose.results import (
    ComposeAttachment,
    DraftSaved,
    SendingIdentity,
    Uploaded,
    UploadsKept,
)
from modules.compose.settings import ComposeConfig
from modules.compose.source import Source
from modules.compose.uploads import Uploads
from modules.mail.api import DRAFT as DRAFT_FLAG
from modules.mail.api import SEEN, MailboxName, MailStore, PackedTexts, Role, Uid


@dataclass(frozen=True)
class SavedDraft:
    """A draft that was stored: what scripts are told, and where people go on with it."""

    told: DraftSaved
    location: str


@module.handler(draft_page)
def save_draft(
    written: Written,
    user: User,
    store: MailStore,
    uploads: Uploads,
    once: SentOnce,
    identities: tuple[SendingIdentity, ...],
    config: ComposeConfig,
    clock: Clock,
    packed: tuple[PackedTexts, ...],
) -> Redirect:
    """Store what is written so far in place of what was stored before."""
    if written.account is not None and written.account != store.account:
        raise NotFound(Sentence("You have no such account."))
    written = _with_new_files(written, uploads)
    with once.attempt(user.name, written.token) as attempt:
        if attempt.discarded:
            raise Conflict(Sentence("This message was discarded."))
        saved = keep_draft(Assembly(written, identities, store, uploads, config.limits, clock.now(), packed), attempt)
    return Redirect(saved.location, saved.told, Notice(Sentence("Draft saved.")))


@module.handler(discard_page)
def discard_draft(written: Written, user: User, store: MailStore, uploads: Uploads, once: SentOnce) -> Redirect:
    """Throw the message away."""
    with once.attempt(user.name, written.token) as attempt:
        return discard_message(written, attempt, store, uploads)


@module.handler(attach_page)
def attach_files(new: NewFiles, uploads: Uploads) -> Redirect:
    """Keep uploaded files for a message."""
    kept = uploads.keep_all(new.files, new.token)
    told = UploadsKept(tuple(Uploaded(one.id, one.name, one.media_type, one.size, one.note) for one in kept))
    return Redirect("/compose", told)


@module.handler(detach_page)
def detach_file(which: OneUpload, uploads: Uploads) -> Redirect:
    """Forget an uploaded file."""
    uploads.remove(which.id)
    return Redirect("/compose")


def take_files(written: Written, uploads: Uploads) -> Written:
    """The form with its new files among the kept ones; uploads that it no longer names are forgotten."""
    for kept in uploads.of(written.token):
        if kept.id not in written.upload:
            uploads.remove(kept.id)
    return _with_new_files(written, uploads)


def keep_draft(assembly: Assembly, attempt: Attempt) -> SavedDraft:
    """Store a draft, and only then remove the one that it replaces. Raises UpstreamError, and then nothing is lost.

    Raises Conflict where the message went out meanwhile: a page that is left sends without waiting for its last save.
    """
    if attempt.sent:
        raise Conflict(Sentence("This message was sent already."))
    written, store = assembly.written, assembly.store
    outgoing = assembly.draft()
    message, flags = build_message(outgoing), (DRAFT_FLAG, SEEN)
    appended = file_message(store, Role.DRAFTS, message, flags, outgoing.date)
    appended = appended or store.append(MailboxName("Drafts"), message, flags, outgoing.date)
    attempt.keep_draft(appended.uid)
    remove_draft(written, store)
    kept = len(outgoing.attachments) - len(dict.fromkeys(written.upload))
    # The draft was built a moment ago: its text is part 1, and its files follow in their order.
    parts = tuple(
        ComposeAttachment("keep", f"{DRAFT}:{number}", file.name, file.media_type, file.size)
        for number, file in enumerate(outgoing.attachments[:kept], 2)
    )
    fresh = tuple(show_upload(assembly.uploads.find(id)) for id in dict.fromkeys(written.upload))
    told = DraftSaved(appended.uid, str(appended.mailbox), outgoing.date, (*parts, *fresh))
    return SavedDraft(told, _draft_location(store, appended.mailbox, appended.uid))


def remove_draft(written: Written, store: MailStore) -> None:
    """Remove the draft that the form was made from, if it still is a draft of this composition."""
    if written.draft is not None and written.draft_mailbox is not None:
        _remove(store, written.draft_mailbox, written.draft, ("", written.token))


def remove_newer(written: Written, kept: int | None, store: MailStore) -> None:
    """Remove the draft that was kept last where the form does not know of it, if it is a draft of this composition."""
    if kept is None or kept == written.draft:
        return
    drafts = (mailbox.name for mailbox in store.recall_mailboxes() if mailbox.role is Role.DRAFTS)
    mailbox = written.draft_mailbox or next(drafts, None)
    if mailbox is not None:
        _remove(store, mailbox, Uid(kept), (written.token,))


def _remove(store: MailStore, mailbox: MailboxName, uid: Uid, compositions: tuple[str, ...]) -> None:
    try:
        source = Source.draft(store, mailbox, uid)
    except NotFound:
        return
    if DRAFT_FLAG in source.stored.flags and source.field(COMPOSITION) in compositions:
        store.erase(mailbox, [uid])


def discard_message(written: Written, attempt: Attempt, store: MailStore, uploads: Uploads) -> Redirect:
    """Throw away a message with its draft, even one that the form has not heard of, and its files."""
    remove_draft(written, store)
    remove_newer(written, attempt.draft, store)
    attempt.mark_discarded()
    uploads.clear(written.token)
    return Redirect("/mail/", notice=Notice(Sentence("The message was discarded.")))


def _with_new_files(written: Written, uploads: Uploads) -> Written:
    kept = tuple(one.id for one in uploads.keep_all(written.files, written.token))
    return replace(written, files=(), upload=(*written.upload, *kept))


def _draft_location(store: MailStore, mailbox: MailboxName, uid: Uid | None) -> str:
    if uid is None:
        return f"/mail/{store.account}/{mailbox.path}/"
    asked = {"mode": "edit", "account": store.account, "mailbox": mailbox, "uid": uid}
    return f"/compose?{urlencode(asked)}"
