"""Domains of senders: which of them belong together, and which could be taken for others."""

from collections.abc import Iterable

from modules.mail.api import look_of, readable

# What looks alike in small letters, or in the capitals that some programs show. The order matters: m is rn after all.
_ALIKE = (("0", "o"), ("1", "l"), ("i", "l"), ("|", "l"), ("vv", "w"), ("rn", "m"), ("cl", "d"))


def domain_of(address: str) -> str:
    """The domain of an address, readable; nothing where it has none."""
    _, at, domain = address.rpartition("@")
    return readable(domain) if at else ""


def skeleton(domain: str) -> str:
    """What is the same for all domains that look alike (after UTS 39, 4). Nobody reads it."""
    look = look_of(domain)
    for seen, meant in _ALIKE:
        look = look.replace(seen, meant)
    return look


def same_or_below(one: str, other: str) -> bool:
    """Whether two domains are one, or one lies below the other."""
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")


def parents(domain: str) -> tuple[str, ...]:
    """The domain and those that it lies below, of two labels or more."""
    labels = domain.split(".")
    return tuple([".".join(labels[start:]) for start in range(min(len(labels), 20) - 1)])


def beginnings(domain: str) -> tuple[str, ...]:
    """What a domain begins with, of two labels or more: evil.example may put any domain in front of its own."""
    labels = domain.split(".")
    return tuple([".".join(labels[:end]) for end in range(2, min(len(labels), 20))])


def looks_like(domain: str, known: Iterable[str]) -> str:
    """The known domain that another one could be taken for; nothing where there is none, or it is known itself."""
    own = tuple(known)
    for one in own:
        if domain == one or domain.endswith(f".{one}"):
            return ""
    # What is alike is so label by label.
    looks = parents(skeleton(domain))
    for one in own:
        if "." in one and (skeleton(one) in looks or domain.startswith(f"{one}.")):
            return one
    return ""
