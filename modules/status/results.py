"""What the status page is made of."""

from dataclasses import dataclass

from core import Failing


@dataclass(frozen=True)
class SiteStatus:
    """What is wrong just now."""

    failing: tuple[Failing, ...]
