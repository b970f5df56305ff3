"""Mailboxes to measure with: filled once, kept in a folder, and copied for each run."""

import imaplib
import os
import pwd
import shutil
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from bench.bare import BareImap
from bench.letters import LONG_ONES, VERSION, Letter, attachment_letter, letters
from demo.dovecot import Dovecot

FOLDERS = 50
IN_FOLDER = 20
BULK, BULK_SIZE = "Bulk", 1000
FILES, FILE_MEGABYTES = "Files", 25
_AT_ONCE = 200
_SEEDER = "bench-seed"


def folder_names() -> list[str]:
    """The folders beside INBOX: with those that the server makes by itself there are 50."""
    made_by_server = 6
    return [f"Projects/{number:02}" for number in range(FOLDERS - made_by_server - 3)] + ["Projects", BULK, FILES]


def seed_user(dovecot: Dovecot, size: int, names: list[str], seeds: Path, *, light: bool = False) -> None:
    """Give users the same mail, from the seed of this size; make the seed where there is none yet.

    A light one has no large files, for many users.
    """
    seed = seeds / f"{'light' if light else 'mailbox'}-{VERSION}-{size}"
    if not (seed / "done").exists():
        shutil.rmtree(seed, ignore_errors=True)
        _make_seed(dovecot, size, seed, light=light)
    for name in names:
        home = dovecot.layout.mail / name
        shutil.copytree(seed / "home", home)
        _hand_over(home, dovecot.layout.account)


def _make_seed(dovecot: Dovecot, size: int, seed: Path, *, light: bool) -> None:
    name, password = f"{_SEEDER}-{size}@example.test", "bench-seed"
    dovecot.add_user(name, password)
    with BareImap(dovecot.imap_port) as server:
        server.log_in(name, password)
        for folder in folder_names():
            server.ask(f'CREATE "{folder}"', f'SUBSCRIBE "{folder}"')
        _append(server, "INBOX", letters(size, long_ones=0 if light else LONG_ONES))
        for folder in folder_names():
            if folder.startswith("Projects/"):
                _append(server, folder, letters(IN_FOLDER))
        if not light:
            _append(server, FILES, [attachment_letter(FILE_MEGABYTES)])
        if size > BULK_SIZE and not light:
            _append(server, BULK, letters(6 * BULK_SIZE, long_ones=0))
        # What clients ask for is kept in the server's index, as where somebody has read mail before.
        _read_once(server)
        server.ask("LOGOUT")
    seed.mkdir(parents=True)
    shutil.copytree(dovecot.layout.mail / name, seed / "home")
    (seed / "done").touch()
    dovecot.forget_user(name)


def _read_once(server: BareImap) -> None:
    server.ask('SELECT "INBOX"')
    fields = "DATE FROM SENDER REPLY-TO TO CC BCC SUBJECT MESSAGE-ID IN-REPLY-TO REFERENCES CONTENT-TYPE"
    server.ask(f"FETCH 1:* (UID FLAGS RFC822.SIZE INTERNALDATE BODY.PEEK[HEADER.FIELDS ({fields})])")
    server.ask("UID THREAD REFERENCES UTF-8 ALL")
    server.ask("UID SORT (SUBJECT) UTF-8 ALL")


def _append(server: BareImap, mailbox: str, messages: Iterable[Letter]) -> None:
    for group in _groups(messages):
        server.append(mailbox, [(one.flags, _date(one), one.raw) for one in group])


def _groups(messages: Iterable[Letter]) -> Iterator[list[Letter]]:
    waiting = iter(messages)
    while group := list(islice(waiting, _AT_ONCE)):
        yield group


def _date(letter: Letter) -> str:
    return imaplib.Time2Internaldate(letter.received).strip('"')


def _hand_over(folder: Path, account: str) -> None:
    if os.getuid():
        return
    entry = pwd.getpwnam(account)
    for path in (folder, *folder.rglob("*")):
        os.chown(path, entry.pw_uid, entry.pw_gid)
