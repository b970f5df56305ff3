"""What trust keeps of a user, and what becomes of it."""

from core import AtFarewell, Database, ServerKeys, Session, User, UserSealed
from modules.trust.config import TrustConfig
from modules.trust.memory import Correspondents, Memory
from modules.trust.module import module
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
