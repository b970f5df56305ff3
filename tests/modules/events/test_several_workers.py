"""A whole site with two workers before a real mail server: what holds with one holds with both together."""

import http.client
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import flask
import pytest

from core.visitor.places import Share
from core.web.sorting import read_place
from demo.dovecot import Dovecot
from demo.submission import Submission
from tests.core.web import door
from tests.modules.ajax.page import Page
from tests.modules.compose.desk import write_ini
from tests.modules.events.streams import AGENT, Browser, connections, serving, until
from tests.modules.mail.letters import plain
from tests.servers.mail_user import MailUser, new_user

pytestmark = pytest.mark.servers

MANY = 200
APP = """[app]
threads = 4
workers = 2
trusted_proxies = 1
"""
SETTINGS = f"""
[rates]
general = {MANY} per hour
login = 1000 per minute
[ajax]
encrypt = on
[events]
heartbeat = 1 second
"""


@dataclass
class Person:
    """A user and their browser; each has an address of their own, as a proxy tells."""

    user: MailUser
    browser: Browser
    address: str

    @property
    def worker(self) -> int:
        """Which worker serves them."""
        place = read_place(f"GET / HTTP/1.1\r\nCookie: hm3_session={self.browser.cookies['hm3_session']}".encode())
        assert place is not None
        return Share(2).whose(place)

    def again(self, visit: Callable[[], Browser]) -> "Person":
        """The same user in another browser."""
        return enter(visit, self.user, self.address)


class Behind(Browser):
    """A browser whose requests come through a proxy, which tells its address."""

    address = ""

    def ask(
        self, path: str, form: dict[str, str] | None = None, **headers: str
    ) -> tuple[http.client.HTTPResponse, http.client.HTTPConnection]:
        """Send a request; the answer is still to be read."""
        return super().ask(path, form, **{"X-Forwarded-For": self.address, **headers})


def enter(visit: Callable[[], Browser], user: MailUser, address: str) -> Person:
    """Somebody logs in."""
    made = visit()
    browser = Behind(made.host, made.port)
    browser.address = address
    browser.log_in(user)
    return Person(user, browser, address)


@pytest.fixture(scope="module")
def visit(
    dovecot: Dovecot, submission: Submission, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[], Browser]]:
    """A site for all tests of this file."""
    folder = tmp_path_factory.mktemp("workers")
    ini = write_ini(new_user(dovecot), submission, folder)
    ini.write_text(ini.read_text().replace("[app]\n", APP) + SETTINGS)
    with serving(ini) as visit:
        yield visit
    log = (folder / "log").read_text()
    assert "Traceback" not in log and "ERROR" not in log


@pytest.fixture(scope="module")
def people(visit: Callable[[], Browser], dovecot: Dovecot) -> list[Person]:
    """One user of each worker."""
    found: dict[int, Person] = {}
    for number in range(1, 60):
        person = enter(visit, new_user(dovecot), f"192.0.2.{number}")
        if found.setdefault(person.worker, person) is not person:
            person.browser.send("/logout")
        if len(found) == 2:
            break
    return [found[0], found[1]]


def test_a_connection_that_people_share_shows_each_their_own(people: list[Person]) -> None:
    first = people[0].browser
    connection = http.client.HTTPConnection(first.host, first.port, timeout=90)
    for person in people * 3:
        cookies = "; ".join(f"{name}={value}" for name, value in person.browser.cookies.items())
        sent = {"User-Agent": AGENT, "Cookie": cookies, "X-Forwarded-For": person.address}
        connection.request("GET", "/mail/main/INBOX/", headers=sent)
        answer = connection.getresponse()
        assert answer.status == 200 and person.user.name in answer.read().decode()
    connection.close()


def test_streams_reach_their_workers_and_share_one_connection_which_a_log_out_ends(
    visit: Callable[[], Browser], people: list[Person], dovecot: Dovecot
) -> None:
    for person in people:
        name = person.user.name
        others = [person.again(visit) for _ in range(2)]
        assert {one.worker for one in others} == {person.worker}
        before = connections(dovecot, name)
        streams = [one.browser.stream() for one in [*others, person]]
        for stream in streams:
            stream.until("changed")
        assert until(partial(sees, dovecot, name, before + 1))
        person.user.append(plain("News"))
        for stream in streams:
            stream.until("changed")
        for stream in streams[1:]:
            stream.close()
        for one in others:
            one.browser.send("/logout")
        streams[0].until("end")


def test_a_log_out_leaves_no_connection_wherever_the_log_in_was(visit: Callable[[], Browser], dovecot: Dovecot) -> None:
    for number in range(6):
        user = new_user(dovecot)
        person = enter(visit, user, f"198.51.100.{number}")
        assert person.browser.read("/mail/main/INBOX/")[0] == 200
        person.browser.send("/logout")
        assert until(partial(sees, dovecot, user.name, 0))
        assert person.browser.read("/mail/main/INBOX/")[0] == 303


def test_being_logged_out_elsewhere_ends_a_session_and_its_stream(
    visit: Callable[[], Browser], people: list[Person]
) -> None:
    for person in people:
        other = person.again(visit)
        stream = other.browser.stream()
        stream.until("live")
        assert person.browser.send("/security/sessions/end-others") == 303
        stream.until("end")
        assert other.browser.read("/mail/main/INBOX/")[0] == 303


def test_a_sealed_request_is_taken_once_whatever_way_it_comes(
    visit: Callable[[], Browser], people: list[Person]
) -> None:
    for person in people:
        made = visit()
        wire = flask.Flask("wire")
        wire.wsgi_app = forward(made.host, made.port, person.address)  # type: ignore[method-assign, assignment]  # as Flask documents it
        page = Page(door.Browser(wire.test_client()))
        assert page.browser.log_in(person.user.name, person.user.password).status_code == 303
        page.begin()
        exchange = page.exchange("POST", "/idle/stay")
        body = page.body(exchange, {})
        answers = [page.open(exchange, page.send(exchange, body)) for _ in range(6)]
        assert sorted(answer.status for answer in answers) == [200, 409, 409, 409, 409, 409]


def test_a_session_that_is_brought_to_the_wrong_worker_is_not_opened_there(people: list[Person]) -> None:
    for person, other in (people, people[::-1]):
        reference = other.browser.cookies["hm3_session"]
        cookies = "; ".join(f"{name}={value}" for name, value in person.browser.cookies.items())
        misled = f"__Host-hm3_session={reference}; {cookies}"
        answer, connection = person.browser.ask("/mail/main/INBOX/", Cookie=misled)
        text = answer.read().decode()
        connection.close()
        assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
        assert "This came to the wrong part of the site." in text and "hm3_session" not in str(answer.headers)
        assert person.browser.read("/mail/main/INBOX/")[0] == 200


def test_requests_of_an_address_are_counted_once_for_all_workers(people: list[Person]) -> None:
    def ask(number: int) -> int:
        return people[number % 2].browser.read("/settings", None, **{"X-Forwarded-For": "203.0.113.5"})[0]

    with ThreadPoolExecutor(4) as pool:
        statuses = list(pool.map(ask, range(MANY + 20)))
    assert sorted(statuses) == [200] * MANY + [429] * 20


def sees(dovecot: Dovecot, name: str, number: int) -> bool:
    """Whether the mail server has so many connections of a user."""
    return connections(dovecot, name) == number


def forward(host: str, port: int, address: str) -> WSGIApplication:
    """What asks the server for a test client, each time on a new connection."""

    def ask(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        headers = {name[5:].replace("_", "-"): value for name, value in environ.items() if name.startswith("HTTP_")}
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        if "CONTENT_TYPE" in environ:
            headers["Content-Type"] = environ["CONTENT_TYPE"]
        path = environ["PATH_INFO"] + ("?" + environ["QUERY_STRING"] if environ["QUERY_STRING"] else "")
        connection = http.client.HTTPConnection(host, port, timeout=90)
        connection.request(environ["REQUEST_METHOD"], path, body or None, headers | {"X-Forwarded-For": address})
        answer = connection.getresponse()
        told = answer.read()
        connection.close()
        start(f"{answer.status} {answer.reason}", answer.getheaders())
        return [told]

    return ask
