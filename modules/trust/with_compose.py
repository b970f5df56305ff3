"""What compose adds to trust: whom the user wrote to."""

import logging

from sqlalchemy.exc import SQLAlchemyError

from modules.compose.api import AtSending, Outgoing
from modules.trust.memory import Memory
from modules.trust.module import module

log = logging.getLogger("hm3.trust")


@module.service
def remember_recipients(memory: Memory) -> AtSending:
    """Whom the user writes to is known from then on."""

    def tell(outgoing: Outgoing) -> None:
        people = (*outgoing.to, *outgoing.cc, *outgoing.bcc)
        try:
            memory.write_to(dict.fromkeys(person.address for person in people))
        except SQLAlchemyError as error:
            log.warning("whom a message went to could not be remembered: %s", type(error).__name__)

    return AtSending(tell)
