"""Which handlers that run for their effect do so where one part of a page is asked for."""

from core import Fragment, Module, Redirect, Wanted
from tests.core.samples import Book, Review, Site, ask, make_site, noon_app, user_session


def with_effects(site: Site, ran: list[str], *, ends: bool) -> Module:
    """A module that shows reviews apart, with effects of them and of books; with `ends` one may end the request."""
    other = Module("other")

    def review() -> Review:
        return Review("good")

    def note_review(review: Review) -> None:
        ran.append("review")

    def note_book(book: Book, review: Review | None) -> None:
        ran.append("book")

    def refuse(review: Review) -> Redirect | None:
        ran.append("end")
        return None

    def show(review: Review) -> Fragment:
        return Fragment.of("review.html")

    other.handler(site.book)(review)
    other.handler(site.book)(note_review)
    other.handler(site.book)(note_book)
    if ends:
        other.handler(site.book)(refuse)
    other.output(other.slot("apart", offers=Review))(show)
    return other


def test_in_a_part_what_has_an_effect_runs_where_what_it_cannot_do_without_is_shown() -> None:
    site, ran = make_site(), list[str]()
    app = noon_app([*site.modules, with_effects(site, ran, ends=False)])
    app.answer(site.book, ask(), user_session(), Wanted(part="books.book.body"))
    assert ran == ["book"]
    ran.clear()
    app.answer(site.book, ask(), user_session(), Wanted(part="other.apart"))
    assert ran == ["review"]
    ran.clear()
    app.answer(site.book, ask(), user_session())
    assert sorted(ran) == ["book", "review"]


def test_what_may_end_a_request_is_asked_in_every_part() -> None:
    site, ran = make_site(), list[str]()
    app = noon_app([*site.modules, with_effects(site, ran, ends=True)])
    app.answer(site.book, ask(), user_session(), Wanted(part="books.book.body"))
    assert sorted(ran) == ["book", "end", "review"]
