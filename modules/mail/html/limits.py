"""What HTML must not exceed before it is parsed: parsers take quadratic time for deep nesting and many attributes."""

import re

from core import Sentence
from modules.mail.html.tokens import VOID, Tag, read_tags
from modules.mail.html.trying import parses_well

LONGEST = 2_000_000
MOST_TAGS = 60_000
DEEPEST = 256
MOST_ATTRIBUTES = 256
LONGEST_TAG = 64_000
LONGEST_SHEETS = 256_000
LONGEST_STYLE = 20_000

# An opening tag of these closes the one before it, so a row of them without ends is not deep.
_CLOSED_BY_NEXT = frozenset("""p li dt dd option tr td th thead tbody tfoot colgroup""".split())
_NOT_DEEP = VOID | _CLOSED_BY_NEXT
_BREAK = re.compile(r"[\t\n\f\r /]")
# Within these, or after them, parsers read tags in ways of their own.
_STRANGE = frozenset("svg math select template frameset plaintext noscript".split())


def exceeded(html: str) -> str:
    """Which limit a text exceeds, in words, or nothing. Takes linear time whatever comes.

    Where the nesting cannot be told by looking, a process of its own tries to parse the text, within bounds.
    """
    if len(html) > LONGEST:
        return Sentence("is too long")
    tags = read_tags(html, MOST_TAGS + 1)
    if any(map(_has_too_many, [tag[2] for tag in tags[:MOST_TAGS] if len(tag[2]) > MOST_ATTRIBUTES])):
        return Sentence("has an element with too many attributes")
    if len(tags) > MOST_TAGS:
        return Sentence("has too many elements")
    settled = _is_settled(tags)
    # What is settled is likely no deeper: that only counts fewer of its elements.
    if _open_tables(tags) > DEEPEST // 2 or (not settled and _likely_depth(tags) > DEEPEST):
        return Sentence("is nested too deep")
    if settled or parses_well(html):
        return ""
    return Sentence("is nested too deep")


def _has_too_many(attributes: str) -> bool:
    """Whether a tag has too many attributes, or so long ones; none has more of them than letters.

    They are counted by what stands before values, and by letters that could divide them.
    """
    if len(attributes) > LONGEST_TAG or attributes.count("=") > MOST_ATTRIBUTES:
        return True
    return len(_BREAK.findall(attributes)) > 8 * MOST_ATTRIBUTES


def _likely_depth(tags: list[Tag]) -> int:
    """How deep the elements stand where every closing tag closes one."""
    depth = deepest = 0
    for name, closing, _ in tags:
        if name in _NOT_DEEP:
            continue
        if not closing:
            depth += 1
            if depth > deepest:
                deepest = depth
        elif depth:
            depth -= 1
    return deepest


def _open_tables(tags: list[Tag]) -> int:
    """Rows of unclosed table cells and paragraphs nest too, when tables stand in them."""
    closings = [closing for name, closing, _ in tags if name == "table"]
    return len(closings) - 2 * sum(closings)


def _is_settled(tags: list[Tag]) -> bool:
    """Whether the elements are surely not deep: only a closing tag of the element opened last is taken for one."""
    if not _STRANGE.isdisjoint([tag[0] for tag in tags]):
        return False
    opened: list[str] = []
    last = ""
    for name, closing, _ in tags:
        if closing:
            if last == name:
                opened.pop()
                last = opened[-1] if opened else ""
        elif name not in VOID:
            opened.append(name)
            last = name
            if len(opened) > DEEPEST:
                return False
    return True
