"""The tags of HTML as browsers find them (HTML 13.2.5): comments, values and raw text hide none and add none."""

import re
from collections.abc import Iterator
from typing import NamedTuple

VOID = frozenset(
    """area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr""".split()
)
_RAW = frozenset("script style title textarea xmp iframe noembed noframes".split())
# No branch can match in two ways, and nothing is tried again: this takes linear time.
_ATTRIBUTES = r"""(?:
    [\t\n\f\r /]++
  | (?:=[^\t\n\f\r />=]*+|[^\t\n\f\r />=]++)
    (?:[\t\n\f\r ]*+=[\t\n\f\r ]*+(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z)|(?!["'])[^\t\n\f\r >]*+))?+
)*+"""
_TOKEN = re.compile(
    rf"""<!--(?:-?>|.*?--!?>|.*\Z) | <(/?)([a-zA-Z][^\t\n\f\r />]*+)({_ATTRIBUTES})(?:>|\Z) | <[!?/][^>]*+""",
    re.DOTALL | re.VERBOSE,
)
_ENDS = {name: re.compile(rf"</{name}(?=[\t\n\f\r />])", re.IGNORECASE | re.ASCII) for name in _RAW}
_BREAK = re.compile(r"[\t\n\f\r /]")
_UPPER = str.maketrans({chr(code): chr(code + 32) for code in range(ord("A"), ord("Z") + 1)})


class Tag(NamedTuple):
    """One tag: its name in lower case, and its attributes as they are written."""

    name: str
    closing: bool = False
    attributes: str = ""

    @property
    def values(self) -> int:
        """About how many attributes have values."""
        return self.attributes.count("=")

    @property
    def breaks(self) -> int:
        """How many letters could divide attributes."""
        return len(_BREAK.findall(self.attributes))


def read_tags(html: str) -> Iterator[Tag]:
    """All tags in order. What stands in raw text is none; a script that browsers read oddly is `plaintext`."""
    position = 0
    names: dict[str, str] = {}
    while (found := _TOKEN.search(html, position)) is not None:
        position = found.end()
        written, attributes = found[2], found[3]
        if written is None:
            continue
        name = names.get(written)
        if name is None:
            name = names[written] = written.translate(_UPPER)
        closing = found[1] == "/"
        yield Tag(name, closing, attributes)
        if name in _RAW and not closing:
            end = _ENDS[name].search(html, position)
            until = len(html) if end is None else end.start()
            if name == "script" and "<!--" in html[position:until]:
                yield Tag("plaintext")
            position = until
