"""How a user likes to read mail."""

from dataclasses import dataclass
from enum import Enum
from typing import ClassVar

from core import Count, Line, setting
from modules.mail.model import MailboxName, Order, Role
from modules.mail.module import module


class PageSize(Count):
    """How many rows a page of a list has."""

    __slots__ = ()
    least: ClassVar[int] = 10
    most: ClassVar[int] = 200


class Panes(Enum):
    """Where an open message stands."""

    RIGHT = "right"
    BELOW = "below"
    OFF = "off"

    @property
    def label(self) -> str:
        """What people read."""
        return {"right": "Beside the list", "below": "Below the list", "off": "In place of the list"}[self.value]


class RemoteImages(Enum):
    """Whether images that a message names on other machines are shown."""

    ASK = "ask"
    ALWAYS = "always"
    NEVER = "never"

    @property
    def label(self) -> str:
        """What people read."""
        return {
            "ask": "Withhold them until I ask",
            "always": "Show them in every message",
            "never": "Never, and do not offer them",
        }[self.value]


class AfterFiling(Enum):
    """What is shown after the open message was moved away."""

    LIST = "list"
    OLDER = "older"
    NEWER = "newer"

    @property
    def label(self) -> str:
        """What people read."""
        return {"list": "The list", "older": "The next older message", "newer": "The next newer message"}[self.value]


@module.settings
@dataclass(frozen=True)
class ReadingSettings:
    """Reading."""

    page_size: PageSize = setting(PageSize(50), label="Messages per page", help="From 10 to 200.")
    panes: Panes = setting(Panes.RIGHT, label="Open messages")
    order: Order = setting(Order.NEWEST, label="Order of lists")
    remote_images: RemoteImages = setting(
        RemoteImages.ASK,
        label="Remote images",
        help="Loading them tells the sender that you read the message, and when and where.",
    )
    mark_seen: bool = setting(True, label="Mark messages as read when I open them")
    prefer_plain: bool = setting(False, label="Show the plain text where a message has one")
    conversations: bool = setting(True, label="Show the other messages of a conversation")
    after_filing: AfterFiling = setting(AfterFiling.LIST, label="After archiving, moving or deleting, show")


@module.settings
@dataclass(frozen=True)
class RoleSettings:
    """Which mailbox the user gave which role; an empty name leaves it to the server. Chosen on the folders page."""

    archive: Line = setting(Line(""), label="Archive", hidden=True)
    drafts: Line = setting(Line(""), label="Drafts", hidden=True)
    junk: Line = setting(Line(""), label="Junk", hidden=True)
    sent: Line = setting(Line(""), label="Sent", hidden=True)
    trash: Line = setting(Line(""), label="Trash", hidden=True)

    @property
    def assigned(self) -> dict[Role, MailboxName]:
        """The mailboxes that have a role by the user's choice."""
        return {Role(name): MailboxName(chosen) for name, chosen in vars(self).items() if chosen}
