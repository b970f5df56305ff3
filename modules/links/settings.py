"""What users choose about links."""

from dataclasses import dataclass
from enum import Enum

from core import setting
from modules.links.module import module


class Leaving(Enum):
    """For which links of messages a page comes in between that tells where they lead."""

    NEVER = "never"
    ODD = "odd"
    ALWAYS = "always"

    @property
    def label(self) -> str:
        """What people read."""
        return {"never": "For none", "odd": "For links that are odd", "always": "For every link"}[self.value]


@module.settings
@dataclass(frozen=True)
class LinkSettings:
    """Links."""

    leaving: Leaving = setting(
        Leaving.ODD,
        label="Ask before a link leads away",
        help="A page shows the whole address first, and what is odd about it.",
    )
