"""The handler that sends: hand the message in once, keep a copy, mark what it answers, remove the draft."""

import logging
from collections.abc import Callable, Iterator, Sequence

from core import (
    Clock,
    FieldError,
    InputError,
    NotFound,
    Notice,
    Redirect,
    Refusal,
    Sentence,
    UpstreamError,
    User,
)
from modules.compose.after import keep_copy, tell_listeners
from modules.compose.assembling import Assembly
from modules.compose.drafts import discard_message, keep_draft, remove_draft, remove_newer, take_files
from modules.compose.headers import header_address
from modules.compose.inputs import SendAction, Written
from modules.compose.message import AtSending, Outgoing, build_message, recipients
from modules.compose.module import module, send_page
from modules.compose.once import SentOnce
from modules.compose.results import SendingIdentity, Sent
from modules.compose.settings import ComposeConfig
from modules.compose.uploads import Uploads
from modules.mail.api import (
    ANSWERED,
    FORWARDED,
    Correspondent,
    MailStore,
    PackedTexts,
    Refused,
    Submission,
    SubmissionRefused,
    Submitted,
)

log = logging.getLogger("hm3.compose")


@module.handler(send_page)
def send_message(
    written: Written,
    user: User,
    store: MailStore,
    submission: Submission,
    uploads: Uploads,
    once: SentOnce,
    identities: tuple[SendingIdentity, ...],
    config: ComposeConfig,
    clock: Clock,
    packed: tuple[PackedTexts, ...],
    listeners: tuple[AtSending, ...],
) -> Redirect:
    """Send, save or discard what was written. A message that is sent twice goes out once."""
    if written.account is not None and written.account != store.account:
        raise NotFound(Sentence("You have no such account."))
    written = take_files(written, uploads)
    if written.action is SendAction.DISCARD:
        with once.attempt(user.name, written.token) as attempt:
            return discard_message(written, attempt, store, uploads)
    assembly = Assembly(written, identities, store, uploads, config.limits, clock.now(), packed)
    if written.action is SendAction.SAVE:
        with once.attempt(user.name, written.token) as attempt:
            saved = keep_draft(assembly, attempt)
        uploads.clear(written.token)
        return Redirect(saved.location, saved.told, Notice(Sentence("Draft saved.")))
    with once.attempt(user.name, written.token) as attempt:
        if attempt.sent:
            return _done(written, store, Sent(Sentence("This message was sent already.")))
        outgoing = assembly.sendable()
        message = build_message(outgoing)
        submitted = _submit(submission, outgoing, message)
        attempt.mark_sent()
        kept = attempt.draft
    troubles = tuple(_tidy_up(written, kept, outgoing, message, store, uploads))
    tell_listeners(outgoing, listeners)
    return _done(written, store, Sent(_told(submitted, troubles), tuple(one.address for one in submitted.refused)))


def _submit(submission: Submission, outgoing: Outgoing, message: bytes) -> Submitted:
    """Hand the message in. Raises InputError that names who was refused in which field."""
    return_path = header_address(outgoing.sender.address)
    try:
        return submission.submit(return_path, recipients(outgoing), message, receipt=outgoing.request_receipt)
    except SubmissionRefused as error:
        if not error.refused:
            raise
        wrong = [
            FieldError(_field_of(one, outgoing), Sentence.joined((one.address, one.reason))) for one in error.refused
        ]
        raise InputError(wrong[0].field, wrong[0].reason, *wrong[1:]) from error


def _field_of(refused: Refused, outgoing: Outgoing) -> str:
    fields: Sequence[tuple[str, Sequence[Correspondent]]] = (("cc", outgoing.cc), ("bcc", outgoing.bcc))
    for name, people in fields:
        if any(header_address(person.address).lower() == refused.address.lower() for person in people):
            return name
    return "to"


def _tidy_up(
    written: Written, kept: int | None, outgoing: Outgoing, message: bytes, store: MailStore, uploads: Uploads
) -> Iterator[str]:
    """What follows a message that is out. Nothing of it can fail the sending; each trouble is told once.

    `kept` is the draft that was kept last, which the form may not know of.
    """
    steps: tuple[tuple[Callable[[str], Sentence], Callable[[], None]], ...] = (
        (_no_copy, lambda: keep_copy(outgoing, message, store)),
        (_not_marked, lambda: _mark_original(written, store)),
        (_draft_left, lambda: remove_draft(written, store)),
        (_draft_left, lambda: remove_newer(written, kept, store)),
    )
    known: set[Callable[[str], Sentence]] = set()
    for trouble, step in steps:
        try:
            step()
        except (UpstreamError, Refusal) as error:
            told = trouble(str(error))
            log.warning("after sending: %s", told)
            if trouble not in known:
                yield told
            known.add(trouble)
    uploads.clear(written.token)


def _no_copy(reason: str) -> Sentence:
    return Sentence("But no copy could be kept in Sent (%(reason)s).", reason=reason)


def _not_marked(reason: str) -> Sentence:
    return Sentence("But the message it answers could not be marked (%(reason)s).", reason=reason)


def _draft_left(reason: str) -> Sentence:
    return Sentence("But its draft could not be removed (%(reason)s).", reason=reason)


def _mark_original(written: Written, store: MailStore) -> None:
    if written.mailbox is None or written.uid is None:
        return
    if written.mode.replies:
        store.flag(written.mailbox, [written.uid], add=[ANSWERED])
    elif written.mode.forwards:
        store.flag(written.mailbox, [written.uid], add=[FORWARDED])


def _told(submitted: Submitted, troubles: tuple[str, ...]) -> str:
    told = [Sentence("The message was sent.")]
    if submitted.refused:
        told = [Sentence("The message was sent, but not to everyone:")]
        told.extend(Sentence.joined((one.address, Sentence.joined((one.reason, "."), ""))) for one in submitted.refused)
    return Sentence.joined((*told, *troubles))


def _done(written: Written, store: MailStore, sent: Sent) -> Redirect:
    kind = "done" if sent.text == "The message was sent." else "warning"
    location = "/mail/"
    if written.mailbox is not None and written.uid is not None:
        location = f"/mail/{store.account}/{written.mailbox.path}/{written.uid}"
    return Redirect(location, sent, Notice(sent.text, kind))
