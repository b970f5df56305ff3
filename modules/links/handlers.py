"""The handler that tells of a link before it leads away."""

from modules.links.inputs import LeavingRequest
from modules.links.judging import Judgement
from modules.links.module import leave_page, module
from modules.links.results import LeavingPage
from modules.links.signing import SignedLinks


@module.handler(leave_page)
def tell_link(asked: LeavingRequest, signed: SignedLinks, judgement: Judgement) -> LeavingPage:
    """The link that this user was given an address for. Raises NotFound for any other."""
    link = signed.link_of(asked)
    found = judgement.judge(link.address, link.words)
    return LeavingPage(found.address, found.final, found.host, tuple(mark.why for mark in found.marks), link.words)
