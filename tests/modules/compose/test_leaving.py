"""A page that is left sends or throws away without having heard of its last save: no draft is left of either."""

import threading
from contextlib import suppress

import pytest

from core import Conflict, UpstreamError
from modules.compose.module import discard_page, draft_page, send_page
from modules.compose.results import DraftSaved, Sent
from modules.imap.store import ImapStore
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


def test_drafts_that_cannot_be_removed_after_sending_are_told_of_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise UpstreamError("the server is busy")

    form = desk.write()
    first = save(desk, form)
    known = {**form, "draft": str(first.uid), "draft_mailbox": first.mailbox}
    later = save(desk, desk.write(token=form["token"]))
    assert later.uid != first.uid
    monkeypatch.setattr(ImapStore, "erase", fail)
    told = desk.ask(send_page, known).told
    assert told == Sent("The message was sent. But its draft could not be removed (the server is busy).")
    assert len(desk.user.messages("Drafts")) == 2


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


def discard(desk: Desk, form: Fields, action: str) -> None:
    desk.ask(*((send_page, {**form, "action": "discard"}) if action else (discard_page, form)))


@pytest.mark.parametrize("action", ["", "action"])
def test_a_draft_that_the_form_does_not_know_of_is_thrown_away_with_it(desk: Desk, action: str) -> None:
    form = desk.write()
    first = save(desk, form)
    discard(desk, form, action)
    assert desk.user.messages("Drafts") == []
    form = desk.write()
    first = save(desk, form)
    known = {**form, "draft": str(first.uid), "draft_mailbox": first.mailbox}
    save(desk, {**known, "body": "Hello again"})
    discard(desk, known, action)
    assert desk.user.messages("Drafts") == []


def test_a_draft_that_comes_after_it_was_thrown_away_is_not_kept(desk: Desk) -> None:
    form = desk.write()
    discard(desk, form, "")
    with pytest.raises(Conflict, match="was discarded"):
        save(desk, form)
    assert desk.user.messages("Drafts") == []


@pytest.mark.parametrize("action", ["save", "send"])
def test_who_goes_back_to_what_was_thrown_away_can_keep_or_send_it(desk: Desk, action: str) -> None:
    form = desk.write()
    discard(desk, form, "")
    desk.ask(send_page, {**form, "action": action})
    assert len(desk.user.messages("Drafts" if action == "save" else "INBOX")) == 1


def test_a_draft_that_is_saved_as_it_is_thrown_away_is_not_left(desk: Desk) -> None:
    form = desk.write()

    def try_to_save() -> None:
        with suppress(Conflict):
            save(desk, form)

    threads = [threading.Thread(target=try_to_save), threading.Thread(target=discard, args=(desk, form, ""))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert desk.user.messages("Drafts") == []
