"""Writing, keeping and sending mail in a real browser."""

from pathlib import Path

import pytest
from selenium.webdriver.common.keys import Keys

from tests.browser.writer import Writer
from tests.modules.compose.desk import parsed, text_of

pytestmark = [pytest.mark.browser, pytest.mark.servers]

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"


def wait_for_another_draft(writer: Writer, before: list[int]) -> None:
    """Return when the draft was replaced."""
    writer.until(lambda: writer.user.uids("Drafts") not in (before, []))


def test_what_is_typed_into_a_panel_is_kept_as_a_draft_by_itself(writer: Writer) -> None:
    writer.begin()
    writer.write(subject="Beans", text="They grow.")
    writer.wait_until_saved()
    (raw,) = writer.user.messages("Drafts")
    assert (parsed(raw)["Subject"], text_of(parsed(raw)).strip()) == ("Beans", "They grow.")


def test_a_panel_opens_where_one_begins_to_write(writer: Writer) -> None:
    writer.begin()
    assert writer.browser.switch_to.active_element.accessible_name == "To"


def test_a_message_that_is_sent_arrives_and_its_draft_is_gone(writer: Writer) -> None:
    writer.begin()
    writer.write(writer.user.name, "Beans", "They grow.")
    writer.wait_until_saved()
    writer.send()
    writer.wait_for_text("#notices", "The message was sent.")
    writer.user.wait_for_messages(2)
    assert writer.user.uids("Drafts") == [] and writer.all(".panel") == []


def test_an_answer_marks_what_it_answers_and_stands_in_its_conversation(writer: Writer) -> None:
    writer.one(".row-link").click()
    writer.wait_for(".letter-tools")
    writer.press("r")
    writer.wait_for(".panel form.compose")
    writer.hold_back(0)
    assert writer.texts(".panel .recipient-name") == ["Ann"]
    writer.type("They ripen.", Keys.CONTROL, Keys.ENTER)
    writer.wait_for_text(".row .row-marks", "answered")
    writer.wait_for_text(".thread-row", "They ripen.")
    assert writer.texts(".thread-place") == ["Sent"]
    writer.one(".thread-row").click()
    writer.wait_for_text("#list-pane .list-title", "Sent")
    writer.wait_for_text(".thread-row", "Ann")


def test_undo_brings_a_message_back_as_it_was(writer: Writer) -> None:
    writer.begin(undo_seconds=300)
    writer.write(writer.user.name, "Beans", "They grow.")
    writer.send()
    assert not writer.one(".panel").is_displayed()
    writer.wait_for("#notices .quiet").click()
    writer.wait_for(".panel .compose-text")
    assert writer.one(".panel textarea.compose-text").get_property("value") == "They grow."


def test_a_message_that_is_held_back_goes_out_when_the_page_is_left(writer: Writer) -> None:
    writer.begin(undo_seconds=300)
    writer.write(writer.user.name, "Beans", "They grow.")
    writer.wait_until_saved()
    writer.send()
    writer.open("/settings")
    writer.user.wait_for_messages(2)
    writer.until(lambda: not writer.user.uids("Drafts"))
    assert parsed(writer.user.messages()[1])["Subject"] == "Beans"


def test_what_was_typed_a_moment_before_the_page_is_left_is_kept(writer: Writer) -> None:
    writer.begin()
    writer.write(subject="Left at once")
    writer.open("/settings")
    writer.user.wait_for_messages(1, "Drafts")
    assert parsed(writer.user.messages("Drafts")[0])["Subject"] == "Left at once"


def test_a_chosen_file_goes_with_the_message(writer: Writer, tmp_path: Path) -> None:
    (tmp_path / "seeds.txt").write_text("peas")
    writer.begin()
    writer.write(writer.user.name, "Seeds", "See below.")
    writer.one(".panel [name=files]").send_keys(str(tmp_path / "seeds.txt"))
    writer.wait_for(".panel .file[data-field=upload]")
    writer.wait_until_saved()
    writer.send()
    writer.user.wait_for_messages(2)
    assert [part.get_filename() for part in parsed(writer.user.messages()[1]).iter_attachments()] == ["seeds.txt"]


def test_a_file_that_is_dropped_onto_a_panel_is_attached(writer: Writer) -> None:
    writer.begin()
    drop = """
    const data = new DataTransfer();
    data.items.add(new File(["peas"], "dropped.txt", {type: "text/plain"}));
    const options = {dataTransfer: data, bubbles: true, cancelable: true};
    document.querySelector(".panel .compose-text").dispatchEvent(new DragEvent("drop", options));
    """
    writer.browser.execute_script(drop)
    writer.wait_for(".panel .file[data-field=upload]")
    assert writer.texts(".panel .file-name") == ["dropped.txt"]


def test_a_file_that_is_too_large_is_refused_by_name_before_it_is_sent(writer: Writer, tmp_path: Path) -> None:
    (tmp_path / "film.bin").write_bytes(b"x" * 2000)
    writer.begin()
    writer.browser.execute_script("document.querySelector('.panel form').dataset.largest = '1000'")
    writer.one(".panel [name=files]").send_keys(str(tmp_path / "film.bin"))
    assert writer.texts(".panel .file-reason") == ["film.bin – It is larger than 1 kB."]


@pytest.mark.parametrize(
    "words", ["See the attached list.", "Im Anhang die Liste.", "Voir pièce jointe.", "مرفق القائمة"]
)
def test_an_attachment_that_is_written_of_but_missing_is_asked_about(writer: Writer, words: str) -> None:
    writer.begin()
    writer.write(writer.user.name, "List")
    writer.browser.execute_script("document.querySelector('.panel textarea.compose-text').value = arguments[0]", words)
    writer.send()
    writer.wait_for_text("dialog", "You write of an attachment, but there is none.")
    assert writer.user.uids() != [] and writer.one(".panel").is_displayed()


def test_a_message_without_a_subject_is_asked_about(writer: Writer) -> None:
    writer.begin()
    writer.write(writer.user.name, text="They grow.")
    writer.send()
    writer.wait_for_text("dialog", "Send without a subject?")
    writer.type(Keys.ENTER)
    writer.user.wait_for_messages(2)
    assert parsed(writer.user.messages()[1])["Subject"] in (None, "")


def test_rich_text_goes_out_as_it_looks(writer: Writer) -> None:
    writer.begin()
    writer.write(writer.user.name, "Beans")
    writer.one(".panel [data-compose-do=format]").click()
    writer.wait_for(".panel div.compose-text").click()
    writer.type(Keys.CONTROL, "b")
    writer.type("Green")
    writer.type(Keys.CONTROL, "b")
    writer.type(" beans", Keys.CONTROL, Keys.ENTER)
    writer.user.wait_for_messages(2)
    message = parsed(writer.user.messages()[1])
    assert "<b>Green</b>" in text_of(message, "html") and text_of(message).strip() == "Green beans"


def test_a_closed_panel_is_a_draft_that_opens_again(writer: Writer) -> None:
    writer.begin()
    writer.write(subject="Beans", text="They grow.")
    writer.all(".panel .compose-tools .tool")[-1].click()
    writer.until(lambda: not writer.all(".panel"))
    writer.open("/mail/main/Drafts/")
    writer.wait_for(".row-link").click()
    writer.wait_for(".panel form.compose")
    assert writer.one(".panel [name=subject]").get_property("value") == "Beans"


def test_the_file_of_a_draft_stays_through_every_save(writer: Writer, tmp_path: Path) -> None:
    (tmp_path / "seeds.txt").write_text("peas")
    writer.begin()
    writer.write(writer.user.name, "Seeds")
    writer.one(".panel [name=files]").send_keys(str(tmp_path / "seeds.txt"))
    writer.wait_for(".panel .file[data-field=upload]")
    writer.all(".panel .compose-tools .tool")[-1].click()
    writer.until(lambda: not writer.all(".panel"))
    writer.open("/mail/main/Drafts/")
    writer.wait_for(".row-link").click()
    writer.wait_for(".panel .file[data-field=keep]")
    for word in ("one ", "two "):
        before = writer.user.uids("Drafts")
        writer.write(text=word)
        wait_for_another_draft(writer, before)
    writer.hold_back(0)
    writer.wait_until_saved()
    writer.send()
    writer.user.wait_for_messages(2)
    assert [part.get_filename() for part in parsed(writer.user.messages()[1]).iter_attachments()] == ["seeds.txt"]


def test_a_panel_stands_small_on_the_next_page(writer: Writer) -> None:
    writer.begin()
    writer.write(subject="Beans")
    writer.wait_until_saved()
    writer.open("/settings")
    writer.wait_for_text(".panel[data-small] .compose-title", "Beans")
    assert not writer.one(".panel [name=subject]").is_displayed()


def test_a_discarded_message_comes_back_by_undo(writer: Writer) -> None:
    writer.begin()
    writer.write(subject="Beans")
    writer.one(".panel button[value=discard]").click()
    writer.wait_for("#notices .quiet").click()
    assert writer.wait_for(".panel [name=subject]").get_property("value") == "Beans"


def test_escape_makes_a_panel_small_and_its_title_brings_it_back(writer: Writer) -> None:
    writer.begin()
    writer.type(Keys.ESCAPE)
    assert not writer.one(".panel [name=subject]").is_displayed()
    writer.one(".panel .compose-title").click()
    assert writer.one(".panel [name=subject]").is_displayed()


def test_an_ended_session_takes_nothing_and_a_new_login_goes_on(writer: Writer) -> None:
    writer.begin()
    writer.browser.delete_all_cookies()
    writer.write(subject="Typed into the void")
    writer.wait_for(".panel [data-locked] a").click()
    here, there = writer.browser.window_handles
    writer.browser.switch_to.window(there)
    writer.wait_for("[name=username]")
    writer.log_in()
    writer.browser.switch_to.window(here)
    # Coming back is enough: what is unsaved tries again by itself.
    writer.wait_until_saved()
    assert parsed(writer.user.messages("Drafts")[0])["Subject"] == "Typed into the void"


def test_logging_out_keeps_what_is_being_written(writer: Writer) -> None:
    writer.begin()
    writer.write(subject="Good night")
    writer.one("[data-logout] button").click()
    writer.wait_for("[name=username]")
    assert parsed(writer.user.messages("Drafts")[0])["Subject"] == "Good night"


def test_the_page_of_the_form_works_as_the_panel_does(writer: Writer) -> None:
    writer.open(f"/compose?to={writer.user.name}&subject=Beans&body=They+grow.")
    writer.browser.execute_script("document.querySelector('form.compose').dataset.undoSeconds = '0'")
    writer.one("button[value=send]").click()
    writer.wait_for("#list-pane")
    writer.user.wait_for_messages(2)
    assert text_of(parsed(writer.user.messages()[1])).strip() == "They grow."


def test_on_a_phone_the_way_back_closes_the_sheet_and_keeps_the_draft(writer: Writer) -> None:
    narrow = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
    writer.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", narrow)
    writer.one(".bottom [data-do=compose]").click()
    writer.wait_for(".panel form.compose")
    writer.write(subject="From the bus")
    writer.browser.back()
    writer.until(lambda: not writer.all(".panel"))
    assert writer.browser.current_url.endswith("/mail/main/INBOX/")
    assert parsed(writer.user.messages("Drafts")[0])["Subject"] == "From the bus"


def test_a_panel_has_nothing_that_keeps_people_out(writer: Writer) -> None:
    writer.begin()
    writer.type("ann@garden.example, beans,")
    writer.one(".panel [data-compose-do=format]").click()
    writer.wait_for(".panel div.compose-text")
    # Through the browser's own tools: the site's rules let no foreign script in.
    writer.browser.execute_cdp_cmd("Runtime.evaluate", {"expression": AXE.read_text()})
    look = "axe.run().then((found) => arguments[0](found.violations.map((one) => `${one.id}: ${one.nodes[0].html}`)))"
    assert writer.browser.execute_async_script(look.replace("arguments[0](", "arguments[arguments.length - 1](")) == []
