"""The [api] sections of hm3.ini: which programs may log users in, and for how long links count."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Self

from core import Line, Secret, Sentence, option, section_word

LONGEST_LINK = timedelta(seconds=120)


class ProgramName(Line):
    """What a program is called in hm3.ini and in the log: lower-case letters, digits and hyphens."""

    __slots__ = ()
    longest: ClassVar[int] = 40

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Raise ValueError with a reason that reads after the section's name."""
        if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", text):
            raise ValueError(Sentence("is not a name like intranet"))
        return super().parse(text)


class ProgramKey(Secret):
    """A random key of at least 32 letters and digits: make one with hm3 api key."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Raise ValueError with a reason that reads after the option's name."""
        if not re.fullmatch(r"[A-Za-z0-9._~+/=-]{32,1000}", text):
            raise ValueError("is not 32 or more letters and digits; make one with: hm3 api key")
        return super().parse(text)


@dataclass(frozen=True)
class ApiConfig:
    """Programs that log in, and links that log a browser in once."""

    link_lasts: timedelta = option(
        timedelta(seconds=60), help="For how long a link counts that was made for a browser; two minutes at most."
    )

    def __post_init__(self) -> None:
        """Raise ValueError where the options do not fit together."""
        if not timedelta(seconds=5) <= self.link_lasts <= LONGEST_LINK:
            raise ValueError("link_lasts is not between 5 seconds and 2 minutes.")


@dataclass(frozen=True)
class ProgramConfig:
    """One program or site that may log users in who give it their password."""

    name: ProgramName = section_word()
    key: Secret = option(help="What the program shows in Authorization. Make one with: hm3 api key.")

    def __post_init__(self) -> None:
        """Raise ValueError where the key can be guessed."""
        try:
            ProgramKey.parse(self.key)
        except ValueError as error:
            raise ValueError(f"key {error}.") from error
