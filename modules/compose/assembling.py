"""From the submitted form to the message it means: whom it goes to, what it says, what goes with it."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from core import FieldError, InputError, NotFound, Sentence
from modules.compose.headers import header_address
from modules.compose.inputs import ORIGINAL, Written
from modules.compose.keeping import KeptFile, check_files
from modules.compose.message import File, Outgoing, encoded_size, make_message_id
from modules.compose.recipients import MOST_RECIPIENTS, keep_recipients, read_recipients
from modules.compose.results import BodyFormat, ComposeLimits, SendingIdentity
from modules.compose.rich import outgoing_html
from modules.compose.source import Source
from modules.compose.uploads import UploadId, Uploads
from modules.mail.api import Correspondent, MailStore, PackedTexts, reply_references, to_text


@dataclass
class Assembly:
    """One submitted form on its way to a message; what is wrong is collected, so that all of it is told at once."""

    written: Written
    identities: tuple[SendingIdentity, ...]
    store: MailStore
    uploads: Uploads
    limits: ComposeLimits
    now: datetime
    packed: tuple[PackedTexts, ...] = ()
    wrong: list[FieldError] = field(default_factory=list)
    kept: list[KeptFile] = field(default_factory=list)

    def sendable(self) -> Outgoing:
        """The message to send. Raises InputError with everything that is in the way.

        Raises another Refusal where files of stored messages are not let out, UpstreamError where these cannot be
        looked at.
        """
        identity = self._identity()
        if identity is None:
            self._refuse("sender", Sentence("is not an address that you can send as"))
        to, cc, bcc = (self._people(name) for name in ("to", "cc", "bcc"))
        if not (to or cc or bcc or self.wrong):
            self._refuse("to", Sentence("names nobody: write at least one address"))
        if len(to) + len(cc) + len(bcc) > MOST_RECIPIENTS:
            self._refuse(
                "to",
                Sentence(
                    "holds too many addresses: a message goes to at most %(most)s",
                    most=f"{MOST_RECIPIENTS:,}",
                ),
            )
        outgoing = self._outgoing(identity or self.identities[0], to, cc, bcc)
        size = encoded_size((*outgoing.attachments, *outgoing.inline), outgoing.text, outgoing.html)
        if size > self.limits.largest_message:
            most = f"{self.limits.largest_message / 1_000_000:.0f} MB"
            self._refuse(
                "files",
                Sentence(
                    "are too large: the message would have %(size)s, at most %(most)s go",
                    size=f"{size / 1_000_000:.0f} MB",
                    most=most,
                ),
            )
        self._tell()
        check_files(self.kept, outgoing.inline, self.uploads.checks, self.limits)
        return outgoing

    def draft(self) -> Outgoing:
        """The message to keep, as unfinished as it is. Raises InputError where a kept file is gone."""
        written = self.written
        identity = self._identity() or self.identities[0]
        to, cc, bcc = (keep_recipients(text) for text in (written.to, written.cc, written.bcc))
        origin = ""
        if written.uid is not None and written.mailbox is not None and (written.mode.replies or written.mode.forwards):
            origin = f"{written.mode.value} {written.uid} {written.mailbox.path}"
        outgoing = self._outgoing(identity, to, cc, bcc)
        self._tell()
        return replace(outgoing, keep_bcc=True, composition=str(written.token), origin=origin)

    def _outgoing(
        self,
        identity: SendingIdentity,
        to: tuple[Correspondent, ...],
        cc: tuple[Correspondent, ...],
        bcc: tuple[Correspondent, ...],
    ) -> Outgoing:
        written = self.written
        original, draft = self._original(), self._draft()
        rich = written.format is BodyFormat.RICH
        html, inline = outgoing_html(written.html, [one for one in (original, draft) if one]) if rich else ("", ())
        in_reply_to, references = _threading(written, original, draft)
        reply_to = (Correspondent("", identity.reply_to),) if identity.reply_to else ()
        return Outgoing(
            sender=Correspondent(identity.name, identity.address),
            date=self.now,
            message_id=make_message_id(identity.address),
            to=to,
            cc=cc,
            bcc=bcc,
            reply_to=reply_to,
            subject=str(written.subject),
            text=to_text(html) if rich else str(written.body),
            html=html if rich else None,
            attachments=self._files(original, draft),
            inline=inline,
            in_reply_to=in_reply_to,
            references=references,
            request_receipt=written.receipt,
        )

    def _identity(self) -> SendingIdentity | None:
        chosen = self.written.sender.lower() or self.identities[0].address.lower()
        found = next((one for one in self.identities if one.address.lower() == chosen), None)
        return found if found is not None and header_address(found.address) else None

    def _people(self, name: str) -> tuple[Correspondent, ...]:
        try:
            return read_recipients(getattr(self.written, name))
        except ValueError as error:
            self._refuse(name, str(error))
            return ()

    def _files(self, original: Source | None, draft: Source | None) -> tuple[File, ...]:
        files: list[File] = []
        for part in dict.fromkeys(self.written.keep):
            source = original if part.of == ORIGINAL else draft
            file = source.kept(part) if source is not None else None
            if source is None or file is None:
                self._refuse("keep", Sentence("names a part of a message that is gone: attach it anew"))
            else:
                files.append(file)
                self.kept.append(KeptFile(source, part, file))
        for id in dict.fromkeys(self.written.upload):
            try:
                files.append(upload_file(self.uploads, id))
            except NotFound as error:
                self._refuse("upload", str(error))
        if len(files) > self.limits.most_attachments:
            self._refuse(
                "files",
                Sentence("are too many: a message takes %(most)s", most=self.limits.most_attachments),
            )
        return tuple(files)

    def _original(self) -> Source | None:
        if self.written.mailbox is None or self.written.uid is None:
            return None
        try:
            return Source.original(self.store, self.written.mailbox, self.written.uid, self.packed)
        except NotFound:
            return None

    def _draft(self) -> Source | None:
        if self.written.draft_mailbox is None or self.written.draft is None:
            return None
        try:
            return Source.draft(self.store, self.written.draft_mailbox, self.written.draft, self.packed)
        except NotFound:
            return None

    def _tell(self) -> None:
        if self.wrong:
            first, *more = self.wrong
            raise InputError(first.field, first.reason, *more)

    def _refuse(self, name: str, reason: str) -> None:
        self.wrong.append(FieldError(name, reason))


def upload_file(uploads: Uploads, id: UploadId) -> File:
    """An upload to attach. Raises NotFound where it is not kept any more."""
    kept = uploads.find(id)
    return File(kept.name, kept.media_type, kept.size, lambda: uploads.open(id))


def _threading(written: Written, original: Source | None, draft: Source | None) -> tuple[str, tuple[str, ...]]:
    """What an answer says it answers (RFC 5322 3.6.4): known from the original, else from the draft."""
    if written.mode.replies and original is not None:
        return original.envelope.message_id, reply_references(original.envelope)
    if draft is not None:
        return next(iter(draft.envelope.in_reply_to), ""), draft.envelope.references
    return "", ()
