"""Links of HTML that is yet to be cleaned: what each of them says and leads to is looked at, and kept for the cleaner.

In place of targets, titles and marks stand slips: words that nobody can guess. The cleaner, which comes after, is the
only one that writes what they stand for.
"""

import re
import secrets
from collections.abc import Iterator, Mapping
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
# Neither a target nor a title.
_NOWHERE = JudgedLink(None, "")


@dataclass
class Slips:
    """What the slips stand for, by the element and the attribute in which each of them was written."""

    written: dict[tuple[str, str, str], str] = field(default_factory=dict)
    _secret: str = field(default_factory=lambda: f"hm3-{secrets.token_hex(8)}-")

    def write(self, tag: str, name: str, value: str) -> str:
        """A slip for the value of an attribute."""
        slip = f"{self._secret}{len(self.written)}"
        self.written[tag, name, slip] = value
        return slip


def lay_out(tree: LexborHTMLParser, links: Links, slips: Slips) -> str:
    """The HTML of a tree, which is changed, with slips in its links and the marks of each behind it."""
    # Titles of elements inside a link would be shown in place of the link's own.
    for titled in tree.css("a [title]"):
        del titled.attrs["title"]
    for anchor in tree.css("a"):
        attributes = anchor.attributes
        address = normal_address(attributes.get("href") or "")
        judged = links.take(address, words_of(anchor)) if address and not address.startswith("#") else _NOWHERE
        _write(tree, anchor, attributes, judged, slips)
    return tree.html or ""


def words_of(anchor: LexborNode) -> str:
    """What people read in a link, the words for its images too, and nothing that is plainly hidden."""
    child = anchor.first_child
    if child is None:
        return ""
    if child.next is None and child.tag == "-text":
        return " ".join((child.text_content or "").split())[:LONGEST_WORDS]
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


def _write(
    tree: LexborHTMLParser, anchor: LexborNode, written: Mapping[str, str | None], judged: JudgedLink, slips: Slips
) -> None:
    """What was found out about a link in place of what the message has `written` there."""
    attributes = anchor.attrs
    for name in ("href", "title"):
        if name in written:
            del attributes[name]
    if judged.href is not None:
        attributes["href"] = slips.write("a", "href", judged.href)
    if judged.target:
        attributes["title"] = slips.write("a", "title", judged.target)
    for mark in reversed(judged.marks):
        made = tree.create_node("mark")
        made.attrs["data-odd"] = slips.write("mark", "data-odd", mark.oddity.value)
        made.attrs["data-weight"] = slips.write("mark", "data-weight", mark.weight.value)
        made.attrs["data-detail"] = slips.write("mark", "data-detail", mark.detail)
        anchor.insert_after(made)
