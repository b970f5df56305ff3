"""Mailbox names and strings on the wire: modified UTF-7 or UTF-8, and never a control character in a command line."""

import contextlib
import re

from imapclient import imap_utf7
from imapclient.imapclient import _literal  # What IMAPClient sends as a literal; it has no public name.

from modules.imap.errors import BadName
from modules.mail.api import MailboxName

_KEYWORD = re.compile(r"\\?[!#$&'+,\-./0-9:;<=>?@A-Z\[^_`a-z|}~]{1,100}", re.ASCII)
_NOT_IN_NAME = re.compile("[\0-\x1f\x7f\ud800-\udfff]")
_NOT_QUOTED = re.compile(rb"[^ -~]")
_PLAIN = re.compile(rb"[ -%'-~]+")
_LONGEST_RAW = 1000
INBOX = MailboxName("INBOX")


class Literal(_literal):  # type: ignore[misc]  # imapclient has no types; this is bytes.
    """Octets to be sent as a literal, whatever they hold."""


class BinaryLiteral(Literal):
    """Octets to be sent as a literal8, which may hold NUL (RFC 3516 4.4)."""


def encode_name(name: str, *, utf8: bool = False) -> bytes:
    """A mailbox's name as the server knows it. Raises BadName where no mailbox can be named so."""
    if not name or _NOT_IN_NAME.search(name):
        raise BadName("The name of a folder is empty or contains control characters. Take another name.")
    if utf8:
        raw = name.encode("utf-8")
    else:
        # RFC 3501 5.1.3: plain letters stand for themselves, but for the one that begins others.
        raw = name.encode("ascii").replace(b"&", b"&-") if name.isascii() else bytes(imap_utf7.encode(name))
    if len(raw) > _LONGEST_RAW:
        raise BadName("The name of this folder is too long for a mail server. Take a shorter name.")
    return raw


def decode_name(raw: bytes, *, utf8: bool = False) -> MailboxName | None:
    """A mailbox's name as people read it, or None where it has control characters: such a mailbox is not touched.

    A name in broken modified UTF-7 stands as it is; `encode_name` cannot give it back, so its octets must be kept.
    """
    if raw.upper() == b"INBOX":
        return INBOX
    try:
        return MailboxName.parse(_words_of(raw, utf8=utf8))
    except ValueError:
        return None


def _words_of(raw: bytes, *, utf8: bool) -> str:
    if _PLAIN.fullmatch(raw):
        # RFC 3501 5.1.3: these octets stand for themselves, whatever the encoding.
        return raw.decode("ascii")
    with contextlib.suppress(UnicodeError, ValueError):
        name = raw.decode("utf-8") if utf8 else str(imap_utf7.decode(raw))
        if utf8 or bytes(imap_utf7.encode(name)) == raw:
            return name
    return raw.decode("utf-8", "replace")


def string(text: bytes) -> bytes:
    """A string argument: quoted where that is safe, else a literal."""
    if len(text) > 900 or _NOT_QUOTED.search(text):
        return Literal(text)
    return b'"' + text.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'


def keyword(text: str) -> bytes:
    """A flag or keyword as an atom. Raises BadName for what cannot be one."""
    if not _KEYWORD.fullmatch(text) or text in ("\\*", "\\Recent"):
        raise BadName("A label has only letters, digits and simple signs, and no spaces.")
    return text.encode("ascii")
