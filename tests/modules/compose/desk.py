"""A user at a desk: the wired application with mail, imap, smtp and compose, before real servers."""

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from core import (
    Application,
    Clock,
    Data,
    Format,
    Page,
    RawRequest,
    Redirect,
    Secret,
    Session,
    Shown,
    Upload,
    User,
    Wanted,
)
from core.loader import load
from core.security.crypto import new_key
from core.web.site import open_parts
from demo.submission import Submission
from modules.compose.module import compose_page, send_page
from modules.compose.results import ComposeForm
from modules.imap.api import PASSWORD, USERNAME
from tests.passwords import QUICK_PASSWORDS
from tests.servers.mail_user import MailUser

QUESTION = b"""From: Ann <ann@garden.example>\r
To: %s, Bob <bob@garden.example>\r
Subject: Tomatoes\r
Date: Mon, 30 Nov 2026 14:05:00 +0000\r
Message-ID: <q@garden.example>\r
References: <p@garden.example>\r
\r
How are they?\r
"""

Fields = Mapping[str, str | Sequence[str]]


@dataclass
class Desk:
    """One logged-in user's requests, without a browser."""

    application: Application
    user: MailUser
    session: Session
    submission: Submission
    data: Path

    def ask(self, page: Page, form: Fields | None = None, *files: Upload, **path: str) -> Redirect:
        """Submit a form as a script does; refusals are raised."""
        request = self._request("POST", form or {}, files, path)
        answer = self.application.answer(page, request, self.session, Wanted(Format.JSON))
        assert isinstance(answer, Redirect)
        return answer

    def submit(self, form: Fields, *files: Upload, page: Page = send_page) -> Redirect | Shown:
        """Submit the compose form as a browser does: what is refused is shown again."""
        answer = self.application.answer(page, self._request("POST", form, files, {}), self.session)
        assert isinstance(answer, Redirect | Shown)
        return answer

    def refused(self, form: Fields, *files: Upload) -> tuple[Shown, ComposeForm]:
        """The page that is shown again, and its form."""
        shown = self.submit(form, *files)
        assert isinstance(shown, Shown), shown
        return shown, form_of(shown)

    def begin(self, **query: str | int) -> ComposeForm:
        """The compose form that an address leads to."""
        asked = {name: [str(value)] for name, value in query.items()}
        answer = self.application.answer(compose_page, RawRequest(query=asked), self.session, Wanted(Format.JSON))
        assert isinstance(answer, Data) and isinstance(answer.value, ComposeForm)
        return answer.value

    def write(self, **fields: str | Sequence[str]) -> dict[str, str | Sequence[str]]:
        """The fields of a new message to oneself, with changes."""
        form = {"token": self.begin().token, "to": self.user.name, "subject": "Plants", "body": "Hello"}
        return {**form, **fields}

    def inbox(self) -> EmailMessage:
        """The one message in the inbox."""
        (raw,) = self.user.messages()
        return parsed(raw)

    def _request(self, method: str, form: Fields, files: Sequence[Upload], path: Mapping[str, str]) -> RawRequest:
        sent = {name: [value] if isinstance(value, str) else list(value) for name, value in form.items()}
        return RawRequest(method, path=path, form=sent, uploads={"files": list(files)} if files else {})


def form_of(shown: Shown) -> ComposeForm:
    """The form that a page shows."""
    ((fragment,),) = [fragments for name, fragments in shown.slots.items() if name == "compose.compose.body"]
    compose = fragment.values["compose"]
    assert isinstance(compose, ComposeForm)
    return compose


def fields_of(form: ComposeForm) -> dict[str, str | Sequence[str]]:
    """What a browser submits when nothing in the form was changed."""
    texts = {
        "token": form.token,
        "mode": form.mode.value,
        "account": form.account or "",
        "mailbox": form.mailbox or "",
        "uid": str(form.uid or ""),
        "draft": str(form.draft or ""),
        "draft_mailbox": form.draft_mailbox or "",
        "sender": form.sender,
        "to": form.to,
        "cc": form.cc,
        "bcc": form.bcc,
        "subject": form.subject,
        "body": form.body,
        "html": form.html,
        "format": form.format.value,
        "receipt": "1" if form.receipt else "0",
    }
    kept = {name: [one.value for one in form.attachments if one.field == name] for name in ("upload", "keep")}
    return {**texts, **kept}


def a_file(name: str, octets: bytes, media_type: str = "application/octet-stream") -> Upload:
    """A file as a browser uploads it."""
    return Upload(name, media_type, io.BytesIO(octets), len(octets))


def parsed(raw: bytes) -> EmailMessage:
    """A message, read by another parser than ours."""
    message = message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def text_of(message: EmailMessage, kind: str = "plain") -> str:
    """A message's text."""
    body = message.get_body((kind,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def write_ini(user: MailUser, submission: Submission, data: Path, compose: str = "") -> Path:
    """An hm3.ini that names the test's servers; `compose` is more of it."""
    dovecot = user.dovecot
    ini = data / "hm3.ini"
    ini.write_text(
        f"""{QUICK_PASSWORDS}
[app]
data = {data}
[imap]
host = localhost
port = {dovecot.imaps_port}
ca_file = {dovecot.ca_file}
[smtp]
host = localhost
port = {submission.tls_port}
ca_file = {submission.certificates.ca_file}
[compose]
{compose}
"""
    )
    return ini


def sit_down(user: MailUser, submission: Submission, data: Path, compose: str = "") -> Iterator[Desk]:
    """A desk for a user of the test's servers; `compose` is more of hm3.ini."""
    ini = write_ini(user, submission, data, compose)
    session = Session(id="desk", visitor=User(user.name), key=new_key())
    session.keep(USERNAME, Secret(user.name))
    session.keep(PASSWORD, Secret(user.password))
    with open_parts(load(ini), Clock(lambda: datetime.now(UTC)), built=data) as site:
        yield Desk(site.application, user, session, submission, data)


def put_question(desk: Desk) -> int:
    """Put a question to the user into their INBOX; its UID."""
    return desk.user.append(QUESTION % desk.user.name.encode())
