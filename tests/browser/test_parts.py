"""Messages within messages, cards of what parts say, and dark colours, as people meet them in a browser."""

from collections.abc import Callable

import pytest

from modules.mail.html.colours import Rgb, contrast
from tests.browser.person import INBOX, Person
from tests.messages import octets_of

pytestmark = [pytest.mark.browser, pytest.mark.servers]

Reader = Callable[..., Person]
WRITTEN_ON = """
const found = [];
for (const node of letter.querySelectorAll("h1, td, span, font, a")) {
  let ground = node;
  const colour = (one) => getComputedStyle(one).backgroundColor;
  while (ground && /, 0\\)$|transparent/.test(colour(ground))) ground = ground.parentElement;
  found.push([getComputedStyle(node).color, ground ? colour(ground) : "rgb(26, 29, 36)"]);
}
return found;
"""


def colour_of(written: str) -> Rgb:
    """A colour as browsers write it: rgb(0, 0, 0), perhaps with a part that says how much is seen."""
    red, green, blue = (float(part) / 255 for part in written.partition("(")[2].rstrip(")").split(",")[:3])
    return red, green, blue


def test_a_message_within_a_message_opens_in_the_pane_and_going_back_leads_to_the_whole(reader: Reader) -> None:
    person = reader(octets_of("rfc822-rich"))
    person.open(f"{INBOX}1")
    person.wait_for(".inner-row a").click()
    person.wait_for_message("Grüße / a plan")
    assert person.path == f"{INBOX}1/part/2/message" and person.browser.title.startswith("Grüße / a plan")
    assert "The plan in bold words." in person.in_letter("return letter.body.innerText")
    assert person.subjects() == ["For you to see"] and person.barriers() == []
    person.browser.back()
    person.wait_for_text("#subject", "For you to see")
    assert person.path == f"{INBOX}1" and person.complaints() == []


def test_cards_raise_no_barriers(reader: Reader) -> None:
    names = ("report-several", "calendar-invitation", "tnef-files", "vcard", "vcard-hostile")
    person = reader(*map(octets_of, names))
    for uid in range(1, len(names) + 1):
        person.open(f"{INBOX}{uid}")
        person.wait_for(".card")
        assert person.barriers() == []


def test_on_a_dark_page_all_of_a_newsletter_is_readable_and_its_own_colours_a_click_away(reader: Reader) -> None:
    person = reader(octets_of("dark-newsletter"))
    person.like_dark()
    person.open(f"{INBOX}1")
    person.wait_for_message("Colours of every kind")
    pairs = person.in_letter(WRITTEN_ON)
    assert len(pairs) > 6
    assert min(contrast(colour_of(ink), colour_of(ground)) for ink, ground in pairs) >= 4.5
    person.use("More")
    person.use("Show original colours")
    person.until(lambda: ["rgb(51, 51, 51)", "rgb(255, 255, 255)"] in person.in_letter(WRITTEN_ON))
    assert "light-dark" not in person.in_letter("return letter.body.innerHTML")
