"""What goes to a mail server in each round trip."""

from collections.abc import Sequence

import pytest

from modules.imap.wire import Finished, Wire


def note_turns(monkeypatch: pytest.MonkeyPatch) -> list[list[bytes]]:
    """The commands of each round trip from now on, as they are sent."""
    turns: list[list[bytes]] = []
    exchange = Wire.exchange

    def note(wire: Wire, commands: Sequence[bytes]) -> Finished:
        turns.append(list(commands))
        return exchange(wire, commands)

    monkeypatch.setattr(Wire, "exchange", note)
    return turns
