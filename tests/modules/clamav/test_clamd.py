"""Files that a real clamd looks through: infected, clean, too large for it, and when it goes away."""

import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from core import Size, UpstreamError
from demo.submission import Submission
from modules.clamav.config import ClamavConfig, Unchecked
from modules.clamav.scanner import ClamScanner, Infected
from tests.modules.attachments.files import zipped
from tests.modules.clamav.daemon import EICAR
from tests.modules.compose.desk import write_ini
from tests.modules.mail.letters import with_files
from tests.modules.webmail import open_webmail
from tests.servers.clamd import LONGEST_STREAM, ClamServer, clamd_missing, running_clamd
from tests.servers.mail_user import MailUser
from tests.servers.needs import missing

pytestmark = pytest.mark.servers

NAME = "Hm3.Test"
FOUND = rf"A virus was found in a\.txt: {NAME}"


@pytest.fixture(scope="module")
def clamd() -> Iterator[ClamServer]:
    """A clamd that knows one virus."""
    lack = clamd_missing()
    if lack:
        missing(lack)
    with running_clamd({NAME: EICAR}) as server:
        yield server


def scanner(clamd: ClamServer, unchecked: Unchecked = Unchecked.REFUSE) -> ClamScanner:
    return ClamScanner(
        ClamavConfig(
            socket=clamd.socket,
            largest=Size(20 * LONGEST_STREAM),
            unchecked=unchecked,
            timeout=timedelta(seconds=60),
        )
    )


def test_a_virus_is_found_however_it_comes(clamd: ClamServer) -> None:
    halves = (b"words\n" * 20_000 + EICAR[:30], b"", EICAR[30:])
    packed = zipped(("b/c.txt", EICAR))
    for pieces in ((EICAR,), halves, (packed[:10], packed[10:])):
        with pytest.raises(Infected, match=FOUND):
            scanner(clamd).scan("a.txt", sum(map(len, pieces)), iter(pieces))


def test_clean_files_pass(clamd: ClamServer) -> None:
    largest = LONGEST_STREAM * b"a"
    for pieces in ((), (b"",), (b"words", b"\0"), (largest,), (zipped(("b.txt", b"words")),)):
        assert scanner(clamd).scan("a.txt", sum(map(len, pieces)), iter(pieces)) is None


@pytest.mark.parametrize("times", [2, 19])
def test_a_file_that_is_longer_than_clamd_takes_is_told(clamd: ClamServer, times: int) -> None:
    size = times * LONGEST_STREAM
    with pytest.raises(UpstreamError, match=r"a\.txt cannot be checked for viruses now"):
        scanner(clamd).scan("a.txt", size, (bytes(LONGEST_STREAM) for _ in range(times)))
    told = scanner(clamd, Unchecked.ACCEPT).scan("a.txt", size, (bytes(LONGEST_STREAM) for _ in range(times)))
    assert told == "It could not be checked for viruses."
    assert scanner(clamd).scan("a.txt", 1, iter((b"a",))) is None


@pytest.mark.parametrize("pieces", [1, 40])
def test_a_clamd_that_goes_away_while_it_is_fed_is_told(clamd: ClamServer, pieces: int) -> None:
    with running_clamd({NAME: EICAR}) as leaving:

        def feed() -> Iterator[bytes]:
            yield bytes(1000)
            leaving.stop()
            yield from (bytes(1000) for _ in range(pieces))

        with pytest.raises(UpstreamError, match=r"a\.txt cannot be checked for viruses now"):
            scanner(leaving).scan("a.txt", 1000 * (pieces + 1), feed())
        with pytest.raises(UpstreamError, match=r"a\.txt cannot be checked for viruses now"):
            scanner(leaving).scan("a.txt", 1, iter((b"a",)))


def test_a_virus_is_neither_taken_nor_saved_over_http(
    clamd: ClamServer, mail_user: MailUser, submission: Submission, tmp_path: Path
) -> None:
    own = f"[modules]\nclamav = on\n[clamav]\nsocket = {clamd.socket}\ndownloads = yes\n"
    uid = mail_user.append(with_files(("a.txt", EICAR), ("b.txt", b"well")))
    with open_webmail(write_ini(mail_user, submission, tmp_path, own)) as webmail:
        webmail.log_in(mail_user.name, mail_user.password)
        fields = {"token": webmail.see("/compose").value("form.compose input[name=token]"), "body": "My words"}
        written = {**fields, "files": [(io.BytesIO(EICAR), "a.txt"), (io.BytesIO(b"well"), "b.txt")]}
        answer = webmail.browser.post("/compose", written, token=webmail.browser.token("/settings"))
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422 and f"A virus was found in a.txt: {NAME}" in page
        assert "My words" in page and 'data-name="b.txt"' in page and 'data-name="a.txt"' not in page
        saved = webmail.see(f"/mail/main/INBOX/{uid}/part/2")
        assert saved.status == 422 and f"A virus was found in a.txt: {NAME}" in saved.html
        assert webmail.browser.get(f"/mail/main/INBOX/{uid}/part/3").get_data() == b"well"
