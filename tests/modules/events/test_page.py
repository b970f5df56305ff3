"""The page of events as a server sees it that can, or cannot, hand its connections over."""

import errno
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.submission import Submission
from tests.modules.compose.desk import write_ini
from tests.modules.events.waiting import Tab
from tests.modules.webmail import Webmail, open_webmail
from tests.servers.mail_user import MailUser

pytestmark = pytest.mark.servers


@pytest.fixture
def webmail(mail_user: MailUser, submission: Submission, tmp_path: Path) -> Iterator[Webmail]:
    """The browser of a user who is logged in."""
    with open_webmail(write_ini(mail_user, submission, tmp_path)) as webmail:
        webmail.log_in(mail_user.name, mail_user.password)
        yield webmail


# object: what a server puts into a request's environment
def ask(webmail: Webmail, **environ: object) -> "tuple[int, str | None, list[bytes]]":
    """The status, when to come again, and what the server is given to send before the connection is gone."""
    sent: list[bytes] = []
    headers = {"User-Agent": webmail.browser.agent}
    answer = webmail.browser.client.get(
        "/events/main", base_url=webmail.browser.base, headers=headers, environ_overrides=environ
    )
    try:
        sent.extend(answer.response)  # type: ignore[arg-type]  # octets, of an answer that was not read yet
    except BrokenPipeError as gone:
        assert gone.errno == errno.EPIPE
        sent.append(b"gone")
    return answer.status_code, answer.headers.get("Retry-After"), sent


def test_where_connections_cannot_be_handed_over_browsers_are_told_not_to_come_back(webmail: Webmail) -> None:
    ours, theirs = socket.socketpair()
    assert ask(webmail)[:2] == (204, "300")
    assert ask(webmail, **{"gunicorn.socket": ours, "SERVER_PROTOCOL": "HTTP/2"})[:2] == (204, "300")
    assert ask(webmail, **{"gunicorn.socket": ours, "HTTP_VERSION": "2"})[:2] == (204, "300")
    ours.close()
    theirs.close()


def test_a_connection_that_is_handed_over_goes_on_until_the_log_out(webmail: Webmail) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        tab = Tab(socket.create_connection(listening.getsockname()))
        ours, _ = listening.accept()
    status, _, sent = ask(webmail, **{"gunicorn.socket": ours, "SERVER_PROTOCOL": "HTTP/1.0"})
    assert (status, sent[-1]) == (200, b"gone")
    assert sent[0].startswith(b"retry: ")
    assert ours.fileno() == -1
    assert tab.events(2) == ["live", "changed"]
    webmail.log_out()
    assert tab.events(2) == ["end"]
    tab.close()
