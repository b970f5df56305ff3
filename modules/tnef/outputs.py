"""What tnef shows of packed parts."""

from core import Fragment, Stream
from modules.mail.api import parts_slot
from modules.tnef.module import file_page, module
from modules.tnef.results import PackedFileChunks, PackedPart


@module.output(parts_slot)
def show_inside(packed: PackedPart | None) -> Fragment:
    """The files inside, and the text where the message has no other."""
    return Fragment.of("tnef/packed.html", packed=packed)


@module.output(file_page.stream)
def send_packed(file: PackedFileChunks) -> Stream:
    """One file, to be saved."""
    return Stream(file.chunks, "application/octet-stream", file.filename, file.size)
