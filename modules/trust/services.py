"""What trust keeps of a user, and what becomes of it."""

from datetime import datetime

from core import AtFarewell, Clock, Database, ServerKeys, Session, User, UserSealed
from modules.mail.api import SenderDoubt
from modules.trust.config import TrustConfig
from modules.trust.domains import domain_of
from modules.trust.findings import doubts_from, findings_of
from modules.trust.memory import Correspondents, Memory
from modules.trust.module import module
from modules.trust.results import Weight
from modules.trust.sender import Header, doubts_about
from modules.trust.vouching import Vouching


@module.service
def open_correspondents(database: Database, keys: ServerKeys) -> Correspondents:
    """The correspondents of all users."""
    return Correspondents(database, keys)


@module.service
def open_memory(correspondents: Correspondents, user: User, session: Session) -> Memory:
    """The correspondents of the user who asks."""
    return Memory(correspondents, user, session)


@module.service
def seal_anew(correspondents: Correspondents) -> UserSealed:
    """Correspondents follow their user to a new data key."""
    return UserSealed("correspondents", correspondents.reseal)


@module.service
def forget_correspondents(correspondents: Correspondents) -> AtFarewell:
    """A user who takes their leave leaves no correspondents here."""
    return AtFarewell(correspondents.forget)


@module.service
def open_vouching(config: TrustConfig) -> Vouching:
    """What believed servers vouch for."""
    return Vouching(config)


@module.service
def doubt_senders(config: TrustConfig, clock: Clock) -> SenderDoubt:
    """What readers allow a sender counts for no message that is told to be from somebody else, likely or perhaps."""

    def doubts(block: bytes, received: datetime) -> bool:
        header = Header(block)
        domain = domain_of(header.sender.address if header.sender is not None else "")
        if any(doubts_from(findings_of(header, config), domain)):
            return True
        about = doubts_about(header, received, clock.now(), ())
        return any(doubt.weight is Weight.DANGER for doubt in about)

    return SenderDoubt(doubts)
