"""Domains as eyes see them: their readable form, their scripts, and which of them look alike."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from confusable_homoglyphs import categories, confusables

LONGEST = 255
_PUNYCODE = "xn--"
# What looks alike in small letters, or in the capitals that some programs show. The order matters: m is rn after all.
_ALIKE = (("0", "o"), ("1", "l"), ("i", "l"), ("|", "l"), ("vv", "w"), ("rn", "m"), ("cl", "d"))
_JOINERS = "\u200c\u200d"
_PLAIN = re.compile(r"[a-z0-9.-]+", re.ASCII)
_ANY = frozenset({"COMMON", "INHERITED"})
# UTS 39, 5.2, "highly restrictive": the scripts that one word of Japanese, Korean or Chinese may mix.
_MAY_MIX = (
    frozenset({"LATIN", "HAN", "HIRAGANA", "KATAKANA"}),
    frozenset({"LATIN", "HAN", "HANGUL"}),
    frozenset({"LATIN", "HAN", "BOPOMOFO"}),
)


def domain_of(address: str) -> str:
    """The domain of an address, readable; nothing where it has none."""
    _, at, domain = address.rpartition("@")
    return readable(domain) if at else ""


def readable(domain: str) -> str:
    """A domain in small letters and in its own script; what cannot be read as Punycode (RFC 3492) stays as it is."""
    normal = unicodedata.normalize("NFKC", domain[:LONGEST]).casefold().strip(" .")
    return ".".join(_label(label) for label in re.split("[.\u3002]", normal))


def is_readable(domain: str) -> bool:
    """Whether every label that claims to be Punycode is."""
    return not any(label.startswith(_PUNYCODE) for label in readable(domain).split("."))


def mixes_scripts(domain: str) -> bool:
    """Whether a label of a readable domain mixes scripts that no language mixes."""
    return any(
        len(scripts) > 1 and not any(scripts <= allowed for allowed in _MAY_MIX)
        for scripts in map(_scripts, domain.split("."))
    )


def imitated(domain: str) -> str:
    """The domain in plain Latin letters that a readable one in other letters looks like; nothing where none."""
    look = _look(domain)
    foreign = any(not label.isascii() and "LATIN" not in _scripts(label) for label in domain.split("."))
    return look if foreign and look != domain and _PLAIN.fullmatch(look) else ""


def skeleton(domain: str) -> str:
    """What is the same for all domains that look alike (after UTS 39, 4). Nobody reads it."""
    look = _look(domain)
    for seen, meant in _ALIKE:
        look = look.replace(seen, meant)
    return look


def same_or_below(one: str, other: str) -> bool:
    """Whether two domains are one, or one lies below the other."""
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")


def parents(domain: str) -> tuple[str, ...]:
    """The domain and those that it lies below, of two labels or more."""
    labels = domain.split(".")
    return tuple(".".join(labels[start:]) for start in range(min(len(labels), 20) - 1))


def beginnings(domain: str) -> tuple[str, ...]:
    """What a domain begins with, of two labels or more: evil.example may put any domain in front of its own."""
    labels = domain.split(".")
    return tuple(".".join(labels[:end]) for end in range(2, min(len(labels), 20)))


def looks_like(domain: str, known: Iterable[str]) -> str:
    """The known domain that another one could be taken for; nothing where there is none, or it is known itself."""
    own = tuple(known)
    if any(domain == one or domain.endswith(f".{one}") for one in own):
        return ""
    return next(_taken_for(domain, own), "")


def _taken_for(domain: str, known: Iterable[str]) -> Iterator[str]:
    looks = {skeleton(parent) for parent in parents(domain)}
    fronts = set(beginnings(domain))
    for one in known:
        if "." in one and (skeleton(one) in looks or one in fronts):
            yield one


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


def _look(domain: str) -> str:
    """A domain in the plain letters that its own look like, as far as there are such."""
    return "".join(_plain(letter) for letter in _bare(domain))


def _plain(letter: str) -> str:
    if letter.isascii():
        return letter
    likenesses = (_bare(str(one["c"]).casefold()) for one in confusables.confusables_data.get(letter, ()))
    return next((one for one in likenesses if _PLAIN.fullmatch(one)), letter)


def _bare(text: str) -> str:
    """Text without accents and other marks on its letters."""
    return "".join(one for one in unicodedata.normalize("NFKD", text) if unicodedata.category(one) != "Mn")
