"""Show plain text: links, quotes that fold, a quiet signature, and nothing that pretends (RFC 3676)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote

from modules.mail.html.safe import SafeHtml, escaped
from modules.mail.html.urls import Links
from modules.mail.links import LinkMark

LONGEST = 400_000
LONGEST_LINE = 20_000
# A quote of more lines than this is folded, unless the message is nothing but the quote.
FOLDED_AFTER = 6
DEEPEST = 12

_QUOTE = re.compile(r"((?:> ?)+)")
# What only colours the words in a terminal; all other sequences are shown.
_ESCAPES = re.compile(r"\x1b\[[0-9;:]*m")
_HIDDEN = {
    **{number: f"\\x{number:02x}" for number in (*range(9), 11, *range(14, 32), *range(127, 160))},
    **{number: f"[U+{number:04X}]" for number in (0x61C, 0x202A, 0x202B, 0x202D, 0x202E, 0x2066, 0x2067, 0x2068)},
    12: "\n",
    13: None,
    0x202C: None,
    0x2069: None,
}
_LINK = re.compile(
    r"\b(?:https?://|mailto:)[^\s<>\"'`\x00-\x1f]{1,2000}|\bwww\.[^\s<>\"'`\x00-\x1f]{3,2000}|[\w.+-]{1,64}@(?:[a-z0-9-]{1,63}\.)+[a-z]{2,24}\b",
    re.IGNORECASE,
)  # one grammar in one place
_TRAILING = ".,;:!?)]}»”’"


@dataclass
class _Quote:
    """Lines of one depth, and deeper quotes among them."""

    depth: int
    lines: list["str | _Quote"] = field(default_factory=list)

    def count(self) -> int:
        return sum(line.count() if isinstance(line, _Quote) else 1 for line in self.lines)


def show_plain(text: str, *, flowed: bool = False, delsp: bool = False, links: Links | None = None) -> SafeHtml:
    """Plain text as HTML. Each piece is escaped once, after it was taken apart; nothing edits it afterwards.

    `links` says what becomes of links, which are marked where it has a judge.
    """
    cut = len(text) > LONGEST
    visible = _ESCAPES.sub("", text[:LONGEST].replace("\r\n", "\n")).translate(_HIDDEN)
    lines = visible.split("\n")
    if len(visible) > LONGEST_LINE:
        lines = [piece for line in lines for piece in _pieces(line)]
    if flowed:
        depths = list(_unflow(lines, delsp))
    else:
        depths = [_split_quote(line) if line[:1] == ">" else (0, line) for line in lines]
    while depths and not depths[-1][1].strip():
        depths.pop()
    body, signature = _split_signature(depths)
    links = links or Links()
    shown = [_show(_nest(body), links, alone=False)]
    if signature:
        shown.append(SafeHtml(f'<div class="signature">{_show(_nest(signature), links, alone=True)}</div>'))
    if cut:
        shown.append(SafeHtml('<p class="cut">…</p>'))
    return SafeHtml(f'<div class="plain">{"".join(shown)}</div>')


def _pieces(line: str) -> list[str]:
    """A line that is longer than browsers like, cut into several."""
    return [line[at : at + LONGEST_LINE] for at in range(0, len(line), LONGEST_LINE)] or [line]


def _split_quote(line: str) -> tuple[int, str]:
    match = _QUOTE.match(line)
    if match is None or line.startswith(">From "):
        return 0, line
    return min(DEEPEST, match[1].count(">")), line[match.end() :]


def _unflow(lines: list[str], delsp: bool) -> Iterator[tuple[int, str]]:
    """Join lines that end in a space with the next of the same depth (RFC 3676 4.1)."""
    gathered: tuple[int, str] | None = None
    for line in lines:
        depth = len(line) - len(line.lstrip(">"))
        text = line[depth:].removeprefix(" ")
        depth = min(DEEPEST, depth)
        if gathered is not None and gathered[0] != depth:
            yield gathered
            gathered = None
        if gathered is not None:
            text = gathered[1] + text
        if text.endswith(" ") and text != "-- " and line.strip("> ") != "--":
            gathered = (depth, text[:-1] if delsp else text)
        else:
            gathered = None
            yield depth, text
    if gathered is not None:
        yield gathered


def _split_signature(lines: list[tuple[int, str]]) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    """The last unquoted `-- ` begins the signature (RFC 3676 4.3), if what follows is short."""
    for position in range(len(lines) - 1, max(-1, len(lines) - 30), -1):
        if lines[position] == (0, "-- "):
            return lines[:position], lines[position:]
    return lines, []


def _nest(lines: list[tuple[int, str]]) -> _Quote:
    root = _Quote(0)
    stack = [root]
    for depth, text in lines:
        while stack[-1].depth > depth:
            stack.pop()
        while stack[-1].depth < depth:
            deeper = _Quote(stack[-1].depth + 1)
            stack[-1].lines.append(deeper)
            stack.append(deeper)
        stack[-1].lines.append(text)
    return root


def _show(quoted: _Quote, links: Links, *, alone: bool) -> SafeHtml:
    alone = alone or all(isinstance(line, _Quote) or not line.strip() for line in quoted.lines)
    pieces: list[str] = []
    for line in _runs(quoted.lines):
        if isinstance(line, _Quote):
            inner = _show(line, links, alone=True)
            folded = not alone and quoted.depth == 0 and line.count() > FOLDED_AFTER
            pieces.append(_fold(inner) if folded else f"<blockquote>{inner}</blockquote>")
        else:
            pieces.append(_link(line, links))
    return SafeHtml("".join(pieces))


def _runs(lines: list["str | _Quote"]) -> Iterator["str | _Quote"]:
    """Quotes, and the lines between two of them in one piece: no link goes beyond the end of its line."""
    run: list[str] = []
    for line in lines:
        if isinstance(line, _Quote):
            if run:
                yield "\n".join(run)
                run = []
            yield line
        else:
            run.append(line)
    if run:
        yield "\n".join(run)


def _fold(inner: SafeHtml) -> str:
    return f'<details class="quoted"><summary>•••</summary><blockquote>{inner}</blockquote></details>'


def _link(line: str, links: Links) -> str:
    """Lines with their links; what stands between is escaped piece by piece."""
    pieces: list[str] = []
    end = 0
    for match in _LINK.finditer(line):
        found = _without_trailing(match[0])
        pieces.append(escaped(line[end : match.start()]))
        pieces.append(_anchor(found, links))
        end = match.start() + len(found)
    pieces.append(escaped(line[end:]))
    return "".join(pieces)


def _without_trailing(found: str) -> str:
    while found and found[-1] in _TRAILING and not (found[-1] == ")" and found.count("(") >= found.count(")")):
        found = found[:-1]
    return found


def _anchor(found: str, links: Links) -> str:
    """A link to what was found, with its marks behind it; its words alone where it leads nowhere."""
    judged = links.take(_address(found), found)
    words = escaped(found)
    if judged.href is not None:
        title = f' title="{escaped(judged.target)}"' if judged.target else ""
        words = SafeHtml(
            f'<a href="{escaped(judged.href)}"{title} target="_blank" rel="noopener noreferrer nofollow">{words}</a>'
        )
    return words + "".join(map(_mark, judged.marks))


def _address(found: str) -> str:
    lowered = found.lower()
    if lowered.startswith(("http://", "https://")):
        return found
    if lowered.startswith("www."):
        return f"https://{found}"
    address = found[len("mailto:") :] if lowered.startswith("mailto:") else found
    return f"mailto:{quote(address.partition('?')[0], safe='@')}"


def _mark(mark: LinkMark) -> SafeHtml:
    odd, weight, detail = map(escaped, (mark.oddity.value, mark.weight.value, mark.detail))
    return SafeHtml(f'<mark data-odd="{odd}" data-weight="{weight}" data-detail="{detail}"></mark>')
