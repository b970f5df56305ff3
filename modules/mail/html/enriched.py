"""Enriched text as HTML, which is yet to be cleaned (RFC 1896)."""

import re
from html import escape

_COMMAND = re.compile(r"<(<|/?[A-Za-z][A-Za-z0-9-]{0,59}>)")
_PARAMETER = re.compile(r"<param>(.{0,200}?)</param>", re.IGNORECASE | re.DOTALL)
_NEWLINES = re.compile(r"\n+")
_COLOUR = re.compile(r"[A-Za-z]{3,30}|[0-9a-fA-F]{4},[0-9a-fA-F]{4},[0-9a-fA-F]{4}", re.ASCII)
_FONT = re.compile(r"[\w \-]{1,60}")
_ELEMENTS = {
    "bold": "b",
    "italic": "i",
    "underline": "u",
    "fixed": "tt",
    "smaller": "small",
    "bigger": "big",
    "excerpt": "blockquote",
    "indent": "blockquote",
    "flushleft": 'div align="left"',
    "flushright": 'div align="right"',
    "flushboth": 'div align="justify"',
    "center": "center",
    "nofill": "pre",
    "paraindent": "blockquote",
}


def enriched_to_html(text: str) -> str:
    """The HTML of enriched text. Commands that nobody knows are left out, what they hold is shown."""
    text = text.replace("\r\n", "\n")
    written: list[str] = []
    opened: list[str] = []
    end = 0
    while (found := _COMMAND.search(text, end)) is not None:
        written.append(_words(text[end : found.start()], "nofill" in opened))
        end = found.end()
        if found[1] == "<":
            written.append("&lt;")
            continue
        name = found[1][:-1].lower()
        parameter = _PARAMETER.match(text, end)
        if parameter is not None:
            end = parameter.end()
        _command(name, parameter[1] if parameter is not None else "", written, opened)
    written.append(_words(text[end:], "nofill" in opened))
    written.extend(f"</{_element(name).split(' ')[0]}>" for name in reversed(opened))
    return "".join(written)


def _command(name: str, parameter: str, written: list[str], opened: list[str]) -> None:
    """Commands nest (RFC 1896 2): one that ends ends those within it."""
    if not name.startswith("/"):
        opened.append(name)
        written.append(f"<{_element(name)}{_style(name, parameter)}>")
    elif name[1:] in opened:
        while True:
            ended = opened.pop()
            written.append(f"</{_element(ended).split(' ')[0]}>")
            if ended == name[1:]:
                return


def _element(name: str) -> str:
    return _ELEMENTS.get(name, "span")


def _style(name: str, parameter: str) -> str:
    parameter = parameter.strip()
    if name == "color" and _COLOUR.fullmatch(parameter):
        if "," in parameter:
            # RFC 1896 2: red, green and blue, of 16 bits each.
            parameter = "#" + "".join(part[:2] for part in parameter.split(","))
        return f' style="color: {parameter}"'
    if name == "fontfamily" and _FONT.fullmatch(parameter):
        return f" style=\"font-family: '{escape(parameter)}'\""
    return ""


def _words(text: str, filled: bool) -> str:
    """A line break is a space, and of several the first is left out (RFC 1896 2)."""
    if filled:
        return escape(text)
    pieces = _NEWLINES.split(text)
    breaks = [len(run) for run in _NEWLINES.findall(text)]
    joined = [escape(pieces[0])]
    for run, piece in zip(breaks, pieces[1:], strict=True):
        joined.append(" " if run == 1 else "<br>" * (run - 1))
        joined.append(escape(piece))
    return "".join(joined)
