"""The words of HTML: for quoting, previews, and for what is too strange to be shown as it is."""

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from modules.mail.html.limits import exceeded

LONGEST = 400_000
# What stands deeper than this is read as its words alone.
_DEEPEST = 300
_HIDDEN = frozenset(
    """script style title head noscript template iframe object embed svg math audio video canvas select textarea
    applet xmp plaintext noembed noframes""".split()
)
_BLOCKS = frozenset(
    """address article aside blockquote center dd div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5
    h6 header hr li main nav ol p pre section table tr ul""".split()
)
_APART = frozenset({"p", "blockquote", "ul", "ol", "table", "h1", "h2", "h3", "pre"})
_SPACES = re.compile(r"[ \t\r\n\f]+")
_EMPTY_LINES = re.compile(r"\n{3,}")
_TAGGED = re.compile(
    r"<(script|style|title|svg|math)\b.*?(</\1\s*>|\Z)|<!--.*?(-->|\Z)|<[a-zA-Z/!?][^>]*(>|\Z)",
    re.DOTALL | re.IGNORECASE,
)  # one scanner in one place
_ENTITIES = {"&nbsp;": " ", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'", "&amp;": "&"}


def to_text(html: str) -> str:
    """HTML as plain text: paragraphs apart, quotes with `>`, links with their addresses."""
    html = html[:LONGEST]
    if exceeded(html):
        return scan_text(html)
    body = LexborHTMLParser(html).body
    lines = _Lines()
    if body is not None:
        _walk(body, lines, 0)
    return lines.text()


def scan_text(html: str) -> str:
    """The words of HTML that no parser should see, by a scan of linear time."""
    text = _TAGGED.sub(" ", html[:LONGEST])
    for entity, letter in _ENTITIES.items():
        text = text.replace(entity, letter)
    return "\n".join(line for line in (" ".join(line.split()) for line in text.split("\n")) if line)


class _Lines:
    """Lines as they are written, each with the depth of its quote."""

    def __init__(self) -> None:
        self._lines: list[tuple[int, str]] = []
        self._words = ""
        self._quoted = 0
        self._blank = False

    def write(self, text: str, quoted: int) -> None:
        """Go on in the line; runs of white space are one space."""
        if quoted != self._quoted:
            self.end_line()
            self._quoted = quoted
        text = _SPACES.sub(" ", text)
        self._words += text.lstrip(" ") if not self._words or self._words.endswith(" ") else text

    def end_line(self, *, blank: bool = False, always: bool = False) -> None:
        """End the line, if there is one, and leave one blank before the next where asked."""
        if self._words.strip() or always:
            if self._blank and self._lines:
                self._lines.append((min(self._quoted, self._lines[-1][0]), ""))
            self._lines.append((self._quoted, self._words.strip()))
            self._blank = False
        self._words = ""
        self._blank = self._blank or blank

    def text(self) -> str:
        """All lines."""
        self.end_line()
        written = "\n".join(f"{'> ' * quoted}{line}".rstrip() for quoted, line in self._lines)
        return _EMPTY_LINES.sub("\n\n", written).strip("\n")


def _walk(node: LexborNode, lines: _Lines, quoted: int, depth: int = 0) -> None:
    if depth > _DEEPEST:
        lines.write(node.text() or "", quoted)
        return
    child = node.child
    while child is not None:
        tag = child.tag or ""
        if tag == "-text":
            lines.write(child.text_content or "", quoted)
        elif tag == "br":
            lines.end_line(always=True)
        elif tag == "img":
            lines.write(child.attributes.get("alt") or "", quoted)
        elif tag not in _HIDDEN and not tag.startswith("-"):
            _element(child, tag, lines, quoted, depth + 1)
        child = child.next


def _element(node: LexborNode, tag: str, lines: _Lines, quoted: int, depth: int) -> None:
    inside = quoted + (tag == "blockquote")
    if tag in _BLOCKS:
        lines.end_line(blank=tag in _APART)
    if tag == "li":
        lines.write("- ", inside)
    _walk(node, lines, inside, depth)
    if tag == "a":
        target = (node.attributes.get("href") or "").strip()
        words = (node.text() or "").strip()
        if target.lower().startswith(("http://", "https://")) and words and target not in words:
            lines.write(f" <{target[:1000]}>", inside)
    if tag in ("td", "th"):
        lines.write(" ", inside)
    if tag in _BLOCKS:
        lines.end_line(blank=tag in _APART)
