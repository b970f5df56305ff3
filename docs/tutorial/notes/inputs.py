"""What the pages about notes accept."""

from core import form, inputs, query
from modules.mail.api import EmailAddress
from modules.notes.model import NoteText


@inputs
class Asked:
    """About whom the form begins."""

    about: EmailAddress | None = query(None)


@inputs
class NewNote:
    """The form that keeps a note."""

    about: EmailAddress = form()
    text: NoteText = form()


@inputs
class OneNote:
    """The button that removes a note."""

    about: EmailAddress = form()
