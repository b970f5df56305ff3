"""What mail's pages show: fragments for people, data for scripts, files."""

from dataclasses import dataclass

from core import Fragment, Sentence, Stream, layout_sidebar
from modules.mail.letters import Attachment, EnclosedView, FileStrip, Letter
from modules.mail.links import LinkOddity
from modules.mail.lists import Changes, Workspace
from modules.mail.module import (
    archive_page,
    changes_page,
    conversation_slot,
    empty_frame_page,
    enclosed_archive_page,
    enclosed_frame_page,
    enclosed_page,
    enclosed_print_page,
    enclosed_remote_frame_page,
    files_page,
    files_slot,
    frame_page,
    headers_page,
    list_page,
    list_slot,
    message_page,
    module,
    part_page,
    print_page,
    reading_slot,
    remote_frame_page,
    rows_slot,
    source_page,
)
from modules.mail.opening import Body, TextAlong
from modules.mail.results import (
    Answers,
    Conversation,
    HeaderFields,
    MessageList,
    MessageView,
    OpenFile,
    OpenMailbox,
    Sidebar,
)


@dataclass(frozen=True)
class RowJson:
    """One row of a list, for scripts."""

    uid: int
    subject: str
    sender: str
    address: str
    date: str
    preview: str
    size: int
    seen: bool
    starred: bool
    answered: bool
    has_attachments: bool


@dataclass(frozen=True)
class ListJson:
    """One window of a list, for scripts."""

    account: str
    mailbox: str
    start: int
    total: int
    uidvalidity: int
    rows: tuple[RowJson, ...]


@dataclass(frozen=True)
class PersonJson:
    """A name and an address, for scripts."""

    name: str
    address: str


@dataclass(frozen=True)
class MessageJson:
    """One message, for scripts. Its body stands at `frame`."""

    account: str
    mailbox: str
    uid: int
    subject: str
    sender: tuple[PersonJson, ...]
    to: tuple[PersonJson, ...]
    cc: tuple[PersonJson, ...]
    date: str | None
    message_id: str
    flags: tuple[str, ...]
    size: int
    attachments: tuple[Attachment, ...]
    frame: str
    newer: int | None
    older: int | None


@dataclass(frozen=True)
class MailboxJson:
    """One mailbox with its counts, for scripts."""

    name: str
    path: str
    unseen: int | None
    messages: int | None


@dataclass(frozen=True)
class ChangesJson:
    """Whether a mailbox changed, and the counts of all, for scripts."""

    changed: bool
    state: dict[str, int | None]
    mailboxes: tuple[MailboxJson, ...]


@module.output(list_page.body, message_page.body, enclosed_page.body)
def show_workspace(
    workspace: Workspace,
    sidebar: Sidebar,
    messages: MessageList,
    view: MessageView | None,
    enclosed: EnclosedView | None,
) -> Fragment:
    """The panes, whose slots the others fill."""
    name = messages.mailbox.label
    shown = view if view is not None else enclosed
    title = (shown.envelope.subject or name) if shown is not None else name
    return Fragment.titled(
        "mail/workspace.html", title, panes=workspace.panes, opened=workspace.opened, list=messages, sidebar=sidebar
    )


@module.output(layout_sidebar)
def show_sidebar(sidebar: Sidebar, opened: OpenMailbox | None) -> Fragment:
    """The account's mailboxes."""
    return Fragment.of("mail/sidebar.html", sidebar=sidebar, current=opened.mailbox.name if opened else None)


@module.output(list_slot)
def show_list(messages: MessageList) -> Fragment:
    """The list with its tools."""
    return Fragment.of("mail/list.html", list=messages)


@module.output(rows_slot)
def show_rows(messages: MessageList) -> Fragment:
    """Only the rows."""
    return Fragment.of("mail/rows.html", list=messages)


@module.output(reading_slot)
def show_message(
    letter: Letter,
    view: MessageView | None,
    enclosed: EnclosedView | None,
    strip: FileStrip | None,
    answers: Answers | None,
    along: TextAlong | None,
) -> Fragment:
    """The open message around its frame."""
    body = None if along is None else along.body
    text = {"along": body is not None, **(_values(body) if body is not None else {})}
    if view is not None:
        answers_all = answers is not None and answers.to_others
        return Fragment.of("mail/reading.html", message=view, strip=strip, answers_all=answers_all, **text)
    return Fragment.of("mail/enclosed.html", message=enclosed, letter=letter, strip=strip, **text)


@module.output(conversation_slot)
def show_conversation(conversation: Conversation) -> Fragment:
    """The rest of the thread."""
    return Fragment.of("mail/conversation.html", conversation=conversation)


@module.output(
    frame_page.body,
    remote_frame_page.body,
    empty_frame_page.body,
    enclosed_frame_page.body,
    enclosed_remote_frame_page.body,
)
def show_body(body: Body) -> Fragment:
    """The document in a message's frame."""
    return Fragment.of("mail/frame.html", **_values(body))


@module.output(headers_page.body)
def show_fields(headers: HeaderFields) -> Fragment:
    """Every header field."""
    return Fragment.titled("mail/message_headers.html", headers.view.envelope.subject, headers=headers)


@module.output(print_page.body)
def show_print(message: MessageView) -> Fragment:
    """The message for paper."""
    return Fragment.titled("mail/print.html", message.envelope.subject, message=message)


@module.output(enclosed_print_page.body)
def show_enclosed_print(message: EnclosedView) -> Fragment:
    """A message within a message for paper."""
    return Fragment.titled("mail/print.html", message.envelope.subject, message=message)


@module.output(files_slot)
def show_files(strip: FileStrip) -> Fragment | None:
    """The attachments, with what is odd about them."""
    return Fragment.of("mail/strip.html", strip=strip) if strip.files else None


@module.output(files_page.body)
def show_files_page(strip: FileStrip) -> Fragment:
    """What is known of the attachments, before anybody saves them."""
    return Fragment.titled("mail/files.html", Sentence("Attachments"), strip=strip)


@module.output(part_page.stream, archive_page.stream, enclosed_archive_page.stream, source_page.stream)
def send_file(file: OpenFile) -> Stream:
    """A file on its way."""
    return Stream(file.chunks, file.media_type, file.filename, file.size, file.inline)


@module.output(list_page.data)
def tell_list(messages: MessageList) -> ListJson:
    """A window of the list for scripts."""
    rows = tuple(
        RowJson(
            row.uid,
            row.envelope.subject,
            row.envelope.sender[0].label if row.envelope.sender else "",
            row.envelope.sender[0].address if row.envelope.sender else "",
            (row.envelope.date or row.received).isoformat(),
            row.preview,
            row.size,
            row.seen,
            row.starred,
            row.answered,
            row.has_attachments,
        )
        for row in messages.rows.rows
    )
    state = messages.rows.state
    name = str(messages.mailbox.name)
    return ListJson(messages.account, name, messages.rows.start, messages.rows.total, state.uidvalidity, rows)


@module.output(message_page.data)
def tell_message(message: MessageView) -> MessageJson:
    """One message for scripts."""
    envelope = message.envelope
    sender, to, cc = (
        tuple(PersonJson(person.name, person.address) for person in people)
        for people in (envelope.sender, envelope.to, envelope.cc)
    )
    return MessageJson(
        account=message.account,
        mailbox=str(message.mailbox.name),
        uid=message.uid,
        subject=envelope.subject,
        sender=sender,
        to=to,
        cc=cc,
        date=envelope.date.isoformat() if envelope.date else None,
        message_id=envelope.message_id,
        flags=tuple(sorted(message.flags)),
        size=message.size,
        attachments=message.attachments,
        frame=message.frame_path,
        newer=message.newer,
        older=message.older,
    )


@module.output(changes_page.data)
def tell_changes(changes: Changes) -> ChangesJson:
    """What changed, for scripts."""
    mailboxes = tuple(
        MailboxJson(str(mailbox.name), mailbox.name.path, mailbox.unseen, mailbox.messages)
        for mailbox in changes.mailboxes
    )
    state = changes.state
    counters = {
        "uidvalidity": state.uidvalidity,
        "uidnext": state.uidnext,
        "messages": state.messages,
        "unseen": state.unseen,
        "modseq": state.highestmodseq,
    }
    return ChangesJson(changes.changed, counters, mailboxes)


def _values(body: Body) -> dict[str, object]:
    """What the document in a message's frame is made of."""
    return {
        "parts": body.parts,
        "sheet": body.sheet,
        "body_style": body.body_style,
        "kind": body.kind.value,
        "themed": body.themed,
        "paper": body.paper,
        "oddities": LinkOddity,
    }
