"""Have files checked by clamd, and decide about those that it finds something in or cannot check."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus

from core import Refusal, Sentence, UpstreamError
from modules.clamav.client import Unanswered, ask
from modules.clamav.config import ClamavConfig, Unchecked

log = logging.getLogger("hm3.clamav")


class Infected(Refusal):
    """A file in which a virus was found."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY


class TooLargeToCheck(Refusal):
    """A file that nobody may have unchecked, and that is too large to be checked."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


@dataclass(frozen=True)
class ClamScanner:
    """Checks files as hm3.ini says."""

    config: ClamavConfig

    @property
    def uploads(self) -> bool:
        """Whether files that people send are checked."""
        return self.config.uploads

    @property
    def downloads(self) -> bool:
        """Whether files of messages are checked before they are saved."""
        return self.config.downloads

    def scan(self, name: str, size: int, chunks: Iterable[bytes]) -> Sentence | None:
        """None where the file is clean; else why it was let through unchecked.

        Raises Infected where something was found. Where nothing is let through unchecked, raises TooLargeToCheck for
        a file that is too large, and UpstreamError where clamd fails.
        """
        config = self.config
        if size > config.largest:
            if config.unchecked is Unchecked.ACCEPT:
                return Sentence("It is too large to be checked for viruses.")
            raise TooLargeToCheck(Sentence("%(name)s is too large to be checked for viruses here.", name=name))
        place = config.socket or (str(config.host), int(config.port))
        try:
            # What a part of a message measures is only about known before it is fetched.
            found = ask(place, config.timeout.total_seconds(), chunks, 2 * int(config.largest))
        except Unanswered as error:
            log.warning("a file could not be checked for viruses: %s", error)
            if config.unchecked is Unchecked.ACCEPT:
                return Sentence("It could not be checked for viruses.")
            text = Sentence("%(name)s cannot be checked for viruses now. Please try again later.", name=name)
            raise UpstreamError(text) from error
        if not found:
            return None
        log.warning("a virus was found in a file: %s", found)
        raise Infected(Sentence("A virus was found in %(name)s: %(virus)s.", name=name, virus=found))
