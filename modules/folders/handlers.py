"""The handlers of the folders page."""

from dataclasses import dataclass

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
from modules.folders.names import is_below, new_name
from modules.folders.roles import ASSIGNABLE, assign, follow_folder, forget_folder
from modules.mail.api import FolderPage, Mailbox, MailboxName, MailStore, Role, Sidebar, list_mailboxes

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
    if new.parent is None:
        made = store.create(new_name(new.name, "name", _delimiter(store)))
    else:
        parent = _known(new.parent, store)
        if not parent.delimiter:
            raise InputError("parent", "cannot hold other folders on this server")
        own = new_name(new.name, "name", parent.delimiter)
        made = store.create(new_name(f"{parent.name}{parent.delimiter}{own}", "name", parent.delimiter))
    return _done(f"Folder {made} was made.", made)


@module.handler(rename_page)
def rename_folder(names: NewName, store: MailStore, settings: UserSettings) -> Redirect:
    """Give a mailbox another name; INBOX and unknown ones keep theirs. What the user chose it for stays."""
    folder = _known(names.name, store)
    if folder.role is Role.INBOX:
        raise Conflict("The inbox cannot be renamed.")
    wanted = new_name(names.new_name, "new_name", folder.delimiter)
    if wanted == folder.name:
        raise InputError("new_name", "is the name it has already")
    if is_below(wanted, folder.name, folder.delimiter):
        raise InputError("new_name", "lies inside of the folder itself")
    renamed = store.rename(folder.name, wanted)
    follow_folder(settings, folder, renamed)
    return _done(f"{folder.name} is now {renamed}.", renamed)


@module.handler(delete_page)
def delete_folder(asked: Folder, store: MailStore, settings: UserSettings) -> Redirect:
    """Delete a mailbox with its messages; one that is used for something only when the person is sure."""
    folder = _known(asked.name, store)
    if folder.role is Role.INBOX:
        raise Conflict("The inbox cannot be deleted.")
    if not folder.selectable:
        raise Conflict(f"{folder.name} only holds other folders. Delete those, then it is gone too.")
    held = store.state(folder.name).messages
    if held and not asked.sure:
        raise InputError("sure", f"has to be ticked: {folder.name} holds {held:,} messages, which go with it")
    if folder.role is not None and not asked.sure:
        raise InputError("sure", f"has to be ticked: {folder.name} is your folder for {folder.role.value}")
    store.delete(folder.name)
    forget_folder(settings, folder.name)
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
    folder = _known(asked.name, store) if asked.name is not None else None
    assign(settings, asked.role, folder)
    if folder is None:
        return _done("The server chooses that folder again.", "")
    return _done(f"{folder.name} is now your folder for {asked.role.value}.", folder.name)


def _known(name: MailboxName, store: MailStore) -> Mailbox:
    for mailbox in store.mailboxes(counts=False):
        if mailbox.name == name:
            return mailbox
    raise NotFound(f"There is no folder {name}. It may have been renamed or deleted elsewhere.")


def _delimiter(store: MailStore) -> str | None:
    return next((mailbox.delimiter for mailbox in store.mailboxes(counts=False) if mailbox.delimiter), None)


def _done(text: str, name: str) -> Redirect:
    return Redirect(HERE, FolderChanged(text, name), Notice(text))
