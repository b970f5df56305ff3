"""What functions get by the types that they ask for, as a request goes on."""

from collections.abc import Callable, Iterator

import pytest

from core import Later, Module, RawRequest
from core.pipeline.scope import Absent, Scope, SharedServices
from core.wiring.wire import wire
from tests.core.samples import Book, Review
from tests.core.wiring.refusing import Quote


def scope_with(*services: Callable[..., object], shared: SharedServices | None = None) -> Scope:
    """What a request knows of a site with these services."""
    module = Module("m")
    for service in services:
        module.service(service)
    return Scope(shared or SharedServices(wire([module]), {}), RawRequest())


def texts(first: Quote | None, every: tuple[Quote, ...]) -> tuple[str | None, list[str]]:
    """What a handler finds that can do without."""
    return None if first is None else first.text, [quote.text for quote in every]


def text(quote: Quote) -> str:
    """What a handler finds that cannot do without."""
    return quote.text


def test_what_was_missing_is_found_once_it_was_added_and_so_is_what_is_added_later() -> None:
    scope, later = scope_with(), []

    def remember(quotes: Later[tuple[Quote, ...]], quote: Later[Quote]) -> None:
        later.append(lambda: (quote().text, len(quotes())))

    scope.call(remember)
    assert scope.call(texts) == (None, [])
    scope.add(Quote("a"))
    assert (scope.call(texts), scope.call(text), later[0]()) == (("a", ["a"]), "a", ("a", 1))
    scope.add(Quote("b"))
    scope.add(Quote("c"))
    assert (scope.call(texts), scope.call(text), later[0]()) == (("a", ["a", "b", "c"]), "a", ("a", 3))


def test_a_result_stands_beside_what_a_service_made_of_its_type() -> None:
    def offer() -> Quote:
        return Quote("made")

    scope = scope_with(offer)
    assert scope.call(text) == "made"
    scope.add(Quote("added"))
    assert scope.call(texts) == ("made", ["made", "added"])


def test_a_result_counts_in_place_of_what_is_shared() -> None:
    shared = SharedServices(wire([Module("m")]), {}, Quote("shared"))
    for _ in range(2):
        scope = scope_with(shared=shared)
        assert (scope.call(text), scope.call(texts)) == ("shared", ("shared", ["shared"]))
        scope.add(Quote("a"))
        assert (scope.call(text), scope.call(texts)) == ("a", ("a", ["a"]))
        scope.add(Quote("b"))
        assert scope.call(texts) == ("a", ["a", "b"])


@pytest.mark.parametrize("makers", [1, 2])
def test_services_that_make_none_are_asked_once(makers: int) -> None:
    asked: list[str] = []

    def first() -> Quote | None:
        asked.append("first")
        return None

    def second() -> Quote | None:
        asked.append("second")
        return None

    names = ["first", "second"][:makers]
    scope = scope_with(*(first, second)[:makers])
    assert [scope.call(texts), scope.call(texts)] == [(None, []), (None, [])]
    for _ in range(2):
        with pytest.raises(Absent, match=r"^Quote is not there\.$"):
            scope.call(text)
    assert asked == names
    scope.add(Quote("added"))
    assert scope.call(texts) == ("added", ["added"])


def test_of_several_makers_all_are_asked_and_generators_are_closed() -> None:
    closed: list[str] = []

    def none() -> Quote | None:
        return None

    def opened() -> Iterator[Quote]:
        yield Quote("opened")
        closed.append("opened")

    def plain() -> Quote:
        return Quote("plain")

    scope = scope_with(none, opened, plain)
    assert scope.call(text) == "opened"
    assert scope.call(texts) == ("opened", ["opened", "plain"])
    assert not closed
    scope.close()
    assert closed == ["opened"]


def test_who_can_do_without_a_service_learns_of_what_that_one_is_missing() -> None:
    def quote(review: Review | None, books: Later[Book]) -> Quote:
        return Quote(f"{review} {books().title}")

    scope = scope_with(quote, _no_book)
    for _ in range(2):
        with pytest.raises(Absent, match=r"^Book is not there\.$"):
            scope.call(texts)
    scope.add(Book("here", 1))
    assert scope.call(text) == "None here"


def test_who_gives_some_arguments_has_the_others_found() -> None:
    def quote() -> Quote:
        return Quote("found")

    def both(quote: Quote, book: Book) -> str:
        return f"{quote.text} {book.title}"

    scope = scope_with(quote)
    assert scope.call(both, {"book": Book("given", 1)}) == "found given"
    with pytest.raises(Absent):
        scope.call(both, {"quote": Quote("given")})


def _no_book() -> Book | None:
    return None
