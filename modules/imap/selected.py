"""The mailbox that a connection has selected, followed by what the server says of it."""

import re
from dataclasses import dataclass, field

from modules.imap.sets import count_set
from modules.imap.told import Heard

_FIRST_NUMBER = re.compile(rb"\d{1,10}")


@dataclass
class Selected:
    """The selected mailbox as this connection sees it (RFC 9051 7.3)."""

    raw_name: bytes
    name: str = ""
    messages: int = 0
    uidvalidity: int = 0
    uidnext: int = 0
    permanent: tuple[str, ...] | None = None
    flags: tuple[str, ...] = field(default=())
    # When news of it were heard last, as whoever asked tells moments apart.
    moment: object = field(default=None, repr=False)

    def hear(self, heard: Heard) -> None:
        """Follow what the server says about the mailbox."""
        number = _FIRST_NUMBER.match(heard.text)
        if number and heard.kind == "EXISTS":
            self.messages = int(number[0])
        elif number and heard.kind == "EXPUNGE":
            self.messages = max(0, self.messages - 1)
        elif heard.kind == "VANISHED" and not heard.text.upper().startswith(b"(EARLIER)"):
            # RFC 7162 3.2.10.2: what EXPUNGE says by number where QRESYNC is not enabled.
            self.messages = max(0, self.messages - _count(heard.text))
        elif number and heard.kind == "UIDVALIDITY":
            self.uidvalidity = int(number[0])
        elif number and heard.kind == "UIDNEXT":
            self.uidnext = int(number[0])
        elif heard.kind in ("PERMANENTFLAGS", "FLAGS"):
            flags = tuple(heard.text.decode("utf-8", "replace").strip("() ").split())
            if heard.kind == "FLAGS":
                self.flags = flags
            else:
                self.permanent = flags

    @property
    def keeps_keywords(self) -> bool:
        """Whether new keywords are kept (RFC 9051 7.1, PERMANENTFLAGS)."""
        return "\\*" in (self.permanent or ())

    def keeps(self, flag: str) -> bool:
        """Whether this flag or keyword is kept; a server that tells of none keeps all (RFC 9051 6.3.2)."""
        if self.permanent is None or self.keeps_keywords:
            return True
        return flag.lower() in (kept.lower() for kept in self.permanent)


def _count(written: bytes) -> int:
    """How many numbers a set holds; none where it is no set."""
    try:
        return count_set(written.strip())
    except ValueError:
        return 0
