"""What a user wants of the filter, and whom they blocked."""

from dataclasses import dataclass

from core import setting
from modules.mail.api import SenderList
from modules.spam.module import module


@module.settings
@dataclass(frozen=True)
class SpamSettings:
    """Spam."""

    filter: bool = setting(
        True,
        label="Move what looks like spam to Junk",
        help="The filter learns from what you report as spam, and as not spam. What it knows is kept for you alone.",
    )
    blocked: SenderList = setting(
        SenderList(""),
        label="Blocked senders",
        help="What they send goes to Junk when it arrives. One a line: an address, or a domain after an @.",
    )
    allowed: SenderList = setting(
        SenderList(""),
        label="Senders who never send spam",
        help="One a line: an address, or a domain after an @. Whom you wrote to needs not stand here.",
    )
