"""The text of a message: what is dropped into it, and the side its lines begin at."""

import pytest

from tests.browser.writer import Writer

pytestmark = [pytest.mark.browser, pytest.mark.servers]

_TEXT = ".panel .compose-text:not([hidden])"
_DROP = """
const pixel = Uint8Array.from(atob(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
), (one) => one.charCodeAt(0));
const [selector, names] = arguments, data = new DataTransfer(), text = document.querySelector(selector);
for (const name of names) {
    data.items.add(new File([pixel], name, {type: name.endsWith(".png") ? "image/png" : "text/plain"}));
}
const {left, top} = text.getBoundingClientRect();
const where = {clientX: left + 40, clientY: top + 24};
text.dispatchEvent(new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true, ...where}));
"""
_BEGINS = """
const text = document.querySelector(arguments[0]);
return getComputedStyle(text).direction + " " + getComputedStyle(text).unicodeBidi;
"""
_LEANS = """
const text = document.querySelector(arguments[0]), range = document.createRange(), box = text.getBoundingClientRect();
range.selectNodeContents(text);
const {left, right} = range.getBoundingClientRect();
return left - box.left < box.right - right ? "left" : "right";
"""


def drop(writer: Writer, *names: str) -> None:
    """Let go of files over the text."""
    writer.browser.execute_script(_DROP, _TEXT, names)


def write_richly(writer: Writer) -> None:
    """Change to formatted text."""
    writer.one(".panel [data-compose-do=format]").click()
    writer.wait_for(".panel div.compose-text")


def test_each_of_several_files_is_told_to_who_does_not_see_them(writer: Writer) -> None:
    writer.begin()
    drop(writer, "peas.txt", "beans.txt")
    writer.until(lambda: len(writer.all(".panel .file[data-field=upload]")) == 2)
    assert writer.texts("#announcer p") == ["peas.txt attached", "beans.txt attached"]
    assert writer.one("#announcer").get_attribute("aria-atomic") == "false"


def test_pictures_dropped_into_rich_text_stand_in_it_and_other_files_beside_it(writer: Writer) -> None:
    writer.begin()
    write_richly(writer)
    drop(writer, "pod.png", "peas.txt", "leaf.png")
    writer.until(lambda: len(writer.all(f"{_TEXT} img")) == 2)
    assert [one.get_attribute("alt") for one in writer.all(f"{_TEXT} img")] == ["pod.png", "leaf.png"]
    writer.wait_for(".panel .file[data-field=upload]")
    assert writer.texts(".panel .file-name") == ["peas.txt"]


@pytest.mark.parametrize("rich", [False, True])
def test_an_empty_line_begins_where_the_page_does_and_another_where_its_language_does(
    writer: Writer, rich: bool
) -> None:
    writer.browser.execute_script("document.documentElement.dir = 'rtl'")
    writer.begin()
    if rich:
        write_richly(writer)
    assert writer.browser.execute_script(_BEGINS, _TEXT) == "rtl plaintext"
    writer.write(text="Peas")
    if rich:
        assert writer.browser.execute_script(_LEANS, f"{_TEXT} div") == "left"
        writer.browser.execute_script("document.querySelector(arguments[0]).textContent = 'سلام'", f"{_TEXT} div")
        assert writer.browser.execute_script(_LEANS, f"{_TEXT} div") == "right"
