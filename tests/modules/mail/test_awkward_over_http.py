"""Every awkward message of the corpus in a real mailbox: all its pages answer, and always something is shown."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from demo.dovecot import Dovecot
from demo.submission import Submission
from tests.messages import FOLDER, NAMES, Shelf, octets_of
from tests.modules.compose.desk import write_ini
from tests.modules.webmail import Webmail, open_webmail
from tests.servers.mail_user import new_user

pytestmark = pytest.mark.servers

INBOX = "/mail/main/INBOX/"
# A machine with nothing else to do asks for more pages in a minute than a person may.
_RATES = "[rates]\ngeneral = 100000 per minute\n"


@dataclass(frozen=True)
class Box:
    """The browser of a user whose INBOX holds the corpus."""

    webmail: Webmail
    uids: dict[str, int]

    def path(self, name: str) -> str:
        """The address of a message."""
        return f"{INBOX}{self.uids[name]}"


@pytest.fixture(scope="module")
def box(dovecot: Dovecot, submission: Submission, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    """The whole corpus, and a reader."""
    user = new_user(dovecot)
    user.append("Subject: The first\n\nIt makes the folder.")
    uids = Shelf(user).put(**{name: octets_of(name) for name in NAMES})
    with open_webmail(write_ini(user, submission, tmp_path_factory.mktemp("awkward"), _RATES)) as webmail:
        webmail.log_in(user.name, user.password)
        yield Box(webmail, uids)
    dovecot.forget_user(user.name)


def test_every_message_of_the_corpus_is_told_in_its_index() -> None:
    told = [line.split("`")[1] for line in (FOLDER / "README.md").read_text().splitlines() if line.startswith("| `")]
    assert told == [f"{name}.eml" for name in NAMES]


@pytest.mark.parametrize("start", range(0, len(NAMES) + 1, 50))
def test_lists_show_every_message(box: Box, start: int) -> None:
    page = box.webmail.see(f"{INBOX}?start={start}&limit=50")
    expected = min(50, len(NAMES) + 1 - start)
    assert (page.status, len(page.tree.css("[data-uid]")) >= expected) == (200, True)


@pytest.mark.parametrize("name", NAMES)
def test_a_message_shows_what_it_can_and_leads_to_its_source(box: Box, name: str) -> None:
    page = box.webmail.see(box.path(name))
    assert page.status == 200 and page.has(f'a[href="{box.path(name)}/source"]')
    shown = page.has("iframe.letter-frame") or page.has(".attachment") or page.has(".nothing")
    assert shown and page.texts("h1.subject")[0]


@pytest.mark.parametrize("name", NAMES)
def test_the_views_of_a_message_answer(box: Box, name: str) -> None:
    views = ("/frame", "/frame?plain=1", "/frame/remote", "/headers", "/print")
    assert {view: box.webmail.see(box.path(name) + view).status for view in views} == dict.fromkeys(views, 200)


@pytest.mark.parametrize("name", NAMES)
def test_the_source_of_a_message_is_what_the_server_keeps(box: Box, name: str) -> None:
    answer = box.webmail.browser.get(f"{box.path(name)}/source")
    kept = answer.get_data().replace(b"\r\n", b"\n").replace(b"\x80", b"\0")
    assert answer.status_code == 200
    assert kept == octets_of(name).replace(b"\r\n", b"\n").replace(b"\x80", b"\0")


def reached(box: Box, place: str) -> int:
    """The status of a file, or of the page that asks before it is saved."""
    answer = box.webmail.browser.get(place)
    return box.webmail.see(answer.location).status if answer.status_code == 303 else answer.status_code


@pytest.mark.parametrize("name", NAMES)
def test_the_parts_of_a_message_can_be_saved(box: Box, name: str) -> None:
    page = box.webmail.see(box.path(name))
    places = {link.attributes["href"] or "" for link in page.tree.css("a[data-file]")}
    statuses = {place: reached(box, place) for place in places}
    assert statuses == dict.fromkeys(places, 200)


@pytest.mark.parametrize("name", NAMES)
def test_a_message_can_be_answered_and_forwarded(box: Box, name: str) -> None:
    original = f"account=main&mailbox=INBOX&uid={box.uids[name]}"
    modes = ("reply", "reply-all", "forward", "forward-attached", "edit")
    pages = {mode: box.webmail.see(f"/compose?mode={mode}&{original}") for mode in modes}
    assert {mode: (page.status, page.has("form")) for mode, page in pages.items()} == dict.fromkeys(modes, (200, True))
