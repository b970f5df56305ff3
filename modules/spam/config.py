"""The [spam] section of hm3.ini: who filters, whose word is believed, and who learns from what users report."""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from pathlib import Path
from typing import ClassVar, Self
from urllib.parse import urlsplit

from core import ConfigError, Count, Line, Secret, Size, option, tls
from modules.mail.api import EmailAddress, MailboxName


class FilterMode(Enum):
    """Whether this site filters mail by itself."""

    AUTO = "auto"
    ON = "on"
    OFF = "off"


class ServerFilter(Enum):
    """A filter whose header fields are understood."""

    RSPAMD = "rspamd"
    SPAMASSASSIN = "spamassassin"


class TrainedWith(Count):
    """How many messages of each kind the filter has to know before it moves any."""

    __slots__ = ()
    least: ClassVar[int] = 5
    most: ClassVar[int] = 1000


class AtOnce(Count):
    """How many messages of one report are passed on."""

    __slots__ = ()
    least: ClassVar[int] = 1
    most: ClassVar[int] = 500


class RspamdAddress(Line):
    """Where rspamd's controller listens, such as http://127.0.0.1:11334."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Raise ValueError with a reason that reads after the option's name."""
        reason = "is not an address like http://127.0.0.1:11334"
        try:
            parts = urlsplit(super().parse(text))
            host, _ = parts.hostname, parts.port
        except ValueError:
            raise ValueError(reason) from None
        if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc or parts.query or parts.fragment:
            raise ValueError(reason)
        return cls(f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}")


_FIELDS = {
    ServerFilter.RSPAMD: ("X-Spamd-Result", "X-Spam"),
    ServerFilter.SPAMASSASSIN: ("X-Spam-Status", "X-Spam-Flag"),
}


@dataclass(frozen=True)
class SpamConfig:
    """Spam: the filter of this site, the one of the mail server, and what they learn from their users."""

    filter: FilterMode = option(
        FilterMode.AUTO,
        help="Whether this site sorts out spam by itself, user by user: on, off, or auto, which is on unless believe "
        "or rspamd_url tells of a filter, or most of a user's mail bears the marks of one.",
    )
    trained: TrainedWith = option(
        TrainedWith(20), help="How much spam, and how much other mail, a user has to report before mail is moved."
    )
    believe: ServerFilter | None = option(
        None,
        help="The filter of your mail server, rspamd or spamassassin, whose findings in header fields are believed. "
        "Your server has to take such fields out of what comes from outside.",
    )
    believed_fields: tuple[Line, ...] = option(
        (),
        help="The only header fields that are believed. Without it X-Spamd-Result and X-Spam for rspamd, X-Spam-Status "
        "and X-Spam-Flag for spamassassin.",
    )
    keywords: bool = option(
        True, help="Set $Junk and $NotJunk on the mail server, which other programs and many filters learn from."
    )
    copy_spam_to: MailboxName | None = option(
        None, help="A folder of each user's that gets a copy of reported spam, for a filter that learns from there."
    )
    copy_ham_to: MailboxName | None = option(None, help="The same for what is not spam.")
    report_spam_to: EmailAddress | None = option(
        None, help="An address that gets reported spam, attached whole to a message from the user who reports it."
    )
    report_ham_to: EmailAddress | None = option(None, help="The same for what is not spam.")
    rspamd_url: RspamdAddress | None = option(
        None, help="rspamd's controller, which learns over HTTP, such as http://127.0.0.1:11334."
    )
    rspamd_password: Secret | None = option(None, help="The password of the controller.")
    rspamd_ca_file: Path | None = option(
        None, help="A PEM file of the authorities to trust for https, in place of the system's."
    )
    timeout: timedelta = option(timedelta(seconds=10), help="How long reports to a filter may take, all together.")
    most_at_once: AtOnce = option(
        AtOnce(50), help="How many messages of one report are learned and passed on. All of them are moved."
    )
    largest: Size = option(Size(2_000_000), help="The largest message that is passed on to be learned.")

    def __post_init__(self) -> None:
        """Raise ValueError where the options do not fit together."""
        if not timedelta() < self.timeout <= timedelta(seconds=60):
            raise ValueError("timeout has to be longer than nothing and 60 s at most.")
        if self.believed_fields and self.believe is None:
            raise ValueError("believed_fields needs believe, which says whose fields they are.")
        try:
            tls.context_of(self.tls_options)
        except ConfigError as error:
            raise ValueError(f"rspamd_{error}") from error

    @property
    def tls_options(self) -> tls.TlsOptions:
        """Whom connections to rspamd trust."""
        return tls.TlsOptions(ca_file=self.rspamd_ca_file)

    @property
    def trusted_fields(self) -> tuple[str, ...]:
        """The header fields that are believed, in small letters and in the order in which they are asked."""
        named = self.believed_fields or (_FIELDS[self.believe] if self.believe is not None else ())
        return tuple(one.lower() for one in named)
