"""Keep of a message's styles what only changes its look: properties and values on a list, written anew from tokens."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import tinycss2
from tinycss2 import ast

from modules.mail.html.colours import Paint
from modules.mail.html.limits import LONGEST_STYLE
from modules.mail.html.repeated import RepeatedStyles

DEEPEST = 8
MOST_RULES = 2000
LARGEST = 10_000
PREFIX = "m-"

_PROPERTIES = frozenset(
    """background background-color background-image background-position background-repeat background-size border
    border-bottom border-bottom-color border-bottom-left-radius border-bottom-right-radius border-bottom-style
    border-bottom-width border-collapse border-color border-left border-left-color border-left-style border-
    left-width border-radius border-right border-right-color border-right-style border-right-width border-
    spacing border-style border-top border-top-color border-top-left-radius border-top-right-radius border-top-
    style border-top-width border-width box-sizing caption-side clear color direction display empty-cells float
    font font-family font-size font-style font-variant font-weight height letter-spacing line-height list-style
    list-style-position list-style-type margin margin-bottom margin-left margin-right margin-top max-height max-
    width min-height min-width opacity overflow overflow-wrap overflow-x overflow-y padding padding-bottom
    padding-left padding-right padding-top table-layout text-align text-decoration text-decoration-color text-
    decoration-line text-decoration-style text-indent text-overflow text-transform unicode-bidi vertical-align
    visibility white-space width word-break word-spacing word-wrap""".split()
)
_DISPLAYS = frozenset(
    """block inline inline-block none list-item table table-row table-cell table-row-group table-header-group
    table-footer-group table-column table-column-group table-caption inline-table""".split()
)
_FUNCTIONS = frozenset("""rgb rgba hsl hsla calc min max clamp linear-gradient radial-gradient""".split())
_WITH_PICTURES = frozenset({"background", "background-image"})
_PLAIN_WORD = re.compile(r"-?[a-zA-Z_][a-zA-Z0-9_-]{0,60}", re.ASCII)
_FONT_NAME = re.compile(r"[\w \-]{1,60}")
_HASH = re.compile(r"[0-9a-zA-Z_-]{1,60}", re.ASCII)
_UNIT = re.compile(r"[a-zA-Z]{1,5}", re.ASCII)
_PSEUDO = frozenset({"hover", "link", "visited", "first-child", "last-child"})
_MEDIA_WORDS = frozenset(
    """all screen only and not min-width max-width min-device-width max-device-width prefers-color-scheme light
    dark orientation portrait landscape""".split()
)
# A picture's address inside url() is written without any octet that could end it.
_SAFE_URL = re.compile(r"[A-Za-z0-9/:?&=%.,;+_~#!*@$-]{1,700000}", re.ASCII)

# Declarations in which nothing can hold, begin or hide another one: each says the same alone as among others.
_ALONE = re.compile(
    r"""(?:[\w \t;:\#.,%/!+-]++ | '[^'\\\n\r\f;]*+' | "[^"\\\n\r\f;]*+" | \([\w \t\#.,%/+-]*+\))*""", re.VERBOSE
)  # one grammar in one place
_BRACKET = re.compile(r"[(\[{)\]}]")
_BREAK_IN_WORD = re.compile("[a-z]-[a-z]")

Picture = Callable[[str], str | None]


class _Unfit(Exception):
    """A value holds something that is not on the list."""


@dataclass(frozen=True)
class _Look:
    """What becomes of the pictures and the colours that styles name."""

    picture: Picture
    paint: Paint


@dataclass
class Styles:
    """Cleans the styles of one message; what it cleaned before and names no picture it does not read again.

    Each picture is asked about every time, since whoever answers counts them. What other messages repeat stands among
    the `repeated`.
    """

    picture: Picture
    paint: Paint
    repeated: RepeatedStyles = field(default_factory=RepeatedStyles)
    _cleaned: dict[str, str] = field(default_factory=dict)
    _asked: int = 0

    def clean(self, text: str) -> str:
        """The declarations of a style attribute that may stay."""
        known = self._cleaned.get(text)
        if known is not None:
            return known
        if len(text) <= LONGEST_STYLE and _ALONE.fullmatch(text):
            # Messages repeat declarations more often than whole styles.
            made = [self._made(clean_style, one) for one in text.split(";") if one]
            cleaned, is_alone = "; ".join([style for style, _ in made if style]), all([alone for _, alone in made])
        else:
            cleaned, is_alone = self._made(clean_style, text)
        if is_alone:
            self._cleaned[text] = cleaned
        return cleaned

    def clean_sheet(self, text: str) -> str:
        """The rules of a style sheet that may stay."""
        return self._made(clean_sheet, text)[0] if text else ""

    def knows(self, text: str) -> bool:
        """Whether this was cleaned before, and names no picture."""
        return text in self._cleaned

    def _made(self, clean: Callable[[str, Picture, Paint], str], text: str) -> tuple[str, bool]:
        """What is left of a style, and whether it depends on no picture."""

        def make() -> tuple[str, bool]:
            asked = self._asked
            return clean(text, self._ask, self.paint), asked == self._asked

        return self.repeated.cleaned(text, (clean, self.paint.either), make)

    def _ask(self, address: str) -> str | None:
        self._asked += 1
        return self.picture(address)


def clean_style(text: str, picture: Picture, paint: Paint | None = None) -> str:
    """The declarations of a style attribute that may stay."""
    look = _Look(picture, paint or Paint())
    if len(text) > LONGEST_STYLE or _too_deep(text):
        return ""
    parsed = tinycss2.parse_declaration_list(text, skip_comments=True, skip_whitespace=True)
    return "; ".join(_declarations(parsed, look))


def clean_sheet(text: str, picture: Picture, paint: Paint | None = None) -> str:
    """The rules of a style sheet that may stay, with classes and ids prefixed."""
    look = _Look(picture, paint or Paint())
    if _too_deep(text):
        return ""
    parsed = tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True)
    return "\n".join(_rules(parsed[:MOST_RULES], look, nested=False))


def _rules(nodes: Iterable[ast.Node], look: _Look, *, nested: bool) -> Iterable[str]:
    for node in nodes:
        if node.type == "qualified-rule":
            selector = _selector(node.prelude)
            content = tinycss2.parse_declaration_list(node.content, skip_comments=True, skip_whitespace=True)
            declarations = "; ".join(_declarations(content, look))
            if selector and declarations:
                yield f"{selector} {{ {declarations} }}"
        elif node.type == "at-rule" and node.lower_at_keyword == "media" and node.content and not nested:
            condition = _media(node.prelude).replace("(prefers-color-scheme: light)", "(min-width: 0)")
            # We darken messages ourselves: their own rules for that know nothing of what is left out here.
            if "prefers-color-scheme" in condition:
                continue
            inner = tinycss2.parse_rule_list(node.content, skip_comments=True, skip_whitespace=True)
            rules = "\n".join(_rules(inner[:MOST_RULES], look, nested=True))
            if condition and rules:
                yield f"@media {condition} {{\n{rules}\n}}"


def _declarations(nodes: Iterable[ast.Node], look: _Look) -> Iterable[str]:
    for node in nodes:
        if node.type != "declaration" or node.lower_name not in _PROPERTIES:
            continue
        try:
            value = _value(node.lower_name, node.value, look)
        except _Unfit:
            continue
        if value:
            yield f"{node.lower_name}: {value}"


def _value(name: str, tokens: Sequence[ast.Node], look: _Look) -> str:
    value = "".join(_token(name, token, look, 0) for token in tokens).strip()
    if name == "display" and value.lower() not in _DISPLAYS:
        raise _Unfit
    if name.startswith("margin") and "-" in _BREAK_IN_WORD.sub("", value):
        raise _Unfit
    return value


def _token(name: str, token: ast.Node, look: _Look, depth: int) -> str:
    if depth > DEEPEST:
        raise _Unfit
    kind = token.type
    if kind == "whitespace":
        return " "
    if kind == "ident" and _PLAIN_WORD.fullmatch(token.value) and not token.lower_value.startswith(("-moz", "expr")):
        return look.paint.value(name, token, str(token.value))
    if kind in ("number", "percentage", "dimension") and abs(token.value) <= LARGEST:
        return _number(token)
    if kind == "hash" and _HASH.fullmatch(token.value):
        return look.paint.value(name, token, f"#{token.value}")
    if kind == "literal" and token.value in (",", "/", "+", "-", "*"):
        return str(token.value)
    if kind == "string" and name in ("font", "font-family") and _FONT_NAME.fullmatch(token.value):
        return f"'{token.value}'"
    if kind == "function" and token.lower_name in _FUNCTIONS:
        inner = "".join(_token(name, argument, look, depth + 1) for argument in token.arguments)
        return look.paint.value(name, token, f"{token.lower_name}({inner})")
    if name in _WITH_PICTURES and (address := _address(token)) is not None:
        shown = look.picture(address)
        if shown is not None and _SAFE_URL.fullmatch(shown):
            return f'url("{shown}")'
        return "none" if name == "background-image" else ""
    raise _Unfit


def _address(token: ast.Node) -> str | None:
    if token.type == "url":
        return str(token.value)
    if token.type == "function" and token.lower_name == "url":
        strings = [argument.value for argument in token.arguments if argument.type == "string"]
        return str(strings[0]) if len(strings) == 1 else None
    return None


def _number(token: ast.Node) -> str:
    number = f"{token.value:g}" if not token.is_integer else str(token.int_value)
    if "e" in number or "n" in number:
        raise _Unfit
    if token.type == "percentage":
        return f"{number}%"
    if token.type == "dimension":
        if not _UNIT.fullmatch(token.unit):
            raise _Unfit
        return f"{number}{token.unit}"
    return number


def _selector(tokens: Sequence[ast.Node]) -> str:
    """A selector of elements, classes and ids, each kept to the message itself; nothing where it holds more."""
    written: list[str] = []
    previous = ""
    for token in tokens:
        if token.type == "whitespace":
            part = " "
        elif token.type == "ident" and _PLAIN_WORD.fullmatch(token.value):
            if previous == ":" and token.lower_value not in _PSEUDO:
                return ""
            part = f"{PREFIX}{token.value}" if previous == "." else str(token.value)
        elif token.type == "hash" and _PLAIN_WORD.fullmatch(token.value):
            part = f"#{PREFIX}{token.value}"
        elif token.type == "literal" and token.value in (".", ">", "+", "~", ",", "*", ":"):
            part = str(token.value)
        else:
            return ""
        written.append(part)
        previous = part
    text = " ".join("".join(written).split())
    return ", ".join(_within(one) for one in text.split(",")) if text else ""


def _within(selector: str) -> str:
    """One selector below the message's own element, which also stands for the body."""
    words = selector.strip().split(" ")
    while words and words[0].lower() in ("html", "body", ">"):
        words.pop(0)
    return " ".join((".hm3-message", *words))


def _media(tokens: Sequence[ast.Node]) -> str:
    try:
        return "".join(_media_token(token) for token in tokens).strip()
    except _Unfit:
        return ""


def _media_token(token: ast.Node) -> str:
    if token.type == "whitespace":
        return " "
    if token.type == "ident" and token.lower_value in _MEDIA_WORDS:
        return str(token.lower_value)
    if token.type == "literal" and token.value in (",", ":"):
        return str(token.value)
    if token.type in ("number", "dimension") and abs(token.value) <= LARGEST:
        return _number(token)
    if token.type == "() block":
        return f"({''.join(_media_token(inner) for inner in token.content)})"
    raise _Unfit


def _too_deep(text: str) -> bool:
    depth = deepest = 0
    for letter in _BRACKET.findall(text):
        if letter in "([{":
            depth += 1
            deepest = max(deepest, depth)
        else:
            depth = max(0, depth - 1)
    return deepest > 4 * DEEPEST
