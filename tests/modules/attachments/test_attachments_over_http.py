"""Attachments as a person without scripts meets them: named in words, and asked about before they are saved."""

import io
import random
import zipfile
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest

from demo.submission import Submission
from tests.modules.attachments.files import PE, nested, zipped
from tests.modules.attachments.packers import Entry, rar4, rar5, seven
from tests.modules.attachments.relay import relay_to
from tests.modules.clamav.daemon import EICAR, Clamd, clamd
from tests.modules.compose.desk import write_ini
from tests.modules.mail.letters import PIXEL, plain, with_files
from tests.modules.webmail import Webmail, open_webmail
from tests.servers.mail_user import MailUser

pytestmark = pytest.mark.servers

INBOX = "/mail/main/INBOX/"


@pytest.fixture
def webmail(mail_user: MailUser, submission: Submission, tmp_path: Path) -> Iterator[Webmail]:
    """The browser of a user who is logged in."""
    with open_webmail(write_ini(mail_user, submission, tmp_path)) as webmail:
        webmail.log_in(mail_user.name, mail_user.password)
        yield webmail


@pytest.fixture
def guarded(mail_user: MailUser, submission: Submission, tmp_path: Path) -> Iterator[tuple[Webmail, Clamd]]:
    """The same on a site that has everything checked by clamd."""
    ini = write_ini(mail_user, submission, tmp_path)
    with clamd() as daemon:
        own = f"[modules]\nclamav = on\n[clamav]\nhost = 127.0.0.1\nport = {daemon.port}\ndownloads = yes\n"
        ini.write_text(ini.read_text("utf-8") + own, "utf-8")
        with open_webmail(ini) as webmail:
            webmail.log_in(mail_user.name, mail_user.password)
            yield webmail, daemon


def test_a_name_that_deceives_is_told_on_the_message(webmail: Webmail, mail_user: MailUser) -> None:
    uid = mail_user.append(with_files(("invoice.pdf.exe", PE), ("a.txt", b"a")))
    page = webmail.see(f"{INBOX}{uid}?part=mail.reading")
    odd, plain_one = page.tree.css(".attachment")
    assert "looks like that of another kind" in odd.text() and odd.attributes["data-care"] == "danger"
    assert "data-care" not in plain_one.attributes
    assert {one.attributes["href"] for one in odd.css("a")} == {f"{INBOX}{uid}/files?number=2"}


def test_before_a_program_is_saved_a_page_asks(webmail: Webmail, mail_user: MailUser) -> None:
    uid = mail_user.append(with_files(("holiday.jpg", PE)))
    assert not webmail.see(f"{INBOX}{uid}").has("[data-care]")
    answer = webmail.browser.get(f"{INBOX}{uid}/part/2")
    assert answer.status_code == 303 and answer.location == f"{INBOX}{uid}/files?number=2"
    page = webmail.see(answer.location)
    assert page.texts("h1") == ["Be careful with this file"]
    assert "it is a program (Windows)" in page.one("li.attachment").text()
    (anyway,) = (one for one in page.tree.css("a.button") if "Download anyway" in one.text())
    saved = webmail.browser.get(anyway.attributes["href"] or "")
    assert saved.get_data() == PE and saved.headers["Content-Disposition"].startswith("attachment")


def test_what_another_site_leads_to_is_asked_about_all_the_same(webmail: Webmail, mail_user: MailUser) -> None:
    uid = mail_user.append(with_files(("a.exe", PE)))
    answer = webmail.browser.get(f"{INBOX}{uid}/part/2?anyway=1", **{"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code in (303, 403)


def test_all_files_at_once_are_asked_about_if_one_of_them_is_odd(webmail: Webmail, mail_user: MailUser) -> None:
    uid = mail_user.append(with_files(("a.txt", b"a"), ("b.zip", nested(6))))
    answer = webmail.browser.get(f"{INBOX}{uid}/attachments.zip")
    assert answer.location == f"{INBOX}{uid}/files"
    page = webmail.see(answer.location)
    assert page.texts("h1") == ["Be careful with these files"] and "more than 4 deep" in page.html
    whole = webmail.browser.get(f"{INBOX}{uid}/attachments.zip?anyway=1")
    with zipfile.ZipFile(io.BytesIO(whole.get_data())) as archive:
        assert archive.namelist() == ["a.txt", "b.zip"]


def test_by_name_alone_all_files_are_asked_about_too(webmail: Webmail, mail_user: MailUser) -> None:
    uid = mail_user.append(with_files(("a.txt", b"a"), ("b.exe", PE)))
    assert webmail.browser.get(f"{INBOX}{uid}/attachments.zip").status_code == 303


def test_the_list_of_files_says_what_they_are(webmail: Webmail, mail_user: MailUser) -> None:
    files = (("a.png", PIXEL), ("b.zip", zipped(("c.txt", b"c"))), ("d.7z", seven(Entry("e.txt", 1))))
    uid = mail_user.append(with_files(*files))
    link = webmail.see(f"{INBOX}{uid}").one("a.scriptless[href$='/files']")
    page = webmail.see(link.attributes["href"] or "")
    assert page.texts("h1") == ["Attachments"] and "Nothing odd was found" in page.html
    kinds = page.texts(".attachment-size")
    assert "an image (PNG)" in kinds[0] and "an archive (ZIP)" in kinds[1] and "an archive (7-Zip)" in kinds[2]
    assert webmail.browser.get(f"{INBOX}{uid}/attachments.zip").mimetype == "application/zip"


@pytest.mark.parametrize("packed", [rar4, rar5, seven])
def test_what_stands_in_an_archive_is_named_before_it_is_saved(
    webmail: Webmail, mail_user: MailUser, packed: Callable[[Entry], bytes]
) -> None:
    uid = mail_user.append(with_files(("a.bin", packed(Entry("b/setup.exe", 9)))))
    answer = webmail.browser.get(f"{INBOX}{uid}/part/2")
    assert answer.status_code == 303
    assert "It holds files that start something: setup.exe." in webmail.see(answer.location).html


def test_scripts_ask_for_some_files_in_brief(webmail: Webmail, mail_user: MailUser) -> None:
    uid = mail_user.append(with_files(("a.jpg", PE), ("b.txt", b"b")))
    asked = webmail.see(f"{INBOX}{uid}").one("[data-look]").attributes["data-look"] or ""
    page = webmail.see(f"{asked}&part=mail.message.files")
    assert [one.attributes.get("data-care") for one in page.tree.css(".attachment")] == ["danger", None]
    assert f"{INBOX}{uid}/files?number=2" in page.html and "anyway" not in page.html


def test_a_message_without_files_says_so(webmail: Webmail, mail_user: MailUser) -> None:
    uid = mail_user.append(plain())
    assert "has no attachments" in webmail.see(f"{INBOX}{uid}/files").html
    assert webmail.see(f"{INBOX}{uid}/files?number=2").status == 404
    assert webmail.see(f"{INBOX}{uid}/files?within=2").status == 404


def test_files_of_a_message_within_a_message_are_asked_about(webmail: Webmail, mail_user: MailUser) -> None:
    inner = EmailMessage(policy=SMTP)
    inner["From"], inner["Subject"] = "bob@example.test", "Inside"
    inner.set_content("Words")
    inner.add_attachment(PE, "application", "octet-stream", filename="a.jpg")
    outer = EmailMessage(policy=SMTP)
    outer["From"], outer["Subject"] = "ada@example.test", "Outside"
    outer.set_content("See below")
    outer.add_attachment(inner)
    uid = mail_user.append(outer.as_bytes())
    answer = webmail.browser.get(f"{INBOX}{uid}/part/2.2")
    assert answer.location == f"{INBOX}{uid}/files?within=2&number=2.2"
    assert "it is a program (Windows)" in webmail.see(answer.location).html
    packed = webmail.browser.get(f"{INBOX}{uid}/part/2/message/attachments.zip")
    assert packed.location == f"{INBOX}{uid}/files?within=2"
    assert webmail.see(packed.location).one("p a.button").attributes["href"] == f"{INBOX}{uid}/part/2/message"


def test_a_long_list_is_looked_at_in_part_and_that_is_said(webmail: Webmail, mail_user: MailUser) -> None:
    uid = mail_user.append(with_files(*((f"{at}.txt", b"a") for at in range(63))))
    answer = webmail.browser.get(f"{INBOX}{uid}/attachments.zip")
    assert answer.location == f"{INBOX}{uid}/files"
    assert "Of 3 further files only the names were looked at" in webmail.see(answer.location).html


def test_a_picture_is_drawn_anew_and_what_is_none_is_not_shown(webmail: Webmail, mail_user: MailUser) -> None:
    uid = mail_user.append(with_files(("a.png", PIXEL + b"<script>alert(1)</script>"), ("b.png", b"<script>")))
    for _ in range(2):
        shown = webmail.browser.get(f"{INBOX}{uid}/part/2?inline=1")
        assert shown.mimetype == "image/png" and b"script" not in shown.get_data()
    assert webmail.browser.get(f"{INBOX}{uid}/part/3?inline=1").status_code == 404


def test_without_the_modules_files_are_sent_as_ever(
    mail_user: MailUser, submission: Submission, tmp_path: Path
) -> None:
    ini = write_ini(mail_user, submission, tmp_path)
    ini.write_text(ini.read_text("utf-8") + "[modules]\nattachments = off\nimages = off\n", "utf-8")
    uid = mail_user.append(with_files(("a.exe", PE), ("b.png", PIXEL)))
    with open_webmail(ini) as webmail:
        webmail.log_in(mail_user.name, mail_user.password)
        page = webmail.see(f"{INBOX}{uid}")
        assert not page.has("[data-care]") and not page.has("[data-look]")
        assert webmail.browser.get(f"{INBOX}{uid}/part/2").get_data() == PE
        assert webmail.browser.get(f"{INBOX}{uid}/part/3?inline=1").get_data() == PIXEL


def test_without_drawing_a_picture_is_shown_if_its_content_is_one(
    mail_user: MailUser, submission: Submission, tmp_path: Path
) -> None:
    ini = write_ini(mail_user, submission, tmp_path)
    ini.write_text(ini.read_text("utf-8") + "[modules]\nimages = off\n", "utf-8")
    uid = mail_user.append(with_files(("a.png", PIXEL), ("b.png", b"<script>")))
    with open_webmail(ini) as webmail:
        webmail.log_in(mail_user.name, mail_user.password)
        statuses = [webmail.browser.get(f"{INBOX}{uid}/part/{part}?inline=1").status_code for part in (2, 3)]
    assert statuses == [200, 404]


def test_a_large_file_is_not_fetched_to_open_its_message(
    mail_user: MailUser, submission: Submission, tmp_path: Path
) -> None:
    octets = random.Random(1).randbytes(25_000_000)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("filling.bin", octets)
        archive.writestr("setup.exe", PE)
    uid = mail_user.append(with_files(("a.zip", packed.getvalue())))
    ini = write_ini(mail_user, submission, tmp_path)
    with relay_to(mail_user.dovecot.imaps_port) as relay:
        ini.write_text(ini.read_text("utf-8").replace(f"port = {mail_user.dovecot.imaps_port}", f"port = {relay.port}"))
        with open_webmail(ini) as webmail:
            webmail.log_in(mail_user.name, mail_user.password)
            webmail.see(f"{INBOX}{uid}")
            opened = relay.sent
            files = webmail.see(f"{INBOX}{uid}/files")
    assert opened < 100_000 and "start something: setup.exe" in files.html and relay.sent < 1_500_000


def test_a_virus_is_neither_saved_nor_sent(guarded: tuple[Webmail, Clamd], mail_user: MailUser) -> None:
    webmail, daemon = guarded
    uid = mail_user.append(with_files(("a.txt", EICAR), ("b.txt", b"well")))
    page = webmail.see(f"{INBOX}{uid}/part/2")
    assert page.status == 422 and "A virus was found in a.txt: Eicar-Test-Signature." in page.html
    assert webmail.see(f"{INBOX}{uid}/attachments.zip").status == 422
    assert webmail.browser.get(f"{INBOX}{uid}/part/3").get_data() == b"well" and b"well" in daemon.heard
