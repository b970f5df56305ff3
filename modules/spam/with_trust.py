"""What trust adds to spam: whom the user wrote to is known."""

from modules.spam.module import module
from modules.spam.people import KnownPeople
from modules.trust.api import Memory


@module.service
def people_written_to(memory: Memory) -> KnownPeople:
    """Everybody whom the user wrote to from here."""

    def knows(address: str) -> bool:
        found = memory.find(address)
        return found is not None and found.written

    return KnownPeople(knows)
