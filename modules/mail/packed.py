"""Formatted texts of messages whose own parts are none, as in what some programs pack: who finds them."""

from typing import Protocol

from modules.mail.letters import Letter


class PackedTexts(Protocol):
    """Looks for a text within parts that are none. Modules may offer it; what it finds is cleaned like any other."""

    def find_html(self, letter: Letter) -> str:
        """The HTML of a message without a text of its own, as its sender wrote it; nothing where there is none."""
        ...
