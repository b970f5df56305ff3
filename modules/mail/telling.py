"""What people are told after an action on messages: whole sentences, so that each can be translated."""

from core import Sentence
from modules.mail.inputs import Action
from modules.mail.model import MailboxName
from modules.mail.names import usual_name


def tell(action: Action, count: int, target: MailboxName | None = None) -> Sentence:
    """What was done with so many messages; moving and copying name the target."""
    match action:
        case Action.SEEN:
            return Sentence.counted("%(num)s message marked as read.", "%(num)s messages marked as read.", count)
        case Action.UNSEEN:
            return Sentence.counted("%(num)s message marked as unread.", "%(num)s messages marked as unread.", count)
        case Action.STAR:
            return Sentence.counted("%(num)s message starred.", "%(num)s messages starred.", count)
        case Action.UNSTAR:
            return Sentence.counted("%(num)s message no longer starred.", "%(num)s messages no longer starred.", count)
        case Action.JUNK:
            return Sentence.counted("%(num)s message reported as spam.", "%(num)s messages reported as spam.", count)
        case Action.NOT_JUNK:
            return Sentence.counted(
                "%(num)s message reported as not spam.", "%(num)s messages reported as not spam.", count
            )
        case Action.UNJUDGED:
            return Sentence.counted(
                "The report of %(num)s message was taken back.",
                "The reports of %(num)s messages were taken back.",
                count,
            )
        case Action.ERASE:
            return Sentence.counted("%(num)s message deleted for good.", "%(num)s messages deleted for good.", count)
        case Action.COPY:
            return Sentence.counted(
                "%(num)s message copied to %(folder)s.",
                "%(num)s messages copied to %(folder)s.",
                count,
                folder=usual_name(target or ""),
            )
        case Action.MOVE | Action.ARCHIVE | Action.TRASH:
            return Sentence.counted(
                "%(num)s message moved to %(folder)s.",
                "%(num)s messages moved to %(folder)s.",
                count,
                folder=usual_name(target or ""),
            )


def tell_there_already(count: int, folder: MailboxName) -> Sentence:
    """Messages that are where they were to go."""
    return Sentence.counted(
        "%(num)s message is in %(folder)s already.",
        "%(num)s messages are in %(folder)s already.",
        count,
        folder=usual_name(folder),
    )


def tell_emptied(folder: MailboxName, count: int) -> Sentence:
    """A folder that was emptied of so many messages."""
    return Sentence.counted(
        "%(folder)s is empty. %(num)s message deleted for good.",
        "%(folder)s is empty. %(num)s messages deleted for good.",
        count,
        folder=usual_name(folder),
    )
