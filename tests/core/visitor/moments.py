"""Two browsers of one user at the same moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Barrier

import pytest

from core.visitor.keys import Keyring


@contextmanager
def at_the_same_moment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Two who ask whether there is a data key go on when both were told, so that neither is told of the other's."""
    both, has_key = Barrier(2, timeout=30), Keyring._has_key

    def wait(self: Keyring, owner: str) -> bool:
        found = has_key(self, owner)
        both.wait()
        return found

    with monkeypatch.context() as patch:
        patch.setattr(Keyring, "_has_key", wait)
        yield
