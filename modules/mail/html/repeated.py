"""Styles that one reader's messages repeat, as newsletters of one sender do: what was cleaned before, within bounds."""

import threading
from collections.abc import Callable, Hashable
from sys import getsizeof

MOST_OCTETS, MOST_STYLES = 200_000, 2000
_OVERHEAD = 300


class RepeatedStyles:
    """What became of styles, by everything that this depends on. For one session alone, and several of its threads.

    There are two halves: a new one takes the place of the older when it is full, and what is asked for moves there.
    """

    def __init__(self, octets: int = MOST_OCTETS, styles: int = MOST_STYLES) -> None:
        self._most = (octets // 2, styles // 2)
        self._new: dict[Hashable, str] = {}
        self._old: dict[Hashable, str] = {}
        self._held = [0, 0]
        self._lock = threading.Lock()

    def cleaned(self, text: str, how: Hashable, clean: Callable[[], tuple[str, bool]]) -> tuple[str, bool]:
        """A style as it was cleaned before in this way, or is cleaned now; whether it depends on nothing else.

        What depends on more is not kept.
        """
        name = text, how
        made = self._new.get(name)
        if made is not None:
            return made, True
        made = self._old.get(name)
        if made is None:
            made, alone = clean()
            if not alone:
                return made, False
        self._keep(name, made, _OVERHEAD + getsizeof(text) + getsizeof(made))
        return made, True

    @property
    def held(self) -> int:
        """About how much memory they take, in octets."""
        return sum(self._held)

    def __len__(self) -> int:
        return len(self._new) + len(self._old)

    def _keep(self, name: Hashable, made: str, octets: int) -> None:
        most, number = self._most
        if octets > most:
            return
        with self._lock:
            if self._held[0] + octets > most or len(self._new) >= number:
                self._old, self._new = self._new, {}
                self._held = [0, self._held[0]]
            if name not in self._new:
                self._new[name] = made
                self._held[0] += octets
