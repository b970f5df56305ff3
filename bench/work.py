"""The pieces of work that are measured: what a person does in hm3, and the bare IMAP commands for the same."""

import html
import re
import smtplib
from collections.abc import Callable
from dataclasses import dataclass

from bench.bare import BareImap
from bench.fill import BULK, BULK_SIZE, FILES
from bench.letters import new_letter, rare_subject, rare_word
from bench.little import conversation_of, found_last
from bench.sides import PAGE, Bench

FAR_PAGE = 2000
TARGET = "Projects/01"
_MESSAGE = "(UID FLAGS RFC822.SIZE INTERNALDATE BODY.PEEK[HEADER] BODYSTRUCTURE)"


Step = Callable[[Bench, int], object]


def _nothing(bench: Bench, number: int) -> None:
    """Nothing is to be prepared."""


@dataclass(frozen=True)
class Work:
    """One piece of work; `number` counts the rounds, so that each round takes other messages.

    `prepare` is not measured. `cold` says that a first request after a log-in is worth measuring, `reads` that any
    mailbox will do and stays as it is.
    """

    name: str
    title: str
    hm3: Step
    bare: Step
    prepare: Step = _nothing
    cold: bool = False
    reads: bool = False
    needs: int = 0
    most_rounds: int = 1000


def _log_in(bench: Bench, number: int) -> None:
    location = bench.browser.log_in(bench.login.name, bench.login.password)
    bench.browser.follow(location)


def _log_out(bench: Bench, number: int) -> None:
    bench.browser.log_out()
    # The form's page is there before a person types; what is measured begins when it is sent.
    bench.browser.follow("/login")


def _bare_log_in(bench: Bench, number: int) -> None:
    with BareImap(bench.bare_port) as server:
        server.log_in(bench.bare_login.name, bench.bare_login.password)
        server.ask('SELECT "INBOX"', *bench.counts, f"FETCH {bench.numbers_of(0)} {bench.row}")


def _folders(bench: Bench, number: int) -> None:
    bench.browser.get(f"{bench.inbox}?part=layout.sidebar", script=True)


def list_newest(bench: Bench, number: int) -> None:
    bench.browser.get(bench.inbox)


def bare_list(bench: Bench, number: int) -> None:
    bench.bare.ask(f"FETCH {bench.numbers_of(0)} {bench.row}")


def _far(bench: Bench, number: int) -> None:
    bench.browser.get(f"{bench.inbox}?start={bench.first_of(FAR_PAGE - 1 - number)}")


def _bare_far(bench: Bench, number: int) -> None:
    bench.bare.ask(f"FETCH {bench.numbers_of(bench.first_of(FAR_PAGE - 1 - number))} {bench.row}")


def _next(bench: Bench, number: int) -> None:
    start = bench.first_of(1 + number % 100)
    bench.browser.get(f"{bench.inbox}?start={start}&limit={PAGE}&part=mail.rows", script=True)


def _bare_next(bench: Bench, number: int) -> None:
    bench.bare.ask(f"FETCH {bench.numbers_of(bench.first_of(1 + number % 100))} {bench.row}")


def _both(hm3: Step, bare: Step) -> Step:
    """The same work on both sides, for what has to be known before it is measured."""

    def prepare(bench: Bench, number: int) -> None:
        hm3(bench, number)
        bare(bench, number)

    return prepare


def _newsletter(bench: Bench, number: int) -> None:
    open_message(bench, bench.newsletters[number % len(bench.newsletters)])


def _bare_newsletter(bench: Bench, number: int) -> None:
    bare_open(bench, bench.newsletters[number % len(bench.newsletters)])


def open_message(bench: Bench, uid: int) -> None:
    """The message beside the list, as a click on its row brings it, with its text; a long one its frame asks for."""
    answer = bench.browser.get(f"{bench.inbox}{uid}?along=1&part=mail.reading{bench.peek}", script=True)
    if b"<template data-letter=" not in answer.body:
        bench.browser.get(f"{bench.inbox}{uid}/frame", place="iframe")


def bare_open(bench: Bench, uid: int, section: str = "1") -> None:
    bench.bare.ask(f"UID FETCH {uid} {_MESSAGE}", f"UID FETCH {uid} (BODY.PEEK[{section}])")


def _search(bench: Bench, words: str) -> None:
    bench.browser.get(f"{bench.inbox}?q={words}&part=mail.rows", script=True)


def _bare_search(bench: Bench, key: str) -> None:
    if found := found_last(bench.bare, bench.able, key, PAGE):
        bench.bare.ask(f"UID FETCH {','.join(map(str, found))} {bench.row}")


def _conversation(bench: Bench, number: int) -> None:
    bench.browser.get(f"{bench.inbox}{bench.a_plain(number)}?part=mail.conversation{bench.peek}", script=True)


def _bare_conversation(bench: Bench, number: int) -> None:
    conversation_of(bench.bare, bench.able, bench.a_plain(number), bench.row)


def flag(bench: Bench, number: int) -> None:
    bench.act("INBOX", "unstar" if number % 2 else "star", [bench.a_plain(number // 2)])


def bare_flag(bench: Bench, number: int) -> None:
    bench.bare.ask(f"UID STORE {bench.a_plain(number // 2)} {'-' if number % 2 else '+'}FLAGS.SILENT (\\Flagged)")


def _move(bench: Bench, number: int) -> None:
    bench.act("INBOX", "move", [bench.plain[-1 - number]], ("target", TARGET))
    bench.size -= 1


def _bare_move(bench: Bench, number: int) -> None:
    bench.bare.ask(f'UID MOVE {bench.plain[-1 - number]} "{TARGET}"')
    bench.bare_size -= 1


def _bulk(number: int) -> range:
    return range(number * BULK_SIZE + 1, (number + 1) * BULK_SIZE + 1)


def _archive(bench: Bench, number: int) -> None:
    bench.act(BULK, "archive", list(_bulk(number)))


def _bare_archive(bench: Bench, number: int) -> None:
    wanted = _bulk(number)
    bench.bare.ask(f'UID MOVE {wanted[0]}:{wanted[-1]} "Archive"')


def _download(bench: Bench, number: int) -> None:
    bench.browser.get(f"{bench.base}{FILES}/1/part/2")


def _bare_download(bench: Bench, number: int) -> None:
    bench.bare.ask("UID FETCH 1 (BODY.PEEK[2])")


def _deliver(bench: Bench, number: int) -> None:
    for login in (bench.login, bench.bare_login):
        with BareImap(bench.bare_port) as server:
            server.log_in(login.name, login.password)
            server.append("INBOX", [("", "01-Nov-2026 12:00:00 +0000", new_letter(number))])
    bench.size += 1
    bench.bare_size += 1


def _arrival(bench: Bench, number: int) -> None:
    """What the page's script asks when it looks, and the rows it then shows."""
    bench.browser.get(f"{bench.inbox}?start=0&limit={PAGE}&part=mail.rows", script=True)


def _bare_arrival(bench: Bench, number: int) -> None:
    bench.bare.ask("NOOP")
    bench.bare.ask(f"FETCH {bench.numbers_of(0)} {bench.row}")


def _send(bench: Bench, number: int) -> None:
    """The page to write on, and the sending of what was written; the copy in Sent is part of it."""
    page = bench.browser.get("/compose")
    fields = [
        ("token", _field(page.body, "token")),
        ("sender", _field(page.body, "sender")),
        ("to", "somebody@elsewhere.example"),
        ("subject", f"Sent {number}"),
        ("body", "A few words.\n" * 20),
    ]
    bench.browser.post("/compose", fields)


def _bare_send(bench: Bench, number: int) -> None:
    assert bench.smtp is not None
    with smtplib.SMTP_SSL("127.0.0.1", bench.smtp.port, context=bench.smtp.context) as server:
        server.login(bench.bare_login.name, bench.bare_login.password)
        server.sendmail(bench.bare_login.name, ["somebody@elsewhere.example"], new_letter(number))
    bench.bare.append("Sent", [("\\Seen", "01-Nov-2026 12:00:00 +0000", new_letter(number))])


def _field(page: bytes, name: str) -> str:
    """What a form's field holds, or the first choice that a list of them offers."""
    for pattern in (rf'name="{name}"[^>]*? value="([^"]*)"', rf'name="{name}".*?<option[^>]*? value="([^"]*)"'):
        if found := re.search(pattern.encode(), page, re.DOTALL):
            return html.unescape(found[1].decode())
    return ""


WORKS: tuple[Work, ...] = (
    Work("login", "log in, to the list", _log_in, _bare_log_in, prepare=_log_out, reads=True),
    Work(
        "folders",
        "50 folders with counts",
        _folders,
        lambda bench, number: bench.bare.ask(*bench.counts),
        cold=True,
        reads=True,
    ),
    Work("list", "newest 50", list_newest, bare_list, cold=True, reads=True),
    Work("next", "next 50", _next, _bare_next, cold=True, reads=True),
    Work("again-next", "next 50 again", _next, _bare_next, prepare=_both(_next, _bare_next), reads=True),
    Work("far", "page 2,000", _far, _bare_far, cold=True, reads=True),
    Work(
        "open-plain",
        "open a short message",
        lambda bench, number: open_message(bench, bench.a_plain(number)),
        lambda bench, number: bare_open(bench, bench.a_plain(number)),
        cold=True,
        reads=True,
    ),
    Work(
        "open-html",
        "open a newsletter",
        _newsletter,
        _bare_newsletter,
        cold=True,
    ),
    Work(
        "again-html",
        "a newsletter again",
        _newsletter,
        _bare_newsletter,
        prepare=_both(_newsletter, _bare_newsletter),
    ),
    Work(
        "open-heavy",
        "open 1 MB with attachments",
        lambda bench, number: open_message(bench, bench.heavy[number % len(bench.heavy)]),
        lambda bench, number: bare_open(bench, bench.heavy[number % len(bench.heavy)]),
        cold=True,
    ),
    Work("conversation", "rest of a conversation", _conversation, _bare_conversation, cold=True, reads=True),
    Work(
        "search-subject",
        "search in subjects",
        lambda bench, number: _search(bench, f"subject:{rare_subject(number)}"),
        lambda bench, number: _bare_search(bench, f"SUBJECT {rare_subject(number)}"),
        cold=True,
        reads=True,
    ),
    Work(
        "search-text",
        "search in texts",
        lambda bench, number: _search(bench, rare_word(number)),
        lambda bench, number: _bare_search(bench, f"TEXT {rare_word(number)}"),
        cold=True,
        reads=True,
        most_rounds=7,
    ),
    Work("flag", "star a message", flag, bare_flag),
    Work("move", "move a message", _move, _bare_move, most_rounds=150),
    Work("arrival", "list after new mail", _arrival, _bare_arrival, prepare=_deliver),
    Work("send", "write and send", _send, _bare_send),
    Work(
        "archive",
        "archive 1,000 messages",
        _archive,
        _bare_archive,
        prepare=lambda bench, number: bench.select(BULK),
        needs=BULK_SIZE + 1,
        most_rounds=5,
    ),
    Work(
        "attachment",
        "download 25 MB",
        _download,
        _bare_download,
        prepare=lambda bench, number: bench.select(FILES),
        most_rounds=5,
    ),
)
