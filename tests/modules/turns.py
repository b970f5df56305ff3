"""What goes to a mail server in each round trip."""

from collections.abc import Sequence

import pytest

from modules.imap.wire import Wire


def note_turns(monkeypatch: pytest.MonkeyPatch) -> list[list[bytes]]:
    """The commands of each round trip from now on, as they are sent."""
    turns: list[list[bytes]] = []
    send_all = Wire.send_all

    def note(wire: Wire, commands: Sequence[bytes]) -> list[bytes]:
        turns.append(list(commands))
        return send_all(wire, commands)

    monkeypatch.setattr(Wire, "send_all", note)
    return turns
