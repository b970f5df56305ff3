"""winmail.dat as a person sees it, on a real server."""

from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest

from demo.submission import Submission
from tests.messages import octets_of
from tests.modules.attachments.files import PE
from tests.modules.clamav.daemon import EICAR, clamd
from tests.modules.compose.desk import write_ini
from tests.modules.mail.letters import plain
from tests.modules.tnef.packer import packed
from tests.modules.webmail import Webmail, open_webmail
from tests.servers.mail_user import MailUser

pytestmark = pytest.mark.servers

INBOX = "/mail/main/INBOX/"


def test_the_files_inside_are_listed_and_saved(webmail: Webmail, mail_user: MailUser) -> None:
    path = f"{INBOX}{mail_user.append(octets_of('tnef-files'))}"
    links = webmail.see(path).tree.css(".card a")
    assert [" ".join((link.attributes["title"] or "").split()) for link in links] == ["Plan for us.pdf", "notes.txt"]
    answer = webmail.browser.get(links[0].attributes["href"] or "")
    assert answer.data == b"%PDF-1.4" and answer.headers["Content-Type"] == "application/octet-stream"
    assert "attachment" in answer.headers["Content-Disposition"] and "Plan" in answer.headers["Content-Disposition"]
    assert "The packed words" not in webmail.see(path).html


def test_its_text_is_shown_where_there_is_no_other(webmail: Webmail, mail_user: MailUser) -> None:
    page = webmail.see(f"{INBOX}{mail_user.append(octets_of('tnef-alone'))}")
    assert "The packed words" in page.one(".card-text").text()


def test_html_within_rtf_is_shown_in_the_frame_or_its_words_to_who_prefers_them(
    webmail: Webmail, mail_user: MailUser
) -> None:
    path = f"{INBOX}{mail_user.append(octets_of('tnef-rtf'))}"
    page = webmail.see(path)
    assert page.one("iframe.letter-frame").attributes["src"] == f"{path}/frame" and not page.has(".card-text")
    frame = webmail.see(f"{path}/frame")
    assert frame.texts("p") == ["Grüße <b>from</b> the garden."] and "onclick" not in frame.html
    page = webmail.see(f"{path}?plain=1")
    assert page.one(".card-text").text() == "Grüße <b>from</b> the garden.\nAnd a second line."
    assert not page.has("iframe.letter-frame") and not page.has(".card-text b")


def test_hostile_html_within_rtf_is_cleaned_like_any_other(webmail: Webmail, mail_user: MailUser) -> None:
    path = f"{INBOX}{mail_user.append(octets_of('tnef-html'))}"
    page, frame = webmail.see(path), webmail.see(f"{path}/frame")
    assert "Grüße aus dem Garten, Привет \U0001f600, 1 < 2 & <b>3</b>." in frame.texts("p")
    assert not frame.has(".part :is(script, form, input, button, svg, iframe, base, meta, [onload])")
    shown = frame.one(".part").html or ""
    assert all(word not in shown for word in ("tracker.example", 'href="javascript:', "url(", "cid:", "·", "unseen")), (
        shown
    )
    assert "leads to evil.example" in " ".join(page.texts(".banner.warn")) and "roses.png" in page.one(".card").text()
    assert "remote image" in page.one("article").text() and webmail.see(f"{path}/print").status == 200


def test_pictures_packed_beside_the_text_are_drawn_anew_in_it(webmail: Webmail, mail_user: MailUser) -> None:
    path = f"{INBOX}{mail_user.append(octets_of('tnef-html'))}"
    (picture,) = webmail.see(f"{path}/frame").tree.css('.part img[alt="Roses"]')
    assert picture.attributes["src"] == f"{path}/part/1/packed/0?inline=1"
    shown, saved = (webmail.browser.get(f"{path}/part/1/packed/0{more}") for more in ("?inline=1", ""))
    assert shown.headers["Content-Type"].startswith("image/") and shown.data[:4] in (b"\x89PNG", b"RIFF")
    assert b"unseen words" in saved.data and b"unseen words" not in shown.data
    assert "attachment" in saved.headers["Content-Disposition"]
    other = f"{INBOX}{mail_user.append(octets_of('tnef-files'))}"
    assert webmail.see(f"{other}/part/2/packed/0?inline=1").status == 404


def test_what_cannot_be_unpacked_is_told_and_can_be_saved(webmail: Webmail, mail_user: MailUser) -> None:
    page = webmail.see(f"{INBOX}{mail_user.append(octets_of('tnef-broken'))}")
    assert "could not be unpacked" in page.one(".card").text() and "winmail.dat" in page.one(".strip").text()


@pytest.mark.parametrize("rest", ["part/2/packed/2", "part/1/packed/0", "part/9/packed/0"])
def test_there_is_nothing_where_nothing_is(webmail: Webmail, mail_user: MailUser, rest: str) -> None:
    path = f"{INBOX}{mail_user.append(octets_of('tnef-files'))}"
    assert webmail.see(f"{path}/{rest}").status == 404
    assert webmail.see(f"{path.replace('/main/', '/other/')}/{rest}").status == 404


def test_other_messages_have_nothing_packed(webmail: Webmail, mail_user: MailUser) -> None:
    assert webmail.see(f"{INBOX}{mail_user.append(plain())}").tree.css_first(".card") is None


def outlook(files: dict[str, bytes]) -> EmailMessage:
    """A message with files in winmail.dat."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["Subject"] = "bob@example.test", "Packed"
    message.set_content("See the files.")
    message.add_attachment(packed(files=files), "application", "ms-tnef", filename="winmail.dat")
    return message


def test_before_something_odd_inside_is_saved_a_page_asks(webmail: Webmail, mail_user: MailUser) -> None:
    files = {"holiday.jpg": PE, "a\u202egpj.exe": b"1"}
    path = f"{INBOX}{mail_user.append(outlook(files).as_bytes())}"
    for at, found in ((0, "it is a program (Windows)"), (1, "Its name is written so that it")):
        answer = webmail.browser.get(f"{path}/part/2/packed/{at}")
        assert (answer.status_code, answer.location) == (303, f"{path}/part/2/packed/{at}/ask")
        page = webmail.see(answer.location)
        assert page.texts("h1") == ["Be careful with this file"] and found in page.one("li.attachment").text()
        assert page.one(".files-page > p a").attributes["href"] == path
    anyway = page.one("a.button.danger").attributes["href"] or ""
    assert webmail.browser.get(anyway).data == b"1"
    elsewhere = webmail.browser.get(anyway, **{"Sec-Fetch-Site": "cross-site"})
    assert elsewhere.status_code in (303, 403)
    outer = outlook({})
    outer.add_attachment(outlook({"holiday.jpg": PE, "large.bin": b"0" * 1_000_001}))
    path = f"{INBOX}{mail_user.append(outer.as_bytes())}"
    page = webmail.see(f"{path}/part/3.2/packed/0/ask")
    assert page.one(".files-page > p a").attributes["href"] == f"{path}/part/3/message"
    assert webmail.see(f"{path}/part/3.2/packed/1/ask").texts("h1") == ["Attachments"]


def test_a_virus_inside_is_refused_as_in_any_other_part_whoever_judges_files(
    mail_user: MailUser, submission: Submission, tmp_path: Path
) -> None:
    files = {"a.txt": EICAR, "b.exe": b"well"}
    path = f"{INBOX}{mail_user.append(outlook(files).as_bytes())}/part/2/packed"
    ini = write_ini(mail_user, submission, tmp_path)
    with clamd() as daemon:
        own = f"[clamav]\nhost = 127.0.0.1\nport = {daemon.port}\ndownloads = yes\n"
        ini.write_text(f"{ini.read_text('utf-8')}[modules]\nattachments = off\nclamav = on\n{own}", "utf-8")
        with open_webmail(ini) as webmail:
            webmail.log_in(mail_user.name, mail_user.password)
            refused = webmail.see(f"{path}/0")
            saved = webmail.browser.get(f"{path}/1")
    assert refused.status == 422 and "A virus was found in a.txt: Eicar-Test-Signature." in refused.html
    assert saved.data == b"well" and daemon.heard == [EICAR, b"well"]
