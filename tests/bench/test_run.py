"""`hm3 bench` as a whole, in small: with its own mail server, with another's, with a crowd, and drawing."""

import imaplib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bench.bare import BareFailed, BareImap
from bench.crowd import measure_crowd
from bench.house import BenchFailed, Login, make_users, private_mail_server, scratch_folder, serve, submission
from bench.run import measure_theirs, profile, run_bench
from bench.sides import row_items
from bench.streams import SIZE as STREAMS_SIZE
from bench.streams import Effort, measure_streams, settings_of
from bench.wanted import Theirs, Wanted, read_theirs
from demo.dovecot import Dovecot, dovecot_missing
from demo.pymap_server import PymapServer
from tests.servers.mail_user import MailUser
from tests.servers.needs import missing

SIZE = 200


@pytest.fixture(autouse=True)
def ready(front_end: Path) -> None:
    """hm3 can be served, and there is a mail server to be started."""
    if lack := dovecot_missing():
        missing(lack)


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The mailboxes that several tests measure."""
    return tmp_path_factory.mktemp("seeds")


@pytest.fixture
def told() -> list[str]:
    """What was said."""
    return []


def small(seeds: Path, *only: str, cold: bool = False) -> Wanted:
    """A run of one round."""
    return Wanted((SIZE,), only=only, rounds=1, seeds=seeds, cold=cold)


@pytest.mark.servers
def test_a_run_tells_tables_and_writes_json(seeds: Path, tmp_path: Path, told: list[str]) -> None:
    file = tmp_path / "figures.json"
    assert run_bench(small(seeds, "list", "flag", cold=True), file, told.append, lambda words: None) == 0
    assert [line.partition("  ")[0] for line in told[0].splitlines()[4:]] == ["newest 50", "star a message"]
    figures = json.loads(file.read_text())["mailboxes"][0]["figures"]
    assert [(one["work"], len(one["hm3_ms"])) for one in figures] == [("list", 1), ("flag", 1)]
    # Rows are kept: what a list asks for every time is whether they still hold.
    assert {"NOOP", "STATUS"} <= set(figures[0]["commands"]) and figures[0]["statements"] > 0


@pytest.mark.servers
def test_a_profile_draws_what_a_page_was_busy_with(seeds: Path, tmp_path: Path, told: list[str]) -> None:
    picture = tmp_path / "list.svg"
    profile(replace(small(seeds), rounds=30), "list", picture, told.append, lambda words: None)
    # What a list mostly does is to wait for the mail server.
    assert "modules/imap/" in picture.with_suffix(".folded").read_text()
    assert picture.read_text().startswith("<svg ")


@pytest.fixture
def theirs(dovecot: Dovecot, mail_user: MailUser) -> Iterator[Theirs]:
    """A user of a mail server that was there before, with one unread message."""
    mail_user.append("From: ann@garden.example\r\nSubject: Plants\r\n\r\nHello.\r\n")
    yield read_theirs(f"{dovecot.host}:{dovecot.imap_port}", mail_user.name, lambda: mail_user.password)


@pytest.mark.servers
def test_another_mail_server_is_only_read(theirs: Theirs, mail_user: MailUser, seeds: Path, told: list[str]) -> None:
    assert measure_theirs(theirs, small(seeds, "open-plain", "flag"), None, told.append, lambda words: None) == 0
    assert "open a short message" in told[0] and "star a message" not in told[0]
    assert "\\Seen" not in mail_user.flags(mail_user.uids()[0])
    assert len(mail_user.uids()) == 1


@pytest.mark.servers
def test_a_wrong_password_is_said(theirs: Theirs, seeds: Path) -> None:
    wrong = Theirs(theirs.host, theirs.port, Login(theirs.login.name, "wrong"))
    with pytest.raises(BenchFailed, match="LOGIN"):
        measure_theirs(wrong, small(seeds), None, lambda words: None, lambda words: None)


@pytest.mark.servers
def test_a_mail_server_that_can_do_little_is_measured_as_well(pymap: PymapServer, seeds: Path, told: list[str]) -> None:
    ((name, password),) = pymap.passwords.items()
    with imaplib.IMAP4(pymap.host, pymap.imap_port) as connection:
        connection.login(name, password)
        assert not {"SORT", "THREAD=REFERENCES", "LIST-STATUS"} & set(connection.capabilities)
        connection.append("INBOX", "", None, b"Message-ID: <one@hill.example>\r\nSubject: One\r\n\r\nHello.\r\n")
    there = read_theirs(f"{pymap.host}:{pymap.imap_port}", name, lambda: password)
    only = small(seeds, "folders", "conversation", "search-subject")
    assert measure_theirs(there, only, None, told.append, lambda words: None) == 0
    assert [line.partition("  ")[0] for line in told[0].splitlines()[4:]] == [work.title for work in only.works]


@pytest.mark.servers
def test_a_server_that_is_not_trusted_is_said_with_the_reason(dovecot: Dovecot, seeds: Path) -> None:
    class Far(Theirs):
        encrypted = True

    there = Far(dovecot.host, dovecot.imaps_port, Login("ann", "secret"))
    with pytest.raises(BenchFailed, match=rf"port {dovecot.imaps_port}: .* certificate verify failed"):
        measure_theirs(there, small(seeds), None, lambda words: None, lambda words: None)


def test_what_no_mailbox_is_large_enough_for_is_said(seeds: Path, tmp_path: Path) -> None:
    with pytest.raises(BenchFailed, match="only needs a mailbox of 1,001 messages: say so with --sizes"):
        run_bench(small(seeds, "archive"), None)
    with pytest.raises(BenchFailed, match="archive needs a mailbox of 1,001 messages: say so with --sizes"):
        profile(small(seeds), "archive", tmp_path / "archive.svg")


def test_nothing_is_changed_at_another_mail_server_even_if_it_is_named(seeds: Path) -> None:
    with pytest.raises(BenchFailed, match="only what reads is measured"):
        measure_theirs(read_theirs("127.0.0.1:143", "ann", lambda: "secret"), small(seeds, "flag"), None)


@pytest.mark.servers
def test_no_password_is_said_where_a_log_in_fails(dovecot: Dovecot) -> None:
    with BareImap(dovecot.imap_port) as server, pytest.raises(BareFailed) as failed:
        server.log_in("nobody", "secret-words")
    assert "secret-words" not in str(failed.value)


@pytest.mark.servers
def test_bare_rows_ask_for_what_a_row_of_the_list_shows(mail_user: MailUser, dovecot: Dovecot) -> None:
    mail_user.append(b"Subject: Tea\r\nContent-Type: text/plain\r\n\r\nThe kettle sings.\r\n")
    with BareImap(dovecot.imap_port) as server:
        server.log_in(mail_user.name, mail_user.password)
        server.ask('SELECT "INBOX"')
        assert "PREVIEW" in server.capabilities()
        assert b"The kettle sings." in server.ask(f"FETCH 1 {row_items(previews=True)}")
        assert b"kettle" not in server.ask(f"FETCH 1 {row_items(previews=False)}")


@pytest.mark.servers
def test_a_crowd_works_at_once_without_errors(seeds: Path) -> None:
    with scratch_folder() as folder, private_mail_server(folder / "dovecot") as dovecot:
        logins = make_users(dovecot, SIZE, ["a", "b"], seeds)
        with submission(dovecot) as smtp, serve(folder / "hm3", dovecot.imap_port, smtp) as hm3:
            found = measure_crowd(logins, dovecot.imap_port, hm3, smtp, seconds=2.0, size=SIZE)
    assert (found.users, found.errors) == (2, 0)
    assert found.requests > 4 and found.bare_requests > found.requests
    assert min(len(took) for took in found.took.values()) > 0


@pytest.mark.servers
def test_a_crowd_that_rests_does_no_more_than_its_rest_allows(seeds: Path) -> None:
    with scratch_folder() as folder, private_mail_server(folder / "dovecot") as dovecot:
        logins = make_users(dovecot, SIZE, ["e"], seeds)
        with submission(dovecot) as smtp, serve(folder / "hm3", dovecot.imap_port, smtp) as hm3:
            found = measure_crowd(logins, dovecot.imap_port, hm3, smtp, seconds=4.0, size=SIZE, pause=0.5)
    # Twice two seconds, with an action in each half second at most, which may be two requests.
    assert found.errors == 0 and 0 < found.requests <= 2 * 4 * 2


@pytest.mark.servers
def test_pages_are_measured_beside_open_streams(seeds: Path) -> None:
    with scratch_folder() as folder, private_mail_server(folder / "dovecot") as dovecot:
        logins = make_users(dovecot, STREAMS_SIZE, ["c", "d"], seeds)
        with (
            submission(dovecot) as smtp,
            serve(folder / "hm3", dovecot.imap_port, smtp, settings_of(2, 5)) as hm3,
        ):
            found = measure_streams(logins, 5, dovecot, hm3, smtp, Effort(pages=2, rest=0.1, deliveries=2))
    assert (found.users, found.streams) == (2, 5)
    assert {len(took) for took in (*found.without.values(), *found.beside.values())} == {4}
    assert len(found.first) == 2 and all(last >= first for first, last in zip(found.first, found.last, strict=True))
