"""Words that nobody else writes, put into everything that is stored, then looked for in every file and in the log."""

import base64
import io
import json
import logging
import re
import secrets
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest

from core.security.crypto import marks
from core.security.suites import Suite
from demo.submission import Submission
from tests.modules.compose.desk import write_ini
from tests.modules.webmail import open_webmail
from tests.servers.mail_user import MailUser

pytestmark = pytest.mark.servers


def disguises(word: str) -> Iterator[bytes]:
    """The ways in which a word may lie in a file without being encrypted."""
    plain = word.encode()
    yield from (plain, plain.hex().encode(), plain.hex().upper().encode(), quote(word, safe="").encode())
    yield from (word.encode("utf-16-le"), word.encode("utf-16-be"), json.dumps(word)[1:-1].encode(), plain[::-1])
    for shift in range(3):
        padded = base64.b64encode(b"\0" * shift + plain)
        # The letters at both ends also depend on the neighbours.
        inner = padded[4 if shift else 0 : -4]
        yield from (inner, inner.replace(b"+", b"-").replace(b"/", b"_"))


def swept(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file below a folder, and what comes out of it where it is packed."""
    for file in folder.rglob("*"):
        if not file.is_file() or file.name == "hm3.ini":
            continue
        octets = file.read_bytes()
        yield str(file.relative_to(folder)), octets
        for found in re.finditer(rb"\x78[\x01\x9c\xda]", octets):
            try:
                yield f"{file.name} unpacked", zlib.decompressobj().decompress(octets[found.start() :], 100_000)
            except zlib.error:
                continue


def suites_of(folder: Path) -> dict[str, set[int]]:
    """In which suites the ciphertexts of each table and column are; salts and commitments are none."""
    found: dict[str, set[int]] = {}
    with closing(sqlite3.connect(folder / "hm3.sqlite")) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            for column in database.execute(f"PRAGMA table_info({table})").fetchall():
                if column[2] != "BLOB" or column[1] in ("salt", "commitment"):
                    continue
                rows = database.execute(f"SELECT {column[1]} FROM {table} WHERE {column[1]} IS NOT NULL").fetchall()
                if rows:
                    found[f"{table}.{column[1]}"] = {marks(blob).suite for (blob,) in rows}
    return found


@pytest.mark.parametrize("suite", list(Suite))
def test_nothing_of_a_user_lies_readable_in_any_file_or_in_the_log(
    mail_user: MailUser, submission: Submission, tmp_path: Path, caplog: pytest.LogCaptureFixture, suite: Suite
) -> None:
    kinds = ("signature", "sender", "subject", "file", "name", "label", "owner")
    canaries = {what: f"canary{secrets.token_hex(8)}" for what in kinds}
    caplog.set_level(logging.DEBUG, "hm3")
    dovecot = mail_user.dovecot
    more = f"[crypto]\nsuite = {suite.value}\n[accounts]\ninner_networks = yes\nca_file = {dovecot.ca_file}\n"
    ini = write_ini(mail_user, submission, tmp_path, f"{more}ports = {dovecot.imaps_port}\n")
    with open_webmail(ini) as webmail:
        webmail.log_in(mail_user.name, mail_user.password, remember="1")
        account = {"address": mail_user.name, "password": mail_user.password, "imap_host": "localhost"}
        called = {"label": canaries["label"], "display_name": canaries["owner"]}
        port = {"imap_port": str(dovecot.imaps_port)}
        assert webmail.send("/accounts/new", {**account, **called, **port}).status == 303
        webmail.see("/mail/main/INBOX/")
        saved = {"signature": canaries["signature"], "name": canaries["sender"]}
        page = webmail.see("/settings")
        for form in page.tree.css("form[data-settings]"):
            names = {field.attributes.get("name") for field in form.css("[name]")}
            if chosen := {name: value for name, value in saved.items() if name in names}:
                assert webmail.send(str(form.attributes["action"]), chosen).status == 303
        compose = webmail.see("/compose")
        token = compose.value("form.compose [name=token]")
        upload = (io.BytesIO(canaries["file"].encode() * 50), f"{canaries['name']}.txt")
        csrf = webmail.browser.token("/settings")
        sent = webmail.browser.post("/compose/attachments", {"token": token, "files": [upload]}, token=csrf)
        assert sent.status_code in (200, 303)
        webmail.send("/compose/draft", {"token": token, "subject": canaries["subject"], "to": "x@example.test"})
        assert canaries["signature"] in webmail.see("/settings").html
        canaries |= {"user": mail_user.name, "password": mail_user.password}
        files = list(swept(tmp_path))
        assert len(files) > 3 and sum(len(octets) for _, octets in files) > 50_000
        found = [
            (what, name)
            for what, word in canaries.items()
            for name, octets in files
            if any(disguise in octets for disguise in disguises(word))
        ]
    assert found == []
    used = suites_of(tmp_path)
    assert {"core_sessions.blob", "core_settings.blob", "accounts_saved.secret", "remember_tokens.login"} <= set(used)
    assert {where: numbers for where, numbers in used.items() if numbers != {suite.number}} == {}
    assert [what for what, word in canaries.items() if word in caplog.text] == []


def test_the_search_would_find_what_is_there(tmp_path: Path) -> None:
    for number, disguise in enumerate(disguises("canary0123456789")):
        (tmp_path / str(number)).write_bytes(b"xx" + disguise + b"yy")
    (tmp_path / "packed").write_bytes(b"xx" + zlib.compress(b"-- canary0123456789 --"))
    found = {name for name, octets in swept(tmp_path) if any(one in octets for one in disguises("canary0123456789"))}
    assert len(found) == len(list(disguises("x"))) + 1
