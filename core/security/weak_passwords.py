"""Which passwords may be chosen: long ones that are neither common nor one's own name."""

import re
from functools import cache

from core.input.values import Secret
from core.sentences import Sentence

SHORTEST, LONGEST = 12, 1024


def refuse_weak(password: Secret, *names: str) -> None:
    """Raise ValueError, with a reason that reads after "The password", unless it may be chosen.

    `names` are words that it must not be: the account's name and address, the site's name.
    """
    if len(password) < SHORTEST:
        raise ValueError(Sentence("is shorter than %(shortest)s characters", shortest=SHORTEST))
    if len(password) > LONGEST:
        raise ValueError(Sentence("is longer than %(longest)s characters", longest=LONGEST))
    plain = password.casefold()
    if len(set(plain)) < 4:
        raise ValueError(Sentence("is made of too few different characters"))
    own = {part for name in names for part in (name.casefold(), *re.split(r"[@.\s]", name.casefold())) if len(part) > 3}
    rest = plain
    for word in sorted(own, key=len, reverse=True):
        rest = rest.replace(word, "")
    if own and len(rest) < SHORTEST // 2:
        raise ValueError(Sentence("is little more than your own name or address"))
    common = _common()
    if plain in common or re.sub(r"[\W\d_]+\Z", "", plain) in common or plain[: len(plain) // 2] * 2 == plain:
        raise ValueError(Sentence("is one that many people use, or one word twice; several words are better"))


@cache
def _common() -> frozenset[str]:
    """Passwords that many people use. The lists are long, and are read when the first password is chosen."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    return frozenset(FREQUENCY_LISTS["passwords"])
