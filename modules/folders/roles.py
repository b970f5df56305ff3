"""What a user chose folders for: given, taken back, and kept while folders change their names."""

from dataclasses import replace

from core import InputError, Sentence, UserSettings
from modules.folders.names import is_below
from modules.mail.api import Mailbox, MailboxName, Role, RoleSettings

ASSIGNABLE = (Role.ARCHIVE, Role.DRAFTS, Role.JUNK, Role.SENT, Role.TRASH)


def use_of(role: Role) -> Sentence:
    """What the folder of a role is for, as people say it."""
    return {
        Role.INBOX: Sentence("new messages"),
        Role.ARCHIVE: Sentence("archived messages"),
        Role.DRAFTS: Sentence("drafts"),
        Role.JUNK: Sentence("spam"),
        Role.SENT: Sentence("sent messages"),
        Role.TRASH: Sentence("deleted messages"),
    }.get(role, Sentence("messages"))


def assign(settings: UserSettings, role: Role, folder: Mailbox | None) -> None:
    """Say which folder has a role; None leaves it to the server. Raises InputError for folders that can have none.

    A folder has one role at most: what would be archived in the trash goes when the trash is emptied.
    """
    if role not in ASSIGNABLE:
        raise InputError("role", Sentence("cannot be given to a folder"))
    if folder is not None and not folder.selectable:
        raise InputError("name", Sentence("can hold no messages"))
    if folder is not None and folder.role is Role.INBOX:
        raise InputError("name", Sentence("is the inbox, which has no other use"))
    chosen = folder.name if folder is not None else MailboxName("")
    before = settings.get(RoleSettings).assigned
    _change(settings, {other: MailboxName("") for other, name in before.items() if name == chosen} | {role: chosen})


def follow_folder(settings: UserSettings, folder: Mailbox, renamed: MailboxName) -> None:
    """Keep the roles of a folder that was renamed, and of those inside of it."""
    old = folder.name
    _change(
        settings,
        {
            role: MailboxName(renamed + name[len(old) :])
            for role, name in settings.get(RoleSettings).assigned.items()
            if name == old or is_below(name, old, folder.delimiter)
        },
    )


def forget_folder(settings: UserSettings, name: MailboxName) -> None:
    """Leave the roles of a folder that was deleted to the server: another of its name is another folder."""
    assigned = settings.get(RoleSettings).assigned
    _change(settings, {role: MailboxName("") for role, chosen in assigned.items() if chosen == name})


def _change(settings: UserSettings, changes: dict[Role, MailboxName]) -> None:
    if changes:
        named = {role.value: name for role, name in changes.items()}
        settings.put(replace(settings.get(RoleSettings), **named))
