"""The plan of a page in words."""

from core import Module, Phase, Redirect
from core.wiring.explain import explain
from tests.core.samples import make_site, noon_app, reviews


def test_a_plan_names_all_that_happens_and_where_it_came_from() -> None:
    site = make_site()
    careful = Module("careful")

    @careful.guard(Phase.SESSION)
    def look() -> Redirect | None:
        return None

    lines = list(explain(noon_app([*site.modules, careful, reviews(site)]).wiring, "books.book"))
    assert lines == [
        "GET /books/<title>  for user",
        "  guard    careful.look  (session)",
        "  inputs   BookAddress: title (path: Line), copies (query: Count)",
        "  handler  books.find_book(BookAddress, Shelf) -> Book",
        "  handler  reviews.find_review(Book) -> Review",
        "  output   books.show_book in books.book.body",
        "  output   books.tell_book in books.book.data",
        "  output   reviews.show_review in books.review",
    ]


def test_a_permission_is_named() -> None:
    site = make_site()
    lines = list(explain(noon_app(site.modules).wiring, "books.secret"))
    assert lines[0] == "GET /secret  for user, with permission books.audit"
