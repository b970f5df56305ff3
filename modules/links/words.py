"""The words of a link, as far as they name a site: where they let people believe that it leads."""

import re
import unicodedata
from collections.abc import Iterator

from modules.links.hosts import Sites

LONGEST = 500
_MOST_NAMED = 5
_UNSEEN = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff]")
_STOPS = str.maketrans("。｡․", "...")
_NAMED = re.compile(
    r"(?<![\w.%=&/-])(https?://)?(?:[^\s/@<>()]{1,64}@)?((?:[\w-]{1,63}\.){1,10}[^\W\d_][\w-]{1,62})(?![\w@-])(?!\.[\w])",
    re.IGNORECASE,
)  # one grammar in one place
# What names of files end in, some of which are endings of names on the net too.
_FILES = frozenset(
    """ai avi bat bmp c cc cfg conf cpp cs css csv doc docx eml exe gif go gz h htm html ics ini jar java jpeg jpg js
    json log md mov mp3 mp4 msg odp ods odt pdf php pl png pps ppt pptx ps py rar rb rs rtf sh so sql svg tar tex tif
    tiff toml ts txt vcf wav webp xls xlsx xml yaml yml zip""".split()
)


def named_hosts(words: str, sites: Sites) -> tuple[str, ...]:
    """The hosts that words name, in small letters: what looks like an address of the web or of a person."""
    if "." not in words and words.isascii():
        return ()
    return tuple(dict.fromkeys(_find(words, sites)))[:_MOST_NAMED]


def _find(words: str, sites: Sites) -> Iterator[str]:
    seen = unicodedata.normalize("NFKC", _UNSEEN.sub("", words[:LONGEST])).translate(_STOPS).strip()
    for found in _NAMED.finditer(seen):
        host, ending = found[2].lower(), found[2].rpartition(".")[2]
        plain = bool(found[1]) or host.startswith("www.")
        alone = found.start() == 0 and (found.end() == len(seen) or seen[found.end()] in "/?#:")
        if plain or (ending.lower() not in _FILES and (sites.is_known(host) or alone) and _is_written_so(ending)):
            yield host


def _is_written_so(ending: str) -> bool:
    """Whether an ending is in one case: `end.Next` is two sentences without a space."""
    return ending.islower() or ending.isupper() or not ending.isascii()
