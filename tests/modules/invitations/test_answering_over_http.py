"""Answering an invitation as a person does, on a real mail server and a real submission server."""

from pathlib import Path

import pytest

from demo.dovecot import Dovecot
from demo.submission import Fault, Submission
from tests.modules.compose.desk import parsed, text_of, write_ini
from tests.modules.invitations.letters import calendar_in, calendar_text, event_of, invitation, lines_in
from tests.modules.webmail import Page, Webmail, open_webmail
from tests.servers.mail_user import MailUser, new_user

pytestmark = pytest.mark.servers

INBOX = "/mail/main/INBOX/"


def put(user: MailUser, text: str, sender: str = "Ada <ada@garden.example>") -> str:
    return f"{INBOX}{user.append(invitation(text, sender))}"


def fields(page: Page, choice: str, comment: str = "") -> dict[str, str]:
    hidden = {name: page.value(f'.invitation-answer input[name="{name}"]') for name in ("seal", "token")}
    return {**hidden, "choice": choice, "comment": comment}


def words(page: Page) -> str:
    return " ".join(page.one(".card").text().split())


def test_an_answer_goes_to_the_organiser_and_is_kept_in_sent(
    webmail: Webmail, mail_user: MailUser, submission: Submission
) -> None:
    path = put(mail_user, calendar_text(event_of(mail_user.name)))
    page, sent = webmail.see(path), len(submission.accepted)
    assert "The answer goes by mail to ada@garden.example" in words(page) and len(submission.accepted) == sent
    asked = fields(page, "decline", "Too far;\r\nATTENDEE:mailto:x@y")
    assert webmail.send(f"{path}/invitation", asked).location == path
    letter = submission.accepted[-1]
    assert (letter.mail_from, letter.recipients) == (mail_user.name, ("ada@garden.example",))
    message = parsed(letter.content)
    assert (message["Subject"], message["To"]) == ("Declined: Plan; then rest", "ada@garden.example")
    assert message["In-Reply-To"] == "<i@garden.example>" and "declines this event" in text_of(message)
    calendar = calendar_in(message)
    (event,) = calendar.walk("VEVENT")
    said = lines_in(event)
    assert str(calendar["METHOD"]) == "REPLY" and {"UID:plan\\, part 1@garden.example", "SEQUENCE:2"} < set(said)
    assert sorted(line for line in said if "mailto:" in line) == [
        f"ATTENDEE;PARTSTAT=DECLINED:mailto:{mail_user.name}",
        "COMMENT:Too far\\;\\nATTENDEE:mailto:x@y",
        "ORGANIZER:mailto:ada@garden.example",
    ]
    (copy,) = mail_user.messages("Sent")
    assert parsed(copy)["Message-ID"] == message["Message-ID"]
    after = webmail.see(path)
    assert "You declined." in words(after) and "Me: does not come" in words(after)
    assert "Your answer was sent to ada@garden.example." in after.html
    assert "But" not in after.one(".notices").text()
    # The same form once more sends nothing; a form of the page as it is now does.
    assert webmail.send(f"{path}/invitation", asked).status == 303 and len(submission.accepted) == sent + 1
    status, told = webmail.tell(f"{path}/invitation", fields(after, "accept"))
    assert len(submission.accepted) == sent + 2, (status, told)
    assert "You accepted." in words(webmail.see(path)) and "You declined." not in words(webmail.see(path))


def test_what_the_server_refuses_is_told_and_nothing_typed_is_lost(
    webmail: Webmail, mail_user: MailUser, submission: Submission
) -> None:
    path = put(mail_user, calendar_text(event_of(mail_user.name)))
    asked = fields(webmail.see(path), "maybe", "If it is dry")
    with submission.failing(Fault.REFUSED):
        page = webmail.send(f"{path}/invitation", asked)
    assert page.status >= 400 and page.has('.invitation-answer [role="alert"]')
    assert page.value("#invitation-comment") == "If it is dry" and page.value('input[name="token"]') == asked["token"]
    assert webmail.send(f"{path}/invitation", asked).location == path
    assert "may come" in words(webmail.see(path))


def test_who_speaks_for_somebody_else_is_warned_of(webmail: Webmail, mail_user: MailUser) -> None:
    page = webmail.see(put(mail_user, calendar_text(event_of(mail_user.name)), "Eve <eve@evil.example>"))
    assert "eve@evil.example sent this, but it names somebody else as its organiser: ada@garden.example" in words(page)
    answer = calendar_text("UID:1\nATTENDEE;PARTSTAT=ACCEPTED:mailto:bo@stone.example\n", method="REPLY")
    assert "ada@garden.example sent this, but it speaks for somebody else: bo@stone.example" in words(
        webmail.see(put(mail_user, answer))
    )


def test_where_no_answer_can_be_given_it_is_said_why(webmail: Webmail, mail_user: MailUser) -> None:
    me = mail_user.name
    for text, why in (
        (calendar_text(event_of("bo@x.example")), f"none of your addresses ({me})"),
        (calendar_text(event_of(me, organizer=me)), "You are its organiser."),
        (calendar_text(event_of(me, organizer="a@b.example?bcc=c@d.example")), "no address that mail can be sent to"),
        (calendar_text(event_of(me), event_of(me).replace("plan", "other")), "several different events"),
    ):
        page = webmail.see(put(mail_user, text))
        assert why in words(page) and not page.has(".invitation-answer"), why
    for method in ("CANCEL", "REPLY", "COUNTER", "PUBLISH"):
        assert not webmail.see(put(mail_user, calendar_text(event_of(me), method=method))).has(".invitation-answer")


def test_no_form_sends_what_no_page_offered(webmail: Webmail, mail_user: MailUser, submission: Submission) -> None:
    path = put(mail_user, calendar_text(event_of(mail_user.name)))
    asked, sent = fields(webmail.see(path), "accept"), len(submission.accepted)
    for changed in ({"seal": "0" * 24}, {"choice": "delegate"}, {"token": "../../etc/passwd-and-more"}):
        assert webmail.send(f"{path}/invitation", {**asked, **changed}).status in (409, 422), changed
    cancelled = put(mail_user, calendar_text(event_of(mail_user.name), method="CANCEL"))
    assert webmail.send(f"{cancelled}/invitation", asked).status == 409
    assert webmail.send(f"{path.replace('/main/', '/other/')}/invitation", asked).status == 404
    assert webmail.see(f"{path}/invitation").status != 200 and len(submission.accepted) == sent


def test_nothing_in_junk_is_answered(webmail: Webmail, mail_user: MailUser) -> None:
    uid = mail_user.append(invitation(calendar_text(event_of(mail_user.name))), "Junk")
    page = webmail.see(f"/mail/main/Junk/{uid}")
    assert "It is in Junk." in words(page) and not page.has(".invitation-answer")


def test_an_answer_that_is_out_is_out_when_no_copy_can_be_kept(
    dovecot: Dovecot, submission: Submission, tmp_path: Path
) -> None:
    poor = new_user(dovecot, quota="2K")
    with open_webmail(write_ini(poor, submission, tmp_path)) as webmail:
        webmail.log_in(poor.name, poor.password)
        path = put(poor, calendar_text(event_of(poor.name)))
        webmail.send(f"{path}/invitation", fields(webmail.see(path), "accept", "Yes " * 200))
        told = webmail.see(path).html
    assert "Your answer was sent to ada@garden.example. But no copy could be kept in Sent (" in told
    assert submission.accepted[-1].mail_from == poor.name
