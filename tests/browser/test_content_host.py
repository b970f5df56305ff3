"""A host of its own for messages before a person's eyes: what they see, save and print, and what nothing can reach."""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Chrome

from demo.dovecot import Dovecot
from demo.ports import LOOPBACK
from demo.submission import Submission
from tests.browser.browser import leave
from tests.browser.person import INBOX, Person
from tests.browser.site import Site, serve
from tests.modules.attachments.files import PE
from tests.modules.images.gallery import ImageServer, picture
from tests.modules.mail.hostile import SCRIPTS
from tests.modules.mail.letters import PIXEL, plain, rich, with_files, with_picture
from tests.servers.mail_user import MailUser

pytestmark = [pytest.mark.browser, pytest.mark.servers]

FRAME = "#letter-frame"
SIZES = "return [...document.images].map((one) => one.complete && one.naturalWidth > 0)"
WIDE = "return document.documentElement.scrollWidth <= innerWidth"
LONG = "\n".join(f"Line {number} of a long letter." for number in range(400))


@pytest.fixture(scope="module")
def site(
    images: ImageServer,
    dovecot: Dovecot,
    submission: Submission,
    tmp_path_factory: pytest.TempPathFactory,
    front_end: Path,
) -> Iterator[Site]:
    """A site that shows messages under another name of this machine, and may fetch images."""
    with serve(tmp_path_factory.mktemp("apart"), dovecot, submission, more=images.settings, apart=True) as site:
        yield site


@pytest.fixture
def person(selenium: Chrome, mail_user: MailUser, site: Site) -> Iterator[Person]:
    """A fresh user of that site."""
    yield Person(selenium, mail_user, site.address)
    leave(selenium)


def content(person: Person) -> str:
    """The origin of the content host."""
    return person.site.replace(LOOPBACK, "localhost")


def read(person: Person, subject: str) -> None:
    """Wait until a message is open, and look into its frame."""
    person.browser.switch_to.default_content()
    person.until(lambda: person.one("#message #subject").text == subject)
    person.browser.switch_to.frame(person.wait_for(FRAME))
    person.wait_for("main.body")


def test_texts_and_pictures_are_seen_and_neither_side_reaches_the_other(person: Person, server: ImageServer) -> None:
    server.shows("/a.png", picture(size=(40, 30)))
    person.user.append_all(
        rich(
            f'<p>Newsletter</p><img src="{server.at("/a.png", "localhost")}"> <a href="mailto:ada@example.test">Ada</a>'
        ),
        with_picture(),
        plain("Plants", LONG),
    )
    person.enter()
    person.one(".row-link").click()
    read(person, "Plants")
    assert person.text("main.body").startswith("Line 0 of a long letter.")
    assert person.script("return [document.URL.split('/').slice(0, 3).join('/'), self.origin]") == [
        content(person),
        "null",
    ]
    person.browser.switch_to.default_content()
    # Nothing of the text is in reach of the page, and nobody measured it.
    assert person.script("return document.querySelector(arguments[0]).contentDocument", FRAME) is None
    assert person.one(FRAME).size["height"] >= 384 and person.script(WIDE)
    person.press("j")
    read(person, "A photograph")
    person.until(lambda: person.script(SIZES) == [True])
    person.browser.switch_to.default_content()
    person.press("j")
    read(person, "Newsletter")
    person.browser.switch_to.default_content()
    person.use("Show images", "link")
    person.until(lambda: (person.one(FRAME).get_attribute("src") or "").endswith("/frame/remote"))
    read(person, "Newsletter")
    person.until(lambda: person.script(SIZES) == [True])
    person.one("main.body a").click()
    person.until(lambda: len(person.browser.window_handles) == 2)
    person.browser.switch_to.window(person.browser.window_handles[1])
    person.until(lambda: person.path.startswith("/compose?to=ada"))
    ours = {person.site, content(person)}
    assert {"/".join(address.split("/")[:3]) for address in person.asked()} == ours
    assert person.complaints() == []


def test_files_are_looked_at_saved_and_asked_about(person: Person, tmp_path: Path) -> None:
    person.user.append(with_files(("peas.png", PIXEL), ("holiday.jpg", PE)))
    person.enter()
    person.tell_browser("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(tmp_path))
    person.one(".row-link").click()
    person.wait_for_text(".attachment-why", "is a program (Windows)")
    shown = "return [...document.querySelectorAll('.attachment img')].map((one) => one.complete && one.naturalWidth)"
    person.until(lambda: person.script(shown) == [1])
    person.use("Look at peas.png", "link")
    person.until(lambda: person.script("return document.querySelector('dialog img').naturalWidth") == 1)
    person.press("\ue00c")
    person.use("Download peas.png")
    person.until((tmp_path / "peas.png").exists)
    assert (tmp_path / "peas.png").read_bytes() == PIXEL
    person.use("Download holiday.jpg")
    person.wait_for_text("h1", "Be careful with this file")
    person.one("li.attachment a.button").click()
    person.until((tmp_path / "holiday.jpg").exists)
    assert (tmp_path / "holiday.jpg").read_bytes() == PE
    person.open(f"{INBOX}1")
    person.one(".read-bar .menu summary").click()
    person.use("Download all attachments", "link")
    person.wait_for_text("h1", "Be careful with these files")
    assert person.complaints() == []


def test_the_whole_of_a_long_message_is_printed(person: Person) -> None:
    person.user.append(plain("Plants", LONG))
    person.enter(f"{INBOX}1/print")
    person.wait_for_text("main.body", "Line 399 of a long letter.")
    assert person.browser.current_url.startswith(content(person)) and "Ada Field" in person.text("header.paper")
    printed = base64.b64decode(person.tell_browser("Page.printToPDF")["data"])
    assert printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page ") >= 6


def test_on_a_phone_in_the_dark_a_message_is_read_without_barriers(person: Person) -> None:
    person.user.append(plain("Plants", LONG))
    person.enter()
    person.be_on_a_phone()
    person.like_dark()
    person.open(f"{INBOX}1")
    read(person, "Plants")
    dark = "return getComputedStyle(document.body).color"
    assert person.script(dark) == "rgb(231, 234, 240)" and person.script(WIDE)
    person.browser.switch_to.default_content()
    assert person.barriers() == [] and person.script(WIDE) and person.one(FRAME).size["height"] >= 384


def test_what_a_cleaner_would_let_through_finds_nothing_there(
    selenium: Chrome, mail_user: MailUser, dovecot: Dovecot, submission: Submission, tmp_path: Path, front_end: Path
) -> None:
    running = "".join(f"<div>{snippet.replace('alert(1)', 'top.ran=1')}</div>" for snippet in SCRIPTS[:60])
    stealing = '<script>top.location = "/gone"; document.cookie</script><form action="/logout" method="post"><button>x'
    own = "<script>document.body.innerHTML = 'gone'</script><meta http-equiv=refresh content='0;url=/gone'><p>Words"
    for html in (running, stealing, own):
        mail_user.append(rich(html))
    with serve(tmp_path, dovecot, submission, apart=True, program="tests.browser.uncleaned") as site:
        person = Person(selenium, mail_user, site.address)
        person.enter()
        for uid in (1, 2, 3):
            person.open(f"{INBOX}{uid}")
            read(person, "Newsletter")
            assert person.script("return document.querySelector('main.body script') !== null"), "the cleaner is there"
            person.browser.switch_to.default_content()
            assert person.script("return window.ran") is None and person.path == f"{INBOX}{uid}"
        asked = {"/".join(address.split("/")[:3]) for address in person.asked()}
        assert asked == {site.address, content(person)} and not any("gone" in one for one in person.asked())
