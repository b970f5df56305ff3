"""What every target promises of what it shows: nothing that runs, loads, leads anywhere it may not, or hides."""

import re
from collections.abc import Iterator, Mapping

from selectolax.lexbor import LexborHTMLParser

UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
LOADS = re.compile(r"url\s*\(|image-set|@import|expression\s*\(|behavior|-moz-binding|javascript:|<|\\", re.IGNORECASE)
HREF = re.compile(r"(?:https?://|tel:|/compose\?)", re.IGNORECASE)
_ACTIVE = frozenset(
    "script style link meta base iframe frame object embed applet form input button textarea select svg math video "
    "audio source track picture template portal noscript title html head frameset".split()
)
# A message cannot put these onto any element: they load something, send something or run.
_FORBIDDEN = frozenset(
    "srcset srcdoc background poster ping action formaction data lowsrc dynsrc longdesc usemap manifest xlink:href "
    "contenteditable autofocus slot is".split()
)


def is_line(text: str) -> bool:
    """Whether it is one line without anything that hides or turns words."""
    return not UNSEEN.search(text) and "\n" not in text


def check_built(shown: str) -> None:
    """Raise AssertionError where another parser builds something of it that no message may have."""
    for element, attributes in _built(shown):
        assert element not in _ACTIVE, element
        for name, value in attributes.items():
            assert not name.startswith("on") and name not in _FORBIDDEN, (element, name)
            assert name != "href" or HREF.match(value or ""), value
            assert name != "src" or re.match(r"data:image/|/(?!/)", value or ""), value
            assert name != "style" or not LOADS.search(value or ""), value


def _built(shown: str) -> Iterator[tuple[str, Mapping[str, str | None]]]:
    for node in LexborHTMLParser(f"<!doctype html><body><main>{shown}</main>").css("body main *"):
        yield node.tag or "", node.attributes
