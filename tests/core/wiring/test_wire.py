"""What boot settles and what it refuses, sentence by sentence."""

import pytest

from core import (
    Application,
    Fragment,
    Line,
    Module,
    Session,
    Slot,
    Stream,
)
from tests.core.samples import Book, Review, make_site, reviews
from tests.core.wiring.refusing import Other, Quote, order, refused


def test_handlers_run_in_the_order_their_types_need() -> None:
    site = make_site()
    early = Module("early")

    @early.handler(site.book)
    def shout(quote: Quote) -> None: ...

    @early.handler(site.book)
    def pick(review: Review) -> Quote:
        return Quote(review.text)

    app = Application([early, *site.modules, reviews(site)])
    assert order(app, "books.book") == ["find_book", "find_review", "pick", "shout"]


def test_before_and_after_name_functions() -> None:
    site = make_site()
    find_book = site.modules[0].handlers[0].function
    late = Module("late")

    @late.handler(site.book, before=(find_book,))
    def first() -> None: ...

    @late.handler(site.book, after=(find_book,))
    def last() -> None: ...

    assert order(Application([*site.modules, late]), "books.book") == ["first", "find_book", "last"]


def test_a_module_needs_what_it_requires() -> None:
    assert refused(Module("a", requires=("b",))) == "Module a requires b, which is not loaded before it."


def test_two_modules_of_one_name_are_refused() -> None:
    assert "two modules named a" in refused(Module("a"), Module("a"))


def test_a_missing_result_is_named() -> None:
    lonely = Module("lonely")

    @lonely.handler(lonely.page("p", "/p"))
    def wants(quote: Quote) -> None: ...

    assert "wants needs Quote, which nothing on lonely.p provides. Results there: " in refused(lonely)


def test_two_providers_of_one_result_are_refused() -> None:
    site = make_site()
    rival = Module("rival")

    @rival.handler(site.book)
    def find_again() -> Book:
        raise AssertionError

    assert "both provide it" in refused(*site.modules, rival)


def test_an_output_cannot_ask_for_the_session() -> None:
    site = make_site()
    nosy = Module("nosy")

    @nosy.output(site.review_slot)
    def show(session: Session) -> Fragment:
        return Fragment.of("x.html")

    assert "is an output and asks for Session. Outputs see results only" in refused(*site.modules, nosy)


@pytest.mark.parametrize("kind", [Fragment, Stream])
def test_a_handler_cannot_return_html_or_a_stream(kind: type) -> None:
    lazy = Module("lazy")

    def shortcut() -> object:
        raise AssertionError

    shortcut.__annotations__["return"] = kind
    lazy.handler(lazy.page("p", "/p"))(shortcut)
    assert "is a handler and returns HTML" in refused(lazy)


def test_an_output_for_an_unknown_slot_is_refused() -> None:
    stray = Module("stray")

    @stray.output(Slot("nowhere", Quote))
    def show(quote: Quote) -> Fragment:
        return Fragment.of("x.html")

    assert "goes into slot nowhere, which no page shows" in refused(stray)


def test_outputs_return_what_their_slot_takes() -> None:
    for slot, words in (("body", "return a Fragment"), ("data", "return a dataclass"), ("stream", "return a Stream")):
        wrong = Module("wrong")
        page = wrong.page("p", "/p")

        def show() -> Line:
            raise AssertionError

        wrong.output(getattr(page, slot))(show)  # type: ignore[no-untyped-call]  # the mistake under test
        assert words in refused(wrong)


def test_a_circle_of_handlers_is_named() -> None:
    knot = Module("knot")
    page = knot.page("p", "/p")

    @knot.handler(page)
    def one(quote: Quote) -> Other:
        raise AssertionError

    @knot.handler(page)
    def two(other: Other) -> Quote:
        raise AssertionError

    assert "Handlers of knot.p wait for each other" in refused(knot)


def test_a_circle_of_services_is_named() -> None:
    for register in (Module.service, Module.shared):
        knot = Module("knot")

        def one(quote: Quote) -> Other:
            raise AssertionError

        def two(other: Other) -> Quote:
            raise AssertionError

        register(knot, one)
        register(knot, two)
        assert "need each other in a circle" in refused(knot)


def test_a_shared_service_cannot_ask_for_a_request() -> None:
    wrong = Module("wrong")

    @wrong.shared
    def make(session: Session) -> Quote:
        raise AssertionError

    assert "make needs Session, which nothing on the whole process provides" in refused(wrong)
