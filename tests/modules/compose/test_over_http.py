"""Composing as a browser's script does it: log in, upload, save, send, over HTTP."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from core.loader import load
from core.web.app import make_app
from core.web.site import open_parts
from demo.submission import Submission
from modules.compose.uploads import Token
from tests.core.web.door import AnyFile, Browser
from tests.messages import octets_of
from tests.modules.clamav.daemon import EICAR, clamd
from tests.modules.compose.desk import parsed, text_of, write_ini
from tests.modules.webmail import open_webmail
from tests.servers.mail_user import MailUser

pytestmark = pytest.mark.servers

JSON = {"Accept": "application/json"}


@dataclass
class Script:
    """What a page's script asks of the site, in JSON."""

    browser: Browser
    user: MailUser
    csrf: str = ""

    def log_in(self) -> None:
        self.browser.log_in(self.user.name, self.user.password)
        self.csrf = self.browser.token("/settings")

    def get(self, where: str) -> dict[str, object]:
        answer: dict[str, object] = self.browser.get(where, **JSON).get_json()
        return answer

    def post(self, where: str, data: dict[str, object]) -> tuple[int, dict[str, object]]:
        answer = self.browser.post(where, data, token=self.csrf, **JSON)
        return answer.status_code, answer.get_json()


@pytest.fixture
def script(mail_user: MailUser, submission: Submission, tmp_path: Path) -> Iterator[Script]:
    """The script of a user who is logged in."""
    with open_parts(load(write_ini(mail_user, submission, tmp_path)), built=tmp_path) as site:
        script = Script(Browser(make_app(replace(site, assets=AnyFile(tmp_path))).test_client()), mail_user)
        script.log_in()
        yield script


def test_files_go_up_and_out_with_the_message(script: Script) -> None:
    form = script.get("/compose")
    assert Token.parse(str(form["token"])) and form["sender"] == script.user.name
    sent = {"token": form["token"], "files": [(io.BytesIO(b"\0\1\2"), "größe.bin"), (io.BytesIO(b"4"), "b.bin")]}
    status, told = script.post("/compose/attachments", sent)
    files = told["files"]
    assert status == 200 and isinstance(files, list)
    assert [(one["name"], one["size"]) for one in files] == [("größe.bin", 3), ("b.bin", 1)]
    message = {"token": form["token"], "to": script.user.name, "body": "Hi", "upload": [one["id"] for one in files]}
    status, told = script.post("/compose", message)
    assert (status, told["text"], told["location"]) == (200, "The message was sent.", "/mail/")
    (raw,) = script.user.messages()
    names = [part.get_filename() for part in parsed(raw).iter_attachments()]
    assert (text_of(parsed(raw)), names) == ("Hi\n", ["größe.bin", "b.bin"])


def test_a_draft_is_saved_and_its_place_told(script: Script) -> None:
    token = str(script.get("/compose")["token"])
    status, told = script.post("/compose/draft", {"token": token, "subject": "Later", "to": "an"})
    assert (status, told["mailbox"], told["attachments"]) == (200, "Drafts", [])
    (raw,) = script.user.messages("Drafts")
    assert parsed(raw)["Subject"] == "Later"
    assert script.get(str(told["location"]))["to"] == "an"


def test_a_text_that_outlook_packed_is_quoted_like_any_other(script: Script) -> None:
    alone, rtf, hostile = (script.user.append(octets_of(name)) for name in ("tnef-alone", "tnef-rtf", "tnef-html"))
    reply, forward = "/compose?mode=reply&mailbox=INBOX&uid=", "/compose?mode=forward&mailbox=INBOX&uid="
    assert "> The packed words" in str(script.get(f"{reply}{alone}")["body"])
    assert "> Grüße <b>from</b> the garden." in str(script.get(f"{reply}{rtf}")["body"])
    assert script.post("/settings/compose", {"format": "rich"})[0] == 200
    html = str(script.get(f"{reply}{hostile}")["html"])
    assert "<blockquote>" in html and "Привет" in html and "&lt;b&gt;3&lt;/b&gt;" in html
    assert all(word not in html for word in ("<script", "tracker.example", "javascript:", "cid:", "onload"))
    forwarded = script.get(f"{forward}{alone}")
    assert "The packed words" in str(forwarded["html"]) and "winmail.dat" in str(forwarded["attachments"])
    anew = script.get(f"/compose?mode=edit&mailbox=INBOX&uid={rtf}")
    assert anew["format"] == "rich" and "from</b> the garden" not in str(anew["html"])
    assert "Grüße &lt;b&gt;from&lt;/b&gt; the garden." in str(anew["html"])


@pytest.mark.parametrize("mode", ["reply", "forward"])
def test_pictures_that_outlook_packed_go_along_with_a_quoted_text(script: Script, mode: str) -> None:
    uid = script.user.append(octets_of("tnef-html"))
    script.post("/settings/compose", {"format": "rich"})
    form = script.get(f"/compose?mode={mode}&mailbox=INBOX&uid={uid}")
    html = str(form["html"])
    assert f'src="/mail/main/INBOX/{uid}/part/1/packed/0?inline=1"' in html
    asked = {"token": form["token"], "mode": mode, "mailbox": "INBOX", "uid": uid, "format": "rich", "html": html}
    assert script.post("/compose", {**asked, "to": script.user.name, "subject": "Roses"})[0] == 200
    sent = parsed(script.user.messages()[1])
    (picture,) = (part for part in sent.walk() if part.get_content_type() == "image/png")
    assert b"unseen words" in picture.get_content()
    quoted = text_of(sent, "html")
    assert f'src="cid:{picture["Content-ID"].strip("<>")}"' in quoted and "/packed/" not in quoted


@pytest.mark.parametrize("rest", ["1/packed/7?inline=1", "2/packed/0?inline=1"])
def test_what_is_packed_nowhere_goes_along_with_nothing(script: Script, rest: str) -> None:
    uid = script.user.append(octets_of("tnef-html"))
    html = f'<p>Look <img src="/mail/main/INBOX/{uid}/part/{rest}"></p>'
    token = str(script.get("/compose")["token"])
    asked = {"token": token, "mode": "reply", "mailbox": "INBOX", "uid": uid, "format": "rich", "html": html}
    assert script.post("/compose", {**asked, "to": script.user.name, "subject": "Roses"})[0] == 200
    sent = parsed(script.user.messages()[1])
    assert "Look" in text_of(sent, "html") and "packed" not in text_of(sent, "html")
    assert not [part for part in sent.walk() if part.get_content_maintype() == "image"]


def test_what_is_wrong_is_told_by_field(script: Script) -> None:
    token = str(script.get("/compose")["token"])
    status, told = script.post("/compose", {"token": token, "to": "an"})
    error = told["error"]
    assert status == 422 and isinstance(error, dict)
    assert error["fields"] == [{"field": "to", "reason": "`an` is not an email address"}]


def test_what_was_typed_outlives_the_session(script: Script) -> None:
    token = str(script.get("/compose")["token"])
    script.browser.post("/logout", {}, token=script.csrf)
    answer = script.browser.post("/compose", {"token": token, "to": "ann@x.example", "body": "Long work"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 401
    assert "Long work" in page and "ann@x.example" in page and token in page


def test_a_log_out_removes_what_was_uploaded(script: Script, tmp_path: Path) -> None:
    token = str(script.get("/compose")["token"])
    script.post("/compose/attachments", {"token": token, "files": [(io.BytesIO(b"1"), "a.bin")]})
    assert [file for file in (tmp_path / "compose").rglob("*") if file.is_file()]
    script.browser.post("/logout", {}, token=script.csrf)
    assert not [file for file in (tmp_path / "compose").rglob("*") if file.is_file()]


def test_a_person_without_scripts_sees_the_form_and_what_was_wrong_with_it(script: Script) -> None:
    token = str(script.get("/compose")["token"])
    message = {"token": token, "to": "an", "subject": "Plants", "files": [(io.BytesIO(b"1"), "a.bin")]}
    answer = script.browser.post("/compose", message, token=script.csrf)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "is not an email address" in page and "a.bin" in page and 'value="Plants"' in page and token in page


def test_a_person_without_scripts_saves_and_goes_on(script: Script) -> None:
    token = str(script.get("/compose")["token"])
    message = {"token": token, "subject": "Later", "action": "save", "files": [(io.BytesIO(b"1"), "a.bin")]}
    location = script.browser.post("/compose", message, token=script.csrf).location
    page = script.browser.get(location).get_data(as_text=True)
    assert 'value="Later"' in page and "a.bin" in page and "Draft saved." in page


def rules(mail_user: MailUser, submission: Submission, folder: Path, more: str) -> Path:
    """An hm3.ini with more of it."""
    ini = write_ini(mail_user, submission, folder)
    ini.write_text(ini.read_text("utf-8") + more, "utf-8")
    return ini


def test_of_several_files_each_that_is_refused_is_named_and_the_others_stay(
    mail_user: MailUser, submission: Submission, tmp_path: Path
) -> None:
    ini = rules(mail_user, submission, tmp_path, "[attachments]\ndeny_extensions = exe\ndeny_types = image/*\n")
    with open_webmail(ini) as webmail:
        webmail.log_in(mail_user.name, mail_user.password)
        token = webmail.see("/compose").value("form.compose input[name=token]")
        files = [(io.BytesIO(b"1"), "a.txt"), (io.BytesIO(b"MZ"), "b.exe"), (io.BytesIO(b"GIF89a"), "c.txt")]
        written = {"token": token, "to": "ada@example.test", "subject": "Plants", "body": "Words", "files": files}
        answer = webmail.browser.post("/compose", written, token=webmail.browser.token("/settings"))
        page = LexborHTMLParser(answer.get_data(as_text=True))
    told = " ".join(one.text() for one in page.css('[role="alert"]'))
    assert answer.status_code == 422 and "b.exe is not taken: Files that end in .exe" in told
    assert "c.txt is not taken: by its content it is an image (GIF)" in told
    kept = [one.attributes["data-name"] for one in page.css(".file")]
    text = page.css_first("textarea[name=body]")
    assert kept == ["a.txt"] and text is not None and text.text().strip() == "Words"


def test_what_readers_are_warned_of_is_told_to_who_sends_it(script: Script) -> None:
    token = script.get("/compose")["token"]
    status, told = script.post("/compose/attachments", {"token": token, "files": [(io.BytesIO(b"<html>"), "a.html")]})
    files = told["files"]
    assert status == 200 and isinstance(files, list)
    assert [one["note"] for one in files] == ["This is a web page."]


def test_a_virus_goes_nowhere(mail_user: MailUser, submission: Submission, tmp_path: Path) -> None:
    with clamd() as daemon:
        own = f"[modules]\nclamav = on\n[clamav]\nhost = 127.0.0.1\nport = {daemon.port}\n"
        with open_webmail(rules(mail_user, submission, tmp_path, own)) as webmail:
            webmail.log_in(mail_user.name, mail_user.password)
            token = webmail.see("/compose").value("form.compose input[name=token]")
            for name, octets, status in (("a.txt", EICAR, 422), ("b.txt", b"well", 200)):
                sent = {"token": token, "files": [(io.BytesIO(octets), name)]}
                answer = webmail.browser.post(
                    "/compose/attachments", sent, token=webmail.browser.token("/settings"), **JSON
                )
                assert answer.status_code == status
            daemon.says = b"out of memory ERROR\0"
            sent = {"token": token, "files": [(io.BytesIO(b"1"), "c.txt")]}
            answer = webmail.browser.post(
                "/compose/attachments", sent, token=webmail.browser.token("/settings"), **JSON
            )
    assert answer.status_code == 502 and "c.txt cannot be checked" in answer.get_data(as_text=True)
