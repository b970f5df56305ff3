"""What is shown of notes. Outputs see results and nothing else."""

from core import FormState, Fragment, Sentence
from modules.mail.api import sender_slot
from modules.notes.model import NotesPage, SenderNote
from modules.notes.module import module, notes_page


@module.output(notes_page.body)
def show_notes(page: NotesPage, form: FormState) -> Fragment:
    """The page of all notes."""
    return Fragment.titled("notes/notes.html", Sentence("Notes"), page=page, form=form)


@module.output(notes_page.data)
def tell_notes(page: NotesPage) -> NotesPage:
    """The same for scripts: the declared fields of the dataclass are all that leaves."""
    return page


@module.output(sender_slot)
def show_sender_note(sender: SenderNote | None) -> Fragment | None:
    """The note beside the sender of the open message; nothing where nobody looked it up."""
    return Fragment.of("notes/sender.html", sender=sender) if sender else None
