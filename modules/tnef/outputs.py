"""What tnef shows of packed parts."""

from core import Fragment, Sentence, Stream
from modules.mail.api import parts_slot
from modules.tnef.module import ask_page, file_page, module
from modules.tnef.results import JudgedPackedFile, PackedFileChunks, PackedPart


@module.output(parts_slot)
def show_inside(packed: PackedPart | None) -> Fragment | None:
    """The files inside, and the text where the message has no other."""
    return Fragment.of("tnef/packed.html", packed=packed) if packed is not None else None


@module.output(file_page.stream)
def send_packed(file: PackedFileChunks) -> Stream:
    """One file, to be saved, or a picture of the text."""
    return Stream(file.chunks, file.media_type, file.filename, file.size, file.inline)


@module.output(ask_page.body)
def ask_before(judged: JudgedPackedFile) -> Fragment:
    """What is odd about a file, before anybody saves it."""
    return Fragment.titled("tnef/ask.html", Sentence("Attachments"), judged=judged)
