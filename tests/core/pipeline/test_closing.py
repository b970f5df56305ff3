"""How what a request opened is closed at its end."""

from collections.abc import Iterator

import pytest

from core import Module, Redirect
from tests.core.samples import ask, noon_app, user_session


@pytest.mark.parametrize("fails", [False, True])
def test_services_close_in_turn_the_last_one_first_and_learn_of_the_error(fails: bool) -> None:
    events: list[str] = []
    yard = Module("yard")

    class Gate:
        """A service."""

    class House:
        """A service that stands behind the gate."""

    @yard.service
    def open_gate() -> Iterator[Gate]:
        try:
            yield Gate()
        except ZeroDivisionError:
            events.append("gate failed")
            raise
        events.append("gate closed")

    @yard.service
    def open_house(gate: Gate) -> Iterator[House]:
        try:
            yield House()
        finally:
            events.append("house closed")

    page = yard.page("yard", "/yard")

    @yard.handler(page)
    def enter(house: House) -> Redirect:
        if fails:
            raise ZeroDivisionError
        return Redirect("/")

    application = noon_app([yard])
    if fails:
        with pytest.raises(ZeroDivisionError):
            application.answer(page, ask(), user_session())
    else:
        application.answer(page, ask(), user_session())
    assert events == ["house closed", "gate failed" if fails else "gate closed"]
