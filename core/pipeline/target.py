"""Which kind of answer a request gets: the whole page or a part of it, its data, its file, or its form once more."""

from core.errors import LoginNeeded, NotFound, NotOffered, Refusal, SetupNeeded, UpstreamError
from core.module import Page
from core.output.slots import Format, Wanted
from core.sentences import Sentence
from core.wiring.plan import DATA, STREAM, WHOLE, Plan


def target_of(plan: Plan, wanted: Wanted) -> str:
    """Which kind of answer to give. Raises NotOffered or NotFound where the page has none like it."""
    if wanted.part is not None:
        if wanted.part not in plan.slots:
            raise NotFound(Sentence("This page has no such part."))
        return wanted.part
    if plan.has_stream and wanted.format is Format.HTML:
        return STREAM
    if plan.page.method == "GET" and wanted.format is Format.JSON and not plan.has_data:
        raise NotOffered(Sentence("This page has no JSON answer."))
    if plan.has_data and (wanted.format is Format.JSON or not plan.has_own_body):
        return DATA
    return WHOLE


def shows_again(page: Page, wanted: Wanted, error: Refusal | UpstreamError) -> bool:
    """Whether a refused form is shown again with what was typed, instead of the refusal."""
    if page.retry is None or wanted.format is Format.JSON or wanted.part is not None:
        return False
    return not isinstance(error, (LoginNeeded, NotOffered, SetupNeeded))
