"""Every page and state of a page: its landmarks, its names, and nothing that keeps people out."""

from collections.abc import Callable

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.keys import Keys

from tests.browser.person import INBOX, Person
from tests.browser.site import Site
from tests.modules.mail.letters import plain, with_files
from tests.servers.mail_user import MailUser

pytestmark = [pytest.mark.browser, pytest.mark.servers]

Enter = Callable[..., Person]

PAGES = (INBOX, f"{INBOX}1", f"{INBOX}1/headers", f"{INBOX}1/print", "/compose", "/folders", "/settings", "/security")
LANDMARKS = """
return [...document.querySelectorAll("main, header.side, nav, form[role=search], [role=toolbar], iframe, dialog")]
  .filter((one) => one.checkVisibility()).map((one) => one.tagName);
"""
NAMELESS = """
return [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, iframe")]
  .filter((one) => one.checkVisibility({visibilityProperty: true}) && !one.closest("[aria-hidden=true]"));
"""


MISTAKEN = """
const [field, told] = [document.activeElement, document.querySelector(".field-error")];
return field.name === "password" && getComputedStyle(field).borderColor === getComputedStyle(told).color;
"""


def open_palette(person: Person) -> None:
    """Ctrl-K."""
    person.one("body").send_keys(Keys.CONTROL, "k")
    person.wait_for("dialog[open] [role=combobox]")


def ask_for_folder(person: Person) -> None:
    """The list of folders to move to."""
    person.press("j", "v")
    person.wait_for("dialog[open] [role=combobox]")


def ask_a_question(person: Person) -> None:
    """Whether to delete for good."""
    person.open("/mail/main/Trash/")
    person.use("Empty Trash", "button")
    person.wait_for("dialog[open] .primary")


def open_menu(person: Person) -> None:
    """What can be done with the open message."""
    person.open(f"{INBOX}1")
    person.use("More")


def select_some(person: Person) -> None:
    """Ticked rows, and the toolbar for them."""
    person.press("j", "x")
    person.wait_for_text("[data-selected]", "1 selected")


def take_back(person: Person) -> None:
    """A notice with a way back."""
    person.press("j", "s")
    person.wait_for("#notices .notice")


def unfold_folder(person: Person) -> None:
    """The forms that change a folder."""
    person.open("/folders")
    person.use("Change Archive")


def find_nothing(person: Person) -> None:
    """An empty list."""
    person.open(f"{INBOX}?q=from:nobody")
    person.wait_for(".nothing-title")


def open_drawer(person: Person) -> None:
    """The folders of a narrow page."""
    person.be_on_a_phone()
    person.open(INBOX)
    person.use("More", "link")


STATES = (
    *(open_palette, ask_for_folder, ask_a_question, open_menu, select_some),
    *(take_back, unfold_folder, find_nothing, open_drawer),
)


@pytest.fixture
def person(person: Person, reader: Enter) -> Person:
    """Before an inbox with something in it, and in the bin."""
    person.user.append(plain("Rubbish"), "Trash")
    return reader(with_files(("beans.bin", b"beans")), plain("Plants"))


def test_every_page_has_its_landmarks_a_heading_and_a_title(person: Person) -> None:
    for page in PAGES:
        person.open(page)
        assert person.script(LANDMARKS).count("MAIN") == 1, page
        assert [one for one in person.all("h1") if one.text], page
        assert " · " in person.browser.title, page
        assert person.one("html").get_attribute("lang") == "en", page


def test_everything_that_can_be_used_has_a_name(person: Person) -> None:
    for page in PAGES:
        person.open(page)
        nameless = [one.get_attribute("outerHTML") for one in person.script(NAMELESS) if not one.accessible_name]
        assert nameless == [], page


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_no_state_of_a_page_has_barriers(person: Person, dark: bool) -> None:
    if dark:
        person.like_dark()
    found = {}
    for state in STATES:
        person.open(INBOX)
        state(person)
        if barriers := person.barriers():
            found[state.__name__] = barriers
    assert found == {}


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_status_page_has_no_barriers(selenium: Chrome, site: Site, admin: MailUser, dark: bool) -> None:
    person = Person(selenium, admin, site.address)
    if dark:
        person.like_dark()
    person.enter("/status")
    assert person.text("h1") == "Status" and person.named("Status", "link")
    assert (person.barriers(), person.complaints()) == ([], [])


def test_who_is_no_admin_is_shown_no_way_to_the_status_page(person: Person) -> None:
    assert "/status" not in [link.get_dom_attribute("href") for link in person.all("a[href]")]
    person.open("/status")
    assert person.one("[data-status]").get_attribute("data-status") in ("403", "404")
    assert person.barriers() == []


def test_a_page_that_is_not_there_says_so_and_leads_back(person: Person) -> None:
    person.open("/mail/main/Nowhere/")
    assert "Nowhere" in person.text("[data-reason]")
    assert person.barriers() == []
    person.use("Go to your mail")
    person.wait_for_path(INBOX)


def test_moving_things_rest_for_whoever_wishes_it(person: Person) -> None:
    calm = {"name": "prefers-reduced-motion", "value": "reduce"}
    person.tell_browser("Emulation.setEmulatedMedia", features=[calm])
    moving = """
    return [...document.querySelectorAll("*")].map((one) => getComputedStyle(one)).filter((style) =>
      `${style.transitionDuration},${style.animationDuration}`.split(",").some((time) => parseFloat(time) > 0.01)
    ).length
    """
    assert person.script(moving) == 0


def test_with_forced_colours_what_is_chosen_and_unread_is_still_told(person: Person) -> None:
    person.tell_browser("Emulation.setEmulatedMedia", features=[{"name": "forced-colors", "value": "active"}])
    look = "const s = getComputedStyle(document.querySelector(arguments[0]), arguments[1]); return s[arguments[2]]"

    def differ(chosen: str, other: str, what: str = "backgroundColor", piece: str | None = None) -> bool:
        return bool(person.script(look, chosen, piece, what) != person.script(look, other, piece, what))

    assert differ(".chip[aria-current]", ".chip:not([aria-current])")
    assert differ(".mailboxes .link[aria-current]", ".mailboxes .link:not([aria-current])")
    assert person.script(look, ".row.unseen", "::before", "backgroundColor") != person.script(
        look, "body", None, "backgroundColor"
    )
    person.open(f"{INBOX}1")
    assert differ(".row:has([aria-current])", ".row:not(:has([aria-current]))", "outlineStyle")


def test_in_a_low_window_all_folders_are_reached(person: Person) -> None:
    screen = {"width": 720, "height": 450, "deviceScaleFactor": 2, "mobile": False}
    person.tell_browser("Emulation.setDeviceMetricsOverride", **screen)
    room = "const one = document.querySelector(arguments[0]); return [one.scrollHeight, one.clientHeight]"
    needed, there = person.script(room, ".side-scroll")
    assert there >= needed
    person.script("document.querySelector('.side-foot').scrollIntoView({block: 'end'})")
    assert person.one(".side-foot").rect["y"] < 450


def test_a_form_that_came_back_begins_where_the_mistake_is(person: Person) -> None:
    person.open("/security/two-factor")
    person.fill("The code that the app shows now", "123456")
    person.named("Your password, to show that it is you").send_keys(f"wrong{Keys.ENTER}")
    person.wait_for_text(".field-error", "This is not your password.")
    person.until(lambda: person.script(MISTAKEN))
