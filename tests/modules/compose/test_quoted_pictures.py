"""Pictures of other machines in a text that is answered or forwarded: they go along if their reader saw them."""

import pytest

from core import UserSettings
from modules.compose.module import draft_page, send_page
from modules.compose.results import BodyFormat, ComposeForm, DraftSaved
from modules.compose.settings import ComposeSettings
from modules.mail.settings import ReadingSettings, RemoteImages
from tests.modules.compose.desk import Desk, fields_of
from tests.modules.mail.letters import rich

pytestmark = pytest.mark.servers

PICTURE = "https://pictures.example/a.png"
LETTER = rich(f'<p>See <img src="{PICTURE}" alt="our garden"></p>')


def begin(desk: Desk, mode: str = "reply", **asked: str) -> ComposeForm:
    """What a rich writer begins with a message that shows a picture."""
    chosen: UserSettings = desk.application.user_settings(desk.session)
    chosen.put(ComposeSettings(format=BodyFormat.RICH))
    return desk.begin(mode=mode, mailbox="INBOX", uid=desk.user.append(LETTER), **asked)


@pytest.mark.parametrize("mode", ["reply", "forward", "edit"])
def test_of_a_picture_that_was_withheld_its_words_go_along(desk: Desk, mode: str) -> None:
    form = begin(desk, mode)
    assert "See our garden" in form.html and "<img" not in form.html


@pytest.mark.parametrize("mode", ["reply", "forward", "edit"])
def test_a_picture_that_was_shown_this_time_goes_along_by_its_address(desk: Desk, mode: str) -> None:
    assert f'src="{PICTURE}"' in begin(desk, mode, images="1").html


def test_pictures_that_are_always_shown_go_along_and_those_that_never_are_do_not(desk: Desk) -> None:
    chosen: UserSettings = desk.application.user_settings(desk.session)
    chosen.put(ReadingSettings(remote_images=RemoteImages.ALWAYS))
    assert PICTURE in begin(desk).html
    chosen.put(ReadingSettings(remote_images=RemoteImages.NEVER))
    assert PICTURE not in begin(desk, images="1").html


def test_a_draft_keeps_the_picture_until_it_is_sent(desk: Desk) -> None:
    saved = desk.ask(draft_page, fields_of(begin(desk, images="1"))).told
    assert isinstance(saved, DraftSaved)
    resumed = desk.begin(mode="edit", mailbox="Drafts", uid=saved.uid or 0)
    assert PICTURE in resumed.html and resumed.attachments == ()
    desk.ask(send_page, {**fields_of(resumed), "to": desk.user.name})
    sent = desk.user.messages()[-1]
    assert PICTURE.encode() in sent and b"image/" not in sent


def test_what_is_withheld_adds_no_picture_to_what_is_sent(desk: Desk) -> None:
    form = begin(desk)
    desk.ask(send_page, {**fields_of(form), "to": desk.user.name})
    sent = desk.user.messages()[-1]
    assert b"our garden" in sent and b"image/" not in sent and b"pictures.example" not in sent
