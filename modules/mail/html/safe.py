"""HTML that was made safe."""

import re
from html import escape

_MARKED = re.compile("[&<>\"']")


class SafeHtml(str):
    """HTML that templates show as it is. Only the cleaner and the renderer of plain text make one."""

    __slots__ = ()

    def __html__(self) -> str:
        return str(self)


def escaped(text: str) -> SafeHtml:
    """Text as HTML that shows it."""
    return SafeHtml(escape(text, quote=True) if _MARKED.search(text) else text)
