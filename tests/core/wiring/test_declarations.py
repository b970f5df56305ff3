"""What modules may say of pages, inputs, replacements and types, and what boot refuses."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from core import (
    Application,
    Clock,
    Fragment,
    Line,
    Module,
    Permission,
    Redirect,
    Session,
    User,
    WiringError,
    form,
    inputs,
    path,
    query,
)
from core.wiring.check import check_slots_in_templates
from tests.core.samples import Book, Shelf, make_site
from tests.core.wiring.refusing import Other, Quote, order, refused


def test_two_pages_with_one_rule_and_method_are_refused() -> None:
    twice = Module("twice")
    twice.page("a", "/x/<one>")
    twice.page("b", "/x/<two>")
    assert refused(twice) == "Pages twice.a and twice.b both answer GET /x/<two>."


def test_a_path_field_the_rule_lacks_is_refused() -> None:
    wrong = Module("wrong")

    @inputs
    class Address:
        uid: Line = path()

    @wrong.handler(wrong.page("p", "/p/<id>"))
    def read(address: Address) -> None: ...

    read.__annotations__["address"] = Address
    assert "Address reads uid from the path, but /p/<id> has no <uid>" in refused(wrong)


def test_one_field_with_two_types_is_refused() -> None:
    site = make_site()
    wrong = Module("wrong")

    @inputs
    class Copies:
        copies: bool = query(False)

    def read(wanted: object) -> None: ...

    read.__annotations__["wanted"] = Copies
    wrong.handler(site.book)(read)
    assert "declare query field copies of books.book with two types" in refused(*site.modules, wrong)


def test_a_field_that_cannot_check_itself_is_refused() -> None:
    wrong = Module("wrong")

    @inputs
    class Loose:
        text: str = form()

    def read(wanted: object) -> None: ...

    read.__annotations__["wanted"] = Loose
    wrong.handler(wrong.page("p", "/p", method="POST"))(read)
    assert "Loose.text is a str, which cannot check itself" in refused(wrong)


def test_a_template_naming_an_unknown_slot_is_refused() -> None:
    with pytest.raises(WiringError, match=r"Template a\.html names slot b, which no enabled or shipped module has"):
        check_slots_in_templates([("a.html", "b")], {"c"})


def test_a_template_naming_a_known_slot_is_fine() -> None:
    check_slots_in_templates([("a.html", "c")], {"c"})


def test_a_replacement_takes_the_place_of_a_handler() -> None:
    site = make_site()
    find_book = site.modules[0].handlers[0].function
    other = Module("other", requires=("books",))

    @other.replace(find_book)
    def know_all(shelf: Shelf) -> Book:
        return Book("all", 1)

    app = Application([*site.modules, other])
    assert order(app, "books.book") == ["know_all"]


def test_a_replacement_of_nothing_is_refused() -> None:
    other = Module("other")

    def unknown() -> Quote:
        raise AssertionError

    @other.replace(unknown)
    def instead() -> Quote:
        raise AssertionError

    assert "which no enabled module registered" in refused(other)


def test_a_second_replacement_is_refused() -> None:
    site = make_site()
    find_book = site.modules[0].handlers[0].function
    other = Module("other")

    def one() -> Book:
        raise AssertionError

    def two() -> Book:
        raise AssertionError

    other.replace(find_book)(one)
    other.replace(find_book)(two)
    assert "both replace" in refused(*site.modules, other)


def test_a_replacement_returns_what_the_original_returned() -> None:
    site = make_site()
    other = Module("other")

    def one() -> Quote:
        raise AssertionError

    other.replace(site.modules[0].handlers[0].function)(one)
    assert "returns something else" in refused(*site.modules, other)


def test_a_permission_nobody_named_is_refused() -> None:
    wrong = Module("wrong")
    wrong.page("p", "/p", permission=Permission("wrong.none"))
    assert refused(wrong) == "Page wrong.p asks for permission wrong.none, which no module named."


def test_a_page_answers_get_or_post_only() -> None:
    with pytest.raises(WiringError, match="pages answer GET, POST or DELETE"):
        Module("a").page("p", "/p", method="PUT")


def test_only_a_get_page_can_be_shown_again() -> None:
    wrong = Module("wrong")
    again = wrong.page("a", "/a", method="POST")
    wrong.page("b", "/b", method="POST", retry=again)
    assert "only a GET page can be shown" in refused(wrong)


def test_a_parameter_without_a_type_is_refused() -> None:
    wrong = Module("wrong")

    def read(anything) -> None: ...  # type: ignore[no-untyped-def]  # the mistake under test

    wrong.handler(wrong.page("p", "/p"))(read)
    assert "Parameter anything of " in refused(wrong)


def test_a_parameter_with_two_types_is_refused() -> None:
    wrong = Module("wrong")

    @wrong.handler(wrong.page("p", "/p"))
    def read(anything: Quote | Other) -> None: ...

    assert "must name one type" in refused(wrong)


def test_a_function_without_a_return_type_is_refused() -> None:
    wrong = Module("wrong")

    def read():  # type: ignore[no-untyped-def]  # the mistake under test
        raise AssertionError

    wrong.handler(wrong.page("p", "/p"))(read)
    assert "does not say what it returns" in refused(wrong)


def test_two_kinds_of_result_are_refused() -> None:
    wrong = Module("wrong")

    @wrong.handler(wrong.page("p", "/p"))
    def read() -> Quote | Other:
        raise AssertionError

    assert "return one kind of result" in refused(wrong)


def test_a_type_that_its_file_does_not_know_is_named() -> None:
    wrong = Module("wrong")

    def read(one: object) -> None: ...

    read.__annotations__["one"] = "Nowhere"
    wrong.handler(wrong.page("p", "/p"))(read)
    assert "names a type that its file does not know" in refused(wrong)


def test_a_guard_may_ask_for_services_and_the_session() -> None:
    site = make_site()
    seen: list[str] = []
    careful = Module("careful")

    from core import Phase

    def look(session: Session, shelf: Shelf, clock: Clock) -> Redirect | None:
        seen.append(session.id)
        return None

    careful.guard(Phase.SESSION)(look)
    app = Application([*site.modules, careful])
    assert [guard.function for guard in app.wiring.guards] == [look]


def test_a_service_may_be_made_by_a_generator() -> None:
    site = make_site()
    assert Shelf in Application(site.modules).wiring.services


def test_an_output_in_a_slot_without_an_offer_shows_where_its_needs_are_met() -> None:
    from core import layout_sidebar

    site = make_site()
    side = Module("side")

    @side.output(layout_sidebar)
    def show(book: Book) -> Fragment:
        return Fragment.of("x.html")

    plans = Application([*site.modules, side]).wiring.plans
    assert [name for name, plan in plans.items() if layout_sidebar.name in plan.slots] == ["books.book"]


def test_the_slots_of_all_modules_are_known() -> None:
    names = Application(make_site().modules).wiring.slot_names
    assert {"books.review", "books.book.body", "layout.sidebar"} <= names


def test_pages_keep_the_order_of_their_modules() -> None:
    site = make_site()
    assert [page.name for page in Application(site.modules).wiring.pages][:2] == ["books.book", "books.add"]


def test_a_generator_annotated_as_iterator_offers_its_element() -> None:
    from core.wiring.signature import may_redirect, result

    def make() -> Iterator[Quote]:
        yield Quote("")

    def go() -> User | Redirect:
        raise AssertionError

    assert result(make) is Quote
    assert may_redirect(go)
    assert not may_redirect(make)


def test_what_a_service_reads_of_the_request_is_an_input_of_the_pages_that_use_it() -> None:
    @inputs
    class Answer:
        """What was answered."""

        answer: Line = form(Line(""))

    @dataclass(frozen=True)
    class Gate:
        """Who may pass."""

        answer: str

    module = Module("gate")
    open_page, other_page = module.page("open", "/open"), module.page("other", "/other")

    @module.service
    def make_gate(answer: Answer) -> Gate:
        return Gate(str(answer.answer))

    @module.handler(open_page)
    def pass_gate(gates: tuple[Gate, ...]) -> Redirect:
        return Redirect(gates[0].answer)

    @module.handler(other_page)
    def go_by() -> Redirect:
        return Redirect("/")

    plans = Application([module]).wiring.plans
    assert (plans["gate.open"].inputs, plans["gate.other"].inputs) == ((Answer,), ())
