"""What a session knows its browser by, for each strictness."""

import logging
from dataclasses import replace
from datetime import timedelta

import pytest

from core.ini.session import Fingerprint, SessionConfig
from core.input.reading import Client
from core.security.crypto import new_key
from core.visitor.fingerprint import other_parts, take_fingerprint
from core.visitor.permissions import Roles, User
from core.visitor.rows import SessionRows
from core.visitor.session import Session
from core.visitor.store import Opened, SessionStore
from tests.core.visitor.conftest import NOON

LINUX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
HOME = Client("192.0.2.9", LINUX, languages="de-AT,de;q=0.9")
ROOT = new_key()

SAME = HOME
UPDATED = replace(HOME, agent=LINUX.replace("140", "141"))
OTHER_WORDS = replace(HOME, languages="fr")
NEIGHBOUR = replace(HOME, address="192.0.2.200")
ON_THE_MOVE = replace(HOME, address="203.0.113.77")
OTHER_BROWSER = replace(HOME, agent="Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/150.0 Safari/537.36")
OTHER_SYSTEM = replace(HOME, agent=LINUX.replace("X11; Linux x86_64", "Windows NT 10.0"))
TOOL = replace(HOME, agent="curl/8.0")


def differs(client: Client, how: Fingerprint, before: Client = HOME) -> bool:
    return bool(other_parts(take_fingerprint(ROOT, before), take_fingerprint(ROOT, client), how))


@pytest.mark.parametrize(
    ("client", "strictest"),
    [
        (SAME, Fingerprint.STRICT),
        (NEIGHBOUR, Fingerprint.STRICT),
        (UPDATED, Fingerprint.NETWORK),
        (OTHER_WORDS, Fingerprint.NETWORK),
        (ON_THE_MOVE, Fingerprint.BROWSER),
        (OTHER_BROWSER, Fingerprint.OFF),
        (OTHER_SYSTEM, Fingerprint.OFF),
        (TOOL, Fingerprint.OFF),
    ],
)
def test_a_browser_is_known_again_up_to_a_strictness(client: Client, strictest: Fingerprint) -> None:
    order = list(Fingerprint)
    known = [how for how in order if not differs(client, how)]
    assert known == order[: order.index(strictest) + 1]


@pytest.mark.parametrize(
    ("before", "now", "same"),
    [
        ("2001:db8:7:8::1", "2001:db8:7:9::2", True),
        ("2001:db8:7::1", "2001:db8:8::1", False),
        ("", "", True),
        ("unix", "192.0.2.9", False),
    ],
)
def test_a_network_is_known_by_its_first_octets(before: str, now: str, same: bool) -> None:
    one, two = replace(HOME, address=before), replace(HOME, address=now)
    assert differs(two, Fingerprint.NETWORK, one) is not same


def test_a_program_is_known_by_the_product_that_it_names_first() -> None:
    assert not differs(replace(HOME, agent="curl/9.1"), Fingerprint.BROWSER, TOOL)
    assert differs(replace(HOME, agent="wget/1"), Fingerprint.BROWSER, TOOL)
    assert not differs(replace(HOME, agent=""), Fingerprint.BROWSER, replace(HOME, agent=""))


def test_a_fingerprint_shows_nothing_without_the_servers_key() -> None:
    told = take_fingerprint(ROOT, HOME)
    assert set(told) == {"browser", "network", "headers"} and all(len(part) == 32 for part in told.values())
    assert told != take_fingerprint(new_key(), HOME)
    assert "192.0.2" not in str(told) and "Firefox" not in str(told)


def store_in(rows: SessionRows, how: Fingerprint) -> SessionStore:
    return SessionStore(rows, ROOT, SessionConfig(fingerprint=how), Roles(), lambda: NOON)


def test_a_session_from_elsewhere_is_a_strangers_and_goes_on_for_its_owner(
    rows: SessionRows, caplog: pytest.LogCaptureFixture
) -> None:
    store = store_in(rows, Fingerprint.BROWSER)
    cookies = store.save(Opened(Session(visitor=User("ada"))), client=HOME)
    with caplog.at_level(logging.WARNING):
        stolen = store.open(cookies, TOOL)
    assert (stolen.session.visitor, stolen.foreign, stolen.id) == (None, True, "")
    assert "came from elsewhere: its browser differs" in caplog.text
    assert "192.0.2" not in caplog.text and "curl" not in caplog.text
    assert store.save(stolen, client=TOOL) is None
    assert store.open(cookies, ON_THE_MOVE).session.visitor == User("ada")


def test_what_differs_is_named_in_the_log(rows: SessionRows, caplog: pytest.LogCaptureFixture) -> None:
    store = store_in(rows, Fingerprint.STRICT)
    cookies = store.save(Opened(Session(visitor=User("ada"))), client=HOME)
    with caplog.at_level(logging.WARNING):
        store.open(cookies, replace(ON_THE_MOVE, languages="fr"))
    assert "its network and headers differs" in caplog.text


def test_a_session_of_before_is_bound_when_it_is_renewed(rows: SessionRows) -> None:
    store = store_in(rows, Fingerprint.OFF)
    cookies = store.save(Opened(Session(visitor=User("ada"))), client=HOME)
    bound = store_in(rows, Fingerprint.NETWORK)
    assert bound.open(cookies, ON_THE_MOVE).foreign
    moved = store.open(cookies, ON_THE_MOVE)
    moved.session.rotate()
    renewed = store.save(moved, client=ON_THE_MOVE)
    assert bound.open(renewed, ON_THE_MOVE).session.visitor == User("ada")
    assert bound.open(renewed, HOME).foreign


def test_a_changed_record_keeps_what_the_session_is_bound_to(rows: SessionRows) -> None:
    store = store_in(rows, Fingerprint.BROWSER)
    cookies = store.save(Opened(Session(visitor=User("ada"))), client=HOME)
    first, second = store.open(cookies, HOME), store.open(cookies, UPDATED)
    first.session.say("one")
    second.session.idle = timedelta(minutes=5)
    for opened in (first, second):
        assert store.save(opened, client=HOME) is None
    found = store.open(cookies, HOME).session
    assert (found.idle, [notice.text for notice in found.notices]) == (timedelta(minutes=5), ["one"])
    assert store.open(cookies, TOOL).foreign
