"""Turn octets into text, whatever their sender said or did not say about their charset."""

import codecs
import re
from functools import lru_cache

import chardet

# What mail declares and what is meant by it; everything else is looked up among Python's text codecs.
_MEANT = {
    "us-ascii": "utf-8",
    "ascii": "utf-8",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "big5": "big5hkscs",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "x-sjis": "cp932",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-8-e": "iso-8859-8",
    "x-unknown": "",
    "unknown-8bit": "",
    "default": "",
}
# Codecs that are no charsets, or that have no place in mail.
_REFUSED = frozenset({"idna", "punycode", "raw_unicode_escape", "unicode_escape", "undefined", "mbcs", "oem", "palmos"})
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:+-]{0,39}", re.ASCII)
_UNFIT = re.compile("[\x00\ud800-\udfff]")
# Guessing looks at no more than this many octets.
_GUESSED = 20_000


def decode(octets: bytes, declared: str = "") -> str:
    """Text from octets: by the declared charset, else as UTF-8, else by a guess, else as windows-1252. Never fails."""
    codec = known_codec(declared)
    for candidate in (codec, "utf-8"):
        if candidate:
            try:
                return _fit(octets.decode(candidate))
            except (UnicodeError, ValueError):
                continue
    if codec and codec not in ("utf-8", "utf-7"):
        return _fit(octets.decode(codec, "replace"))
    return _fit(octets.decode(_guess(octets), "replace"))


# They are few, and tell nothing of anybody.
@lru_cache(maxsize=200)
def known_codec(declared: str) -> str:
    """The Python codec of a declared charset, or nothing where it is unknown or no charset."""
    name = declared.strip().strip("\"'").lower()
    name = _MEANT.get(name, name)
    if not _NAME.fullmatch(name):
        return ""
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        return ""
    text_codec = getattr(found, "_is_text_encoding", True)
    return found.name if text_codec and found.name.replace("-", "_") not in _REFUSED else ""


def _guess(octets: bytes) -> str:
    guessed = chardet.detect(octets[:_GUESSED])["encoding"] or ""
    return known_codec(guessed) or "cp1252"


def _fit(text: str) -> str:
    text = text.removeprefix("\ufeff")
    return text if _is_fit(text) else _UNFIT.sub("\ufffd", text)


def _is_fit(text: str) -> bool:
    """Whether nothing in it is unfit, which is told many times sooner than by looking at each letter."""
    if "\x00" in text:
        return False
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
