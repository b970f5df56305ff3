"""The handlers of the folders page."""

from dataclasses import dataclass

from core import (
    Conflict,
    InputError,
    NotFound,
    Notice,
    Redirect,
    Sentence,
    UserSettings,
)
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
from modules.folders.roles import ASSIGNABLE, assign, follow_folder, forget_folder, use_of
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
        made = store.create(_free(new_name(new.name, "name", _delimiter(store)), "name", store))
    else:
        parent = _known(new.parent, store)
        if not parent.delimiter:
            raise InputError("parent", Sentence("cannot hold other folders on this server"))
        own = new_name(new.name, "name", parent.delimiter)
        whole = new_name(f"{parent.name}{parent.delimiter}{own}", "name", parent.delimiter)
        made = store.create(_free(whole, "name", store))
    return _done(Sentence("Folder %(made)s was made.", made=made), made)


@module.handler(rename_page)
def rename_folder(names: NewName, store: MailStore, settings: UserSettings) -> Redirect:
    """Give a mailbox another name; INBOX and unknown ones keep theirs. What the user chose it for stays."""
    folder = _known(names.name, store)
    if folder.role is Role.INBOX:
        raise Conflict(Sentence("The inbox cannot be renamed."))
    wanted = new_name(names.new_name, "new_name", folder.delimiter)
    if wanted == folder.name:
        raise InputError("new_name", Sentence("is the name it has already"))
    if is_below(wanted, folder.name, folder.delimiter):
        raise InputError("new_name", Sentence("lies inside of the folder itself"))
    renamed = store.rename(folder.name, _free(wanted, "new_name", store))
    follow_folder(settings, folder, renamed)
    return _done(Sentence("%(name)s is now %(renamed)s.", name=folder.name, renamed=renamed), renamed)


@module.handler(delete_page)
def delete_folder(asked: Folder, store: MailStore, settings: UserSettings) -> Redirect:
    """Delete a mailbox with its messages; one that is used for something only when the person is sure."""
    folder = _known(asked.name, store)
    if folder.role is Role.INBOX:
        raise Conflict(Sentence("The inbox cannot be deleted."))
    if not folder.selectable:
        raise Conflict(
            Sentence("%(name)s only holds other folders. Delete those, then it is gone too.", name=folder.name)
        )
    held = store.state(folder.name).messages
    if held and not asked.sure:
        raise InputError(
            "sure",
            Sentence.counted(
                "has to be ticked: %(name)s holds %(num)s message, which goes with it",
                "has to be ticked: %(name)s holds %(num)s messages, which go with it",
                held,
                name=folder.name,
            ),
        )
    if folder.role is not None and not asked.sure:
        raise InputError(
            "sure",
            Sentence(
                "has to be ticked: %(name)s is your folder for %(role)s", name=folder.name, role=use_of(folder.role)
            ),
        )
    store.delete(folder.name)
    forget_folder(settings, folder.name)
    return _done(Sentence("Folder %(name)s was deleted.", name=folder.name), folder.name)


@module.handler(subscribe_page)
def subscribe_folder(asked: Subscription, store: MailStore) -> Redirect:
    """Show a mailbox in every client, or stop that."""
    folder = _known(asked.name, store)
    store.subscribe(folder.name, asked.subscribed)
    if asked.subscribed:
        return _done(Sentence("%(name)s is shown among your folders.", name=folder.name), folder.name)
    return _done(Sentence("%(name)s is no longer shown among your folders.", name=folder.name), folder.name)


@module.handler(assign_page)
def assign_role(asked: Assignment, store: MailStore, settings: UserSettings) -> Redirect:
    """Say which mailbox has a role, or leave it to the server again."""
    folder = _known(asked.name, store) if asked.name is not None else None
    assign(settings, asked.role, folder)
    if folder is None:
        return _done(Sentence("The server chooses that folder again."), "")
    return _done(
        Sentence("%(name)s is now your folder for %(role)s.", name=folder.name, role=use_of(asked.role)), folder.name
    )


def _free(name: MailboxName, field: str, store: MailStore) -> MailboxName:
    """A name that no mailbox has. Raises InputError for the field where one has it."""
    if any(mailbox.name == name for mailbox in store.mailboxes(counts=False)):
        raise InputError(field, Sentence("is that of another folder"))
    return name


def _known(name: MailboxName, store: MailStore) -> Mailbox:
    for mailbox in store.mailboxes(counts=False):
        if mailbox.name == name:
            return mailbox
    raise NotFound(Sentence("There is no folder %(name)s. It may have been renamed or deleted elsewhere.", name=name))


def _delimiter(store: MailStore) -> str | None:
    return next((mailbox.delimiter for mailbox in store.mailboxes(counts=False) if mailbox.delimiter), None)


def _done(text: str, name: str) -> Redirect:
    return Redirect(HERE, FolderChanged(text, name), Notice(text))
