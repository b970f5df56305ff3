"""Answers that are made of guesses: which are sent, and which are made anew."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from core import Access, Application, Data, Format, Guesses, Module, NotFound, RawRequest, Session, Stream, Wanted
from core.pipeline.answer import Streamed
from tests.core.samples import noon_app

JSON = Wanted(Format.JSON)


@dataclass
class Hunch:
    """A guess that notes that it was looked into."""

    right: bool
    is_known: bool = True
    looks: int = 0

    def is_right(self) -> bool:
        """Whether it was right."""
        self.looks += 1
        return self.right


@dataclass(frozen=True)
class Weather:
    """What somebody is told, and after how many guesses."""

    told: str


@dataclass
class Station:
    """A module that tells the weather, from a guess where one may be made."""

    hunch: Hunch
    then: Callable[[bool], None] = lambda guessed: None
    asked: list[bool] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.module = Module("station")
        self.page = self.module.page("now", "/now", access=Access.ANYONE)
        self.file = self.module.page("file", "/file", access=Access.ANYONE)

        @self.module.handler(self.page)
        def tell(guesses: Guesses, session: Session) -> Weather:
            return self.tell(guesses, session)

        @self.module.handler(self.file)
        def tell_all(guesses: Guesses, session: Session) -> Weather:
            return self.tell(guesses, session)

        @self.module.output(self.page.data)
        def show(weather: Weather) -> Weather:
            return weather

        @self.module.output(self.file.stream)
        def send(weather: Weather) -> Stream:
            return Stream(iter([weather.told.encode()]), "text/plain")

    def tell(self, guesses: Guesses, session: Session) -> Weather:
        """As it was, where that may be guessed; else as it is."""
        self.asked.append(guesses.allowed)
        if guesses.allowed:
            guesses.add(self.hunch)
        session.say("It is told.")
        self.then(not guesses.wrong)
        return Weather("as it is" if guesses.wrong else "as it was")

    def answer(self, session: Session, *, file: bool = False) -> tuple[Guesses, Callable[[], object]]:
        """The guesses of a request, and what makes its answer with them."""
        app: Application = noon_app([self.module])
        guesses = Guesses.for_answer(RawRequest(), session)
        page, wanted = (self.file, Wanted()) if file else (self.page, JSON)
        return guesses, lambda: app.answer(page, RawRequest(), session, wanted, guesses)


def said(session: Session) -> list[str]:
    return [notice.text for notice in session.notices]


def test_an_answer_of_right_guesses_is_made_once() -> None:
    station, session = Station(Hunch(right=True)), Session()
    guesses, answer = station.answer(session)
    assert guesses.make(answer) == Data(Weather("as it was"))
    assert (station.asked, station.hunch.looks, said(session)) == ([True], 1, ["It is told."])


@pytest.mark.parametrize("known", [False, True])
def test_an_answer_of_a_wrong_guess_is_made_anew_without_any(known: bool) -> None:
    station, session = Station(Hunch(right=False, is_known=known)), Session()
    guesses, answer = station.answer(session)
    assert guesses.make(answer) == Data(Weather("as it is"))
    assert (station.asked, station.hunch.looks, guesses.wrong) == ([True, False], 1, [station.hunch])
    assert said(session) == ["It is told."], "what was said of what is not so is not said"


def test_a_wrong_guess_that_is_known_early_is_not_shown_by_anybody() -> None:
    station = Station(Hunch(right=False))
    _, answer = station.answer(Session())
    assert answer() == Data(Weather("as it is"))


def test_what_is_not_known_yet_is_waited_for_once_the_answer_is_made() -> None:
    station = Station(Hunch(right=True, is_known=False))
    guesses, answer = station.answer(Session())
    assert (answer(), station.hunch.looks) == (Data(Weather("as it was")), 0)
    assert guesses.hold(wait=True)
    assert station.hunch.looks == 1


@pytest.mark.parametrize("right", [False, True])
def test_an_error_over_a_guess_counts_where_the_guess_was_right(right: bool) -> None:
    def fail(guessed: bool) -> None:
        if guessed:
            raise NotFound("There is nothing.")

    station = Station(Hunch(right=right, is_known=False), fail)
    guesses, answer = station.answer(Session())
    if right:
        with pytest.raises(NotFound):
            guesses.make(answer)
    else:
        assert guesses.make(answer) == Data(Weather("as it is"))
    assert station.hunch.looks == 1


def test_an_error_while_an_answer_is_written_leaves_nobody_waiting() -> None:
    hunch, guesses = Hunch(right=True, is_known=False), Guesses(Session())

    def write() -> None:
        guesses.add(hunch)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        guesses.make(write)
    assert hunch.looks == 1


def test_no_file_is_begun_before_guesses_are_known() -> None:
    station = Station(Hunch(right=False, is_known=False))
    _, answer = station.answer(Session(), file=True)
    streamed = answer()
    assert isinstance(streamed, Streamed)
    assert b"".join(streamed.stream.chunks) == b"as it is"


def test_with_one_wrong_guess_the_others_are_heard_and_no_more_of_them_counted() -> None:
    wrong, slow, guesses = Hunch(right=False), Hunch(right=True, is_known=False), Guesses(Session())
    guesses.add(wrong)
    guesses.add(slow)
    assert not guesses.hold(wait=False)
    assert (slow.looks, guesses.wrong, guesses.allowed, guesses.hold(wait=True)) == (1, [wrong], False, True)


def test_nothing_is_guessed_where_something_changes_or_is_shown_once() -> None:
    told = Session()
    told.say("Sent.")
    assert not Guesses.for_answer(RawRequest(), told).allowed
    assert not Guesses.for_answer(RawRequest(method="POST"), Session()).allowed
    assert Guesses.for_answer(RawRequest(), Session()).allowed


def test_what_is_run_on_the_command_line_guesses_nothing() -> None:
    seen: list[bool] = []
    module = Module("m")

    def work(guesses: Guesses) -> None:
        seen.append(guesses.allowed)

    noon_app([module]).run(work, {})
    assert seen == [False]
