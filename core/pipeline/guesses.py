"""What an answer is made of before it is known to be so, which is looked into before the answer is sent."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from core.input.reading import RawRequest
from core.visitor.session import Session

T = TypeVar("T")


class Guess(Protocol):
    """Something taken to be as it was, while somebody else is still asked."""

    @property
    def is_known(self) -> bool:
        """Whether it can be told without waiting if it was right."""
        ...

    def is_right(self) -> bool:
        """Whether it was right; waits until that can be told. Raises nothing: what cannot be told was wrong."""
        ...


class Guesses:
    """The guesses of one request. Where one was wrong the answer is made anew, without any.

    They are `allowed` where the answer changes nothing and nobody has seen any of it. Those that were `wrong` may know
    by now what is right.
    """

    def __init__(self, session: Session | None = None) -> None:
        """They are allowed where there is a session, whose visitor is answered."""
        self.allowed = session is not None
        self.wrong: list[Guess] = []
        self._open: list[Guess] = []
        self._session = session

    @classmethod
    def for_answer(cls, request: RawRequest, session: Session) -> "Guesses":
        """Those that may be made for the answer to a request: none where it shows notices, which it does once."""
        return cls(session if request.method == "GET" and not session.notices else None)

    def make(self, answer: Callable[[], T]) -> T:
        """An answer that may be made of guesses; where one was wrong another one, which is not. Raises what it does."""
        try:
            made = answer()
        finally:
            holds = self.hold(wait=True)
        return made if holds else answer()

    def add(self, guess: Guess) -> None:
        """Have a guess looked into before the answer is sent."""
        self._open.append(guess)

    def hold(self, *, wait: bool) -> bool:
        """Whether none was wrong: of those that are known by now, or of all, which may have to `wait`."""
        if not self._open:
            return True
        known = [guess for guess in self._open if wait or guess.is_known]
        wrong = [guess for guess in known if not guess.is_right()]
        self._open = [guess for guess in self._open if guess not in known]
        if not wrong:
            return True
        self.allowed = False
        self.wrong += wrong
        # Whatever else was asked meanwhile is not left waiting for somebody to hear it.
        for guess in self._open:
            guess.is_right()
        self._open = []
        if self._session is not None:
            # What was said is of what is not so.
            self._session.notices.clear()
        return False
