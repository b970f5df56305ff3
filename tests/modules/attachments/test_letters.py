"""What stands in attached messages, in those within them, and in archives within these."""

from email.message import EmailMessage
from email.policy import SMTP

import pytest

from modules.attachments.config import AttachmentsConfig, Extension
from modules.attachments.judge import Judge, NotTaken
from modules.attachments.packed.letter import DEEPEST, files_of, is_letter
from modules.mail.api import Care, FileJudgement, Sample
from tests.modules.attachments.files import PACKERS, PE, zipped

LETTER = "message/rfc822"


def letter(*files: tuple[str, bytes], within: EmailMessage | None = None) -> EmailMessage:
    """A message with files, and with another message."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["Subject"], message["Received"] = "ada@example.test", "Plans", "from x"
    message.set_content("See the plans.")
    for name, octets in files:
        message.add_attachment(octets, "application", "octet-stream", filename=name)
    if within is not None:
        message.add_attachment(within)
    return message


def nested(depth: int) -> bytes:
    """Parts within each other."""
    return b"".join(b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n" % (at, at) for at in range(depth))


def judged(octets: bytes, name: str = "plans.eml", media_type: str = LETTER) -> FileJudgement:
    return Judge(AttachmentsConfig()).judge(name, media_type, Sample(octets, len(octets), whole=True))


def said(judgement: FileJudgement) -> str:
    return " ".join(oddity.what for oddity in judgement.oddities)


def test_a_message_with_harmless_files_is_not_odd() -> None:
    assert judged(letter(("a.pdf", b"%PDF-1.4"), ("notes.txt", b"x")).as_bytes()).oddities == ()


@pytest.mark.parametrize("name", ["setup.exe", "größe.exe", "invoice.pdf.js"])
def test_programs_in_a_message_and_in_one_within_it_are_told(name: str) -> None:
    within = letter((name, PE), ("a.txt", b"x"))
    for octets in (within.as_bytes(), letter(within=letter(within=within)).as_bytes()):
        judgement = judged(octets)
        assert judgement.warns and f"It holds files that start something: {name}." in said(judgement)


def test_a_message_is_known_by_its_fields_or_by_what_it_is_declared_to_be() -> None:
    octets = b"Subject: x\r\nDate: y\r\nContent-Type: x/y; name=a.exe\r\n\r\nx"
    odd = b"Thread: x\r\nContent-Type: x/y; name=a.exe\r\n\r\nx"
    assert judged(octets, "x.dat", "application/octet-stream").warns and judged(odd).warns
    assert not judged(odd, "x.txt", "text/plain").warns


def test_archives_and_documents_within_are_looked_into() -> None:
    assert "a.exe" in said(judged(letter(("a.zip", zipped(("a.exe", PE), ("b.txt", b"x")))).as_bytes()))
    packed = zipped(("inner.zip", zipped(("deep.exe", PE), ("c.txt", b"x"))))
    assert "deep.exe" in said(judged(letter(("a.zip", packed)).as_bytes()))
    macros = zipped(("[Content_Types].xml", b""), ("word/document.xml", b""), ("word/vbaProject.bin", b"x"))
    assert "It holds a document with macros." in said(judged(letter(("a.docx", macros)).as_bytes()))
    locked = bytearray(zipped(("a.txt", b"x")))
    locked[6] |= 1
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    assert "It holds a file that is locked with a password." in said(
        judged(letter(("a.zip", bytes(locked))).as_bytes())
    )


@pytest.mark.parametrize(
    "packed",
    [
        zipped(("mail.eml", letter(("a.exe", PE)).as_bytes()), ("b.txt", b"x")),
        zipped(("mail.EML", b"Odd: x\nContent-Type: x/y; name=a.exe\n\nx"), ("b.txt", b"x")),
        zipped(("inner.zip", zipped(("mail.eml", letter(("c.zip", zipped(("a.exe", PE)))).as_bytes())))),
        PACKERS["gz"](letter(("a.exe", PE)).as_bytes()),
    ],
)
def test_a_message_in_an_archive_is_looked_into(packed: bytes) -> None:
    judgement = judged(packed, "a.bin", "application/octet-stream")
    assert judgement.warns and "It holds files that start something: a.exe." in said(judgement)


def test_a_message_that_was_attached_as_any_file_is_looked_into() -> None:
    inner = letter(("a.exe", PE)).as_bytes()
    assert "a.exe" in said(judged(letter(("mail.eml", inner)).as_bytes()))
    assert "a.exe" in said(judged(letter(("mail.dat", inner)).as_bytes()))


def test_messages_attached_as_files_are_followed_so_deep_and_are_no_archives() -> None:
    octets = letter(("a.exe", PE)).as_bytes()
    for _ in range(3):
        octets = letter(("mail.eml", octets)).as_bytes()
    assert [oddity.care for oddity in judged(octets).oddities] == [Care.CAREFUL]
    for _ in range(3):
        octets = letter(("mail.eml", octets)).as_bytes()
    assert judged(octets).oddities == ()


@pytest.mark.parametrize(
    "tiring",
    [
        nested(3000),
        # Each of the lines is compared with each of the boundaries.
        nested(150) + b"--x\n" * 450_000,
        # Each part takes a thousand times its own octets.
        b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\n" * 300_000,
        # No machine is too slow for these, but they are more than are looked at.
        b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\n" * 6000,
        b"Content-Type: multipart/mixed; boundary*0=b; boundary*=c\n\n",
    ],
    ids=["deep", "long", "wide", "many", "wrong"],
)
def test_what_wears_readers_out_in_an_archive_hides_nothing_beside_it(tiring: bytes) -> None:
    judgement = judged(zipped(("a.eml", b"MIME-Version: 1.0\n" + tiring), ("b.exe", PE)), "a.zip", "application/zip")
    assert "could not be looked into" in said(judgement) and "b.exe" in said(judgement)


@pytest.mark.parametrize(
    "names", [b"filename*0=a.exe; filename*=x", b'filename="x"; filename*0=y; filename*="a.exe"; filename*1=z']
)
def test_names_that_make_no_sense_together_are_all_looked_at(names: bytes) -> None:
    octets = b"MIME-Version: 1.0\nContent-Disposition: attachment; " + names + b"\n\nx"
    assert "a.exe" in [name for name, _ in files_of(octets)]
    assert "a.exe" in said(judged(octets))


def test_what_cannot_be_unpacked_in_an_archive_is_said_not_to_be_looked_into() -> None:
    archive = bytearray(zipped(("inner.zip", zipped(("b.exe", PE)))))
    # The way in which a file is packed stands in its own header and in the list at the end (APPNOTE 4.4.5).
    for sign, place in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        at = (archive.index if sign[2] == 3 else archive.rindex)(sign) + place
        archive[at : at + 2] = (97).to_bytes(2, "little")
    assert "could not be looked into" in said(judged(bytes(archive), "a.zip", "application/zip"))


def test_a_text_that_is_no_message_is_none() -> None:
    for text in (b"To whom it may concern\n", b"Subject: a note of mine\n\nx", b"From: here\nTo there: x\n", b""):
        assert not is_letter(text, "a.txt")
    assert is_letter(b"Subject: x\r\n folded\r\nDate: y\r\n") and is_letter(b"\xef\xbb\xbf\r\nReceived: x")


def test_of_a_large_message_what_its_beginning_holds_is_told() -> None:
    octets = letter(("a.exe", PE), ("b.txt", b"x" * 200_000)).as_bytes()
    judgement = Judge(AttachmentsConfig()).judge("a.eml", LETTER, Sample(octets[:60_000], len(octets), octets[-9:]))
    assert "a.exe" in said(judgement) and "could not" not in said(judgement)


def test_what_is_built_to_wear_readers_out_is_said_not_to_be_looked_into() -> None:
    judgement = judged(b"MIME-Version: 1.0\n" + nested(3000))
    assert judgement.care is Care.CAREFUL and "could not be looked into" in said(judgement)


def test_messages_within_each_other_are_followed_so_deep_and_no_deeper() -> None:
    inner = letter(("a.exe", PE))
    for _ in range(DEEPEST):
        inner = letter(within=inner)
    assert "a.exe" not in [name for name, _ in files_of(inner.as_bytes())]


@pytest.mark.parametrize("name", ["=?x-none?q?a?=", "=?utf-8?b?a?="])
def test_a_name_that_cannot_be_read_hinders_nothing(name: str) -> None:
    octets = letter(("a.exe", PE)).as_bytes()
    odd = f'Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: x/y; name="{name}"\n\nx\n--b\n'.encode()
    assert [one for one, _ in files_of(octets)] == ["a.exe"]
    assert len(list(files_of(odd + b"Content-Type: x/y; name=b.js\n\nx\n--b--\n"))) in (1, 2)


def test_a_charset_that_cannot_be_read_hinders_nothing() -> None:
    wrong = b"Content-Type: text/plain; charset*0=a; charset*=b\n\n\xe4\n--b\n"
    octets = (
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\n" + wrong + b"Content-Type: x/y; name=b.js\n\nx\n--b--\n"
    )
    assert [one for one, _ in files_of(octets)] == ["b.js"]


def test_a_message_with_a_file_that_is_not_sent_from_here_is_not_taken() -> None:
    octets = letter(("a.exe", PE)).as_bytes()
    judge = Judge(AttachmentsConfig(deny_extensions=(Extension.parse("exe"),)))
    with pytest.raises(NotTaken, match=r"it holds a\.exe"):
        judge.admit("plans.eml", LETTER, Sample(octets, len(octets), whole=True))
