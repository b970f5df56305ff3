"""HTML that is long, or in octets already: it is not copied from template to template, but put together once."""

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from markupsafe import Markup

# What templates give: HTML as text, in octets (UTF-8), or in several pieces.
Piece: TypeAlias = "str | bytes | Flow"
# In characters. What is shorter is copied in no time, and goes through templates as any other text.
LONG = 4000


class Flow:
    """HTML in pieces. Templates write it as they write Markup, and get text of it where they ask for text."""

    __slots__ = ("pieces",)

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self.pieces = pieces

    def __html__(self) -> Markup:
        return Markup(octets_of(self.pieces).decode())

    def __str__(self) -> str:
        return self.__html__()

    def __bool__(self) -> bool:
        return any(self.pieces)

    def __len__(self) -> int:
        """In characters, as of text."""
        return len(self.__html__())


def shortly(pieces: Sequence[Piece]) -> Markup | Flow:
    """HTML that another template writes: as text where that is short."""
    if len(pieces) == 1 and isinstance(only := pieces[0], str) and len(only) < LONG:
        return Markup(only)
    return Flow(pieces)


def joined(pieces: Iterable[Piece]) -> str:
    """All of it as one text, as templates need it where they do more with it than to write it."""
    found = [*pieces]
    try:
        return "".join(found)  # type: ignore[arg-type]  # where one is none, as is rare, it is told
    except TypeError:
        return octets_of(found).decode()


def given(pieces: Sequence[Piece]) -> Sequence[Piece]:
    """What a template has written, for the one around it: in as few pieces as can be."""
    try:
        return ("".join(pieces),)  # type: ignore[arg-type]  # as above
    except TypeError:
        found: list[Piece] = []
        begin = 0
        for place in [place for place, piece in enumerate(pieces) if not isinstance(piece, str)]:
            if place > begin:
                found.append("".join(pieces[begin:place]))  # type: ignore[arg-type]  # nothing else is there
            found.append(pieces[place])
            begin = place + 1
        if begin < len(pieces):
            found.append("".join(pieces[begin:]))  # type: ignore[arg-type]  # as above
        return found


def octets_of(pieces: Sequence[Piece]) -> bytes:
    """All of it in UTF-8."""
    done: list[bytes] = []
    texts: list[str] = []
    _put(pieces, done, texts)
    done.append("".join(texts).encode())
    return b"".join(done)


def _put(pieces: Sequence[Piece], done: list[bytes], texts: list[str]) -> None:
    """Add octets to those that are done; `texts` are those since."""
    for piece in pieces:
        if isinstance(piece, str):
            texts.append(piece)
        elif isinstance(piece, bytes):
            if texts:
                done.append("".join(texts).encode())
                texts.clear()
            done.append(piece)
        else:
            _put(piece.pieces, done, texts)
