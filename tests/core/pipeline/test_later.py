"""What is made when somebody looks, and functions that are called by the names of their parameters."""

from collections.abc import Iterator

import pytest

from core import Access, Data, Format, Later, Module, RawRequest, Session, Wanted
from core.wiring.later import Later as Same
from tests.core.samples import Book, Review, noon_app
from tests.core.wiring.refusing import Quote, refused

JSON = Wanted(Format.JSON)


class Kitchen:
    """A module with one page, one dear service, and a list of what was done."""

    def __init__(self, *, looks: bool) -> None:
        self.events: list[str] = []
        self.module = Module("kitchen")
        self.page = self.module.page("p", "/p", access=Access.ANYONE)

        @self.module.service
        def cook() -> Iterator[Quote]:
            self.events.append("made")
            yield Quote("soup")
            self.events.append("closed")

        @self.module.handler(self.page)
        def eat(quote: Later[Quote]) -> Review:
            return Review(f"{quote().text} {quote() is quote()}" if looks else "bread")

        @self.module.output(self.page.data)
        def show(review: Review) -> Review:
            return review


@pytest.mark.parametrize(("looks", "answer", "events"), [(True, "soup True", ["made", "closed"]), (False, "bread", [])])
def test_what_is_asked_for_later_is_made_once_and_only_where_somebody_looks(
    looks: bool, answer: str, events: list[str]
) -> None:
    kitchen = Kitchen(looks=looks)
    assert noon_app([kitchen.module]).answer(kitchen.page, RawRequest(), Session(), JSON) == Data(Review(answer))
    assert kitchen.events == events


def test_what_is_asked_for_later_has_to_be_there_at_boot() -> None:
    module = Module("m")

    @module.handler(module.page("p", "/p"))
    def wants(quote: Later[Quote]) -> None: ...

    assert "needs Quote, which nothing on m.p provides" in refused(module)


def test_there_may_be_none_or_several_later() -> None:
    module = Module("m")
    page = module.page("p", "/p", access=Access.ANYONE)

    @module.service
    def first() -> Quote:
        return Quote("a")

    @module.service
    def second() -> Quote:
        return Quote("b")

    @module.handler(page)
    def read(quotes: Later[tuple[Quote, ...]], book: Later[Book | None]) -> Review:
        return Review(f"{[quote.text for quote in quotes()]} {book()}")

    @module.output(page.data)
    def show(review: Review) -> Review:
        return review

    assert noon_app([module]).answer(page, RawRequest(), Session(), JSON) == Data(Review("['a', 'b'] None"))


def test_a_shared_service_may_look_later_too() -> None:
    module = Module("m")
    page = module.page("p", "/p", access=Access.ANYONE)

    @module.shared
    def quote() -> Quote:
        return Quote("shared")

    @module.shared
    def review(quote: Same[Quote]) -> Review:
        return Review(quote().text)

    @module.handler(page)
    def read(review: Review) -> Book:
        return Book(review.text, 1)

    @module.output(page.data)
    def show(book: Book) -> Book:
        return book

    assert noon_app([module]).answer(page, RawRequest(), Session(), JSON) == Data(Book("shared", 1))


def test_a_function_may_want_its_parameters_named() -> None:
    module = Module("m")
    page = module.page("p", "/p", access=Access.ANYONE)

    @module.service
    def quote() -> Quote:
        return Quote("named")

    @module.handler(page)
    def read(*, quote: Quote) -> Review:
        return Review(quote.text)

    @module.output(page.data)
    def show(review: Review) -> Review:
        return review

    assert noon_app([module]).answer(page, RawRequest(), Session(), JSON) == Data(Review("named"))
