"""What the folder forms hold."""

from core import form, inputs
from modules.mail.api import MailboxName, Role


@inputs
class NewFolder:
    """The form that makes a folder, perhaps below another."""

    name: MailboxName = form()
    parent: MailboxName | None = form(None)


@inputs
class NewName:
    """The form that renames a folder."""

    name: MailboxName = form()
    new_name: MailboxName = form()


@inputs
class Folder:
    """The form that deletes a folder; `sure` has to be ticked where it holds messages or has a role."""

    name: MailboxName = form()
    sure: bool = form(False)


@inputs
class Subscription:
    """The form that subscribes to a folder or stops it."""

    name: MailboxName = form()
    subscribed: bool = form(False)


@inputs
class Assignment:
    """The form that says which folder has a role; no name gives the role back to the server's choice."""

    role: Role = form()
    name: MailboxName | None = form(None)
