"""The handler that shows the compose form: empty, as an answer, as a draft to go on with, or again after a refusal."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import tzinfo
from functools import partial
from html import escape
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from core import FormState, NotFound, Sentence, UpstreamError
from modules.compose.checking import UploadChecks
from modules.compose.inputs import DRAFT, WHOLE, Beginning, KeptPart
from modules.compose.keeping import add_files, with_notes
from modules.compose.message import COMPOSITION, ORIGIN
from modules.compose.module import compose_page, module
from modules.compose.recipients import write_recipients
from modules.compose.results import (
    BodyFormat,
    ComposeAttachment,
    ComposeForm,
    Mode,
    SendingIdentity,
)
from modules.compose.settings import ComposeConfig, ComposeSettings
from modules.compose.source import OF_DRAFTS, Source
from modules.compose.uploads import KeptUpload, Token, Uploads
from modules.mail.api import (
    DRAFT as DRAFT_FLAG,
)
from modules.mail.api import (
    AccountName,
    MailboxName,
    MailStore,
    PackedTexts,
    Privacy,
    Role,
    Uid,
    forward_intro,
    forward_subject,
    list_mailboxes,
    quote_text,
    reply_intro,
    reply_recipients,
    reply_subject,
)

_ORIGIN = re.compile(r"(reply|reply-all|forward|forward-attached) ([1-9][0-9]{0,9}) (\S{1,2000})", re.ASCII)

module.handler(compose_page)(list_mailboxes)


@module.handler(compose_page)
def begin_message(
    asked: Beginning,
    typed: FormState,
    store: MailStore,
    uploads: Uploads,
    identities: tuple[SendingIdentity, ...],
    settings: ComposeSettings,
    config: ComposeConfig,
    packed: tuple[PackedTexts, ...],
    zone: ZoneInfo,
    privacy: Privacy,
) -> ComposeForm:
    """The form with what the address asks for, or with everything that was typed before it was refused."""
    form = ComposeForm(
        token=Token.make(),
        mode=asked.mode,
        account=AccountName(store.account),
        identities=identities,
        sender=identities[0].address,
        format=settings.format,
        receipt=settings.receipts,
        limits=config.limits,
        undo_seconds=int(settings.undo.value),
    )
    if typed.failed and typed.value("token"):
        return _again(form, typed, store, uploads)
    if asked.account is not None and asked.account != store.account:
        raise NotFound(Sentence("You have no such account."))
    if asked.draft is not None:
        drafts = asked.mailbox or store.role_mailbox(Role.DRAFTS) or MailboxName("Drafts")
        return _resume(form, Source.draft(store, drafts, asked.draft, packed), uploads)
    if asked.mode is Mode.NEW or asked.mailbox is None or asked.uid is None:
        return _signed(_prefilled(form, asked), "")
    source = Source.original(store, asked.mailbox, asked.uid, packed)
    quoting = privacy.quoting(source.stored, images=asked.images)
    return _from_message(form, replace(source, quoting=quoting), uploads, zone)


def _from_message(form: ComposeForm, source: Source, uploads: Uploads, zone: tzinfo) -> ComposeForm:
    store, mailbox, uid = source.store, source.mailbox, source.stored.uid
    if form.mode is Mode.EDIT:
        if DRAFT_FLAG in source.stored.flags or mailbox == store.role_mailbox(Role.DRAFTS):
            return _resume(form, replace(source, kind=DRAFT, quoting=OF_DRAFTS), uploads)
        form = _located(replace(form, mode=Mode.NEW), store, mailbox, uid)
        form = replace(_with_content(form, source), sender=_own_sender(form, source))
        return add_files(form, source, source.attachments(), uploads.checks)
    form = _located(form, store, mailbox, uid)
    return _forward(form, source, uploads.checks, zone) if form.mode.forwards else _reply(form, source, zone)


def _prefilled(form: ComposeForm, asked: Beginning) -> ComposeForm:
    """What a mailto link fills in (RFC 6068)."""
    form = replace(
        form,
        mode=Mode.NEW,
        to=str(asked.to),
        cc=str(asked.cc),
        bcc=str(asked.bcc),
        subject=str(asked.subject),
        body=str(asked.body),
    )
    return replace(form, html=_as_html(form.body)) if form.format is BodyFormat.RICH and form.body else form


def _reply(form: ComposeForm, source: Source, zone: tzinfo) -> ComposeForm:
    own = [identity.address for identity in form.identities]
    to, cc = reply_recipients(source.envelope, own, to_all=form.mode is Mode.REPLY_ALL)
    intro = partial(reply_intro, next(iter(source.envelope.sender), None), source.envelope.date, zone)
    form = replace(
        form,
        sender=_own_recipient(form, source),
        to=write_recipients(to),
        cc=write_recipients(cc),
        subject=reply_subject(source.envelope.subject),
    )
    if form.format is BodyFormat.RICH:
        quoted = f"<blockquote>{source.html}</blockquote>"
        form = replace(form, html=Sentence.joined((*_paragraph(intro(write=_apart)), quoted), ""))
    return _signed(form, Sentence.joined((intro(), quote_text(source.text)), "\n"))


def _forward(form: ComposeForm, source: Source, checks: UploadChecks, zone: tzinfo) -> ComposeForm:
    subject = forward_subject(source.envelope.subject)
    form = replace(form, sender=_own_recipient(form, source), subject=subject)
    if form.mode is Mode.FORWARD_ATTACHED:
        return _signed(add_files(form, source, (source.whole(),), checks), "")
    intro = partial(forward_intro, source.envelope, zone)
    if form.format is BodyFormat.RICH:
        above = _paragraph(intro(write=_apart, between="<br>\n"))
        form = replace(form, html=Sentence.joined((*above, source.html), ""))
    return _signed(
        add_files(form, source, source.attachments(), checks), Sentence.joined((intro(), source.text), "\n\n")
    )


def _resume(form: ComposeForm, source: Source, uploads: Uploads) -> ComposeForm:
    """A draft as it was saved, here or by another program."""
    composition = source.field(COMPOSITION)
    token = Token.parse(composition) if _is_token(composition) else Token.make()
    # What was uploaded before is part of the saved draft.
    uploads.clear(token)
    form = replace(
        _with_content(form, source),
        token=token,
        mode=Mode.EDIT,
        account=source.store.account,
        sender=_own_sender(form, source),
        receipt=bool(source.field("Disposition-Notification-To")),
        attachments=with_notes(form, source, source.attachments(), uploads.checks),
        draft=source.stored.uid,
        draft_mailbox=source.mailbox,
        saved_at=source.stored.received,
    )
    origin = _ORIGIN.fullmatch(source.field(ORIGIN))
    uid = _uid(origin[2]) if origin is not None else None
    if origin is None or uid is None:
        return form
    mailbox = MailboxName.of_path(unquote(origin[3]))
    return _located(replace(form, mode=Mode(origin[1])), source.store, mailbox, uid)


def _with_content(form: ComposeForm, source: Source) -> ComposeForm:
    """Recipients, subject and text of a message, to be changed."""
    envelope = source.envelope
    rich = source.is_rich
    return replace(
        form,
        to=write_recipients(envelope.to),
        cc=write_recipients(envelope.cc),
        bcc=write_recipients(envelope.bcc),
        subject=envelope.subject,
        body=source.text,
        html=source.html if rich else "",
        format=BodyFormat.RICH if rich else BodyFormat.PLAIN,
    )


def _again(form: ComposeForm, typed: FormState, store: MailStore, uploads: Uploads) -> ComposeForm:
    """Everything as it was typed, files included."""
    token = Token.parse(typed.value("token")) if _is_token(typed.value("token")) else Token.make()
    draft, mailbox = typed.value("draft"), typed.value("draft_mailbox")
    form = replace(
        form,
        token=token,
        mode=next((mode for mode in Mode if mode.value == typed.value("mode")), Mode.NEW),
        sender=typed.value("sender"),
        format=BodyFormat.RICH if typed.value("format") == BodyFormat.RICH.value else BodyFormat.PLAIN,
        receipt=typed.value("receipt") in ("1", "on", "yes"),
        draft=_uid(draft),
        draft_mailbox=MailboxName(mailbox) if mailbox else None,
        to=typed.value("to"),
        cc=typed.value("cc"),
        bcc=typed.value("bcc"),
        subject=typed.value("subject"),
        body=typed.value("body"),
        html=typed.value("html"),
    )
    uid = _uid(typed.value("uid"))
    if uid is not None and typed.value("mailbox"):
        form = _located(form, store, MailboxName(typed.value("mailbox")), uid)
    kept = _kept_parts(form, typed.values("keep"), store, uploads.checks)
    return replace(form, attachments=(*kept, *(show_upload(one) for one in uploads.of(token))))


def _kept_parts(
    form: ComposeForm, values: Sequence[str], store: MailStore, checks: UploadChecks
) -> tuple[ComposeAttachment, ...]:
    """Kept parts with their names; where a message cannot be looked at now, they are kept without."""
    named: dict[str, ComposeAttachment] = {}
    for make, mailbox, uid in (
        (Source.original, form.mailbox, form.uid),
        (Source.draft, form.draft_mailbox, form.draft),
    ):
        if mailbox is not None and uid is not None and values:
            try:
                source = make(store, mailbox, uid)
            except (UpstreamError, NotFound):
                continue
            asked = [one for one in (*source.attachments(), source.whole()) if one.value in values]
            named |= {one.value: one for one in with_notes(form, source, asked, checks)}
    parts = [value for value in dict.fromkeys(values) if _is_part(value)]
    unnamed = ComposeAttachment("keep", "", "Attachment", "application/octet-stream", 0)
    return tuple(named.get(value, replace(unnamed, value=value)) for value in parts)


def show_upload(upload: KeptUpload) -> ComposeAttachment:
    """An upload as the form lists it."""
    return ComposeAttachment("upload", upload.id, upload.name, upload.media_type, upload.size, upload.note)


def _located(form: ComposeForm, store: MailStore, mailbox: MailboxName, uid: Uid) -> ComposeForm:
    account = AccountName(store.account)
    back = f"/mail/{account}/{mailbox.path}/{uid}"
    return replace(form, account=account, mailbox=mailbox, uid=uid, back=back)


def _signed(form: ComposeForm, below: str) -> ComposeForm:
    """The form with room to write, the signature, and below it what is quoted."""
    identity = next((one for one in form.identities if one.address == form.sender), form.identities[0])
    signature = f"-- \n{identity.signature}" if identity.signature.strip() else ""
    above = f"{form.body}\n\n{signature}" if signature else form.body
    # What is said in the reader's language has to stay a sentence until then.
    body = Sentence.joined((above, below), "\n\n") if below else above
    if form.format is not BodyFormat.RICH:
        return replace(form, body=body)
    signed = f"<p>{_as_html(signature)}</p>\n" if signature else ""
    return replace(form, body=body, html=Sentence.joined((f"<p><br></p>\n{signed}", form.html), ""))


def _own_recipient(form: ComposeForm, source: Source) -> str:
    """The address of the user's that a message came to; else the usual one."""
    came_to = {person.address.lower() for person in (*source.envelope.to, *source.envelope.cc)}
    return next((one.address for one in form.identities if one.address.lower() in came_to), form.sender)


def _own_sender(form: ComposeForm, source: Source) -> str:
    """The address of the user's that a message was written as; else the usual one."""
    wrote = {person.address.lower() for person in source.envelope.sender}
    return next((one.address for one in form.identities if one.address.lower() in wrote), form.sender)


def _as_html(text: str) -> str:
    return "<br>\n".join(escape(line) for line in text.split("\n"))


def _paragraph(sentence: Sentence) -> tuple[str, ...]:
    """A paragraph whose direction is that of the language in which it is said."""
    return '<p dir="auto">', sentence, "</p>\n"


def _apart(text: str) -> str:
    """Words of strangers as HTML, whose direction changes nothing around them."""
    return f"<bdi>{escape(text)}</bdi>" if text else ""


def _uid(text: str) -> Uid | None:
    try:
        return Uid.parse(text)
    except ValueError:
        return None


def _is_token(text: str) -> bool:
    try:
        return bool(Token.parse(text))
    except ValueError:
        return False


def _is_part(text: str) -> bool:
    try:
        return bool(KeptPart.parse(text)) or text.endswith(WHOLE)
    except ValueError:
        return False
