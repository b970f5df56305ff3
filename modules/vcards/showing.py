"""Text of strangers for a page of this site: what turns writing around, or hides, is seen."""

import unicodedata

from core import BIDI_CONTROLS

LONGEST_LINE = 500
CUT = "…"
# What Arabic, Hebrew, Indian scripts and joined pictures of letters need, and what only ends what is shown already.
_NEEDED = frozenset("\u200c\u200d\u200e\u200f")
_ENDING = frozenset("\u202c\u2069")
_UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")


def text_of(text: str) -> str:
    """A text of several lines, in which controls are written out."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join("" if one in _ENDING else _shown(one) for one in lines)


def one_line(text: str) -> str:
    """The same in one line of bounded length, which ends in CUT where it was longer."""
    line = " ".join(text_of(text[: LONGEST_LINE * 4]).split())
    return line if len(line) <= LONGEST_LINE else line[:LONGEST_LINE] + CUT


def _shown(letter: str) -> str:
    if letter in "\n\t" or letter in _NEEDED:
        return letter
    hidden = letter in BIDI_CONTROLS or unicodedata.category(letter) in _UNSEEN
    return f"[U+{ord(letter):04X}]" if hidden else letter
