"""Links of HTML that is yet to be cleaned: what each of them says and leads to is looked at, and kept for the cleaner.

In place of targets, titles and marks stand slips: words that nobody can guess. The cleaner, which comes after, is the
only one that writes what they stand for.
"""

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from modules.mail.html.urls import Links, normal_address
from modules.mail.links import JudgedLink

LONGEST_WORDS = 1000
_DEEPEST = 100
_HIDING = re.compile(
    r"(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*hidden|(?:font-size|opacity|max-height)\s*:\s*0)", re.IGNORECASE
)
_UNREAD = frozenset("script style title noscript template svg math select textarea".split())
_BLOCKS = frozenset(
    """address article blockquote br center dd div dl dt figure h1 h2 h3 h4 h5 h6 hr li ol p pre section table td th tr
    ul""".split()
)


@dataclass
class Slips:
    """What the slips stand for."""

    _secret: str = field(default_factory=lambda: f"hm3-{secrets.token_hex(8)}-")
    _values: dict[str, str] = field(default_factory=dict)

    def write(self, value: str) -> str:
        """A slip for a value."""
        slip = f"{self._secret}{len(self._values)}"
        self._values[slip] = value
        return slip

    def read(self, slip: str) -> str | None:
        """The value of a slip; None for what is none."""
        return self._values.get(slip)


def lay_out(tree: LexborHTMLParser, links: Links, slips: Slips) -> str:
    """The HTML of a tree, which is changed, with slips in its links and the marks of each behind it."""
    # Titles of elements inside a link would be shown in place of the link's own.
    for titled in tree.css("a [title]"):
        del titled.attrs["title"]
    for anchor in tree.css("a"):
        address = normal_address(anchor.attributes.get("href") or "")
        if address and not address.startswith("#"):
            _mark(tree, anchor, links.take(address, words_of(anchor)), slips)
        else:
            _leave_nothing(anchor)
    return tree.html or ""


def words_of(anchor: LexborNode) -> str:
    """What people read in a link, the words for its images too, and nothing that is plainly hidden."""
    words: list[str] = []
    for piece in _pieces(anchor, 0):
        words.append(piece)
        if sum(map(len, words)) > LONGEST_WORDS:
            break
    return " ".join("".join(words).split())[:LONGEST_WORDS]


def _pieces(node: LexborNode, depth: int) -> Iterator[str]:
    child = node.first_child if depth < _DEEPEST else None
    while child is not None:
        tag = child.tag or ""
        if tag == "-text":
            yield child.text_content or ""
        elif tag == "img":
            yield f" {child.attributes.get('alt') or ''} "
        elif tag and not tag.startswith("-") and tag not in _UNREAD and not _is_hidden(child):
            around = " " if tag in _BLOCKS else ""
            yield around
            yield from _pieces(child, depth + 1)
            yield around
        child = child.next


def _is_hidden(node: LexborNode) -> bool:
    attributes = node.attributes
    return "hidden" in attributes or _HIDING.search((attributes.get("style") or "")[:2000]) is not None


def _mark(tree: LexborHTMLParser, anchor: LexborNode, judged: JudgedLink, slips: Slips) -> None:
    _leave_nothing(anchor)
    if judged.href is not None:
        anchor.attrs["href"] = slips.write(judged.href)
    if judged.target:
        anchor.attrs["title"] = slips.write(judged.target)
    for mark in reversed(judged.marks):
        made = tree.create_node("mark")
        made.attrs["data-odd"] = slips.write(mark.oddity.value)
        made.attrs["data-weight"] = slips.write(mark.weight.value)
        made.attrs["data-detail"] = slips.write(mark.detail)
        anchor.insert_after(made)


def _leave_nothing(anchor: LexborNode) -> None:
    """Neither a target nor a title."""
    written = anchor.attributes
    for name in ("href", "title"):
        if name in written:
            del anchor.attrs[name]
