"""What the filter decided about a message, and why, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Self

from core import Sentence


class Cause(Enum):
    """Why a message was decided about."""

    BLOCKED = "blocked"
    SERVER = "server"
    LEARNED = "learned"


@dataclass(frozen=True)
class Verdict:
    """A decision: whether the message was moved, and why. `about` is the sender, the filter, or what told most."""

    cause: Cause
    moved: bool
    about: tuple[str, ...] = ()

    @property
    def told(self) -> Mapping[str, object]:
        """As JSON values."""
        return {"cause": self.cause.value, "moved": self.moved, "about": list(self.about)}

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:  # Any: JSON that `told` gave.
        """What `told` gave."""
        return cls(Cause(told["cause"]), bool(told["moved"]), tuple(map(str, told["about"])))

    @property
    def why(self) -> Sentence:
        """The reason, as people read it above the message."""
        if self.cause is Cause.BLOCKED:
            return Sentence("Moved to Junk because you blocked %(who)s.", who=" ".join(self.about))
        if self.cause is Cause.SERVER:
            return _by_server(*self.about)
        words = Sentence.joined((f"“{word}”" for word in self.about), ", ")
        if self.moved:
            first = Sentence("Moved to Junk because it is like what you reported as spam.")
        else:
            first = Sentence(
                "This is like what you reported as spam. It stays here, since the filter has not learned enough yet."
            )
        most = Sentence("What says so most: %(words)s.", words=words)
        return Sentence.joined((first, most)) if self.about else first


def _by_server(name: str, score: str = "", enough: str = "") -> Sentence:
    if not score:
        return Sentence("Moved to Junk because the filter of your mail server (%(filter)s) calls it spam.", filter=name)
    return Sentence(
        "Moved to Junk because the filter of your mail server (%(filter)s) gave it %(score)s points, and "
        "%(enough)s are enough for spam.",
        filter=name,
        score=score,
        enough=enough,
    )
