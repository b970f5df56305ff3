"""People before a browser."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Chrome

from demo.dovecot import Dovecot
from demo.submission import Submission
from tests.browser.browser import Browser, leave
from tests.browser.person import Person
from tests.browser.site import ADMIN, Site, serve
from tests.browser.writer import Writer
from tests.modules.compose.desk import QUESTION
from tests.modules.images.gallery import ImageServer, serve_images
from tests.options import browser_missing
from tests.servers.mail_user import MailUser
from tests.servers.needs import missing


@pytest.fixture(scope="session")
def running_browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """The browser that all tests of one worker use one after the other."""
    lack = browser_missing()
    if lack:
        missing(lack)
    browser = Browser(tmp_path_factory.mktemp("browser"))
    yield browser
    browser.quit()


@pytest.fixture
def selenium(running_browser: Browser, request: pytest.FixtureRequest) -> Chrome:
    """A window of the browser that nobody used before: no cookies, nothing stored, as large as a desk's."""
    chrome = running_browser.fresh()
    # Where pytest-selenium looks for what it shows of a test that failed.
    request.node._driver = chrome
    return chrome


@pytest.fixture(scope="session")
def usual_site(
    tmp_path_factory: pytest.TempPathFactory, dovecot: Dovecot, submission: Submission, front_end: Path
) -> Iterator[Site]:
    """The program, served by `hm3 serve` for the users of this worker's mail servers."""
    folder = tmp_path_factory.mktemp("site")
    with serve(folder, dovecot, submission) as site:
        yield site
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def site(usual_site: Site) -> Site:
    """Where people go; a file of tests may have another one in its place."""
    return usual_site


@pytest.fixture(scope="session")
def admin(dovecot: Dovecot) -> MailUser:
    """The user whom hm3.ini calls an admin."""
    dovecot.add_user(ADMIN, "secret-of-the-admin")
    return MailUser(ADMIN, "secret-of-the-admin", dovecot)


@pytest.fixture(scope="session")
def images() -> Iterator[ImageServer]:
    """A server of somebody else's, which has images."""
    with serve_images() as server:
        yield server


@pytest.fixture
def server(images: ImageServer) -> ImageServer:
    """The same, which shows nothing yet and was asked nothing."""
    images.answers.clear()
    images.asked.clear()
    images.connections = 0
    return images


@pytest.fixture
def person(selenium: Chrome, site: Site, mail_user: MailUser) -> Iterator[Person]:
    """A fresh user before a browser, not logged in yet.

    At the end the browser asked nobody but the site for anything, and its console has no complaints.
    """
    person = Person(selenium, mail_user, site.address)
    yield person
    assert person.asked_elsewhere() == []
    for window in selenium.window_handles:
        selenium.switch_to.window(window)
        assert person.complaints() == []
    leave(selenium)


@pytest.fixture
def reader(person: Person) -> Callable[..., Person]:
    """Logs the user in, with these letters in the inbox, the last one the newest, and gives the person."""

    def enter(*letters: bytes, where: str = "/mail/main/INBOX/") -> Person:
        if letters:
            person.user.append_all(*letters)
        person.enter(where)
        return person

    return enter


@pytest.fixture
def writer(selenium: Chrome, site: Site, mail_user: MailUser) -> Iterator[Writer]:
    """Someone logged in, with a question in the inbox; at the end the browser's console has no complaints."""
    mail_user.append(QUESTION % mail_user.name.encode())
    writer = Writer(selenium, mail_user, site.address)
    writer.open("/login")
    writer.log_in()
    yield writer
    assert writer.complaints() == []
    leave(selenium)
