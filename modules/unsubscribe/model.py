"""The ways out of a mailing list that a message's header names (RFC 2369 3.2, RFC 8058)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from modules.mail.api import EmailAddress, clean, named_fields

LONGEST = 2000
_MOST = 10
_LONGEST_TEXT = 1000
_LIST, _POST = "list-unsubscribe", "list-unsubscribe-post"
FIELDS = (_LIST, _POST)
_ONE_CLICK = "list-unsubscribe=one-click"
_BRACKETED = re.compile(r"<([^<>]*)>")
# What may stand in an address as it is; all else has to be escaped (RFC 3986 2).
_ADDRESS = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+", re.ASCII)
_HOST = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)+\.?", re.ASCII)


@dataclass(frozen=True)
class WebPage:
    """A page to visit: its whole address, and the host that it is at."""

    address: str
    host: str

    @property
    def encrypted(self) -> bool:
        """Whether nobody on the way can read or change what is sent."""
        return self.address[:6].lower() == "https:"


@dataclass(frozen=True)
class Letter:
    """A message to be written, as a mailto link asks for it (RFC 6068)."""

    to: EmailAddress
    subject: str = ""
    body: str = ""

    def compose_path(self, account: str) -> str:
        """Where it can be looked at and sent."""
        fields = {"account": account, "to": self.to, "subject": self.subject, "body": self.body}
        return f"/compose?{urlencode({name: value for name, value in fields.items() if value})}"


@dataclass(frozen=True)
class Ways:
    """All ways out of a list. `one_click` is a page that takes a request without anybody visiting it."""

    pages: tuple[WebPage, ...] = ()
    letters: tuple[Letter, ...] = ()
    one_click: WebPage | None = None
    name: str = ""

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self.pages or self.letters)

    @property
    def where(self) -> str:
        """Who is asked: the host or the address of the first way."""
        if self.one_click is not None:
            return self.one_click.host
        return self.pages[0].host if self.pages else str(self.letters[0].to)


def read_ways(header: bytes) -> Ways:
    """The ways that a header block names; nothing in it can make this fail, and what is broken is left out.

    One click is offered where both fields are there, and each of them once: of more than one nobody could say which
    of them was signed.
    """
    fields = named_fields(header)
    lists, posts = fields.get(_LIST), fields.get(_POST, ())
    if lists is None:
        return Ways()
    named = ["".join(one.split()) for one in _BRACKETED.findall(lists[0])[:_MOST]]
    pages = tuple(page for one in named if (page := _page(one)) is not None)
    letters = tuple(letter for one in named if (letter := _letter(one)) is not None)
    once = len(lists) == len(posts) == 1 and "".join(posts[0].split()).lower() == _ONE_CLICK
    safe = next((page for page in pages if page.encrypted), None)
    return Ways(pages, letters, safe if once else None, _name(fields.get("list-id", ())))


def _page(text: str) -> WebPage | None:
    if not _is_plain(text) or not text.lower().startswith(("https://", "http://")):
        return None
    try:
        parts = urlsplit(text)
        host, _ = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return None
    return WebPage(text, host) if _HOST.fullmatch(host) and "@" not in parts.netloc else None


def _letter(text: str) -> Letter | None:
    if not _is_plain(text) or not text.lower().startswith("mailto:"):
        return None
    to, _, query = text[len("mailto:") :].partition("?")
    try:
        # A plus is a plus here (RFC 6068 5).
        asked = dict(_lowered(parse_qsl(query.replace("+", "%2B"), max_num_fields=_MOST)))
        address = EmailAddress.parse(unquote(to or asked.get("to", ""), errors="strict"))
    except ValueError:
        return None
    return Letter(address, _line(asked.get("subject", "")), _text(asked.get("body", "")))


def _lowered(pairs: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for name, value in reversed(pairs):
        yield name.lower(), value


def _is_plain(text: str) -> bool:
    return len(text) <= LONGEST and _ADDRESS.fullmatch(text) is not None


def _line(text: str) -> str:
    return " ".join(clean(text).split())[:_LONGEST_TEXT]


def _text(text: str) -> str:
    return "\n".join(clean(line) for line in text.replace("\r\n", "\n").split("\n"))[:_LONGEST_TEXT]


def _name(named: Sequence[str]) -> str:
    """What a list calls itself (RFC 2919): the words before its id, else the id."""
    if not named:
        return ""
    words, _, identity = named[0].partition("<")
    return _line(words).strip('" ')[:200] or _line(identity.partition(">")[0])[:200]
