"""The life of one request."""

from datetime import timedelta

import pytest

from core import (
    Access,
    Application,
    Candidate,
    Clock,
    Data,
    Format,
    InputError,
    LoginNeeded,
    Module,
    NotAllowed,
    NotFound,
    RawRequest,
    Redirect,
    Roles,
    Session,
    Shown,
    UpstreamError,
    Wanted,
)
from tests.core.samples import NOON, Book, Review, ask, make_site, noon_app, reviews, user_session

JSON = Wanted(Format.JSON)


def test_a_page_shows_its_results() -> None:
    site = make_site()
    shown = noon_app(site.modules).answer(site.book, ask("Emma", copies="2"), user_session())
    assert isinstance(shown, Shown)
    assert shown.slots["books.book.body"][0].values["book"] == Book("Emma", 2)
    assert (shown.title, shown.status, shown.user) == ("Emma", 200, "ada")


def test_the_same_plan_answers_in_json() -> None:
    site = make_site()
    assert noon_app(site.modules).answer(site.book, ask(), user_session(), JSON) == Data(Book("Emma", 1))


def test_a_stranger_opens_no_page_of_a_user() -> None:
    site = make_site()
    for wanted in (Wanted(), JSON, Wanted(part="books.book.body")):
        with pytest.raises(LoginNeeded):
            noon_app(site.modules).answer(site.book, ask(), Session(), wanted)


def test_a_candidate_can_open_no_page_of_a_user() -> None:
    site = make_site()
    with pytest.raises(LoginNeeded):
        noon_app(site.modules).answer(site.book, ask(), Session("s", Candidate("ada")))


def test_a_user_opens_no_page_of_a_candidate() -> None:
    module = Module("steps")
    page = module.page("code", "/code", access=Access.CANDIDATE)
    with pytest.raises(LoginNeeded):
        noon_app([module]).answer(page, RawRequest(), user_session())


def test_a_page_with_a_permission_is_for_roles_that_have_it() -> None:
    site = make_site()
    app = noon_app(site.modules, Roles(by_role={"admin": frozenset({"books.audit"})}))
    with pytest.raises(NotAllowed):
        app.answer(site.secret, RawRequest(), user_session())
    assert app.answer(site.secret, RawRequest(), user_session(roles=frozenset({"admin"}))) == Data(Review("audited"))


def test_a_permission_is_not_for_strangers_of_an_open_page() -> None:
    module = Module("open")
    page = module.page("p", "/p", access=Access.ANYONE, permission=module.permission("x"))
    with pytest.raises(NotAllowed):
        noon_app([module]).answer(page, RawRequest(), Session())


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (RawRequest(path={"title": "a\nb"}), "title: contains control characters"),
        (RawRequest(), "title: is missing"),
        (ask("a", copies="x"), "copies: is not a whole number"),
        (ask("a", colour="x"), "colour: is not a field of this page"),
    ],
)
def test_bad_inputs_are_refused_by_name(request_: RawRequest, message: str) -> None:
    site = make_site()
    with pytest.raises(InputError, match=message):
        noon_app(site.modules).answer(site.book, request_, user_session())


def test_a_lenient_page_leaves_alone_what_others_add_to_its_query() -> None:
    module = Module("door")
    page = module.page("p", "/p", access=Access.ANYONE, lenient=True)

    @module.handler(page)
    def tell() -> Review:
        return Review("open")

    @module.output(page.data)
    def show(review: Review) -> Review:
        return review

    request = RawRequest(query={"colour": ["x"]})
    assert noon_app([module]).answer(page, request, Session(), JSON) == Data(Review("open"))


def test_a_successful_form_redirects_and_leaves_a_notice() -> None:
    site = make_site()
    session = user_session()
    answer = noon_app(site.modules).answer(
        site.add, RawRequest("POST", {"title": "x"}, form={"title": ["Emma"]}), session
    )
    assert isinstance(answer, Redirect)
    assert answer.location == "/books/Emma"
    assert [notice.text for notice in session.take_notices()] == ["Added."]
    assert session.take_notices() == ()


def test_a_script_is_told_instead_of_a_notice() -> None:
    site = make_site()
    session = user_session()
    request = RawRequest("POST", {"title": "x"}, form={"title": ["Emma"]})
    answer = noon_app(site.modules).answer(site.add, request, session, JSON)
    assert isinstance(answer, Redirect)
    assert answer.told == Book("Emma", 1)
    assert session.notices == []


def test_a_refused_form_comes_back_with_what_was_typed() -> None:
    site = make_site()
    request = RawRequest("POST", {"title": "Emma"}, form={"title": ["again"], "cover": ["soft"], "code": ["secret"]})
    shown = noon_app(site.modules).answer(site.add, request, user_session())
    assert isinstance(shown, Shown)
    assert (shown.status, shown.page) == (422, site.book)
    assert shown.form.value("title") == "again"
    assert shown.form.value("cover") == "soft"
    assert shown.form.value("code") == ""
    assert shown.form.error("title") == "is here already"


def test_a_form_comes_back_when_a_server_fails() -> None:
    site = make_site()
    request = RawRequest("POST", {"title": "Emma"}, form={"title": ["far"]})
    shown = noon_app(site.modules).answer(site.add, request, user_session())
    assert isinstance(shown, Shown)
    assert (shown.status, shown.form.message) == (502, "The library does not answer.")


def test_a_refused_form_is_told_to_scripts() -> None:
    site = make_site()
    request = RawRequest("POST", {"title": "Emma"}, form={"title": ["again"]})
    with pytest.raises(InputError, match="is here already"):
        noon_app(site.modules).answer(site.add, request, user_session(), JSON)


def test_a_form_of_a_stranger_is_not_shown_again_but_kept() -> None:
    site = make_site()
    app = noon_app(site.modules)
    request = RawRequest("POST", {"title": "Emma"}, form={"title": ["Long"], "code": ["secret"]})
    with pytest.raises(LoginNeeded):
        app.answer(site.add, request, Session())
    assert app.typed(site.add, request) == (("title", "Long"),)


def test_what_another_module_adds_is_shown() -> None:
    site = make_site()
    shown = noon_app([*site.modules, reviews(site)]).answer(site.book, ask(), user_session())
    assert isinstance(shown, Shown)
    assert [fragment.template for fragment in shown.slots["books.review"]] == ["reviews/review.html"]


@pytest.mark.parametrize("problem", [UpstreamError("down"), NotFound("gone"), ZeroDivisionError("bug")])
def test_what_another_module_adds_may_fail(problem: Exception) -> None:
    site = make_site()
    app = noon_app([*site.modules, reviews(site, [problem])])
    shown = app.answer(site.book, ask(), user_session())
    assert isinstance(shown, Shown)
    assert "books.review" not in shown.slots
    assert [failing.module for failing in app.failures.all()] == ["reviews"]


def test_an_added_handler_may_send_the_visitor_to_the_login() -> None:
    site = make_site()
    with pytest.raises(LoginNeeded):
        noon_app([*site.modules, reviews(site, [LoginNeeded("again")])]).answer(site.book, ask(), user_session())


def test_a_module_that_keeps_failing_is_off_for_a_while() -> None:
    site = make_site()
    problem: list[Exception] = [UpstreamError("down")]
    now = [NOON]
    app = Application([*site.modules, reviews(site, problem)], clock=Clock(lambda: now[0]))
    for _ in range(5):
        app.answer(site.book, ask(), user_session())
    problem.clear()
    shown = app.answer(site.book, ask(), user_session())
    assert isinstance(shown, Shown)
    assert "books.review" not in shown.slots
    now[0] += timedelta(minutes=6)
    shown = app.answer(site.book, ask(), user_session())
    assert isinstance(shown, Shown)
    assert "books.review" in shown.slots
    assert app.failures.all() == ()


def test_what_the_owner_does_may_not_fail() -> None:
    site = make_site()
    with pytest.raises(UpstreamError):
        noon_app(site.modules).answer(site.book, ask("far"), user_session())
    assert site.shelf.events == ["open", "failed", "closed"]
