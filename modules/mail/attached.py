"""The handlers that list attachments with what is known of them, and that ask before something dangerous is saved."""

from collections.abc import Sequence
from dataclasses import replace

from core import Client, NotFound, Sentence
from modules.mail.bodies import choose_bodies
from modules.mail.inputs import ArchiveAsked, FilesAsked, MessageAddress
from modules.mail.inspecting import FilePlace, Inspector
from modules.mail.letters import FileStrip, JudgedFile, Letter, ToldParts
from modules.mail.lists import check_account, list_mailboxes
from modules.mail.model import MailboxName, StoredMessage
from modules.mail.module import enclosed_page, files_page, message_page, module
from modules.mail.opening import Opened
from modules.mail.parts import Part
from modules.mail.store import MailStore

MOST_LOOKED_AT = 60


@module.handler(message_page, enclosed_page)
def list_files(opened: Opened, letter: Letter, inspector: Inspector, told: tuple[ToldParts, ...]) -> FileStrip:
    """The attachments with what their names tell; nothing of them is fetched."""
    left_out = _nameless(letter, told) if told else ()
    attachments = [one for one in opened.attachments if one.enclosed is None and one.number not in left_out]
    files = inspector.by_name(letter.structure, attachments)
    return FileStrip(letter.path, letter.outer_path, str(letter.number), files, judged=inspector.judges)


@module.handler(files_page)
def look_at_files(address: MessageAddress, asked: FilesAsked, store: MailStore, inspector: Inspector) -> FileStrip:
    """The attachments with what their content tells; of those of a long list the first."""
    check_account(address.account, store)
    mailbox = MailboxName(address.mailbox)
    stored = store.message(mailbox, address.uid)
    outer = Letter(store.account, mailbox, stored.uid, stored.header, stored.structure, stored.size)
    letter = replace(outer, number=asked.within or "", structure=_within(stored, asked.within))
    listed = choose_bodies(letter.structure).files
    if asked.number:
        listed = tuple(one for one in listed if one.number in asked.number)
        if not listed:
            raise NotFound(Sentence("This message has no such part."))
    files = look_at(inspector, letter, inspector.by_name(letter.structure, listed))
    return FileStrip(
        path=letter.path,
        outer_path=letter.outer_path,
        within=letter.number,
        files=files,
        judged=inspector.judges,
        looked=True,
        full=not asked.brief,
        one=len(asked.number) == 1,
        unlooked=max(0, len(files) - MOST_LOOKED_AT),
    )


module.handler(files_page)(list_mailboxes)


def look_at(inspector: Inspector, letter: Letter, files: Sequence[JudgedFile]) -> tuple[JudgedFile, ...]:
    """The files, the content of the first of them looked at."""
    parts = {part.number: part for part in letter.structure.walk()}
    looked = [
        replace(
            file,
            judgement=inspector.by_content(FilePlace(letter.mailbox, letter.uid, parts[file.attachment.number])),
        )
        for file in files[:MOST_LOOKED_AT]
    ]
    return (*looked, *files[MOST_LOOKED_AT:])


def asks_before(inspector: Inspector, letter: Letter, asked: ArchiveAsked, client: Client) -> bool:
    """Whether a person is told what is odd before they get all attachments, since they did not say that they know."""
    if not inspector.judges or (asked.anyway and client.asked_here):
        return False
    files = inspector.by_name(letter.structure, choose_bodies(letter.structure).files)
    if len(files) > MOST_LOOKED_AT or any(file.judgement.warns for file in files):
        return True
    return any(file.judgement.warns for file in look_at(inspector, letter, files))


def _nameless(letter: Letter, told: Sequence[ToldParts]) -> set[str]:
    """The numbers of parts that are told of already and have no file name of their own."""
    numbers = {number for one in told for number in one.numbers}
    return {part.number for part in letter.structure.own() if part.number in numbers and not part.filename}


def _within(stored: StoredMessage, number: str | None) -> Part:
    """The structure of the message, or of the one within it."""
    if not number:
        return stored.structure
    for part in stored.structure.walk():
        if part.number == number and part.is_message and part.children:
            return part.children[0]
    raise NotFound(Sentence("This message has no message of that number within it."))


def within_of(structure: Part, part: Part) -> str:
    """The query that names the innermost message within the message that lists a part, or nothing."""
    holders = [one for one in structure.walk() if one.is_message and one is not part and part in one.walk()]
    return f"within={holders[-1].number}&" if holders else ""
