"""Domains as eyes see them: their readable form, their scripts, and the plain letters that they look like."""

import re
import unicodedata

from confusable_homoglyphs import categories, confusables

LONGEST = 255
_PUNYCODE = "xn--"
_JOINERS = "\u200c\u200d"
_PLAIN = re.compile(r"[a-z0-9.-]+", re.ASCII)
_ANY = frozenset({"COMMON", "INHERITED"})
# UTS 39, 5.2, "highly restrictive": the scripts that one word of Japanese, Korean or Chinese may mix.
_MAY_MIX = (
    frozenset({"LATIN", "HAN", "HIRAGANA", "KATAKANA"}),
    frozenset({"LATIN", "HAN", "HANGUL"}),
    frozenset({"LATIN", "HAN", "BOPOMOFO"}),
)


def readable(domain: str) -> str:
    """A domain in small letters and in its own script; what cannot be read as Punycode (RFC 3492) stays as it is."""
    if domain.isascii() and _PUNYCODE not in (plain := domain[:LONGEST].lower()):
        return plain.strip(" .")
    normal = unicodedata.normalize("NFKC", domain[:LONGEST]).casefold().strip(" .")
    return ".".join(_label(label) for label in re.split("[.\u3002]", normal))


def is_readable(domain: str) -> bool:
    """Whether every label that claims to be Punycode is."""
    shown = readable(domain)
    return _PUNYCODE not in shown or not any(label.startswith(_PUNYCODE) for label in shown.split("."))


def mixes_scripts(domain: str) -> bool:
    """Whether a label of a readable domain mixes scripts that no language mixes."""
    return not domain.isascii() and any(
        len(scripts) > 1 and not any(scripts <= allowed for allowed in _MAY_MIX)
        for scripts in map(_scripts, domain.split("."))
    )


def imitated(domain: str) -> str:
    """The domain in plain Latin letters that a readable one in other letters looks like; nothing where none."""
    if domain.isascii():
        return ""
    look = look_of(domain)
    foreign = any(not label.isascii() and "LATIN" not in _scripts(label) for label in domain.split("."))
    return look if foreign and look != domain and _PLAIN.fullmatch(look) else ""


def look_of(domain: str) -> str:
    """A domain in the plain letters that its own look like, as far as there are such."""
    return domain if domain.isascii() else "".join(_plain(letter) for letter in _bare(domain))


def _label(label: str) -> str:
    if not label.startswith(_PUNYCODE):
        return label
    try:
        found = label[len(_PUNYCODE) :].encode("ascii").decode("punycode")
        found.encode("utf-8")
    except (UnicodeError, OverflowError):
        return label
    # One that says nothing more than ASCII, or hides marks of its own, is no name that anybody could register.
    shown = unicodedata.normalize("NFKC", found).casefold()
    return shown if not found.isascii() and all(map(_may_be_in_label, shown)) else label


def _may_be_in_label(letter: str) -> bool:
    return letter not in "./@:" and (letter in _JOINERS or unicodedata.category(letter)[0] not in "CZ")


def _scripts(label: str) -> frozenset[str]:
    return frozenset(str(categories.alias(letter)) for letter in set(label)) - _ANY


def _plain(letter: str) -> str:
    if letter.isascii():
        return letter
    likenesses = (_bare(str(one["c"]).casefold()) for one in confusables.confusables_data.get(letter, ()))
    return next((one for one in likenesses if _PLAIN.fullmatch(one)), letter)


def _bare(text: str) -> str:
    """Text without accents and other marks on its letters."""
    return "".join(one for one in unicodedata.normalize("NFKD", text) if unicodedata.category(one) != "Mn")
