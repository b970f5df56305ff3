"""A page that is left sends without having heard of its last save: no draft is left of what went out."""

import threading

import pytest

from core import Conflict
from modules.compose.module import draft_page, send_page
from modules.compose.results import DraftSaved, Sent
from tests.modules.compose.desk import Desk, Fields, parsed

pytestmark = pytest.mark.servers


def save(desk: Desk, form: Fields) -> DraftSaved:
    told = desk.ask(draft_page, form).told
    assert isinstance(told, DraftSaved)
    return told


def test_a_first_draft_that_the_form_does_not_know_of_goes_with_its_message(desk: Desk) -> None:
    form = desk.write()
    save(desk, form)
    assert desk.ask(send_page, form).told == Sent("The message was sent.")
    assert desk.user.messages("Drafts") == []


def test_a_newer_draft_than_that_of_the_form_goes_with_its_message(desk: Desk) -> None:
    form = desk.write()
    first = save(desk, form)
    known = {**form, "draft": str(first.uid), "draft_mailbox": first.mailbox}
    save(desk, {**known, "body": "Hello again"})
    assert desk.ask(send_page, known).told == Sent("The message was sent.")
    assert desk.user.messages("Drafts") == []


def test_a_draft_that_comes_after_its_message_is_not_kept(desk: Desk) -> None:
    form = desk.write()
    desk.ask(send_page, form)
    with pytest.raises(Conflict, match="was sent already"):
        save(desk, form)
    with pytest.raises(Conflict, match="was sent already"):
        desk.ask(send_page, {**form, "action": "save"})
    assert desk.user.messages("Drafts") == []


def test_a_draft_and_its_message_that_come_at_once_leave_the_message_alone(desk: Desk) -> None:
    form = desk.write()
    refused: list[Exception] = []

    def try_to_save() -> None:
        try:
            save(desk, form)
        except Conflict as error:
            refused.append(error)

    threads = [threading.Thread(target=try_to_save), threading.Thread(target=desk.ask, args=(send_page, form))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert desk.user.messages("Drafts") == [] and len(desk.user.messages()) == 1


@pytest.mark.parametrize("other", ["another composition", "no draft"])
def test_what_has_the_number_of_the_last_draft_by_chance_stays(desk: Desk, other: str) -> None:
    form = desk.write()
    saved = save(desk, form)
    assert saved.uid is not None
    with desk.user.connection() as program:
        program.delete("Drafts")
        program.create("Drafts")
    if other == "no draft":
        while desk.user.append(b"Subject: Kept\r\n\r\nx\r\n", "Drafts") < saved.uid:
            pass
    else:
        while (save(desk, desk.write(subject="Kept")).uid or 0) < saved.uid:
            pass
    before = len(desk.user.messages("Drafts"))
    desk.ask(send_page, form)
    kept = desk.user.messages("Drafts")
    assert len(kept) == before and {parsed(raw)["Subject"] for raw in kept} == {"Kept"}
