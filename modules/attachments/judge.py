"""Tell what files are and what is odd about them, and which of them this site lets people send."""

from dataclasses import dataclass
from http import HTTPStatus

from core import Refusal, Sentence
from modules.attachments.config import AttachmentsConfig
from modules.attachments.containers import Contents, holds_more, look_inside
from modules.attachments.findings import Finding, of_content, of_contents, of_name
from modules.attachments.kinds import LETTER, Family, Kind, kind_of
from modules.attachments.names import ending_of
from modules.mail.api import Care, FileJudgement, Sample, safe_name

UNKNOWN = "application/octet-stream"
_ORDER = (Care.DANGER, Care.CAREFUL, Care.NOTE)


class NotTaken(Refusal):
    """A file that the site does not let people send."""

    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE


@dataclass(frozen=True)
class Judge:
    """Judges files by the site's rules."""

    config: AttachmentsConfig

    def judge(self, name: str, media_type: str, sample: Sample | None = None) -> FileJudgement:
        """What the name and the declared media type tell and, where there is a sample, the content."""
        return _judge(name, media_type, sample)[0]

    def looks_inside(self, start: bytes) -> bool:
        """Whether a file that begins like this holds more that can be judged further on."""
        kind = kind_of(start)
        return kind is not None and holds_more(kind)

    def admit(self, name: str, media_type: str, sample: Sample) -> FileJudgement:
        """The same of a file that somebody wants to send. Raises NotTaken where the site does not take it."""
        judgement, contents = _judge(name, media_type, sample)
        whole_name, name = name, safe_name(name) or "file"
        self._check_extensions(name, whole_name, contents)
        self._check_types(name, judgement)
        if self.config.refuse_dangerous and judgement.care is Care.DANGER:
            told = Sentence("%(name)s is not taken here: %(what)s", name=name, what=judgement.oddities[0].what)
            raise NotTaken(told)
        return judgement

    def _check_extensions(self, name: str, whole_name: str, contents: Contents | None) -> None:
        allowed, denied = self.config.allow_extensions, self.config.deny_extensions
        ending = ending_of(whole_name)
        if ending in denied or (allowed and ending not in allowed):
            reason = (
                Sentence("Files that end in .%(ending)s", ending=ending)
                if ending
                else Sentence("Files without an ending")
            )
            raise NotTaken(
                Sentence("%(name)s is not taken: %(which)s are not sent from here.", name=name, which=reason)
            )
        within = next((one for one in (contents.names if contents else ()) if ending_of(one) in denied), None)
        if within is not None:
            told = Sentence("%(name)s is not taken: it holds %(inside)s.", name=name, inside=safe_name(within))
            raise NotTaken(told)

    def _check_types(self, name: str, judgement: FileJudgement) -> None:
        allowed, denied = self.config.allow_types, self.config.deny_types
        found = judgement.media_type or UNKNOWN
        if any(one.names(found) for one in denied) or (allowed and not any(one.names(found) for one in allowed)):
            what = judgement.kind or Sentence("of an unknown kind")
            raise NotTaken(Sentence("%(name)s is not taken: by its content it is %(what)s.", name=name, what=what))


def _judge(name: str, media_type: str, sample: Sample | None) -> tuple[FileJudgement, Contents | None]:
    """The judgement, and what stands inside."""
    found: dict[str, Finding] = {}
    kind: Kind | None = None
    contents: Contents | None = None
    findings = list(of_name(name))
    if sample is not None and (kind := kind_of(sample.start)) is not None:
        kind = LETTER if kind.family is Family.TEXT and media_type == LETTER.media_type else kind
        contents = look_inside(kind, sample)
        kind = contents.kind if contents is not None else kind
        findings.extend(of_content(name, media_type, kind))
        findings.extend(of_contents(contents, sample) if contents is not None else ())
    for finding in findings:
        found[finding[0]] = finding
    oddities = sorted((oddity for _, oddity in found.values()), key=lambda oddity: _ORDER.index(oddity.care))
    return FileJudgement(tuple(oddities), kind.in_words if kind else "", kind.media_type if kind else ""), contents
