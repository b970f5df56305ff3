"""The handlers of notes: they ask for what they need by its type and return what they found out."""

from core import Notice, Redirect, Sentence
from modules.mail.api import EmailAddress, MessageView, message_page
from modules.notes.inputs import Asked, NewNote, OneNote
from modules.notes.model import NotesPage, SenderNote
from modules.notes.module import NotesSettings, keep_page, module, notes_page, remove_page
from modules.notes.store import NoteBook


@module.handler(notes_page)
def list_notes(asked: Asked, book: NoteBook) -> NotesPage:
    """Everything that the user wrote down."""
    return NotesPage(book.all(), asked.about or "")


@module.handler(keep_page)
def keep_note(new: NewNote, book: NoteBook) -> Redirect:
    """Keep a note in place of the one there was about the same person."""
    book.keep(new.about, new.text)
    return Redirect("/notes", notice=Notice(Sentence("The note about %(who)s is kept.", who=new.about)))


@module.handler(remove_page)
def remove_note(one: OneNote, book: NoteBook) -> Redirect:
    """Forget a note."""
    book.remove(one.about)
    return Redirect("/notes", notice=Notice(Sentence("The note about %(who)s is gone.", who=one.about)))


@module.handler(message_page)
def look_up_note(message: MessageView, settings: NotesSettings, book: NoteBook) -> SenderNote | None:
    """The note about who wrote the open message; runs after whichever handler made the MessageView."""
    people = message.envelope.sender
    if not settings.beside or not people:
        return None
    try:
        about = EmailAddress.parse(people[0].address)
    except ValueError:
        return None  # broken mail may hold anything where an address belongs
    return SenderNote(about, book.about(about))
