"""How the submission server puts mail into the demo's mailboxes: by LMTP, or by APPEND where there is none."""

import asyncio
import imaplib
import smtplib
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from demo.ports import LOOPBACK


class Refused(Exception):
    """The mailbox does not take the message; the text is the SMTP reply to hand on."""


class Delivery(Protocol):
    """Where accepted messages go."""

    async def deliver(self, sender: str, recipients: Sequence[str], content: bytes) -> None:
        """Put the message into each recipient's mailbox; raise Refused when none takes it."""
        ...


@dataclass(frozen=True)
class LmtpDelivery:
    """Delivery over LMTP (RFC 2033), as Dovecot takes it."""

    port: int
    host: str = LOOPBACK

    async def deliver(self, sender: str, recipients: Sequence[str], content: bytes) -> None:
        """Deliver one by one, for LMTP answers once a recipient; raise Refused when nobody could be served."""
        await asyncio.to_thread(self._deliver, sender, recipients, content)

    def _deliver(self, sender: str, recipients: Sequence[str], content: bytes) -> None:
        refusals: list[str] = []
        for recipient in recipients:
            try:
                with smtplib.LMTP(self.host, self.port) as connection:
                    connection.sendmail(sender if sender.isascii() else "", [recipient], content)
            except smtplib.SMTPRecipientsRefused as refusal:
                refusals.append(_reply(*refusal.recipients[recipient]))
            except smtplib.SMTPResponseException as refusal:
                refusals.append(_reply(refusal.smtp_code, refusal.smtp_error))
            except (smtplib.SMTPException, OSError):
                refusals.append("451 4.3.0 The mailbox cannot be reached")
        if refusals and len(refusals) == len(recipients):
            raise Refused(refusals[0].replace("\n", " "))


def _reply(code: int, reason: bytes | str) -> str:
    return f"{code} {reason.decode('utf-8', 'replace') if isinstance(reason, bytes) else reason}"


@dataclass(frozen=True)
class AppendDelivery:
    """Delivery by logging in as the recipient and appending to INBOX, for servers without LMTP."""

    port: int
    passwords: Callable[[], Mapping[str, str]]
    host: str = LOOPBACK

    async def deliver(self, sender: str, recipients: Sequence[str], content: bytes) -> None:
        """Append a copy for each recipient; raise Refused when the server fails."""
        await asyncio.to_thread(self._deliver, sender, recipients, content)

    def _deliver(self, sender: str, recipients: Sequence[str], content: bytes) -> None:
        for recipient in recipients:
            local, _, domain = recipient.lower().rpartition("@")
            name = f"{local.partition('+')[0]}@{domain}"
            try:
                with imaplib.IMAP4(self.host, self.port, timeout=20) as connection:
                    connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    connection.login(name, self.passwords()[name])
                    kind, _ = connection.append("INBOX", "", "", f"Return-Path: <{sender}>\r\n".encode() + content)
            except (imaplib.IMAP4.error, OSError, KeyError) as error:
                raise Refused("451 4.3.0 The mailbox cannot be reached") from error
            if kind != "OK":
                raise Refused("452 4.2.2 The mailbox does not take the message")
