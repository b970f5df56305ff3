"""Reading one message by IMAP: header, structure, parts in windows, source; on a rich and on a bare server."""

import base64
import quopri
from datetime import UTC, datetime

import pytest

from core import NotFound
from modules.imap.store import ImapStore
from modules.mail.api import MailboxName, PartNumber, Uid
from tests.modules.imap.conftest import Box

pytestmark = pytest.mark.servers

INBOX = MailboxName("INBOX")
BLOB = bytes(range(256)) * 4000  # A megabyte: several windows.
MIXED = (
    b"Subject: parts\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    b"--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    + quopri.encodestring("Grüße = gut\n".encode()).replace(b"\n", b"\r\n")
    + b"\r\n--b\r\nContent-Type: application/octet-stream; name*=utf-8''r%C3%A9sum%C3%A9.bin\r\n"
    b'Content-Disposition: attachment; filename*0="long na"; filename*1="me.bin"\r\n'
    b"Content-Transfer-Encoding: base64\r\nContent-ID: <one@x>\r\n\r\n"
    + base64.encodebytes(BLOB).replace(b"\n", b"\r\n")
    + b"--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\ninner body\r\n"
    b"--b--\r\n"
)


@pytest.fixture
def uid(box: Box) -> Uid:
    """The UID of a message with parts."""
    return Uid(box.user.append(MIXED, "INBOX", "\\Flagged", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)))


def test_a_message_tells_header_flags_size_and_time(store: ImapStore, uid: Uid) -> None:
    message = store.message(INBOX, uid)
    assert message.header.startswith(b"Subject: parts\r\n")
    assert (message.flags >= {"\\Flagged"}, message.size, message.received) == (
        True,
        len(MIXED),
        datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    )


def test_reading_marks_nothing_seen(box: Box, store: ImapStore, uid: Uid) -> None:
    store.message(INBOX, uid)
    store.part(INBOX, uid, PartNumber("1"), most=100)
    assert "\\Seen" not in box.user.flags(uid)


def test_the_structure_names_parts_types_and_files(store: ImapStore, uid: Uid) -> None:
    root = store.message(INBOX, uid).structure
    assert [(part.number, part.media_type) for part in root.walk()] == [
        ("", "multipart/mixed"),
        ("1", "text/plain"),
        ("2", "application/octet-stream"),
        ("3", "message/rfc822"),
        ("3.1", "text/plain"),
    ]
    blob = root.children[1]
    assert (blob.filename, blob.parameters["name"], blob.content_id, blob.encoding, blob.disposition) == (
        "long name.bin",
        "résumé.bin",
        "<one@x>",
        "base64",
        "attachment",
    )


def test_the_structure_tells_of_a_message_within_it_and_its_parts_are_read(store: ImapStore, uid: Uid) -> None:
    enclosed = store.message(INBOX, uid).structure.children[2]
    assert enclosed.is_message and enclosed.enclosed is not None and enclosed.enclosed.subject
    assert store.part(INBOX, uid, PartNumber("3.1"), most=10_000) in store.part(
        INBOX, uid, PartNumber("3"), most=10_000
    )


def test_a_part_comes_decoded(store: ImapStore, uid: Uid) -> None:
    assert store.part(INBOX, uid, PartNumber("1"), most=10_000).decode().strip() == "Grüße = gut"


def test_a_part_is_cut_where_asked(store: ImapStore, uid: Uid) -> None:
    assert store.part(INBOX, uid, PartNumber("1"), most=3) == "Grüße".encode()[:3]
    assert store.part(INBOX, uid, PartNumber("2"), most=300_000) == BLOB[:300_000]


def test_a_large_part_streams_in_bounded_pieces(store: ImapStore, uid: Uid) -> None:
    pieces = list(store.stream_part(INBOX, uid, PartNumber("2")))
    assert b"".join(pieces) == BLOB
    assert len(pieces) == 3
    assert max(map(len, pieces)) <= 1024 * 1024


def test_a_message_in_a_message_comes_whole(store: ImapStore, uid: Uid) -> None:
    assert b"Subject: inner\r\n\r\ninner body" in b"".join(store.stream_part(INBOX, uid, PartNumber("3")))


def test_the_source_streams_as_it_is_stored(store: ImapStore, uid: Uid) -> None:
    pieces = list(store.source(INBOX, uid))
    assert b"".join(pieces) == MIXED
    assert [len(piece) // 1024 for piece in pieces[:-1]] == [256, 1024]


def test_other_work_may_come_between_the_pieces_of_a_stream(box: Box, store: ImapStore, uid: Uid) -> None:
    box.user.create("Other")
    stream = store.source(INBOX, uid)
    taken = next(stream)
    assert store.rows(MailboxName("Other"), 0, 1).total == 0
    assert taken + b"".join(stream) == MIXED


def test_a_message_of_one_part_has_the_number_one(box: Box, store: ImapStore) -> None:
    single = Uid(box.user.append("MIME-Version: 1.0\nContent-Transfer-Encoding: base64\n\naGVsbG8=\n"))
    assert store.message(INBOX, single).structure.number == "1"
    assert store.part(INBOX, single, PartNumber("1"), most=100) == b"hello"
    assert b"".join(store.stream_part(INBOX, single, PartNumber("1"))) == b"hello"


def test_a_part_badly_encoded_gives_what_can_be_had(box: Box, store: ImapStore) -> None:
    broken = Uid(box.user.append("MIME-Version: 1.0\nContent-Transfer-Encoding: base64\n\naGVs*!bG8\n"))
    assert store.part(INBOX, broken, PartNumber("1"), most=100) == b"hello"
    unknown = Uid(box.user.append("MIME-Version: 1.0\nContent-Transfer-Encoding: x-nobody\n\nas it is\n"))
    assert store.part(INBOX, unknown, PartNumber("1"), most=100) == b"as it is\r\n"


def test_an_empty_message_can_be_read(box: Box, store: ImapStore) -> None:
    empty = Uid(box.user.append("Subject: nothing\n\n"))
    assert store.part(INBOX, empty, PartNumber("1"), most=100) == b""
    assert list(store.stream_part(INBOX, empty, PartNumber("1"))) == []


def test_a_long_header_is_cut(box: Box, store: ImapStore) -> None:
    long = Uid(
        box.user.append(b"Subject: long\r\n" + b"X-Fill: " + b"y" * 900 + b"\r\n" * 1 + b"X: z\r\n" * 60_000 + b"\r\nb")
    )
    assert len(store.message(INBOX, long).header) == 256 * 1024


def test_a_vanished_message_is_not_found(store: ImapStore, uid: Uid) -> None:
    gone = Uid(uid + 1000)
    for read in (
        lambda: store.message(INBOX, gone),
        lambda: store.part(INBOX, gone, PartNumber("1"), most=1),
        lambda: store.stream_part(INBOX, gone, PartNumber("1")),
        lambda: store.source(INBOX, gone),
    ):
        with pytest.raises(NotFound, match="no longer in INBOX"):
            read()


def test_a_part_that_is_not_there_is_not_found(store: ImapStore, uid: Uid) -> None:
    with pytest.raises(NotFound, match="no part 9"):
        store.part(INBOX, uid, PartNumber("9"), most=1)


def test_a_message_that_came_since_the_mailbox_was_opened_can_be_read(box: Box, store: ImapStore, uid: Uid) -> None:
    store.message(INBOX, uid)
    new = Uid(box.user.append("Subject: new\n\nx"))
    assert store.message(INBOX, new).header.startswith(b"Subject: new")


def test_a_connection_that_waits_holds_nothing_of_what_was_read(box: Box, store: ImapStore) -> None:
    box.user.append(b"Subject: long\r\n\r\n" + (b"x" * 70 + b"\r\n") * 5000)
    assert len(next(store.source(INBOX, Uid(max(box.user.uids()))))) > 200_000
    with box.pool.lease(box.account) as lent:
        assert not lent.connection._imap.heard
