"""Two browsers of one user at the same moment."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Barrier

import pytest

from core.visitor.keys import Keyring
from core.visitor.wraps import WrapKind, WrapRow


@contextmanager
def at_the_same_moment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Two who ask whether there is a data key go on when both were told, so that neither is told of the other's."""
    both, ask = Barrier(2, timeout=120), Keyring._wraps_of_now

    def wait(self: Keyring, owner: str, kind: WrapKind) -> Sequence[WrapRow] | None:
        found = ask(self, owner, kind)
        both.wait()
        return found

    with monkeypatch.context() as patch:
        patch.setattr(Keyring, "_wraps_of_now", wait)
        yield
