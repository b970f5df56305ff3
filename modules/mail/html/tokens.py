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
    position: int | None = 0
    names: dict[str, str] = {}
    while position is not None:
        started, position = position, None
        for found in _TOKEN.finditer(html, started):
            slash, written, attributes = found.groups()
            if written is None:
                continue
            name = names.get(written)
            if name is None:
                name = names[written] = written.translate(_UPPER)
            # A message has thousands of these, and the constructor of the class takes as long as finding one.
            yield tuple.__new__(Tag, (name, slash == "/", attributes))
            if name in _RAW and not slash:
                position = _end_of_raw(html, name, found.end())
                if name == "script" and "<!--" in html[found.end() : position]:
                    yield Tag("plaintext")
                break


def _end_of_raw(html: str, name: str, start: int) -> int:
    """Where the raw text of an element ends that begins there."""
    end = _ENDS[name].search(html, start)
    return len(html) if end is None else end.start()
