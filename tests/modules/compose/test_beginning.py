"""How the form of a new message begins: with settings, links and a title."""

import pytest

from core import UserSettings
from modules.compose.inputs import SendAction
from modules.compose.module import send_page
from modules.compose.results import BodyFormat, ComposeForm, Mode
from modules.compose.settings import ComposeSettings, SenderName, Signature
from tests.modules.compose.desk import Desk, fields_of, put_question

pytestmark = pytest.mark.servers


def choose(desk: Desk, settings: ComposeSettings) -> None:
    chosen: UserSettings = desk.application.user_settings(desk.session)
    chosen.put(settings)


def test_settings_name_and_sign_what_is_written(desk: Desk) -> None:
    choose(desk, ComposeSettings(name=SenderName("Ann Ü"), signature=Signature("Ann\nGarden"), receipts=True))
    form = desk.begin()
    assert form.body == "\n\n-- \nAnn\nGarden" and form.receipt
    assert form.identities[0].label == f"Ann Ü <{desk.user.name}>"
    desk.ask(send_page, {**fields_of(form), "to": desk.user.name})
    assert desk.inbox()["From"].addresses[0].display_name == "Ann Ü"


def test_rich_writers_begin_with_rich_text(desk: Desk) -> None:
    choose(desk, ComposeSettings(format=BodyFormat.RICH, signature=Signature("A & B")))
    uid = put_question(desk)
    assert "A &amp; B" in desk.begin().html
    reply = desk.begin(mode="reply", mailbox="INBOX", uid=uid)
    assert "<blockquote>How are they?" in reply.html and "<bdi>Ann</bdi> wrote:" in reply.html
    assert "Forwarded message" in desk.begin(mode="forward", mailbox="INBOX", uid=uid).html
    assert "Hi &lt;" in desk.begin(body="Hi <").html


def test_a_mailto_link_fills_the_form(desk: Desk) -> None:
    form = desk.begin(to="ann@x.example", cc="c@x.example", bcc="b@x.example", subject="S", body="B")
    assert (form.to, form.cc, form.bcc, form.subject) == ("ann@x.example", "c@x.example", "b@x.example", "S")
    assert form.body == "B" and form.has_copies and form.title == "S"


def test_every_action_of_the_form_has_its_name() -> None:
    assert [action.value for action in SendAction] == ["send", "save", "discard"]


@pytest.mark.parametrize(
    ("mode", "title"), [(Mode.NEW, "New message"), (Mode.REPLY, "Reply"), (Mode.EDIT, "New message")]
)
def test_a_form_without_a_subject_is_called_by_what_it_is_for(mode: Mode, title: str) -> None:
    assert ComposeForm("t", mode, (), "me").title == title
