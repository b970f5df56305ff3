"""The tutorial is a module that works: loaded as an admin loads it, used as people use it, and shown as it is."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.cli.catalogues import catalogues_in, compile_catalogues
from core.cli.check import check_boot
from core.loader import Loaded, load, shipped_modules
from core.output.render import Renderer
from core.sentences import Sentence
from core.wiring.wire import AMBIENT
from demo.submission import Submission
from tests.docs.pages import ROOT, blocks
from tests.modules.compose.desk import write_ini
from tests.modules.webmail import Webmail, open_webmail
from tests.servers.mail_user import MailUser

TUTORIAL = ROOT / "docs" / "tutorial"
GUIDE = "docs/modules.md"
LETTER = "From: Maya <maya@garden.example>\nTo: me\nSubject: Chard\n\nLeave it to me.\n"
STRANGE = "From: Maya <nowhere>\nTo: me\nSubject: Chard\n\nLeave it to me.\n"


@pytest.fixture
def loaded(tmp_path: Path) -> Loaded:
    """A site with the tutorial's module."""
    ini = tmp_path / "hm3.ini"
    ini.write_text(f"[modules]\npath = {TUTORIAL}\n[notes]\nmost = 3\n")
    return load(ini)


@pytest.fixture
def webmail(mail_user: MailUser, submission: Submission, tmp_path: Path) -> Iterator[Webmail]:
    """The browser of a user of such a site."""
    ini = write_ini(mail_user, submission, tmp_path)
    with ini.open("a") as file:
        file.write(f"[modules]\npath = {TUTORIAL}\n")
    with open_webmail(ini) as webmail:
        webmail.log_in(mail_user.name, mail_user.password)
        yield webmail


def guide() -> str:
    return (ROOT / GUIDE).read_text("utf-8")


def shown_files() -> dict[str, str]:
    return {block.of: block.text for block in blocks(GUIDE) if block.label == "file"}


def test_the_module_fits_the_shipped_ones(loaded: Loaded) -> None:
    assert "notes.keep" in check_boot(loaded).plans


@pytest.mark.parametrize("name", sorted(shown_files()))
def test_the_guide_shows_each_file_as_it_is(name: str) -> None:
    assert shown_files()[name] == (ROOT / name).read_text("utf-8")


def test_the_guide_shows_every_file_with_code() -> None:
    code = {str(file.relative_to(ROOT)) for file in TUTORIAL.rglob("*.py") if file.stat().st_size}
    assert code <= shown_files().keys()


def test_the_modules_own_tests_pass() -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "docs/tutorial"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=850)
    assert done.returncode == 0, done.stdout


def test_the_module_has_the_style_of_the_house() -> None:
    done = subprocess.run([sys.executable, "-m", "ruff", "check", "docs"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_the_catalogue_fits_and_is_spoken(tmp_path: Path) -> None:
    locale = tmp_path / "notes" / "locale"
    (locale / "de" / "LC_MESSAGES").mkdir(parents=True)
    source = TUTORIAL / "notes" / "locale" / "de" / "LC_MESSAGES" / "notes.po"
    (locale / "de" / "LC_MESSAGES" / "notes.po").write_bytes(source.read_bytes())
    assert len(list(compile_catalogues(catalogues_in([locale])))) == 1
    told = Renderer([], [locale]).say(Sentence("The note about %(who)s is kept.", who="m@example.test"), "de")
    assert told == "Die Notiz über m@example.test ist gespeichert."


@pytest.mark.servers
def test_a_note_stands_beside_the_sender(webmail: Webmail, mail_user: MailUser) -> None:
    uid = mail_user.append(LETTER)
    link = webmail.see(f"/mail/main/INBOX/{uid}").one('.letter-from a[href^="/notes"]')
    assert link.text() == "Add a note"
    form = webmail.see(str(link.attributes["href"]))
    assert form.value("[name=about]") == "maya@garden.example"
    webmail.send("/notes", {"about": "maya@garden.example", "text": "Likes chard."})
    reading = webmail.see(f"/mail/main/INBOX/{uid}?part=mail.reading")
    assert reading.texts('.letter-from a[href^="/notes"]') == ["Likes chard."]


@pytest.mark.servers
def test_a_note_that_does_not_fit_is_shown_again_with_the_reason(webmail: Webmail) -> None:
    page = webmail.send("/notes", {"about": "nobody", "text": "Likes chard."})
    assert (page.status, page.value("[name=text]")) == (422, "Likes chard.")
    assert page.texts(".field-error") == ["The address is not an email address."]


@pytest.mark.servers
def test_a_note_is_removed_by_its_button(webmail: Webmail) -> None:
    webmail.send("/notes", {"about": "maya@garden.example", "text": "Likes chard."})
    assert [note["text"] for note in webmail.ask("/notes")["notes"]] == ["Likes chard."]  # type: ignore[index]  # JSON
    webmail.send("/notes/remove", {"about": "maya@garden.example"})
    assert webmail.ask("/notes") == {"notes": [], "about": ""}


@pytest.mark.servers
def test_who_wants_no_notes_beside_messages_sees_none(webmail: Webmail, mail_user: MailUser) -> None:
    uid = mail_user.append(LETTER)
    webmail.send("/settings/notes", {"beside": "0"})
    assert not webmail.see(f"/mail/main/INBOX/{uid}").has('.letter-from a[href^="/notes"]')


@pytest.mark.servers
def test_a_sender_without_an_address_has_no_note(webmail: Webmail, mail_user: MailUser) -> None:
    page = webmail.see(f"/mail/main/INBOX/{mail_user.append(STRANGE)}")
    assert page.status == 200 and not page.has('.letter-from a[href^="/notes"]')


@pytest.mark.parametrize("slot", [slot.name for module in shipped_modules() for slot in module.slots])
def test_the_guide_names_every_slot(slot: str) -> None:
    assert f"| `{slot}` |" in guide()


@pytest.mark.parametrize("kind", sorted(kind.__name__ for kind in AMBIENT))
def test_the_guide_names_everything_that_a_request_has(kind: str) -> None:
    assert f"| `{kind}` |" in guide()
