"""What the module links offers: a judge of links."""

from collections.abc import Hashable
from dataclasses import dataclass, field

from core import Sentence, ServerKeys, User
from modules.links.gateways import read_gateways
from modules.links.hosts import Sites
from modules.links.judging import LONGEST_SHOWN, Before, Finding, Judgement
from modules.links.module import module
from modules.links.settings import Leaving, LinkSettings
from modules.links.signing import SignedLink, SignedLinks
from modules.mail.api import JudgedLink, LinkJudge, LinkMark, LinkOddity, LinkWeight


@dataclass(frozen=True)
class Judge:
    """Judges links for one user, and leads those that they want to be asked about over the leaving page."""

    judgement: Judgement
    signed: SignedLinks
    leaving: Leaving
    before: Before = field(default_factory=Before, compare=False, repr=False)

    @property
    def basis(self) -> Hashable:
        """When a link leads over the leaving page, and whose signature its address there has."""
        return (self.leaving, self.signed.basis)

    def judge(self, message: str, address: str, words: str) -> JudgedLink:
        """What becomes of a link with these words in a message, which is named by its path."""
        if self.leaving is not Leaving.ALWAYS and self.judgement.is_plain(address, words, self.before):
            return JudgedLink(address, address[:LONGEST_SHOWN])
        found = self.judgement.judge(address, words, self.before)
        if not found.is_web or not self._asks(found):
            return JudgedLink(found.address or None, found.shown, found.marks)
        path = self.signed.address_of(message, SignedLink(found.address, words))
        if path is None:
            return JudgedLink(None, "", (*found.marks, _too_long()))
        return JudgedLink(path, found.shown, found.marks)

    def unwrapped(self, address: str) -> str:
        """A web address without those who only pass it on, as far as it says where to."""
        return self.judgement.unwrapped(address, self.before)

    def _asks(self, found: Finding) -> bool:
        return self.leaving is Leaving.ALWAYS or (self.leaving is Leaving.ODD and bool(found.marks) and found.is_odd)


@module.shared
def know_links() -> Judgement:
    """What hm3 brings along to judge links by."""
    return Judgement(read_gateways(), Sites())


@module.service
def offer_signed(keys: ServerKeys, user: User) -> SignedLinks:
    """The addresses of this user's links."""
    return SignedLinks(keys, user)


@module.service
def offer_judge(judgement: Judgement, signed: SignedLinks, settings: LinkSettings) -> LinkJudge:
    """What mail asks about links."""
    return Judge(judgement, signed, settings.leaving)


def _too_long() -> LinkMark:
    why = Sentence("A link was removed: its address is too long to be told before it leads away.")
    return LinkMark(LinkOddity.REMOVED, LinkWeight.FACT, "…", why)
