"""Streams of events over real connections, with a real mail server: what tabs are told, and when streams end."""

import socket
import time
from collections.abc import Callable, Iterator

import pytest

from demo.dovecot import Dovecot
from demo.submission import Submission
from tests.modules.compose.desk import write_ini
from tests.modules.events.streams import AGENT, Browser, connections, serving, until
from tests.modules.mail.letters import plain
from tests.servers.mail_user import MailUser, new_user

pytestmark = pytest.mark.servers

Visit = Callable[[], Browser]

# Four threads serve all pages, and more tabs listen than that.
SETTINGS = """
[rates]
general = 10000 per minute
login = 1000 per minute
[session]
idle = 10 minutes
[events]
streams = 12
streams_per_user = 8
connections = 3
heartbeat = 1 second
"""


@pytest.fixture(scope="module")
def visit(dovecot: Dovecot, submission: Submission, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visit]:
    """A site for all tests of this file; each asks for browsers of its own."""
    folder = tmp_path_factory.mktemp("events")
    owner = new_user(dovecot)
    ini = write_ini(owner, submission, folder)
    ini.write_text(ini.read_text().replace("[app]", "[app]\nthreads = 4") + SETTINGS)
    with serving(ini) as visit:
        yield visit


def test_a_delivery_is_told_at_once(visit: Visit, mail_user: MailUser) -> None:
    stream = visit().log_in(mail_user).stream()
    stream.until("live")
    first = stream.until("changed")
    began = time.monotonic()
    mail_user.append(plain("News"))
    second = stream.until("changed")
    # Sooner than a page that asks by itself every half minute.
    assert time.monotonic() - began < 25
    assert first["id"] != second["id"]
    stream.close()


def test_a_delivery_into_another_folder_is_told_as_such(visit: Visit, mail_user: MailUser) -> None:
    stream = visit().log_in(mail_user).stream()
    stream.until("changed")
    mail_user.append(plain("News"), "Junk")
    told = []
    while "elsewhere" not in told:
        told.append(stream.event().get("event"))
    # The inbox is not what changed; besides there are only signs of life.
    assert set(told) <= {None, "elsewhere"}
    stream.close()


def test_a_stream_is_sent_so_that_nothing_on_the_way_keeps_it_back(visit: Visit, mail_user: MailUser) -> None:
    stream = visit().log_in(mail_user).stream()
    headers = stream.answer.headers
    assert (stream.answer.status, headers["Content-Type"]) == (200, "text/event-stream")
    assert headers["Cache-Control"] == "no-store, no-transform"
    assert headers["X-Accel-Buffering"] == "no"
    assert "Content-Encoding" not in headers and "Set-Cookie" not in headers
    assert 2000 <= int(stream.event()["retry"]) <= 6000
    # Signs of life come in the second that hm3.ini says.
    while stream.event() != {"": ""}:
        pass
    stream.close()


def test_a_proxy_that_speaks_the_older_protocol_gets_no_chunks(visit: Visit, mail_user: MailUser) -> None:
    browser = visit().log_in(mail_user)
    cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    request = f"GET /events/main HTTP/1.0\r\nHost: {browser.host}\r\nUser-Agent: {AGENT}\r\nCookie: {cookies}\r\n\r\n"
    with socket.create_connection((browser.host, browser.port), timeout=90) as connection:
        connection.sendall(request.encode())
        reader = connection.makefile("rb")
        while reader.readline() != b"\r\n":
            pass
        assert reader.readline().startswith(b"retry: ")
        assert [reader.readline() for _ in range(2)] == [b"\n", b"event: live\n"]


def test_tabs_and_browsers_of_one_user_share_one_connection_that_ends_with_the_last(
    visit: Visit, mail_user: MailUser, dovecot: Dovecot
) -> None:
    first, second = visit().log_in(mail_user), visit().log_in(mail_user)
    # Those of pages, which stay open for a while.
    before = connections(dovecot, mail_user.name)
    streams = [first.stream(), first.stream(), second.stream()]
    for stream in streams:
        stream.until("live")
        stream.until("changed")
    assert until(lambda: connections(dovecot, mail_user.name) == before + 1)
    mail_user.append(plain("News"))
    for stream in streams:
        stream.until("changed")
    for stream in streams:
        stream.close()
    assert until(lambda: connections(dovecot, mail_user.name) == before)


def test_who_comes_back_is_told_only_what_they_did_not_hear(visit: Visit, mail_user: MailUser) -> None:
    browser = visit().log_in(mail_user)
    stays, leaves = browser.stream(), browser.stream()
    stays.until("changed")
    heard = leaves.until("changed")["id"]
    leaves.close()
    back = browser.stream(heard=heard)
    back.until("live")
    assert back.event() == {"": ""}
    back.close()
    mail_user.append(plain("News"))
    stays.until("changed")
    back = browser.stream(heard=heard)
    assert back.until("changed")["id"] != heard
    back.close()
    stays.close()


def test_log_out_ends_the_streams_of_its_session_alone(visit: Visit, mail_user: MailUser, dovecot: Dovecot) -> None:
    leaving, staying = visit().log_in(mail_user), visit().log_in(mail_user)
    ended, going_on = leaving.stream(), staying.stream()
    ended.until("live")
    going_on.until("changed")
    leaving.send("/logout")
    ended.until("end")
    assert ended.is_over()
    mail_user.append(plain("News"))
    going_on.until("changed")
    staying.send("/logout")
    going_on.until("end")
    assert until(lambda: connections(dovecot, mail_user.name) == 0)


def test_being_logged_out_from_elsewhere_ends_a_stream(visit: Visit, mail_user: MailUser) -> None:
    here, elsewhere = visit().log_in(mail_user), visit().log_in(mail_user)
    stream = here.stream()
    stream.until("live")
    assert elsewhere.send("/security/sessions/end-others") == 303
    stream.until("end")
    assert stream.is_over()


def test_strangers_get_no_stream_and_no_login_page_either(visit: Visit) -> None:
    assert visit().read("/events/main", Accept="text/event-stream")[0] == 401


def test_an_account_that_is_not_there_has_no_stream(visit: Visit, mail_user: MailUser) -> None:
    assert visit().log_in(mail_user).read("/events/other")[0] == 404


def test_more_tabs_than_threads_wait_while_pages_answer_at_once(visit: Visit, mail_user: MailUser) -> None:
    browser = visit().log_in(mail_user)
    streams = [browser.stream() for _ in range(8)]
    for stream in streams:
        stream.until("live")
    assert [browser.read("/mail/main/INBOX/")[0] for _ in range(4)] == [200] * 4
    # One more than a user may have.
    ninth = browser.stream()
    ninth.until("poll")
    assert ninth.is_over()
    for stream in streams:
        stream.close()
    assert until(lambda: browser.stream().event() != {})


def test_more_users_than_connections_may_wait_are_told_to_ask(visit: Visit, dovecot: Dovecot) -> None:
    users = [new_user(dovecot) for _ in range(4)]
    streams = [visit().log_in(user).stream() for user in users]
    for stream in streams[:3]:
        stream.until("live")
    streams[3].until("poll")
    assert streams[3].is_over()
    for stream in streams[:3]:
        stream.close()
