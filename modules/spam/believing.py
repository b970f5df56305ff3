"""What the mail server's own filter says in header fields, where hm3.ini believes it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from modules.spam.config import SpamConfig

# Fields that filters of servers leave in what they looked at. They say that there is one, and are not believed.
MARKS = frozenset(
    """x-spamd-result x-spamd-bar x-rspamd-server x-rspamd-queue-id x-spam-status x-spam-flag x-spam-score x-spam-level
    x-spam-checker-version x-bogosity x-dspam-result x-ms-exchange-organization-scl
    x-forefront-antispam-report""".split()
)
_SAYS = re.compile(r"(?:[a-z0-9_-]+:\s*)?(true|yes|false|no)\b", re.IGNORECASE)
_SCORES = (
    re.compile(r"\[\s*(-?[0-9.]{1,12})\s*/\s*(-?[0-9.]{1,12})\s*\]"),
    re.compile(r"score=(-?[0-9.]{1,12})\s+required=(-?[0-9.]{1,12})"),
)


@dataclass(frozen=True)
class ServerVerdict:
    """What a server's filter found; its score and what is enough for spam stand here as it wrote them."""

    filter: str
    spam: bool
    score: str = ""
    enough: str = ""


def server_verdict(fields: Sequence[tuple[str, str]], config: SpamConfig) -> ServerVerdict | None:
    """What the believed filter says; None without one. Of a field that is there twice the upper one counts."""
    if config.believe is None:
        return None
    for wanted in config.trusted_fields:
        value = next((value for name, value in fields if name.lower() == wanted), "")
        says = _SAYS.match(value.strip())
        if says is not None:
            scores = next((found for pattern in _SCORES if (found := pattern.search(value))), None)
            score, enough = scores.groups() if scores is not None else ("", "")
            return ServerVerdict(config.believe.value, says[1].lower() in ("true", "yes"), score, enough)
    return None


def bears_marks(fields: Sequence[tuple[str, str]]) -> bool:
    """Whether some filter looked at a message before."""
    return any(name.lower() in MARKS for name, _ in fields)
