"""What tests of the wiring share: results of their own, and the sentence of a refusal."""

from dataclasses import dataclass

import pytest

from core import (
    Application,
    Module,
    WiringError,
)


@dataclass(frozen=True)
class Quote:
    """A result that only these tests use."""

    text: str


@dataclass(frozen=True)
class Other:
    """Another one."""

    text: str


def refused(*modules: Module) -> str:
    with pytest.raises(WiringError) as error:
        Application(list(modules))
    return str(error.value)


def order(app: Application, page: str) -> list[str]:
    return [handler.function.__name__ for handler in app.wiring.plans[page].handlers]
