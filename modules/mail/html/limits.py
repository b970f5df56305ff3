"""What HTML must not exceed before it is parsed: parsers take quadratic time for deep nesting and many attributes."""

import re

from core import Sentence

LONGEST = 2_000_000
MOST_TAGS = 60_000
DEEPEST = 256
MOST_ATTRIBUTES = 256
LONGEST_TAG = 64_000
LONGEST_SHEETS = 256_000
LONGEST_STYLE = 20_000

_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)([^>]*)")
_VOID = frozenset(
    """area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr""".split()
)
# An opening tag of these closes the one before it, so a row of them without ends is not deep.
_CLOSED_BY_NEXT = frozenset("""p li dt dd option tr td th thead tbody tfoot colgroup""".split())


def exceeded(html: str) -> str:
    """Which limit a text exceeds, in words, or nothing. Takes linear time whatever comes."""
    if len(html) > LONGEST:
        return Sentence("is too long")
    depth = deepest = 0
    found = _TAG.findall(html)
    if len(found) > MOST_TAGS:
        return Sentence("has too many elements")
    for closing, name, rest in found:
        if len(rest) > LONGEST_TAG or rest.count("=") > MOST_ATTRIBUTES or rest.count(" ") > 8 * MOST_ATTRIBUTES:
            return Sentence("has an element with too many attributes")
        lowered = name.lower()
        if closing:
            depth = max(0, depth - (lowered not in _CLOSED_BY_NEXT))
        elif lowered not in _VOID and lowered not in _CLOSED_BY_NEXT:
            depth += 1
            deepest = max(deepest, depth)
            if deepest > DEEPEST:
                return Sentence("is nested too deep")
    return _run_on(html)


def _run_on(html: str) -> str:
    """Rows of unclosed table cells and paragraphs nest too, when tables stand in them."""
    tables = len(re.findall(r"<table\b", html, re.IGNORECASE)) - len(re.findall(r"</table\b", html, re.IGNORECASE))
    return Sentence("is nested too deep") if tables > DEEPEST // 2 else ""
