"""Opening messages: what stands in them, what hangs on them, and the ones beside them."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.person import INBOX, Person
from tests.modules.mail.letters import PIXEL, plain, rich, with_files, with_picture

pytestmark = [pytest.mark.browser, pytest.mark.servers]

Enter = Callable[..., Person]


def open_first(person: Person, subject: str) -> None:
    """Click on the row of a message and wait for its text."""
    person.wait_for_text(".row-subject", subject)
    next(row for row in person.all(".row-link") if subject in row.text).click()
    person.wait_for_message(subject)


def use_menu(person: Person, name: str) -> None:
    """Choose something in the menu of the open message."""
    person.use("More")
    person.use(name)


def go_to_other_tab(person: Person) -> None:
    """Look at the tab that a link has just opened."""
    here = person.browser.current_window_handle
    person.until(lambda: len(person.browser.window_handles) == 2)
    (there,) = [handle for handle in person.browser.window_handles if handle != here]
    person.browser.switch_to.window(there)
    person.until(lambda: person.path.startswith("/"))


def download_to(person: Person, folder: Path) -> Callable[[str], bytes]:
    """Let the browser keep what it downloads; gives what reads a file as soon as it is whole.

    The browser makes an empty file first, writes another one, and puts that in its place at the end.
    """
    person.tell_browser("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(folder))

    def content(name: str) -> bytes:
        person.until(lambda: (folder / name).exists() and (folder / name).stat().st_size > 0)
        return (folder / name).read_bytes()

    return content


def test_a_plain_message_shows_its_text_and_who_wrote_it(reader: Enter) -> None:
    person = reader(plain("Plants", "The beans are up.\nAnd the peas."))
    open_first(person, "Plants")
    assert "The beans are up.\nAnd the peas." in person.in_letter("return letter.body.innerText")
    assert person.text(".letter-from").startswith("Ada Field ada@example.test")
    assert person.path == f"{INBOX}1" and person.browser.title.startswith("Plants · ")


def test_an_opened_message_is_read_on_the_server_and_in_the_list(reader: Enter) -> None:
    person = reader(plain("One"), plain("Two"))
    assert person.texts(".mailboxes [data-role=inbox] .count") == ["2"]
    open_first(person, "Two")
    person.until(lambda: "\\Seen" in person.user.flags(2))
    person.until(lambda: person.texts(".row.unseen .row-subject") == ["One"])
    person.until(lambda: person.texts(".mailboxes [data-role=inbox] .count") == ["1"])


def test_a_message_of_html_looks_as_it_was_written(reader: Enter) -> None:
    person = reader(rich('<h1 style="color: rgb(0, 100, 0)">Green</h1><table><tr><td>cell</td></tr></table>'))
    open_first(person, "Newsletter")
    assert person.in_letter("return getComputedStyle(letter.querySelector('h1')).color") == "rgb(0, 100, 0)"


def test_a_message_of_both_kinds_can_be_read_as_plain_text(reader: Enter) -> None:
    person = reader(rich("<h1>Formatted</h1>", "In plain words"))
    open_first(person, "Newsletter")
    use_menu(person, "Show plain text")
    person.until(lambda: "In plain words" in person.in_letter("return letter.body.innerText"))
    use_menu(person, "Show formatted text")
    person.until(lambda: "Formatted" in person.in_letter("return letter.body.innerText"))


def test_a_picture_inside_of_a_message_is_seen(reader: Enter) -> None:
    person = reader(with_picture())
    open_first(person, "A photograph")
    person.until(lambda: person.in_letter("return letter.images[0].complete && letter.images[0].naturalWidth"))
    assert person.in_letter("return letter.images[0].alt") == "a dot"


def test_the_frame_of_a_message_is_as_high_as_its_text(reader: Enter) -> None:
    person = reader(plain("Long", "a line\n" * 200))
    open_first(person, "Long")
    fits = "const box = document.querySelector('iframe.letter-frame').clientHeight;"
    person.until(lambda: person.in_letter(f"{fits} return box > 2000 && letter.body.scrollHeight <= box + 1"))


def test_an_attachment_is_downloaded_as_it_was_sent(reader: Enter, tmp_path: Path) -> None:
    person = reader(with_files(("beans.bin", bytes(range(256)))))
    content = download_to(person, tmp_path)
    open_first(person, "Files: a/b")
    person.use("Download beans.bin")
    assert content("beans.bin") == bytes(range(256))


def test_all_attachments_come_in_one_archive(reader: Enter, tmp_path: Path) -> None:
    person = reader(with_files(("beans.bin", b"beans"), ("peas.png", PIXEL)))
    content = download_to(person, tmp_path)
    open_first(person, "Files: a/b")
    person.use("Download all")
    person.until(lambda: [*tmp_path.glob("*.zip")])
    with zipfile.ZipFile(io.BytesIO(content(next(tmp_path.glob("*.zip")).name))) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {"beans.bin": b"beans", "peas.png": PIXEL}


def test_an_attached_picture_is_looked_at_over_the_page(reader: Enter) -> None:
    person = reader(with_files(("peas.png", PIXEL)))
    open_first(person, "Files: a/b")
    person.use("Look at peas.png")
    person.until(lambda: person.script("return document.querySelector('dialog[open] img').naturalWidth") == 1)


def test_older_and_newer_lead_through_the_list(reader: Enter) -> None:
    person = reader(plain("First"), plain("Second"), plain("Third"))
    open_first(person, "Second")
    person.use("Next message")
    person.wait_for_message("First")
    person.use("Previous message")
    person.wait_for_message("Second")
    assert person.texts(".row-link[aria-current] .row-subject") == ["Second"]


def test_the_browsers_way_back_leads_through_what_was_open(reader: Enter) -> None:
    person = reader(plain("First"), plain("Second"))
    open_first(person, "First")
    open_first(person, "Second")
    person.browser.back()
    person.wait_for_message("First")
    person.browser.back()
    person.wait_for("#read-pane .nothing")
    person.browser.forward()
    person.wait_for_message("First")


def test_a_message_has_an_address_of_its_own(reader: Enter) -> None:
    person = reader(plain("First"), plain("Second"), where=f"{INBOX}1")
    person.wait_for_message("First")
    assert person.subjects() == ["Second", "First"]


def test_all_header_fields_are_shown_over_the_page(reader: Enter) -> None:
    person = reader(plain("Plants", X_Soil="loam"))
    open_first(person, "Plants")
    use_menu(person, "Show headers")
    person.wait_for_text("dialog[open] dd", "loam")
    assert person.path == f"{INBOX}1"


def test_the_source_of_a_message_is_shown_as_text(reader: Enter) -> None:
    person = reader(rich("<h1>Formatted</h1>"))
    open_first(person, "Newsletter")
    use_menu(person, "Show source")
    go_to_other_tab(person)
    person.wait_for_text("body", "<h1>Formatted</h1>")
    assert person.script("return document.contentType") == "text/plain"


def test_a_message_can_be_printed_from_a_page_without_anything_else(reader: Enter) -> None:
    person = reader(plain("Plants", "The beans are up."))
    open_first(person, "Plants")
    use_menu(person, "Print")
    go_to_other_tab(person)
    person.wait_for_text("h1", "Plants")
    person.until(lambda: "The beans are up." in person.in_letter("return letter.body.innerText"))
    person.tell_browser("Emulation.setEmulatedMedia", media="print")
    assert not person.one(".paper-bar").is_displayed()


def test_the_rest_of_a_conversation_stands_below_the_message(reader: Enter) -> None:
    question = plain("Plants", "How are they?", Message_ID="<q@example.test>")
    answer = plain("Re: Plants", "They grow.", Message_ID="<a@example.test>", In_Reply_To="<q@example.test>")
    person = reader(question, answer)
    open_first(person, "Re: Plants")
    person.wait_for(".thread-row").click()
    person.wait_for_message("Plants")
