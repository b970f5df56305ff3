"""Drafts: real messages in Drafts, replaced only by newer ones, gone on with here and elsewhere."""

from http import HTTPStatus
from pathlib import Path

import pytest

from core import Conflict, InputError, NotFound, Redirect, Shown
from core.output.json import to_json
from demo.submission import Submission
from modules.compose.module import (
    attach_page,
    detach_page,
    discard_page,
    draft_page,
    send_page,
)
from modules.compose.results import BodyFormat, DraftSaved, Mode, UploadsKept
from modules.compose.uploads import Token
from tests.modules.compose.desk import Desk, Fields, a_file, fields_of, form_of, parsed, sit_down, text_of
from tests.servers.mail_user import MailUser

pytestmark = pytest.mark.servers

ELSEWHERE = b"""From: %s\r
To: Ann <ann@garden.example>, bo\r
Bcc: eve@garden.example\r
Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r
In-Reply-To: <q@garden.example>\r
References: <p@garden.example> <q@garden.example>\r
MIME-Version: 1.0\r
Content-Type: multipart/mixed; boundary=b\r
\r
--b\r
Content-Type: multipart/alternative; boundary=c\r
\r
--c\r
Content-Type: text/plain\r
\r
Plain words\r
--c\r
Content-Type: text/html\r
\r
<p>Rich <b>words</b></p>\r
--c--\r
--b\r
Content-Type: text/csv; name=a.csv\r
Content-Disposition: attachment; filename=a.csv\r
\r
1,2\r
--b--\r
"""


def save(desk: Desk, form: Fields, *files: object) -> DraftSaved:
    told = desk.ask(draft_page, form, *files).told  # type: ignore[arg-type]  # uploads, as a_file makes them
    assert isinstance(told, DraftSaved) and told.uid is not None
    return told


def test_a_draft_is_a_message_in_drafts_that_is_marked_as_one(desk: Desk) -> None:
    saved = save(desk, desk.write(bcc="eve@garden.example"))
    (raw,) = desk.user.messages("Drafts")
    assert (text_of(parsed(raw)), parsed(raw)["Bcc"]) == ("Hello\n", "eve@garden.example")
    assert saved.uid is not None
    assert {"\\Draft", "\\Seen"} <= desk.user.flags(saved.uid, "Drafts")


def test_a_newer_draft_takes_the_place_of_the_older(desk: Desk) -> None:
    form = desk.write()
    saved = save(desk, form)
    place = {"draft": str(saved.uid), "draft_mailbox": saved.mailbox}
    save(desk, {**form, **place, "body": "Hello again"})
    (raw,) = desk.user.messages("Drafts")
    assert text_of(parsed(raw)) == "Hello again\n"


def test_a_draft_is_gone_on_with_as_it_was(desk: Desk) -> None:
    form = desk.write(cc="Bob <bob@x.example>", bcc="eve@x.example", to="Ann <ann@x.example>, bo", receipt="1")
    saved = save(desk, form, a_file("a.bin", b"123"))
    again = desk.begin(mode="edit", account="main", mailbox="Drafts", uid=str(saved.uid))
    assert (again.to, again.cc, again.bcc) == ("Ann <ann@x.example>, bo", "Bob <bob@x.example>", "eve@x.example")
    assert (again.body, again.subject, again.receipt) == ("Hello\n", "Plants", True)
    assert (again.token, again.draft, again.draft_mailbox) == (form["token"], saved.uid, "Drafts")
    assert [(one.name, one.value) for one in again.attachments] == [("a.bin", "draft:2")]
    assert again.saved_at is not None and again.title == "Plants"


def test_a_draft_can_be_asked_for_by_its_uid_alone(desk: Desk) -> None:
    saved = save(desk, desk.write())
    assert desk.begin(draft=str(saved.uid)).body == "Hello\n"


def test_a_sent_draft_is_no_draft_any_more(desk: Desk) -> None:
    saved = save(desk, desk.write(), a_file("a.bin", b"123"))
    desk.ask(send_page, fields_of(desk.begin(mode="edit", mailbox="Drafts", uid=str(saved.uid))))
    assert desk.user.messages("Drafts") == []
    (file,) = desk.inbox().iter_attachments()
    assert file.get_content() == b"123"
    assert "X-Composition" not in desk.inbox()


def test_files_of_a_draft_stay_through_many_saves(desk: Desk) -> None:
    form = desk.write()
    saved = save(desk, form, a_file("a.bin", b"1"))
    for text in ("one", "two"):
        kept = {name: [one.value for one in saved.attachments if one.field == name] for name in ("upload", "keep")}
        place = {"draft": str(saved.uid), "draft_mailbox": saved.mailbox, "body": text}
        saved = save(desk, {**form, **kept, **place}, a_file(f"{text}.bin", b"2"))
    (raw,) = desk.user.messages("Drafts")
    assert sorted(str(part.get_filename()) for part in parsed(raw).iter_attachments()) == [
        "a.bin",
        "one.bin",
        "two.bin",
    ]


def test_files_kept_from_an_older_draft_have_new_names_in_the_newer(desk: Desk) -> None:
    saved = save(desk, desk.write(), a_file("a.bin", b"1"), a_file("b.bin", b"2"))
    form = desk.begin(mode="edit", mailbox="Drafts", uid=str(saved.uid))
    newer = save(desk, {**fields_of(form), "keep": ["draft:3"]})
    assert [(one.field, one.value, one.name) for one in newer.attachments] == [("keep", "draft:2", "b.bin")]
    place = {"draft": str(newer.uid), "keep": ["draft:2"]}
    desk.ask(send_page, {**fields_of(form), **place})
    assert [part.get_content() for part in desk.inbox().iter_attachments()] == [b"2"]


def test_saving_without_scripts_leads_back_to_the_draft(desk: Desk) -> None:
    answer = desk.submit(desk.write(action="save"), a_file("a.bin", b"1"))
    assert isinstance(answer, Redirect) and answer.location.startswith("/compose?mode=edit&account=main&mailbox=Drafts")
    assert [notice.text for notice in desk.session.take_notices()] == ["Draft saved."]
    assert desk.user.messages() == []


def test_a_draft_of_another_program_is_gone_on_with(desk: Desk) -> None:
    uid = desk.user.append(ELSEWHERE % desk.user.name.encode(), "Drafts", "\\Draft")
    form = desk.begin(mode="edit", account="main", mailbox="Drafts", uid=uid)
    assert (form.to, form.bcc, form.subject) == ("Ann <ann@garden.example>, bo", "eve@garden.example", "Grüße")
    assert (form.body, form.format) == ("Plain words", BodyFormat.RICH)
    assert form.html == "<p>Rich <b>words</b></p>"
    assert [one.name for one in form.attachments] == ["a.csv"]
    saved = save(desk, {**fields_of(form), "to": desk.user.name})
    (raw,) = desk.user.messages("Drafts")
    assert parsed(raw)["References"] == "<p@garden.example> <q@garden.example>"
    desk.ask(send_page, {**fields_of(form), "to": desk.user.name, "bcc": "", "draft": str(saved.uid)})
    assert desk.inbox()["In-Reply-To"] == "<q@garden.example>"
    assert desk.user.messages("Drafts") == []


def test_an_answer_stays_an_answer_through_its_draft(desk: Desk) -> None:
    question = b"From: ann@garden.example\r\nSubject: Q\r\nMessage-ID: <q@garden.example>\r\n\r\nx\r\n"
    uid = desk.user.append(question)
    saved = save(desk, fields_of(desk.begin(mode="reply-all", mailbox="INBOX", uid=uid)))
    again = desk.begin(mode="edit", mailbox="Drafts", uid=str(saved.uid))
    assert (again.mode, again.mailbox, again.uid) == (Mode.REPLY_ALL, "INBOX", uid)
    desk.ask(send_page, fields_of(again))
    assert "\\Answered" in desk.user.flags(uid)


def test_an_answer_out_of_an_oddly_named_folder_stays_one_too(desk: Desk) -> None:
    desk.user.create("Odd  =20 % Name")
    uid = desk.user.append(b"From: ann@garden.example\r\nSubject: Q\r\n\r\nx\r\n", "Odd  =20 % Name")
    saved = save(desk, fields_of(desk.begin(mode="reply", mailbox="Odd  =20 % Name", uid=uid)))
    assert desk.begin(mode="edit", mailbox="Drafts", uid=str(saved.uid)).mailbox == "Odd  =20 % Name"


@pytest.mark.parametrize("origin", ["reply 0 INBOX", "reply 9999999999 INBOX", "delete 1 INBOX", "reply 1"])
def test_a_damaged_origin_is_passed_over(desk: Desk, origin: str) -> None:
    raw = f"Subject: x\r\nX-Composition-Origin: {origin}\r\n\r\nx\r\n"
    uid = desk.user.append(raw, "Drafts", "\\Draft")
    assert desk.begin(mode="edit", mailbox="Drafts", uid=uid).uid is None


def test_a_part_that_is_no_file_of_the_message_cannot_be_kept(desk: Desk) -> None:
    uid = desk.user.append(b"Subject: x\r\n\r\ny\r\n")
    for part in ("original:1", "original:9"):
        with pytest.raises(InputError, match="attach it anew"):
            desk.ask(send_page, desk.write(keep=part, mailbox="INBOX", uid=str(uid)))


def test_only_an_image_can_be_shown_inside_the_text(desk: Desk) -> None:
    uid = desk.user.append(b"Subject: x\r\n\r\ny\r\n")
    image = f'<img src="/mail/main/INBOX/{uid}/part/1?inline=1">'
    desk.ask(send_page, desk.write(html=image, format="rich", mailbox="INBOX", uid=str(uid)))
    assert len(list(parsed(desk.user.messages()[1]).walk())) == 3


def test_a_form_can_be_told_to_scripts(desk: Desk) -> None:
    saved = save(desk, desk.write(), a_file("a.bin", b"123"))
    form = desk.begin(mode="edit", mailbox="Drafts", uid=str(saved.uid))
    told = to_json(form)
    assert isinstance(told, dict) and told["draft"] == saved.uid and told["format"] == "plain"
    assert form.attached > 0
    assert [one.label for one in BodyFormat] == ["Plain text", "Rich text"]


def test_only_a_draft_of_this_composition_is_removed(desk: Desk) -> None:
    other = save(desk, desk.write(subject="Other"))
    letter = desk.user.append(b"Subject: Not a draft\r\n\r\nx\r\n", "Drafts")
    for uid in (other.uid, letter, 999):
        desk.ask(send_page, desk.write(draft=str(uid), draft_mailbox="Drafts"))
    assert len(desk.user.messages("Drafts")) == 2


def test_a_discarded_message_leaves_nothing_behind(desk: Desk) -> None:
    form = desk.write()
    saved = save(desk, form, a_file("a.bin", b"1"))
    place = {"draft": str(saved.uid), "draft_mailbox": saved.mailbox}
    desk.ask(discard_page, {**form, **place})
    assert desk.user.messages("Drafts") == []
    assert not [file for file in (desk.data / "compose" / "uploads").rglob("*") if file.is_file()]


def test_a_message_can_be_discarded_from_its_form(desk: Desk) -> None:
    saved = save(desk, desk.write())
    form = fields_of(desk.begin(mode="edit", mailbox="Drafts", uid=str(saved.uid)))
    desk.ask(send_page, {**form, "action": "discard"})
    assert desk.user.messages("Drafts") == desk.user.messages() == []


def test_files_are_kept_before_the_message_is_sent(desk: Desk) -> None:
    form = desk.write()
    told = desk.ask(attach_page, {"token": form["token"]}, a_file("a.bin", b"123"), a_file("b.bin", b"4")).told
    assert isinstance(told, UploadsKept)
    assert [(one.name, one.size) for one in told.files] == [("a.bin", 3), ("b.bin", 1)]
    desk.ask(detach_page, {}, id=told.files[1].id)
    desk.ask(send_page, {**form, "upload": told.files[0].id})
    assert [part.get_content() for part in desk.inbox().iter_attachments()] == [b"123"]


def test_a_file_whose_field_was_left_out_does_not_go_along(desk: Desk) -> None:
    form = desk.write()
    desk.ask(attach_page, {"token": form["token"]}, a_file("a.bin", b"123"))
    desk.ask(send_page, form)
    assert list(desk.inbox().iter_attachments()) == []


def test_a_draft_is_kept_where_the_server_tells_no_uids(
    bare_mail_user: MailUser, submission: Submission, tmp_path: Path
) -> None:
    for desk in sit_down(bare_mail_user, submission, tmp_path):
        form = desk.write()
        saved = save(desk, form)
        place = {"draft": str(saved.uid), "draft_mailbox": saved.mailbox, "body": "Hello again"}
        save(desk, {**form, **place})
        assert [text_of(parsed(raw)) for raw in bare_mail_user.messages(saved.mailbox)] == ["Hello again\n"]


def test_a_file_that_is_no_longer_kept_is_told(desk: Desk) -> None:
    form = desk.write()
    told = desk.ask(attach_page, {"token": form["token"]}, a_file("a.bin", b"123")).told
    assert isinstance(told, UploadsKept)
    desk.ask(detach_page, {}, id=told.files[0].id)
    with pytest.raises(InputError, match="upload: This file is not kept any more"):
        desk.ask(draft_page, {**form, "upload": told.files[0].id})


def test_a_part_of_a_message_that_is_gone_is_told(desk: Desk) -> None:
    shown, again = desk.refused(
        desk.write(keep="original:2", mailbox="INBOX", uid="99", draft="98", draft_mailbox="Drafts")
    )
    assert "attach it anew" in shown.form.error("keep")
    assert [(one.value, one.name) for one in again.attachments] == [("original:2", "Attachment")]


def test_kept_files_are_shown_by_name_after_a_refusal(desk: Desk) -> None:
    saved = save(desk, desk.write(), a_file("a.bin", b"1"))
    form = fields_of(desk.begin(mode="edit", mailbox="Drafts", uid=str(saved.uid)))
    shown = desk.submit({**form, "to": "", "mode": "reply", "uid": "1", "mailbox": "INBOX"})
    assert isinstance(shown, Shown) and shown.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert [(one.name, one.value) for one in form_of(shown).attachments] == [("a.bin", "draft:2")]


def test_what_a_stranger_typed_into_hidden_fields_does_no_harm(desk: Desk) -> None:
    shown, again = desk.refused(desk.write(token="x", mode="y", uid="z", draft="-1", keep="../..", format="q"))
    assert shown.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert (again.mode, again.uid, again.draft, again.attachments) == (Mode.NEW, None, None, ())
    assert Token.parse(again.token) and again.body == "Hello"


def test_a_message_that_is_not_there_cannot_be_answered(desk: Desk) -> None:
    with pytest.raises(NotFound):
        desk.begin(mode="reply", mailbox="INBOX", uid=77)
    with pytest.raises((NotFound, Conflict)):
        desk.begin(mode="reply", account="other", mailbox="INBOX", uid=77)


def test_another_account_keeps_no_draft(desk: Desk) -> None:
    with pytest.raises(NotFound):
        desk.ask(draft_page, desk.write(account="other"))
