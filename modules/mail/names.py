"""What folders are called: servers give the usual ones English names, which people read in their own language."""

from collections.abc import Mapping
from types import MappingProxyType

from core import Sentence

_USUAL: Mapping[str, Sentence] = MappingProxyType(
    {
        "INBOX": Sentence("Inbox"),
        "Archive": Sentence.within("folder", "Archive"),
        "Archives": Sentence("Archives"),
        "Deleted Items": Sentence("Deleted Items"),
        "Deleted Messages": Sentence("Deleted Messages"),
        "Drafts": Sentence("Drafts"),
        "Junk": Sentence("Junk"),
        "Sent": Sentence("Sent"),
        "Sent Items": Sentence("Sent Items"),
        "Sent Messages": Sentence("Sent Messages"),
        "Spam": Sentence("Spam"),
        "Trash": Sentence("Trash"),
    }
)


def usual_name(name: str) -> str:
    """A folder's name; where it is one that servers usually give, a Sentence, so that it is said in any language."""
    return _USUAL.get(name, name)
