"""A need that is met when somebody looks: what is dear to make, and seldom used."""

from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Later(Generic[T]):
    """What a need names, made when it is called for; at boot it is checked as it would be without.

    `login: Later[Login]` has no login made before `login()`, which gives the same one each time of a request.
    `Later[T | None]` and `Later[tuple[T, ...]]` are none or one, and all there are.
    """

    __slots__ = ("_make",)

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make

    def __call__(self) -> T:
        return self._make()
