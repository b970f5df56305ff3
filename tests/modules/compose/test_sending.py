"""Sending: once, to everyone, with a copy kept; and nothing lost when it fails."""

import threading
from http import HTTPStatus
from pathlib import Path

import pytest

from core import InputError, Redirect
from demo.dovecot import Dovecot
from demo.submission import Fault, Submission
from modules.compose.module import send_page
from modules.compose.results import Mode, Sent
from tests.modules.compose.desk import Desk, a_file, fields_of, parsed, put_question, sit_down, text_of
from tests.servers.mail_user import new_user

pytestmark = pytest.mark.servers


def test_a_message_arrives_and_a_copy_is_kept(desk: Desk) -> None:
    answer = desk.ask(send_page, desk.write())
    assert answer.told == Sent("The message was sent.")
    message = desk.inbox()
    assert (message["Subject"], text_of(message)) == ("Plants", "Hello\n")
    assert message["From"].addresses[0].addr_spec == desk.user.name
    (copy,) = desk.user.messages("Sent")
    assert parsed(copy)["Message-ID"] == message["Message-ID"]
    assert "\\Seen" in desk.user.flags(1, "Sent")


def test_a_person_comes_back_to_the_mail_with_a_notice(desk: Desk) -> None:
    answer = desk.submit(desk.write())
    assert isinstance(answer, Redirect) and answer.location == "/mail/"
    assert [notice.text for notice in desk.session.take_notices()] == ["The message was sent."]


def test_a_form_sent_twice_sends_once(desk: Desk) -> None:
    form = desk.write()
    desk.ask(send_page, form)
    again = desk.ask(send_page, form)
    assert again.told == Sent("This message was sent already.")
    assert len(desk.user.messages()) == len(desk.user.messages("Sent")) == 1


def test_a_form_sent_twice_at_the_same_moment_sends_once(desk: Desk) -> None:
    form = desk.write()
    threads = [threading.Thread(target=desk.ask, args=(send_page, form)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert len(desk.user.messages()) == 1


def test_a_message_that_was_refused_can_be_sent_again(desk: Desk) -> None:
    form = desk.write()
    with desk.submission.failing(Fault.TRY_LATER):
        desk.refused(form)
    desk.ask(send_page, form)
    assert len(desk.user.messages()) == 1


def test_blind_copies_are_kept_from_the_others_and_shown_to_oneself(desk: Desk) -> None:
    desk.ask(send_page, desk.write(bcc="eve@garden.example"))
    assert "Bcc" not in desk.inbox()
    assert parsed(desk.user.messages("Sent")[0])["Bcc"] == "eve@garden.example"
    assert "eve@garden.example" in desk.submission.accepted[-1].recipients


def test_an_answer_names_what_it_answers_and_marks_it(desk: Desk) -> None:
    uid = put_question(desk)
    form = desk.begin(mode="reply", account="main", mailbox="INBOX", uid=uid)
    assert (form.to, form.cc, form.subject) == ("Ann <ann@garden.example>", "", "Re: Tomatoes")
    assert "Ann wrote:\n> How are they?" in form.body
    answer = desk.ask(send_page, fields_of(form))
    assert answer.location == f"/mail/main/INBOX/{uid}"
    sent = parsed(desk.user.messages("Sent")[0])
    assert sent["In-Reply-To"] == "<q@garden.example>"
    assert sent["References"] == "<p@garden.example> <q@garden.example>"
    assert "\\Answered" in desk.user.flags(uid)


def test_an_answer_to_all_goes_to_all_but_oneself(desk: Desk) -> None:
    form = desk.begin(mode="reply-all", account="main", mailbox="INBOX", uid=put_question(desk))
    assert (form.to, form.cc) == ("Ann <ann@garden.example>", "Bob <bob@garden.example>")


def test_a_forwarded_message_goes_with_its_files_and_is_marked(desk: Desk) -> None:
    desk.ask(send_page, desk.write(subject="With file"), a_file("größe.txt", b"12345", "text/csv"))
    form = desk.begin(mode="forward", mailbox="INBOX", uid=1)
    assert form.subject == "Fwd: With file" and "Forwarded message" in form.body
    assert [(one.name, one.value) for one in form.attachments] == [("größe.txt", "original:2")]
    desk.ask(send_page, {**fields_of(form), "to": desk.user.name})
    forwarded = parsed(desk.user.messages()[1])
    (file,) = forwarded.iter_attachments()
    assert (file.get_filename(), file.get_content()) == ("größe.txt", b"12345") or file.get_content() == "12345"
    assert "$Forwarded" in desk.user.flags(1)


def test_a_message_can_be_forwarded_whole(desk: Desk) -> None:
    uid = put_question(desk)
    form = desk.begin(mode="forward-attached", mailbox="INBOX", uid=uid)
    assert [one.value for one in form.attachments] == ["original:message"]
    desk.ask(send_page, {**fields_of(form), "to": desk.user.name})
    (file,) = parsed(desk.user.messages()[1]).iter_attachments()
    assert (file.get_content_type(), file.get_filename()) == ("message/rfc822", "Tomatoes.eml")
    assert file.get_content()["Message-ID"] == "<q@garden.example>"


def test_a_part_left_out_does_not_go_along(desk: Desk) -> None:
    desk.ask(send_page, desk.write(), a_file("a.txt", b"1"), a_file("b.txt", b"2"))
    form = desk.begin(mode="forward", mailbox="INBOX", uid=1)
    desk.ask(send_page, {**fields_of(form), "to": desk.user.name, "keep": ["original:3"]})
    names = [part.get_filename() for part in parsed(desk.user.messages()[1]).iter_attachments()]
    assert names == ["b.txt"]


def test_wrong_addresses_are_told_beside_their_fields_with_all_that_was_typed(desk: Desk) -> None:
    form = desk.write(to="ann@", cc="bob", subject="S", body="B")
    shown, again = desk.refused(form, a_file("a.txt", b"1"))
    assert shown.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert [(error.field, error.reason) for error in shown.form.errors] == [
        ("to", "`ann@` is not an email address"),
        ("cc", "`bob` is not an email address"),
    ]
    assert (again.to, again.cc, again.subject, again.body, again.token) == ("ann@", "bob", "S", "B", form["token"])
    assert [one.name for one in again.attachments] == ["a.txt"]
    desk.ask(send_page, {**fields_of(again), "to": desk.user.name, "cc": ""})
    assert [part.get_content() for part in desk.inbox().iter_attachments()] == [b"1"]


def test_a_message_to_nobody_is_not_sent(desk: Desk) -> None:
    with pytest.raises(InputError, match="to: names nobody"):
        desk.ask(send_page, desk.write(to=" "))


def test_a_recipient_the_server_refuses_is_told_beside_its_field(desk: Desk) -> None:
    shown, again = desk.refused(desk.write(to="", cc="nobody@example.test", bcc="no-one@example.test"))
    assert [error.field for error in shown.form.errors] == ["cc", "bcc"]
    assert "no such mailbox here" in shown.form.errors[0].reason
    assert again.cc == "nobody@example.test"
    assert desk.user.messages("Sent") == []


def test_those_who_did_not_get_the_message_are_named_afterwards(desk: Desk) -> None:
    answer = desk.ask(send_page, desk.write(to=f"{desk.user.name}, nobody@example.test"))
    assert isinstance(answer.told, Sent)
    assert answer.told.refused == ("nobody@example.test",)
    assert "not to everyone: nobody@example.test is refused" in answer.told.text


@pytest.mark.parametrize(
    ("fault", "status"), [(Fault.REFUSED, 400), (Fault.TRY_LATER, 400), (Fault.TOO_LARGE, 400), (Fault.DROPPED, 502)]
)
def test_nothing_is_lost_when_the_server_refuses(desk: Desk, fault: Fault, status: int) -> None:
    with desk.submission.failing(fault):
        shown, again = desk.refused(desk.write(body="Long work"), a_file("a.txt", b"1"))
    assert shown.status == status and "submission server" in shown.form.message
    assert (again.body, [one.name for one in again.attachments]) == ("Long work", ["a.txt"])


def test_a_message_that_is_out_stays_out_when_no_copy_can_be_kept(
    dovecot: Dovecot, submission: Submission, tmp_path: Path
) -> None:
    poor = new_user(dovecot, quota="1K")
    for desk in sit_down(poor, submission, tmp_path):
        answer = desk.ask(send_page, desk.write(to="ann@garden.example", body="x\n" * 4000))
        assert isinstance(answer.told, Sent)
        assert answer.told.text.startswith("The message was sent. But no copy could be kept in Sent (")
        assert answer.notice is not None and answer.notice.kind == "warning"
        assert poor.messages("Sent") == []
    assert submission.accepted[-1].recipients == ("ann@garden.example",)


def test_an_answer_to_what_is_gone_is_sent_all_the_same(desk: Desk) -> None:
    uid = put_question(desk)
    form = desk.begin(mode="reply", mailbox="INBOX", uid=uid)
    with desk.user.connection() as connection:
        connection.select("INBOX")
        connection.uid("STORE", str(uid), "+FLAGS", "(\\Deleted)")
        connection.expunge()
    answer = desk.ask(send_page, {**fields_of(form), "to": desk.user.name})
    assert isinstance(answer.told, Sent) and answer.told.text.startswith("The message was sent.")


def test_nobody_sends_as_somebody_else(desk: Desk) -> None:
    with pytest.raises(InputError, match="sender: is not an address that you can send as"):
        desk.ask(send_page, desk.write(sender="boss@example.test"))


def test_an_account_that_is_not_ones_own_is_refused(desk: Desk) -> None:
    shown, _ = desk.refused(desk.write(account="other"))
    assert shown.status == HTTPStatus.NOT_FOUND


def test_rich_text_goes_out_clean_and_with_its_plain_text(desk: Desk) -> None:
    html = '<p onclick="x()">Hello <b>you</b><script>1</script></p><a href="mailto:ann@x.example?subject=a%20b">w</a>'
    desk.ask(send_page, desk.write(html=html, format="rich"))
    message = desk.inbox()
    assert "Hello you" in text_of(message)
    sent = text_of(message, "html")
    assert "<b>you</b>" in sent and "script" not in sent and "onclick" not in sent
    assert 'href="mailto:ann@x.example?subject=a%20b"' in sent


def test_a_pasted_image_travels_inside_the_message(desk: Desk) -> None:
    html = '<p>Look <img src="data:image/png;base64,iVBORw0KGgo="></p>'
    desk.ask(send_page, desk.write(html=html, format="rich"))
    message = desk.inbox()
    (image,) = [part for part in message.walk() if part.get_content_type() == "image/png"]
    assert image.get_content() == b"\x89PNG\r\n\x1a\n"
    assert f"cid:{image['Content-ID'].strip('<>')}" in text_of(message, "html")
    form = desk.begin(mode="edit", mailbox="INBOX", uid=1)
    assert form.mode is Mode.NEW and "/mail/main/INBOX/1/part/" in form.html
    desk.ask(send_page, fields_of(form))
    again = parsed(desk.user.messages()[1])
    assert [part.get_content() for part in again.walk() if part.get_content_type() == "image/png"] == [
        b"\x89PNG\r\n\x1a\n"
    ]


def test_more_than_a_message_may_hold_is_told_before_it_is_sent(small_desk: Desk) -> None:
    shown, again = small_desk.refused(small_desk.write(body="x" * 9000))
    assert "too large" in shown.form.error("files")
    assert again.body == "x" * 9000
    shown, again = small_desk.refused(small_desk.write(), a_file("a", b"1" * 900), a_file("b", b"2" * 1100))
    assert shown.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE and "b is larger than" in shown.form.message
    assert [one.name for one in again.attachments] == ["a"]


def test_too_many_files_are_told(small_desk: Desk) -> None:
    for _ in range(2):
        small_desk.user.append(b"Subject: x\r\n\r\ny\r\n")
    form = small_desk.write()
    kept = {"keep": ["original:message"], "mailbox": "INBOX", "uid": "1"}
    shown, again = small_desk.refused({**form, **kept}, a_file("a", b"1"), a_file("b", b"1"))
    assert "are too many" in shown.form.error("files")
    assert len(again.attachments) == 3


def test_more_people_than_a_message_goes_to_are_told(desk: Desk) -> None:
    many = [", ".join(f"{field}{number}@x.example" for number in range(600)) for field in ("a", "b")]
    with pytest.raises(InputError, match="to: holds too many addresses"):
        desk.ask(send_page, desk.write(to=many[0], cc=many[1]))


def test_images_that_are_not_the_messages_own_are_left_out(desk: Desk) -> None:
    images = '<img src="/mail/main/INBOX/1/part/2?inline=1"><img src="data:image/png;base64,a===">'
    desk.ask(send_page, desk.write(html=f"<p>x{images}</p>", format="rich"))
    assert not [part for part in desk.inbox().walk() if part.get_content_maintype() == "image"]


def test_images_elsewhere_stay_where_they_are(desk: Desk) -> None:
    desk.ask(send_page, desk.write(html='<img src="https://x.example/a.png">', format="rich"))
    assert 'src="https://x.example/a.png"' in text_of(desk.inbox(), "html")


def test_html_alone_is_quoted_as_text(desk: Desk) -> None:
    html = b"From: ann@x.example\r\nContent-Type: text/html\r\n\r\n<p>Rich <b>words</b></p>\r\n"
    form = desk.begin(mode="reply", mailbox="INBOX", uid=desk.user.append(html))
    assert "> Rich words" in form.body


def test_a_receipt_is_asked_for_when_wanted(desk: Desk) -> None:
    desk.ask(send_page, desk.write(receipt="1"))
    assert desk.inbox()["Disposition-Notification-To"] == desk.user.name
