"""Both sides of what is measured: a browser in hm3, and a socket to the mail server."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from bench.bare import BareImap
from bench.browser import Browser
from bench.house import Login, Smtp
from bench.letters import is_heavy, is_newsletter, is_plain
from bench.little import counts_of_folders

PAGE = 50
_FIELDS = "DATE FROM SENDER REPLY-TO TO CC BCC SUBJECT MESSAGE-ID IN-REPLY-TO REFERENCES CONTENT-TYPE"


def row_items(*, previews: bool) -> str:
    """What FETCH is asked for what a row shows; `previews` says that the server has first words of texts (RFC 8970)."""
    return f"(UID FLAGS RFC822.SIZE INTERNALDATE BODY.PEEK[HEADER.FIELDS ({_FIELDS})]{' PREVIEW' if previews else ''})"


@dataclass
class Bench:
    """Both sides of one mailbox of `size` messages: a logged-in browser, and a socket with INBOX selected.

    Each side has a user of its own with the same mail, so that neither sees what the other changes.
    """

    size: int
    browser: Browser
    bare: BareImap
    login: Login
    bare_login: Login
    bare_port: int
    smtp: Smtp | None
    base: str = ""
    inbox: str = ""
    selected: str = "INBOX"
    bare_size: int = 0
    peek: str = ""
    able: frozenset[str] = frozenset()
    counts: tuple[str, ...] = ()
    row: str = row_items(previews=False)
    plain: list[int] = field(default_factory=list)
    newsletters: list[int] = field(default_factory=list)
    heavy: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Know which messages are what: the server gave out UIDs from 1 in the order of their numbers."""
        self.bare_size = self.size
        newest = range(self.size - 1, -1, -1)
        self.newsletters = [one + 1 for one in newest if is_newsletter(one) and not is_heavy(one, self.size)][:100]
        self.heavy = [one + 1 for one in newest if is_heavy(one, self.size)][:20]
        # The newest stay where they are: what is flagged and moved comes from further down.
        self.plain = [one + 1 for one in newest if is_plain(one, self.size)][:400]

    def learn(self) -> None:
        """Know a mailbox that was not made for this: how many messages it has, and which are the newest.

        Nothing is marked as read there.
        """
        lines = self.bare.ask("UID SEARCH ALL").split(b"\r\n")
        found = next((line for line in lines if line.startswith(b"* SEARCH")), b"").removeprefix(b"* SEARCH").split()
        self.size = self.bare_size = len(found)
        self.plain = [int(uid) for uid in reversed(found[-100:])]
        self.peek = "&peek=1"

    def enter(self) -> None:
        """Log the browser in, and learn where its inbox is and what the mail server can do."""
        self.able = self.bare.capabilities()
        self.row = row_items(previews="PREVIEW" in self.able)
        self.counts = counts_of_folders(self.bare, self.able)
        self.browser.follow("/login")
        location = self.browser.log_in(self.login.name, self.login.password)
        self.browser.follow(location)
        answer = self.browser.follow("/mail/")
        marker = b'action="/mail/'
        start = answer.body.index(marker) + len(marker)
        account = answer.body[start : answer.body.index(b"/", start)].decode()
        self.base = f"/mail/{account}/"
        self.inbox = f"{self.base}INBOX/"

    def enter_anew(self) -> None:
        """Log out and in again, and open no page."""
        self.browser.follow("/mail/")
        self.browser.log_out()
        self.browser.follow("/login")
        self.browser.log_in(self.login.name, self.login.password)

    @contextmanager
    def fresh_bare(self) -> Iterator[BareImap]:
        """A new connection, logged in, with no mailbox selected, in the place of the usual one within the block."""
        usual = self.bare
        with BareImap(self.bare_port) as self.bare:
            self.bare.log_in(self.bare_login.name, self.bare_login.password)
            try:
                yield self.bare
            finally:
                self.bare = usual

    def act(self, mailbox: str, action: str, uids: list[int], *more: tuple[str, str]) -> None:
        """Do something with messages, as the list's script does."""
        fields = [("action", action), *(("uid", str(uid)) for uid in uids), *more]
        self.browser.post(f"{self.base}{mailbox}/messages", fields, shown=True)

    def select(self, mailbox: str) -> None:
        """Select a mailbox on the bare socket, unless it is."""
        if self.selected != mailbox:
            self.bare.ask(f'SELECT "{mailbox}"')
            self.selected = mailbox

    def first_of(self, page: int) -> int:
        """Where a page begins, counted from 0; the last page where the mailbox ends before."""
        last = max(0, (self.size - 1) // PAGE)
        return min(page, last) * PAGE

    def numbers_of(self, start: int) -> str:
        """The sequence numbers of the bare side's page that begins there."""
        return f"{max(1, self.bare_size - start - PAGE + 1)}:{max(1, self.bare_size - start)}"

    def a_plain(self, number: int) -> int:
        """Another short message for each number."""
        return self.plain[number % len(self.plain)]
