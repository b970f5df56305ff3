"""What bare IMAP asks of mail servers that can do more or less: the fewest commands that give the same."""

import re

from bench.bare import BareImap

_WITH_COUNTS = 'LIST "" "*" RETURN (SUBSCRIBED SPECIAL-USE STATUS (MESSAGES UNSEEN))'
_LISTED = re.compile(
    rb'\* LIST \(([^)]*)\) (?:NIL|"(?:\\.|[^"\\])*") ("(?:\\.|[^"\\])*"|[^\s{"]\S*)\r\n', re.IGNORECASE
)
_NAMED = re.compile(rb"<[!-;=?-~]{4,400}>")
_IDENTIFIERS = "BODY.PEEK[HEADER.FIELDS (MESSAGE-ID IN-REPLY-TO REFERENCES)]"


def counts_of_folders(server: BareImap, able: frozenset[str]) -> tuple[str, ...]:
    """The commands that list all folders with their counts: one for a server that has LIST-STATUS (RFC 5819)."""
    if "LIST-STATUS" in able:
        return (_WITH_COUNTS,)
    names = [name.decode() for flags, name in _LISTED.findall(server.ask('LIST "" "*"')) if _is_opened(flags, name)]
    return ('LIST "" "*"', *(f"STATUS {name} (MESSAGES UNSEEN)" for name in names))


def found_last(server: BareImap, able: frozenset[str], key: str, most: int) -> list[int]:
    """The newest messages that a key finds, by when they came where the server can sort (RFC 5256)."""
    kind = "SORT" if "SORT" in able else "SEARCH"
    answer = server.ask(f"UID SORT (ARRIVAL) UTF-8 {key}" if kind == "SORT" else f"UID SEARCH {key}")
    # A long search is told of before its end: * OK Searched 97% of the mailbox.
    sign = f"* {kind}".encode()
    line = next((line for line in answer.split(b"\r\n") if line.startswith(sign)), sign)
    return [int(uid) for uid in line.removeprefix(sign).split()[-most:]]


def conversation_of(server: BareImap, able: frozenset[str], uid: int, row: str) -> None:
    """The rows of a conversation that has five messages; they are searched for by identifiers without THREAD."""
    if "THREAD=REFERENCES" in able:
        first = (uid - 1) - (uid - 1) % 5 + 1
        server.ask("UID THREAD REFERENCES UTF-8 ALL", f"UID FETCH {first}:{first + 4} {row}")
        return
    key = ""
    for name in sorted(set(_NAMED.findall(server.ask(f"UID FETCH {uid} ({_IDENTIFIERS})")))):
        for field in ("Message-ID", "References", "In-Reply-To"):
            term = f'HEADER {field} "{name.decode()}"'.replace("\\", "\\\\")
            key = f"OR {term} {key}" if key else term
    found = found_last(server, able - {"SORT"}, key, 500) if key else []
    server.ask(f"UID FETCH {','.join(map(str, found or [uid]))} {row}")


def _is_opened(flags: bytes, name: bytes) -> bool:
    words = flags.lower().split()
    return name.isascii() and rb"\noselect" not in words and rb"\nonexistent" not in words
