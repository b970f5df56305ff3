"""Files of stored messages that go on with a new one: the same rules as for uploads, when they are added and sent."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace

from core import Refusal, Upload, UpstreamError
from modules.compose.checking import UploadChecks, check_bounds, in_one, raise_together, too_many
from modules.compose.inputs import KeptPart
from modules.compose.message import LINE, File
from modules.compose.results import ComposeAttachment, ComposeForm, ComposeLimits
from modules.compose.source import Source


@dataclass(frozen=True)
class KeptFile:
    """A part of a stored message, and the file that it is for the new one."""

    source: Source
    part: KeptPart
    file: File

    def judge(self, checks: UploadChecks) -> tuple[str, ...]:
        """What its readers are warned of. Raises Refusal."""
        name = self.source.sent_name(self.part)
        return checks.admit(name, self.file.media_type, lambda: self.source.sample(self.part, checks.judge))

    def check(self, checks: UploadChecks) -> tuple[str, ...]:
        """The same, looked through for viruses too. Raises Refusal, UpstreamError."""
        return (*self.judge(checks), *checks.scan(self.file.name, self.file.size, self.file.open))

    @property
    def least(self) -> int:
        """How many octets it has at least: what a part measures is only about known before it is fetched."""
        return max(0, self.file.size - LINE)


def add_files(
    form: ComposeForm, source: Source, offered: Sequence[ComposeAttachment], checks: UploadChecks
) -> ComposeForm:
    """The form with those of the files that may go out; of the others it says why they stay behind."""
    taken: list[ComposeAttachment] = []
    notices: list[str] = []
    most = form.limits.most_attachments
    for one in offered[:most]:
        kept = _kept(source, one)
        try:
            check_bounds(one.name, kept.least, [other.size for other in taken], form.limits)
            taken.append(replace(one, note=in_one(kept.check(checks))))
        except (Refusal, UpstreamError) as error:
            notices.append(str(error))
    if len(offered) > most:
        notices.append(str(too_many(offered[most].name, form.limits)))
    return replace(form, attachments=tuple(taken), notices=(*form.notices, *notices))


def with_notes(
    form: ComposeForm, source: Source, added: Sequence[ComposeAttachment], checks: UploadChecks
) -> tuple[ComposeAttachment, ...]:
    """Files that were added before, with what their readers are warned of, or why they cannot be sent."""
    most = form.limits.most_attachments
    return (*(replace(one, note=_note(source, one, checks)) for one in added[:most]), *added[most:])


def check_files(
    kept: Sequence[KeptFile], pictures: Sequence[File], checks: UploadChecks, limits: ComposeLimits
) -> None:
    """Look again at what is sent: parts that are kept, and pictures in the text. Raises Refusal, UpstreamError."""
    refused: list[Refusal | UpstreamError] = []
    for one in kept:
        try:
            check_bounds(one.file.name, one.least, (), limits)
            one.check(checks)
        except (Refusal, UpstreamError) as error:
            refused.append(error)
    for picture in pictures if checks.judge is not None or checks.scanner is not None else ():
        octets = b"".join(picture.open())
        try:
            checks.check(Upload(picture.name, picture.media_type, io.BytesIO(octets), len(octets)))
        except (Refusal, UpstreamError) as error:
            refused.append(error)
    raise_together(refused)


def _kept(source: Source, attachment: ComposeAttachment) -> KeptFile:
    part = KeptPart(attachment.value)
    file = source.kept(part)
    assert file is not None  # the source itself named it
    return KeptFile(source, part, file)


def _note(source: Source, attachment: ComposeAttachment, checks: UploadChecks) -> str:
    try:
        return in_one(_kept(source, attachment).judge(checks))
    except (Refusal, UpstreamError) as error:
        return str(error)
