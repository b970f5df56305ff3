"""What a request is after, for guards that treat pages and ways to ask for them differently."""

from dataclasses import dataclass, field

from core.input.reading import ContentHost
from core.module import Page
from core.output.slots import Wanted


@dataclass(frozen=True)
class Visit:
    """The page and the address that are asked for, in which form, and whether a timer asks and no person.

    `content` is there where documents and files of messages have a host of their own.
    """

    page: Page
    address: str = "/"
    wanted: Wanted = field(default_factory=Wanted)
    background: bool = False
    content: ContentHost | None = None
