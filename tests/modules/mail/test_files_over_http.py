"""Files of messages over HTTP: which are shown in the page, under which names, and how many of them."""

import io
import time
import zipfile
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from PIL import Image

from modules.mail.files import archive_names
from modules.mail.inspecting import INLINE_TYPES
from tests.modules.mail.letters import with_files
from tests.modules.webmail import Webmail
from tests.servers.mail_user import MailUser

INBOX = "/mail/main/INBOX/"
HARMLESS = ["image/gif", "image/jpeg", "image/png", "image/webp"]
HARMFUL = [
    "image/svg+xml",
    "text/html",
    "text/xml",
    "text/plain",
    "application/xhtml+xml",
    "application/pdf",
    "application/javascript",
    "x/y",
]


def with_file(media_type: str, content: bytes = b"<script>alert(1)</script>", name: str = "a.b") -> bytes:
    """A message with one attachment that says what it is."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["Subject"] = "ada@example.test", "One file"
    message.set_content("See the file.")
    message.add_attachment(content, *("application", "octet-stream"), filename=name)
    return message.as_bytes().replace(b"application/octet-stream", media_type.encode())


def test_a_message_of_thousands_of_files_with_one_name_is_packed_without_delay() -> None:
    started = time.process_time()
    names = archive_names(["a.bin"] * 20_000)
    assert names[0] == "a.bin" and names[-1] == "a (20000).bin" and len(set(names)) == 20_000
    # Hundreds of times what it takes. Where each name was tried from the first on, it would be minutes.
    assert time.process_time() - started < 10


def test_names_that_a_file_system_takes_for_one_are_made_different() -> None:
    names = ["A.txt", "a.txt", "a (2).txt", "a.txt", "b", "B"]
    assert archive_names(names) == ["A.txt", "a (2).txt", "a (2) (2).txt", "a (3).txt", "b", "B (2)"]


@pytest.mark.servers
@pytest.mark.parametrize("media_type", HARMLESS)
def test_pictures_that_run_nothing_are_shown_when_asked_for_and_saved_else(
    webmail: Webmail, mail_user: MailUser, media_type: str
) -> None:
    assert sorted(INLINE_TYPES) == HARMLESS
    drawn = io.BytesIO()
    Image.new("RGB", (2, 2)).save(drawn, media_type.partition("/")[2].upper())
    uid = mail_user.append(with_file(media_type, drawn.getvalue()))
    shown, saved = (webmail.browser.get(f"{INBOX}{uid}/part/2{more}") for more in ("?inline=1", ""))
    # What stands still is drawn as PNG.
    drawn_as = "image/png" if media_type == "image/gif" else media_type
    assert (shown.mimetype, saved.mimetype) == (drawn_as, "application/octet-stream")
    assert shown.headers["Content-Disposition"].startswith("inline;")
    assert saved.headers["Content-Disposition"].startswith("attachment;")
    assert (
        shown.headers["X-Content-Type-Options"] == "nosniff" and "sandbox" in shown.headers["Content-Security-Policy"]
    )


@pytest.mark.servers
@pytest.mark.parametrize("media_type", HARMFUL)
def test_whatever_may_run_is_saved_and_never_shown(webmail: Webmail, mail_user: MailUser, media_type: str) -> None:
    uid = mail_user.append(with_file(media_type))
    answer = webmail.browser.get(f"{INBOX}{uid}/part/2?inline=1&anyway=1")
    assert (answer.status_code, answer.mimetype) == (200, "application/octet-stream")
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert (
        answer.headers["X-Content-Type-Options"] == "nosniff" and "sandbox" in answer.headers["Content-Security-Policy"]
    )
    assert answer.get_data() == b"<script>alert(1)</script>"


@pytest.mark.servers
@pytest.mark.parametrize("name", ["../../etc/passwd", "..\\..\\boot.ini", "/etc/shadow", "C:\\a.txt", "a\u202etxt.exe"])
def test_a_file_stays_in_the_folder_where_the_archive_is_unpacked(
    webmail: Webmail, mail_user: MailUser, name: str
) -> None:
    uid = mail_user.append(with_files((name, b"1")))
    answer = webmail.browser.get(f"{INBOX}{uid}/attachments.zip?anyway=1")
    assert answer.mimetype == "application/zip" and answer.headers["X-Content-Type-Options"] == "nosniff"
    with zipfile.ZipFile(io.BytesIO(answer.get_data())) as archive:
        assert archive.testzip() is None
        (packed,) = archive.namelist()
    assert not set(packed) & set("/\\:\u202e") and ".." not in packed


@pytest.mark.servers
def test_a_large_file_comes_in_pieces_and_whole(webmail: Webmail, mail_user: MailUser) -> None:
    content = bytes(range(256)) * 12_000
    uid = mail_user.append(with_files(("a.bin", content)))
    answer = webmail.browser.get(f"{INBOX}{uid}/part/2")
    assert answer.is_streamed and answer.get_data() == content
    with zipfile.ZipFile(io.BytesIO(webmail.browser.get(f"{INBOX}{uid}/attachments.zip").get_data())) as archive:
        assert archive.read("a.bin") == content


@pytest.mark.servers
@pytest.mark.parametrize(
    ("query", "field", "reason"),
    [
        ("inline=maybe", "inline", "is neither yes nor no"),
        ("inline=1&inline=1", "inline", "was sent more than once"),
        ("x=1", "x", "is not a field of this page"),
    ],
)
def test_a_file_asked_for_wrongly_is_not_sent(
    webmail: Webmail, mail_user: MailUser, query: str, field: str, reason: str
) -> None:
    uid = mail_user.append(with_files(("a.bin", b"1")))
    page = webmail.see(f"{INBOX}{uid}/part/2?{query}")
    assert page.status == 422 and page.one("[data-reason]").text().startswith(f"{field}: {reason}")
