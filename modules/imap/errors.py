"""What can go wrong with a mail server, told apart, each as a sentence a person can act on."""

import re
from dataclasses import dataclass
from http import HTTPStatus

from core import Conflict, NotAllowed, NotFound, Refusal, Sentence, UpstreamError

_CODE = re.compile(r"^\s*\[([A-Z0-9-]+)[^\]]*\]\s*", re.IGNORECASE)
_MISSING = re.compile(
    r"does ?n[o']t exist|nonexist|no such|unknown mailbox|mailbox not found|unknown folder|not exist", re.I
)
_FULL = re.compile(r"quota|mailbox is full|no space", re.I)
# Servers without codes say so in words; the password may be right.
_TOO_MANY = re.compile(r"too many|maximum .{0,40}connection|connection limit", re.I)
_EXISTS = re.compile(r"already exists|mailbox exists", re.I)
# Dovecot, over a connection that knows another mailbox of that name which was deleted in the same second.
_STALE = re.compile(r"deleted under us", re.I)
_LONGEST_QUOTE = 200


class Unreachable(UpstreamError):
    """No connection: the host is unknown, nothing listens there, or nobody answers in time."""


class CertificateRefused(UpstreamError):
    """The server's certificate is not to be trusted; nothing was sent."""


class WrongPassword(UpstreamError):
    """The server does not take the name and password (or token)."""


class LoginRefused(UpstreamError):
    """The server takes no log-in now, or in no way we know; the password may be right."""


class ServerGone(UpstreamError):
    """The connection broke, or the server spoke nonsense; the connection is of no more use."""


class ServerRefused(UpstreamError):
    """The server said NO or BAD to a command, for none of the reasons that have an error of their own."""


class ServerTroubled(ServerRefused):
    """The server blames itself (RFC 5530, SERVERBUG), or what it held open: on another connection it may do better."""


class CharsetRefused(Refusal):
    """The server cannot search for these letters (RFC 9051 7.1, BADCHARSET)."""


class BadName(Refusal):
    """A name that no mailbox or keyword can have."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY


class QuotaFull(Refusal):
    """There is no room for the message (RFC 9208, OVERQUOTA)."""

    status = HTTPStatus.CONFLICT


@dataclass(frozen=True)
class Answer:
    """The words of a NO or BAD: the response code, if there was one, and the text for people."""

    code: str
    text: str

    @classmethod
    def of(cls, raw: bytes | str) -> "Answer":
        """Read the text of a tagged response; what cannot be shown is left out."""
        words = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw
        found = _CODE.match(words)
        rest = words[found.end() :] if found else words
        clean = " ".join("".join(c if c.isprintable() else " " for c in rest).split())
        return cls(found[1].upper() if found else "", clean[:_LONGEST_QUOTE])


def refusal(answer: Answer, doing: str, mailbox: str = "") -> Refusal | UpstreamError:
    """The error for a command that was refused; `doing` reads after "could not", as in "move the messages"."""
    if answer.code == "OVERQUOTA" or (not answer.code and _FULL.search(answer.text)):
        return QuotaFull(
            Sentence(
                "The mail server could not %(doing)s: the quota is used up. Erase messages, then try again.",
                doing=doing,
            )
        )
    if answer.code in ("TRYCREATE", "NONEXISTENT") or (not answer.code and mailbox and _MISSING.search(answer.text)):
        return NotFound(
            Sentence(
                "There is no folder %(name)s. It may have been deleted or renamed elsewhere.",
                name=mailbox or Sentence("of this name"),
            )
        )
    if answer.code == "ALREADYEXISTS" or (not answer.code and _EXISTS.search(answer.text)):
        return Conflict(Sentence("There is a folder %(mailbox)s already. Take another name.", mailbox=mailbox))
    if answer.code == "NOPERM":
        return NotAllowed(Sentence("The mail server does not allow you to %(doing)s.", doing=doing))
    told = answer.text or Sentence("it gives no reason")
    if answer.code == "CANNOT":
        return Refusal(Sentence("The mail server can never %(doing)s: %(told)s", doing=doing, told=told))
    if answer.code in ("INUSE", "EXPUNGEISSUED"):
        return Conflict(
            Sentence(
                "The mail server could not %(doing)s while another program uses the folder. Try again.", doing=doing
            )
        )
    if answer.code == "BADCHARSET":
        return CharsetRefused(
            Sentence("The mail server can only search for plain English letters. Search for a word without others.")
        )
    is_troubled = answer.code == "SERVERBUG" or _STALE.search(answer.text)
    kind = ServerTroubled if is_troubled else ServerRefused
    return kind(Sentence("The mail server could not %(doing)s: %(told)s", doing=doing, told=told))


def login_refusal(answer: Answer, host: str) -> UpstreamError:
    """The error for a refused log-in (RFC 5530)."""
    full = not answer.code and _TOO_MANY.search(answer.text)
    if answer.code in ("", "AUTHENTICATIONFAILED", "AUTHORIZATIONFAILED") and not full:
        return WrongPassword(Sentence("The mail server %(host)s does not accept this name and password.", host=host))
    if answer.code == "EXPIRED":
        return WrongPassword(
            Sentence("The mail server %(host)s says that this password has expired. Change it there first.", host=host)
        )
    if answer.code == "PRIVACYREQUIRED":
        return LoginRefused(
            Sentence(
                "The mail server %(host)s takes passwords only over TLS. The admin must set security = tls.", host=host
            )
        )
    return LoginRefused(
        Sentence(
            "The mail server %(host)s takes no log-ins now: %(told)s. Try again later.",
            host=host,
            told=answer.text or answer.code,
        )
    )
