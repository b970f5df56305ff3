"""Nobody gets an answer from a page that is not for them: every page, in every form, with every kind of session."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping

import flask
import pytest

from core import Access, Candidate, Client, LoginAttempt, Page, TooMany, User
from core.web.cookies import FORM, KEY, REFERENCE
from tests.core.web.door import Browser
from tests.security.whole import Whole, address_of, open_whole

ADA = User("ada")
COOKIES = (REFERENCE, KEY)
UNBOUNDED = "[rates]\n" + "".join(
    f"{name} = 100000 per minute\n" for name in ("general", "login", "account", "send", "upload")
)
OTHER = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1"

# Whoever adds a page for strangers or for people who have still to pass a login step says so here too.
FOR_ANYONE = frozenset(
    {
        "api.follow",
        "api.link",
        "oauth.begin",
        "oauth.leave",
        "oauth.return",
        "throttle.free",
        "throttle.freed",
        "throttle.unlock",
        "discovery.by-hand",
        "discovery.confirm",
        "discovery.named",
        "discovery.servers",
        "login.home",
        "login.login",
        "login.logout",
        "login.password",
        "passkeys.finish",
        "passkeys.request",
        "security.gone",
    }
)
FOR_CANDIDATES = frozenset(
    {
        "passkeys.step",
        "passkeys.stepped",
        "twofactor.check",
        "twofactor.code",
        "twofactor.enrol",
        "twofactor.enrolled",
    }
)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    """The whole site."""
    logging.getLogger("hm3").setLevel(logging.CRITICAL)
    with open_whole(tmp_path_factory.mktemp("site"), app=UNBOUNDED) as opened:
        yield opened
    logging.getLogger("hm3").setLevel(logging.NOTSET)


def as_stranger(whole: Whole) -> Browser:
    return whole.browser()


def as_candidate(whole: Whole) -> Browser:
    return whole.browser(Candidate("ada"))


def as_candidate_of_another_step(whole: Whole) -> Browser:
    return whole.browser(Candidate("ada", frozenset({"another"})))


def as_user_who_rested_too_long(whole: Whole) -> Browser:
    browser = whole.browser(ADA)
    whole.later(hours=3)
    return browser


def as_user_whose_day_is_over(whole: Whole) -> Browser:
    browser = whole.browser(ADA)
    for _ in range(25):
        browser.get("/settings")
        whole.later(hours=1)
    return browser


def as_user_who_was_logged_out_elsewhere(whole: Whole) -> Browser:
    kept, leaving = whole.browser(ADA), whole.browser()
    for cookie in COOKIES:
        known = kept.client.get_cookie(cookie)
        assert known is not None
        leaving.client.set_cookie(cookie, known.value)
    assert leaving.post("/logout", {}, token=leaving.token("/settings")).status_code == 303
    return kept


def with_half_the_cookies(whole: Whole) -> Browser:
    browser = whole.browser(ADA)
    browser.client.delete_cookie(KEY)
    return browser


def with_stolen_cookies(whole: Whole) -> Browser:
    browser = whole.browser(ADA)
    browser.agent = OTHER
    return browser


def as_user_whose_account_is_locked(whole: Whole) -> Browser:
    throttle = whole.throttle()
    with pytest.raises(TooMany):
        for number in range(100):
            attempt = LoginAttempt("ada", Client(f"203.0.113.{number}"))
            throttle.admit(attempt)
            throttle.failed(attempt)
    browser = Browser(whole.app.test_client(), "198.51.100.7")
    answer = browser.log_in("ada", "right")
    assert answer.status_code == 429, answer.get_data(as_text=True)
    return browser


NOBODY = (
    as_stranger,
    as_user_who_rested_too_long,
    as_user_whose_day_is_over,
    as_user_who_was_logged_out_elsewhere,
    with_half_the_cookies,
    with_stolen_cookies,
    as_user_whose_account_is_locked,
)
CANDIDATES = (as_candidate, as_candidate_of_another_step)


class Visit:
    """A browser that comes with the same cookies to every page, whatever it was told to forget."""

    def __init__(self, browser: Browser, where: str = "/login") -> None:
        kept = [cookie for name in COOKIES if (cookie := browser.client.get_cookie(name)) is not None]
        self.browser, self.token = browser, browser.token(where)
        form = browser.client.get_cookie(FORM)
        assert form is not None
        self.cookies = [(cookie.key, cookie.value) for cookie in (*kept, form)]

    def ask(self, where: str, headers: Mapping[str, str], *, form: bool = False) -> flask.Response:
        for name, value in self.cookies:
            self.browser.client.set_cookie(name, value)
        if form:
            return self.browser.post(where, {}, token=self.token, **headers)
        return self.browser.get(where, **headers)

    def change(self, method: str, where: str) -> flask.Response:
        for name, value in self.cookies:
            self.browser.client.set_cookie(name, value)
        told = {"User-Agent": self.browser.agent, "Origin": self.browser.base, "X-CSRFToken": self.token}
        return self.browser.client.open(where, method=method, base_url=self.browser.base, headers=told)  # type: ignore[return-value]  # a test response has all of a response

    def ways(self, whole: Whole, page: Page) -> Iterator[tuple[str, flask.Response]]:
        """A page's answer to every form in which it can be asked for."""
        where = address_of(page)
        if page.method not in ("GET", "POST"):
            yield page.method, self.change(page.method, where)
            return
        if page.method == "POST":
            for accept in ("text/html", "application/json"):
                yield f"POST {accept}", self.ask(where, {"Accept": accept}, form=True)
            return
        for accept in ("text/html", "application/json", "*/*", "application/octet-stream"):
            yield f"GET {accept}", self.ask(where, {"Accept": accept})
        yield "GET in the background", self.ask(where, {"X-Hm3-Background": "1"})
        for slot in whole.site.application.wiring.plans[page.name].slots:
            yield f"GET part {slot}", self.ask(f"{where}?part={slot}", {})


def is_refused(answer: flask.Response) -> bool:
    """Whether an answer says nothing but that one has to log in."""
    if answer.status_code == 303:
        return str(answer.location).partition("?")[0] == "/login"
    return answer.status_code == 401


def answered(whole: Whole, visit: Visit, pages: Iterable[Page]) -> list[tuple[object, ...]]:
    """The pages that said anything else than that one has to log in."""
    return [
        (page.name, how, answer.status_code, answer.location)
        for page in pages
        for how, answer in visit.ways(whole, page)
        if not is_refused(answer)
    ]


@pytest.mark.parametrize("enter", NOBODY)
def test_nobody_gets_an_answer_from_a_page_of_a_user_or_a_candidate(
    whole: Whole, enter: Callable[[Whole], Browser]
) -> None:
    closed = [page for page in whole.pages if page.access is not Access.ANYONE]
    assert len(closed) > 60
    assert answered(whole, Visit(enter(whole)), closed) == []


@pytest.mark.parametrize("enter", CANDIDATES)
def test_a_candidate_gets_no_answer_from_a_page_of_a_user(whole: Whole, enter: Callable[[Whole], Browser]) -> None:
    closed = [page for page in whole.pages if page.access is Access.USER]
    assert len(closed) > 60
    assert answered(whole, Visit(enter(whole)), closed) == []


def test_a_user_gets_no_answer_from_a_page_of_a_candidate(whole: Whole) -> None:
    steps = [page for page in whole.pages if page.access is Access.CANDIDATE]
    assert steps and answered(whole, Visit(whole.browser(ADA), "/settings"), steps) == []


def test_a_user_whose_account_is_locked_afterwards_stays_logged_in(whole: Whole) -> None:
    browser = whole.browser(ADA)
    as_user_whose_account_is_locked(whole)
    assert browser.get("/settings").status_code == 200


def test_a_permission_is_needed_where_a_page_names_one(whole: Whole) -> None:
    guarded = [page for page in whole.pages if page.permission is not None]
    visit = Visit(whole.browser(ADA), "/settings")
    statuses = {answer.status_code for page in guarded for _, answer in visit.ways(whole, page)}
    assert guarded and statuses == {403}


def test_the_pages_for_everybody_are_known_by_name(whole: Whole) -> None:
    shipped = [page for page in whole.pages if page.module != "trouble"]
    of = {access: {page.name for page in shipped if page.access is access} for access in Access}
    assert of[Access.ANYONE] - FOR_ANYONE == set()
    assert of[Access.CANDIDATE] - FOR_CANDIDATES == set()
