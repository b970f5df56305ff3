"""Handing a message to the submission server (RFC 6409), and telling whom it took it for."""

import re
import smtplib
from collections.abc import Callable, Iterator, Sequence

from core import Sentence, UpstreamError
from modules.mail.api import Refused, SubmissionRefused, Submitted
from modules.smtp.config import SmtpConfig
from modules.smtp.connection import Credentials, explained, open_connection, words

CHUNK = 262_144
# RFC 5321 4.1.2, and RFC 6531 3.3 for other letters than ASCII's.
_MAILBOX = re.compile(
    r'(?:"(?:[^"\\\x00-\x1f\x7f-\x9f]|\\[^\x00-\x1f\x7f-\x9f])*"|[^\x00-\x20\x7f-\x9f<>"@]+)'
    r'@[^\x00-\x20\x7f-\x9f<>"@]+'
)
_LINE_END = re.compile(rb"\r\n|\r|\n")
_UNSURE = Sentence(
    "It had the whole message by then and may have sent it: "
    "look into Sent, or ask a recipient, before you send it again."
)
_NOT_AS = Sentence("The submission server does not let you send as this address")
_NOT_THIS = Sentence("The submission server does not take the message")


class SmtpSubmission:
    """One request's way to the submission server; it connects when it is first used."""

    def __init__(
        self, config: SmtpConfig, credentials: Callable[[], Credentials | None], *, outside: bool = False
    ) -> None:
        self._config = config
        self._outside = outside
        self._credentials = credentials
        self._connection: smtplib.SMTP | None = None

    def submit(
        self, return_path: str, recipients: Sequence[str], message: bytes, *, receipt: bool = False
    ) -> Submitted:
        """Hand in a message; with `receipt` the servers on its way are asked to report its delivery (RFC 3461).

        Raises SubmissionRefused when nobody gets it, UpstreamError when the server failed.
        """
        connection = self._open()
        try:
            message = with_mail_line_ends(message)
            with explained(self._config.host):
                self._begin(connection, return_path, recipients, message, receipt)
                accepted, refused = self._name_recipients(connection, recipients, receipt)
            if not accepted:
                raise SubmissionRefused(Sentence("The submission server takes the message for nobody."), *refused)
            self._hand_over(connection, message)
        except BaseException:
            self.close()
            raise
        return Submitted(tuple(accepted), tuple(refused))

    def largest(self) -> int | None:
        """The size in octets the server takes, if it says (RFC 1870)."""
        return _number(self._open().esmtp_features.get("size", ""))

    def close(self) -> None:
        """Say goodbye, if a connection is open."""
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.quit()
            except (smtplib.SMTPException, OSError):
                connection.close()

    def _open(self) -> smtplib.SMTP:
        if self._connection is None:
            self._connection = open_connection(self._config, self._credentials(), outside=self._outside)
        return self._connection

    def _begin(
        self, connection: smtplib.SMTP, return_path: str, recipients: Sequence[str], message: bytes, receipt: bool
    ) -> None:
        """MAIL, with the extensions that this message needs."""
        if return_path and not _MAILBOX.fullmatch(return_path):
            raise SubmissionRefused(Sentence("The address that you send as is not an email address."))
        options = [*self._size(connection, message), *_encodings(connection, (return_path, *recipients), message)]
        if receipt and connection.has_extn("dsn"):
            options.append("RET=HDRS")
        connection.command_encoding = "utf-8" if "SMTPUTF8" in options else "ascii"
        code, reply = connection.docmd("MAIL", " ".join([f"FROM:<{return_path}>", *options]))
        if code != 250:
            raise _refusal(_NOT_AS, code, reply)

    def _size(self, connection: smtplib.SMTP, message: bytes) -> list[str]:
        if not connection.has_extn("size"):
            return []
        largest = _number(connection.esmtp_features["size"])
        if largest is not None and len(message) > largest:
            raise SubmissionRefused(
                Sentence(
                    "The message has %(size)s with its attachments encoded, and the submission server takes at most "
                    "%(most)s. Take attachments out, or share them in another way.",
                    size=_megabytes(len(message)),
                    most=_megabytes(largest),
                )
            )
        return [f"SIZE={len(message)}"]

    def _name_recipients(
        self, connection: smtplib.SMTP, recipients: Sequence[str], receipt: bool
    ) -> tuple[list[str], list[Refused]]:
        """RCPT for each recipient, once."""
        options = " NOTIFY=SUCCESS,FAILURE,DELAY" if receipt and connection.has_extn("dsn") else ""
        accepted: list[str] = []
        refused: list[Refused] = []
        for address in dict.fromkeys(recipients):
            if not _MAILBOX.fullmatch(address):
                refused.append(Refused(address, Sentence("is not an email address")))
                continue
            code, reply = connection.docmd("RCPT", f"TO:<{address}>{options}")
            if code in (250, 251, 252):
                accepted.append(address)
            elif code == 421:
                raise smtplib.SMTPResponseException(code, reply)
            else:
                refused.append(Refused(address, _refused_address(code, reply)))
        return accepted, refused

    def _hand_over(self, connection: smtplib.SMTP, message: bytes) -> None:
        """DATA; the server's last answer decides."""
        with explained(self._config.host):
            code, reply = connection.docmd("DATA")
            if code != 354:
                raise _refusal(_NOT_THIS, code, reply)
            for piece in stuffed(message):
                connection.send(piece)
        with explained(self._config.host, _UNSURE):
            connection.send(b".\r\n" if message.endswith(b"\r\n") else b"\r\n.\r\n")
            code, reply = connection.getreply()
        if code == -1:
            host = self._config.host
            raise UpstreamError(
                Sentence("The submission server %(host)s gave no proper answer. %(then)s", host=host, then=_UNSURE)
            )
        if code != 250:
            raise _refusal(_NOT_THIS, code, reply)


def with_mail_line_ends(message: bytes) -> bytes:
    """The message with every line ended by CRLF, for a bare CR or LF may end a message early on its way."""
    ends = message.count(b"\r\n")
    if message.count(b"\r") == ends and message.count(b"\n") == ends:
        return message
    return _LINE_END.sub(b"\r\n", message)


def stuffed(message: bytes) -> Iterator[bytes]:
    """The message in pieces, every line that begins with a dot with one more (RFC 5321 4.5.2)."""
    for start in range(0, len(message), CHUNK):
        piece = message[start : start + CHUNK]
        begins_line = start == 0 or message[start - 1 : start] == b"\n"
        doubled = piece.replace(b"\n.", b"\n..")
        yield b"." + doubled if begins_line and piece.startswith(b".") else doubled


def _encodings(connection: smtplib.SMTP, addresses: Sequence[str], message: bytes) -> list[str]:
    """The options for octets and letters beyond ASCII (RFC 6152, RFC 6531)."""
    header_end = message.find(b"\r\n\r\n")
    header = message if header_end < 0 else message[:header_end]
    far = [address for address in addresses if not address.isascii()]
    if far or not header.isascii():
        if not connection.has_extn("smtputf8"):
            about = f"The address {far[0]} has" if far else "An address in the message's header has"
            raise SubmissionRefused(
                f"{about} letters that this submission server cannot send mail to or from (it lacks SMTPUTF8). "
                "Ask for another address."
            )
        return ["BODY=8BITMIME", "SMTPUTF8"]
    if message.isascii():
        return []
    if not connection.has_extn("8bitmime"):
        raise SubmissionRefused(
            "The message, or one attached to it, holds octets that this submission server does not carry "
            "(it lacks 8BITMIME). Attach what you forward as a file in a ZIP archive."
        )
    return ["BODY=8BITMIME"]


def _refused_address(code: int, reply: bytes) -> Sentence:
    told = words(code, reply)
    if code < 500:
        return Sentence("is refused by the server for now; try again later: %(told)s", told=told)
    return Sentence("is refused by the server: %(told)s", told=told)


def _refusal(what: Sentence, code: int, reply: bytes) -> SubmissionRefused | UpstreamError:
    told = words(code, reply)
    if 400 <= code <= 499:
        return SubmissionRefused(Sentence("%(what)s for now; try again later. It says: %(told)s", what=what, told=told))
    return SubmissionRefused(Sentence("%(what)s. It says: %(told)s", what=what, told=told))


def _number(text: str) -> int | None:
    """The limit that SIZE announces; 0 and nothing mean none (RFC 1870 4)."""
    stripped = text.strip()
    return int(stripped) or None if stripped.isascii() and stripped.isdigit() and len(stripped) < 19 else None


def _megabytes(octets: int) -> str:
    return f"{octets / 1_000_000:.1f} MB"
