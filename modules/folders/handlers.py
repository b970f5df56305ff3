"""The handlers of the folders page."""

from dataclasses import dataclass, replace

from core import Conflict, InputError, NotFound, Notice, Redirect, UserSettings
from modules.folders.inputs import Assignment, Folder, NewFolder, NewName, Subscription
from modules.folders.module import (
    assign_page,
    create_page,
    delete_page,
    folders_page,
    module,
    rename_page,
    subscribe_page,
)
from modules.mail.api import (
    FolderPage,
    Mailbox,
    MailboxName,
    MailStore,
    Role,
    RoleSettings,
    Sidebar,
    list_mailboxes,
)

ASSIGNABLE = (Role.ARCHIVE, Role.DRAFTS, Role.JUNK, Role.SENT, Role.TRASH)
HERE = "/folders"

module.handler(folders_page)(list_mailboxes)


@dataclass(frozen=True)
class FolderChanged:
    """What scripts learn after a change."""

    text: str
    name: str


@module.handler(folders_page)
def list_folders(sidebar: Sidebar, store: MailStore) -> FolderPage:
    """All mailboxes, and which has which role."""
    roles = tuple((role, store.role_mailbox(role)) for role in ASSIGNABLE)
    return FolderPage(sidebar.account, sidebar.mailboxes, roles)


@module.handler(create_page)
def create_folder(new: NewFolder, store: MailStore) -> Redirect:
    """Make a mailbox, below another where one is named."""
    name = new.name.strip()
    if new.parent is not None:
        parent = _known(new.parent, store)
        if not parent.delimiter:
            raise InputError("parent", "cannot hold other folders on this server")
        name = f"{parent.name}{parent.delimiter}{name}"
    made = _named(name, "name")
    store.create(made)
    return _done(f"Folder {made} was made.", made)


@module.handler(rename_page)
def rename_folder(names: NewName, store: MailStore) -> Redirect:
    """Give a mailbox another name; INBOX and unknown ones keep theirs."""
    folder = _known(names.name, store)
    if folder.role is Role.INBOX:
        raise Conflict("The inbox cannot be renamed.")
    renamed = _named(names.new_name.strip(), "new_name")
    if renamed == folder.name:
        raise InputError("new_name", "is the name it has already")
    store.rename(folder.name, renamed)
    return _done(f"{folder.name} is now {renamed}.", renamed)


@module.handler(delete_page)
def delete_folder(asked: Folder, store: MailStore) -> Redirect:
    """Delete a mailbox with its messages; one that holds something only when the person is sure."""
    folder = _known(asked.name, store)
    if folder.role is Role.INBOX:
        raise Conflict("The inbox cannot be deleted.")
    held = store.state(folder.name).messages if folder.selectable else 0
    if held and not asked.sure:
        raise InputError("sure", f"has to be ticked: {folder.name} holds {held:,} messages, which go with it")
    store.delete(folder.name)
    return _done(f"Folder {folder.name} was deleted.", folder.name)


@module.handler(subscribe_page)
def subscribe_folder(asked: Subscription, store: MailStore) -> Redirect:
    """Show a mailbox in every client, or stop that."""
    folder = _known(asked.name, store)
    store.subscribe(folder.name, asked.subscribed)
    words = "is shown" if asked.subscribed else "is no longer shown"
    return _done(f"{folder.name} {words} among your folders.", folder.name)


@module.handler(assign_page)
def assign_role(asked: Assignment, store: MailStore, settings: UserSettings) -> Redirect:
    """Say which mailbox has a role, or leave it to the server again."""
    if asked.role not in ASSIGNABLE:
        raise InputError("role", "cannot be given to a folder")
    name = _known(asked.name, store).name if asked.name is not None else MailboxName("")
    assigned = settings.get(RoleSettings)
    settings.put(replace(assigned, **{asked.role.value: name}))
    words = f"{name} is now your folder for {asked.role.value}." if name else "The server chooses that folder again."
    return _done(words, name)


def _known(name: MailboxName, store: MailStore) -> Mailbox:
    for mailbox in store.mailboxes(counts=False):
        if mailbox.name == name:
            return mailbox
    raise NotFound(f"There is no folder {name}. It may have been renamed or deleted elsewhere.")


def _named(name: str, field: str) -> MailboxName:
    try:
        return MailboxName.parse(name)
    except ValueError as error:
        raise InputError(field, str(error)) from error


def _done(text: str, name: str) -> Redirect:
    return Redirect(HERE, FolderChanged(text, name), Notice(text))
