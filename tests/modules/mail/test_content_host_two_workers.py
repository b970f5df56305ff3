"""A host of its own for messages before a whole site with two workers: each ticket finds the worker that gave it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from core.visitor.places import Share, place_in
from demo.dovecot import Dovecot
from demo.submission import Submission
from tests.modules.compose.desk import write_ini
from tests.modules.events.streams import Browser, serving
from tests.modules.mail.letters import with_picture
from tests.servers.mail_user import MailUser, new_user

pytestmark = pytest.mark.servers

CONTENT = "content.example.org"
APP = f"""[app]
threads = 4
workers = 2
address = http://localhost
content_origin = http://{CONTENT}
"""
# Each comes over a connection of its own, which either worker may take.
TIMES = 8
LETTER = "/mail/main/INBOX/1/frame"


@pytest.fixture(scope="module")
def visit(
    dovecot: Dovecot, submission: Submission, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[], Browser]]:
    """The site."""
    folder: Path = tmp_path_factory.mktemp("apart")
    ini = write_ini(new_user(dovecot), submission, folder)
    ini.write_text(ini.read_text().replace("[app]\n", APP) + "[rates]\nlogin = 1000 per minute\n")
    with serving(ini) as visit:
        yield visit
    log = (folder / "log").read_text()
    assert "Traceback" not in log and "ERROR" not in log


def lead(browser: Browser, where: str) -> str:
    """The path on the content host to which an address of the site leads."""
    answer, connection = browser.ask(where)
    connection.close()
    location = answer.headers["Location"]
    assert answer.status == 303 and location.startswith(f"http://{CONTENT}/")
    return str(location.removeprefix(f"http://{CONTENT}"))


def worker_of(path: str) -> int:
    """Whose ticket a path begins with."""
    place = place_in(path.split("/")[1])
    assert place is not None
    return Share(2).whose(place)


def apart(visit: Callable[[], Browser], path: str) -> tuple[int, bytes]:
    """What the content host answers a browser that shows no cookie."""
    answer, connection = visit().ask(path, Host=CONTENT)
    octets = answer.read()
    connection.close()
    assert "Set-Cookie" not in answer.headers
    return answer.status, octets


@pytest.fixture(scope="module")
def readers(visit: Callable[[], Browser], dovecot: Dovecot) -> list[tuple[MailUser, str]]:
    """A user of each worker, logged in, with the path on the content host of the letter that they got."""
    found: dict[int, tuple[MailUser, str]] = {}
    for _ in range(60):
        user = new_user(dovecot)
        user.append(with_picture())
        path = lead(visit().log_in(user), LETTER)
        found.setdefault(worker_of(path), (user, path))
        if len(found) == 2:
            break
    return [found[0], found[1]]


def test_letters_and_their_pictures_are_shown_whoever_takes_the_connection(
    visit: Callable[[], Browser], readers: list[tuple[MailUser, str]]
) -> None:
    for _, path in readers * TIMES:
        status, html = apart(visit, path)
        tree = LexborHTMLParser(html.decode())
        assert status == 200 and "Look:" in tree.css("main")[0].text()
        status, picture = apart(visit, str(tree.css("main img")[0].attributes["src"]))
        assert status == 200 and picture.startswith((b"\x89PNG", b"RIFF"))


def test_a_ticket_opens_no_letter_of_the_other_worker(
    visit: Callable[[], Browser], readers: list[tuple[MailUser, str]]
) -> None:
    (_, one), (_, other) = readers
    ticket, place = one.split("/")[1].split(".")[0], other.split("/")[1].split(".")[1]
    rest = one.partition("/mail/")[2]
    assert apart(visit, one)[0] == 200 and apart(visit, f"/{ticket}.{place}/mail/{rest}")[0] == 404


def test_a_log_out_ends_the_tickets_with_every_worker(
    visit: Callable[[], Browser], readers: list[tuple[MailUser, str]]
) -> None:
    for user, _ in readers:
        browser = visit().log_in(user)
        path = lead(browser, LETTER)
        assert apart(visit, path)[0] == 200
        assert browser.send("/logout") == 303
        assert {apart(visit, path)[0] for _ in range(TIMES)} == {404}
