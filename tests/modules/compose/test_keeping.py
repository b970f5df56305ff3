"""Files of stored messages that go on with a new one: the same rules as for uploads, when they are added and sent."""

import base64
import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from core import Refusal, TooLarge, Upload
from demo.submission import Submission
from modules.compose.checking import WHOLE, sample_of
from modules.compose.module import draft_page, send_page
from modules.compose.results import ComposeForm, DraftSaved
from tests.modules.attachments.files import PE
from tests.modules.attachments.packers import Entry, rar5
from tests.modules.clamav.daemon import EICAR, clamd
from tests.modules.compose.desk import Desk, a_file, fields_of, put_question, sit_down, write_ini
from tests.modules.mail.letters import PIXEL, with_files, with_picture
from tests.modules.webmail import open_webmail
from tests.servers.mail_user import MailUser

pytestmark = pytest.mark.servers

RULES = "largest_attachment = 60000\nlargest_message = 150000\nmost_attachments = 4\n[attachments]\n"
DENIED = f"{RULES}deny_extensions = exe, eml\ndeny_types = image/*\n"
B_EXE = "b.exe is not taken: Files that end in .exe are not sent from here."
C_PDF = "c.pdf is not taken: by its content it is an image (PNG)."


@pytest.fixture
def ruled(mail_user: MailUser, submission: Submission, tmp_path: Path) -> Iterator[Desk]:
    """A desk at which not everything may be sent."""
    yield from sit_down(mail_user, submission, tmp_path, DENIED)


def begin(desk: Desk, *files: tuple[str, bytes], mode: str = "forward") -> ComposeForm:
    """What begins with a message with files."""
    return desk.begin(mode=mode, mailbox="INBOX", uid=desk.user.append(with_files(*files)))


def added(form: ComposeForm) -> dict[str, str]:
    return {one.name: one.note for one in form.attachments}


@pytest.mark.parametrize("mode", ["forward", "edit"])
def test_parts_that_may_not_go_out_stay_behind_with_the_reason(ruled: Desk, mode: str) -> None:
    form = begin(ruled, ("a.txt", b"words"), ("b.exe", PE), ("c.pdf", PIXEL), mode=mode)
    assert (added(form), form.notices) == ({"a.txt": ""}, (B_EXE, C_PDF)) and "See the files." in form.body


def test_what_readers_are_warned_of_is_said_of_parts_as_of_uploads(desk: Desk) -> None:
    form = begin(desk, ("a.html", b"<html>"), ("b.rar", rar5(Entry("x.docm"), Entry("y"))), ("c.pdf.exe", PE))
    assert form.notices == () and added(form) == {
        "a.html": "This is a web page.",
        "b.rar": "It holds files that start something: x.docm.",
        "c.pdf.exe": "Its name looks like that of another kind of file. This is a program (Windows).",
    }


def test_sizes_and_numbers_are_bounded_before_anything_is_written(ruled: Desk) -> None:
    form = begin(ruled, ("a.txt", b"a" * 70_000), *((f"{at}.txt", b"a" * 55_000) for at in range(4)))
    assert list(added(form)) == ["0.txt", "1.txt"]
    assert [told.partition(" than")[0].partition(":")[0] for told in form.notices] == [
        "a.txt is larger",
        "With 2.txt the files are larger",
        "3.txt is one file too many",
    ]


def test_a_whole_message_keeps_to_the_same_rules(ruled: Desk) -> None:
    form = ruled.begin(mode="forward-attached", mailbox="INBOX", uid=put_question(ruled))
    assert form.attachments == () and "Files that end in .eml" in form.notices[0]


def test_a_whole_message_is_looked_into(desk: Desk) -> None:
    for files in ((("c.pdf.exe", PE),), (("c.pdf.exe", PE), ("large.txt", b"x" * WHOLE))):
        form = begin(desk, *files, mode="forward-attached")
        assert list(added(form).values()) == ["It holds files that start something: c.pdf.exe."]


def test_a_whole_message_stays_behind_with_what_it_holds(
    mail_user: MailUser, submission: Submission, tmp_path: Path
) -> None:
    for desk in sit_down(mail_user, submission, tmp_path, "[attachments]\ndeny_extensions = exe\n"):
        form = begin(desk, ("b.exe", PE), mode="forward-attached")
        assert form.attachments == () and form.notices[0].endswith("is not taken: it holds b.exe.")
        with pytest.raises(Refusal, match=r"it holds b\.exe"):
            desk.ask(send_page, {**fields_of(form), "to": desk.user.name, "keep": ["original:message"]})


def test_what_is_asked_for_all_the_same_is_refused_when_it_is_sent(ruled: Desk) -> None:
    form = begin(ruled, ("a.txt", b"a"), ("b.exe", PE), ("d.txt", b"a" * 70_000))
    forged = {**fields_of(form), "to": ruled.user.name, "keep": ["original:2", "original:3"]}
    shown, again = ruled.refused(forged)
    assert shown.status == 415 and shown.form.message == B_EXE
    assert (again.body, added(again)) == (form.body, {"a.txt": "", "b.exe": B_EXE})
    with pytest.raises(TooLarge, match=r"d\.txt is larger"):
        ruled.ask(send_page, {**forged, "keep": ["original:4"]})
    with pytest.raises(Refusal, match=r"b\.exe is not taken: .* d\.txt is larger"):
        ruled.ask(send_page, {**forged, "keep": ["original:3", "original:4"]})
    ruled.ask(send_page, fields_of(again) | {"keep": ["original:2"]})
    assert len(ruled.user.messages()) == 2


def test_a_draft_keeps_its_files_and_says_which_cannot_be_sent(ruled: Desk) -> None:
    form = begin(ruled, ("a.txt", b"a"), ("b.exe", PE))
    saved = ruled.ask(draft_page, {**fields_of(form), "keep": ["original:2", "original:3"]}).told
    assert isinstance(saved, DraftSaved)
    resumed = ruled.begin(mode="edit", mailbox="Drafts", uid=saved.uid or 0)
    assert added(resumed) == {"a.txt": "", "b.exe": B_EXE} and resumed.notices == ()
    with pytest.raises(Refusal, match=r"b\.exe is not taken"):
        ruled.ask(send_page, {**fields_of(resumed), "to": ruled.user.name})


def test_pictures_in_the_text_keep_to_the_same_rules(ruled: Desk) -> None:
    uid = ruled.user.append(with_picture())
    shown = f'<img src="/mail/main/INBOX/{uid}/part/2.2?inline=1">'
    pasted = f'<img src="data:image/png;base64,{base64.b64encode(PIXEL).decode()}">'
    fields = ruled.write(format="rich", mode="reply", mailbox="INBOX", uid=str(uid))
    for html, name in ((shown, "image-2.2.png"), (pasted, "image.png")):
        with pytest.raises(Refusal, match=f"{name} is not taken: by its content it is an image"):
            ruled.ask(send_page, {**fields, "html": html})
    ruled.ask(send_page, {**fields, "html": "<p>No picture</p>"})


def test_a_virus_is_neither_added_nor_sent(mail_user: MailUser, submission: Submission, tmp_path: Path) -> None:
    uid = mail_user.append(with_files(("a.txt", b"well"), ("b.txt", EICAR)))
    virus = "A virus was found in b.txt: Eicar-Test-Signature."
    with clamd() as daemon:
        own = f"[modules]\nclamav = on\n[clamav]\nhost = 127.0.0.1\nport = {daemon.port}\n"
        with open_webmail(write_ini(mail_user, submission, tmp_path, own)) as webmail:
            webmail.log_in(mail_user.name, mail_user.password)
            page = webmail.see(f"/compose?mode=forward&mailbox=INBOX&uid={uid}")
            assert page.texts(".compose-alerts .banner") == [virus]
            assert [one.attributes["data-name"] for one in page.tree.css(".file")] == ["a.txt"]
            fields = {
                "token": page.value("form.compose input[name=token]"),
                "mode": "forward",
                "mailbox": "INBOX",
                "uid": str(uid),
                "to": mail_user.name,
                "body": "My words",
                "keep": "original:3",
            }
            refused = webmail.send("/compose", fields)
            assert refused.status == 422 and refused.texts('.compose-alerts [role="alert"]') == [virus]
            assert refused.value("textarea[name=body]").strip() == "My words"
            daemon.says = b"out of memory ERROR\0"
            assert "a.txt cannot be checked" in webmail.send("/compose", {**fields, "keep": "original:2"}).html
    assert len(mail_user.messages()) == 1


def test_without_anybody_who_judges_parts_go_on_as_ever(
    mail_user: MailUser, submission: Submission, tmp_path: Path
) -> None:
    for desk in sit_down(mail_user, submission, tmp_path, "[modules]\nattachments = off\n"):
        form = begin(desk, ("b.exe", PE))
        assert added(form) == {"b.exe": ""}
        desk.ask(send_page, {**fields_of(form), "to": desk.user.name})
        assert len(desk.user.messages()) == 2


def test_of_a_large_upload_the_ends_are_read() -> None:
    octets = bytes(WHOLE) + b"the end"
    sample = sample_of(Upload("a.bin", "", io.BytesIO(octets), len(octets)))
    assert not sample.whole and sample.end.endswith(b"the end") and len(sample.start) + len(sample.end) < len(octets)
    small = a_file("a.bin", b"abc")
    assert sample_of(small).whole and small.stream.read() == b"abc"
