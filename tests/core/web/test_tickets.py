"""Tickets to the content host, by themselves: how long they last, how many there are, and whose cookies they go by."""

from datetime import UTC, datetime, timedelta

from core.visitor.places import place_in
from core.visitor.store import Cookies
from core.web.tickets import LASTS, Ticket, Tickets

NOW = datetime(2026, 1, 2, 12, tzinfo=UTC)
FIRST, SECOND = Cookies("reference", "key"), Cookies("another", "other")
ONE, TWO = Ticket("session", "one"), Ticket("session", "two")


def test_one_message_has_one_ticket_for_as_long_as_somebody_uses_it() -> None:
    tickets = Tickets()
    name = tickets.issue(ONE, FIRST, NOW, NOW)
    later = NOW + LASTS
    assert tickets.find(name, later) == (ONE, FIRST) and tickets.issue(ONE, FIRST, NOW, later + LASTS) == name
    gone = later + LASTS + LASTS + timedelta(seconds=1)
    assert tickets.find(name, gone) is None and tickets.issue(ONE, FIRST, NOW, gone) != name


def test_a_ticket_cannot_be_guessed_and_says_its_place() -> None:
    tickets = Tickets()
    name = tickets.issue(ONE, FIRST, NOW, NOW, 7)
    assert len(name.partition(".")[0]) == 32 and place_in(name) == 7
    assert tickets.find(name[:-1], NOW) is None and tickets.issue(TWO, FIRST, NOW, NOW) != name


def test_those_not_used_for_longest_make_room_in_a_session_and_in_all() -> None:
    tickets = Tickets(of_a_session=2, in_all=3)
    one, two = (tickets.issue(ticket, FIRST, NOW, NOW) for ticket in (ONE, TWO))
    tickets.find(one, NOW)
    three = tickets.issue(Ticket("session", "three"), FIRST, NOW, NOW)
    assert [tickets.find(name, NOW) is not None for name in (two, one, three)] == [False, True, True]
    for number in range(3):
        tickets.issue(Ticket(f"other {number}", ""), FIRST, NOW, NOW)
    assert len(tickets) == 3 and tickets.find(three, NOW) is None


def test_a_ticket_goes_on_with_the_newest_cookies_of_its_session() -> None:
    tickets = Tickets()
    name = tickets.issue(ONE, FIRST, NOW, NOW)
    tickets.follow("session", SECOND, NOW + timedelta(seconds=1))
    tickets.follow("stranger", FIRST, NOW)
    # A request that was under way while they were renewed.
    tickets.issue(TWO, FIRST, NOW, NOW)
    assert tickets.find(name, NOW) == (ONE, SECOND)


def test_nothing_is_kept_of_a_session_that_ended() -> None:
    tickets = Tickets()
    names = [tickets.issue(ticket, FIRST, NOW, NOW) for ticket in (ONE, TWO)]
    tickets.forget("stranger")
    tickets.forget("session")
    assert not tickets and [tickets.find(name, NOW) for name in names] == [None, None]
