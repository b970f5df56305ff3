"""What other modules are told of what users do with messages."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.submission import Submission
from tests.modules.compose.desk import write_ini
from tests.modules.mail.letters import plain
from tests.modules.mail.test_action_pages import act, take_back
from tests.modules.webmail import Webmail, open_webmail
from tests.servers.mail_user import MailUser

pytestmark = pytest.mark.servers

INBOX = "/mail/main/INBOX/"
MODULE = '''"""Notes what users do with messages, and fails once it noted something about the folder Rain."""

from pathlib import Path

from core import Module, Sentence, UpstreamError
from modules.mail.api import AtAction, Done

module = Module("watch", requires=("mail",))


@module.service
def watch() -> AtAction:
    """Note it in a file."""

    def tell(done: Done) -> None:
        uids = "all" if done.uids is None else ",".join(map(str, done.uids))
        where = "" if done.moved is None else f" {done.moved.mailbox}:{','.join(map(str, done.moved.uids))}"
        with (Path(__file__).parent / "told").open("a") as file:
            file.write(f"{done.action.value} {done.mailbox}:{uids}{where}\\n")
        if where.startswith(" Rain"):
            raise UpstreamError(Sentence("It rains."))

    return AtAction(tell)
'''


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the module is. A process imports it once."""
    folder = tmp_path_factory.mktemp("more") / "watch"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text('"""Watching."""\n')
    (folder / "module.py").write_text(MODULE)
    return folder


@pytest.fixture
def webmail(mail_user: MailUser, submission: Submission, tmp_path: Path, folder: Path) -> Iterator[Webmail]:
    """The browser of a user who is logged in, on a site with that module."""
    ini = write_ini(mail_user, submission, tmp_path)
    with ini.open("a") as file:
        file.write(f"[modules]\npath = {folder.parent}\n")
    with open_webmail(ini) as webmail:
        webmail.log_in(mail_user.name, mail_user.password)
        yield webmail


def told(folder: Path) -> list[str]:
    """What the module was told since it was asked last."""
    file = folder / "told"
    lines = file.read_text().splitlines() if file.exists() else []
    file.write_text("")
    return lines


def test_what_is_marked_filed_and_erased_is_told_once_it_is_done(
    webmail: Webmail, mail_user: MailUser, folder: Path
) -> None:
    mail_user.create("Rooms")
    mail_user.append_all(*(plain(name) for name in ("One", "Two", "Three")))
    act(webmail, "star", 1, 2)
    assert told(folder) == ["star INBOX:1,2"]
    moved = act(webmail, "move", 2, 3, target="Rooms")
    assert told(folder) == ["move INBOX:2,3 Rooms:1,2"]
    take_back(webmail, moved)
    assert told(folder) == ["move Rooms:1,2 INBOX:4,5"]
    act(webmail, "copy", 4, target="Rooms")
    assert told(folder) == ["copy INBOX:4 Rooms:3"]
    act(webmail, "trash", 4)
    act(webmail, "erase", 5)
    assert told(folder) == ["trash INBOX:4 Trash:1", "erase INBOX:5"]
    assert webmail.tell("/mail/main/Trash/empty", {})[0] == 200
    assert told(folder) == ["erase Trash:all"]
    assert mail_user.uids("Trash") == []


def test_all_that_a_list_shows_is_named_one_by_one(webmail: Webmail, mail_user: MailUser, folder: Path) -> None:
    mail_user.append_all(plain("One"), plain("Two"), plain("One"))
    act(webmail, "seen", all="1", q="subject:One")
    assert [sorted(line) for line in told(folder)] == [sorted("seen INBOX:1,3")]


def test_what_was_unread_and_is_opened_is_told_once(webmail: Webmail, mail_user: MailUser, folder: Path) -> None:
    uid = mail_user.append(plain())
    webmail.see(f"{INBOX}{uid}?peek=1")
    assert told(folder) == []
    webmail.see(f"{INBOX}{uid}")
    webmail.see(f"{INBOX}{uid}")
    assert told(folder) == [f"seen INBOX:{uid}"]


def test_what_was_refused_is_not_told(webmail: Webmail, mail_user: MailUser, folder: Path) -> None:
    mail_user.append(plain())
    status, _ = webmail.tell(f"{INBOX}messages", {"action": "move", "uid": "1", "target": "INBOX"})
    assert status == 422 and told(folder) == []


def test_who_fails_at_what_is_told_takes_nothing_back(
    webmail: Webmail, mail_user: MailUser, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    mail_user.create("Rain")
    mail_user.append(plain())
    with caplog.at_level(logging.WARNING, "hm3.mail"):
        answer = act(webmail, "move", 1, target="Rain")
    assert "moved to Rain" in answer["text"] and mail_user.uids("Rain") == [1]
    assert told(folder) == ["move INBOX:1 Rain:1"]
    assert "after the action move: It rains." in caplog.text
