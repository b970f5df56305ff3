"""The tags of HTML as browsers find them (HTML 13.2.5): comments, values and raw text hide none and add none."""

import re
import sys
from collections.abc import Iterator, Mapping
from itertools import islice

VOID = frozenset(
    """area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr""".split()
)
_RAW = "(?ai:script|style|title|textarea|xmp|iframe|noembed|noframes)"
# No branch can match in two ways, and nothing is tried again: this takes linear time. Of a group that is repeated so
# (*+), Python 3.11.2 keeps the beginning of a repetition that fails; that can only be space here, which may come.
_ATTRIBUTES = r"""(?:
    [\t\n\f\r /]++
  | (?:=[^\t\n\f\r />=]*+|[^\t\n\f\r />=]++)
    (?:[\t\n\f\r ]*+=[\t\n\f\r ]*+(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z)|(?!["'])[^\t\n\f\r >]*+))?+
)*+"""
# With raw text its element is one token: only the name that began it ends it.
_TOKEN = re.compile(
    rf"""<!--(?:-?>|.*?--!?>|.*\Z)
  | <(?:({_RAW})(?=[\t\n\f\r />]|\Z)|(/?)([a-zA-Z][^\t\n\f\r />]*+))({_ATTRIBUTES})(?:>|\Z)
    (?(1).*?(?=</(?ai:\1)[\t\n\f\r />]|\Z))
  | <[!?/][^>]*+""",
    re.DOTALL | re.VERBOSE,
)
_UPPER = str.maketrans({chr(code): chr(code + 32) for code in range(ord("A"), ord("Z") + 1)})

# One tag: its name in lower case, whether it is a closing one, and its attributes as they are written.
Tag = tuple[str, bool, str]


def read_tags(html: str, most: int = sys.maxsize) -> list[Tag]:
    """All tags in order, or the first ones of many.

    What stands in raw text is none; a script that browsers read oddly is `plaintext` too.
    """
    lower = _Lower()
    if html.count("<") <= most:
        found = _TOKEN.findall(html)
        tags = [(lower[raw or name], slash == "/", rest) for raw, slash, name, rest in found if raw or name]
        if "script" not in lower.values():
            return tags
    return list(islice(_read_one_by_one(html, lower), most))


def _read_one_by_one(html: str, lower: Mapping[str, str]) -> Iterator[Tag]:
    for found in _TOKEN.finditer(html):
        raw, slash, name, rest = found.groups("")
        if not raw and not name:
            continue
        yield lower[raw or name], slash == "/", rest
        if raw and lower[raw] == "script" and "<!--" in html[found.end(4) : found.end()]:
            yield "plaintext", False, ""


class _Lower(dict[str, str]):
    """Names in lower case, as browsers make them; those that were asked for are known."""

    def __missing__(self, name: str) -> str:
        lower = self[name] = name.translate(_UPPER)
        return lower
