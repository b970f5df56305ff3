"""Mail with a host of its own for messages, over HTTP on a real server: texts, pictures, files, links and paper."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from demo.submission import Submission
from tests.core.web.door import Browser
from tests.messages import octets_of
from tests.modules.attachments.files import PE
from tests.modules.compose.desk import write_ini
from tests.modules.mail.letters import PIXEL, plain, rich, with_files, with_picture
from tests.modules.webmail import Webmail, open_webmail
from tests.servers.mail_user import MailUser

pytestmark = pytest.mark.servers

HOME, CONTENT = "http://localhost", "http://content.example.org"
INBOX = "/mail/main/INBOX/"
EMPTY = b"Subject: Only a file\r\nContent-Type: application/octet-stream\r\n\r\nx"


@pytest.fixture
def webmail(mail_user: MailUser, submission: Submission, tmp_path: Path) -> Iterator[Webmail]:
    """The browser of a user who is logged in, on a site with a content host that fetches images."""
    ini = write_ini(mail_user, submission, tmp_path)
    text = ini.read_text().replace("[app]\n", f"[app]\naddress = {HOME}\ncontent_origin = {CONTENT}\n")
    ini.write_text(text)
    with open_webmail(ini) as webmail:
        webmail.log_in(mail_user.name, mail_user.password)
        yield webmail


def way(webmail: Webmail, where: str) -> str:
    """Where the content host shows what stands at an address of the site."""
    answer = webmail.browser.get(where)
    address = str(answer.headers["Location"])
    assert answer.status_code == 303 and address.startswith(f"{CONTENT}/") and address.endswith(where)
    return address


def shown(webmail: Webmail, address: str) -> tuple[LexborHTMLParser, str]:
    """A document of the content host, and the beginning of addresses there."""
    answer = Browser(webmail.app.test_client(), base=CONTENT).get(address.removeprefix(CONTENT))
    assert answer.status_code == 200 and "Set-Cookie" not in answer.headers
    return LexborHTMLParser(answer.get_data(as_text=True)), f"/{address.split('/')[3]}"


def test_pictures_and_links_of_a_text_lead_where_they_work(webmail: Webmail, mail_user: MailUser) -> None:
    path = f"{INBOX}{mail_user.append(with_picture())}"
    page = webmail.see(path)
    frame = page.one("iframe.letter-frame").attributes
    assert "data-apart" in frame and frame["sandbox"] == "allow-popups allow-popups-to-escape-sandbox"
    tree, base = shown(webmail, way(webmail, str(frame["src"])))
    picture = str(tree.css("img")[0].attributes["src"])
    assert picture.startswith(f"{base}{path}/part/") and picture.endswith("?inline=1")
    assert tree.css("link")[0].attributes["crossorigin"] == "anonymous"
    drawn = Browser(webmail.app.test_client(), base=CONTENT).get(picture)
    assert drawn.mimetype == "image/png" and drawn.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    html = '<img src="https://pictures.example/a.png"><a href="mailto:ada@example.test">Ada</a> <a href="http://x.example/">x</a>'
    path = f"{INBOX}{mail_user.append(rich(html))}"
    assert webmail.see(f"{path}?images=1").one("iframe.letter-frame").attributes["src"] == f"{path}/frame/remote"
    tree, base = shown(webmail, way(webmail, f"{path}/frame/remote"))
    assert str(tree.css("img")[0].attributes["src"]).startswith(f"{base}/images?")
    assert str(tree.css("a")[0].attributes["href"]).startswith(f"{HOME}/compose?to=ada")


def test_no_text_comes_along_into_the_site(webmail: Webmail, mail_user: MailUser) -> None:
    page = webmail.see(f"{INBOX}{mail_user.append(plain())}?part=mail.reading&along=1")
    assert "Hello" not in page.html and "data-letter" not in page.html


def test_a_message_is_printed_as_one_document(webmail: Webmail, mail_user: MailUser) -> None:
    path = f"{INBOX}{mail_user.append(with_files(('a.bin', b'a')))}"
    printed = webmail.see(f"{path}/print")
    assert printed.status == 303 and printed.location == f"{path}/frame?paper=1"
    tree, _ = shown(webmail, way(webmail, printed.location))
    assert "Files: a/b" in tree.css("h1")[0].text() and "See the files." in tree.css(".part")[0].text()
    assert "ada@example.test" in tree.css("dl")[0].text() and "a.bin" in tree.css("dl")[0].text()
    assert not tree.css("header a, script")
    enclosed = f"{INBOX}{mail_user.append(octets_of('rfc822-rich'))}/part/2/message"
    printed = webmail.see(f"{enclosed}/print")
    assert printed.location == f"{enclosed}/frame?original=1&paper=1"
    assert "Grüße / a plan" in shown(webmail, way(webmail, printed.location))[0].css("h1")[0].text()
    empty = f"{INBOX}{mail_user.append(EMPTY)}"
    assert webmail.see(f"{empty}/print").status == 200


def test_files_are_saved_there_and_asked_about_here(webmail: Webmail, mail_user: MailUser) -> None:
    path = f"{INBOX}{mail_user.append(with_files(('holiday.jpg', PE), ('dot.png', PIXEL)))}"
    stranger = Browser(webmail.app.test_client(), base=CONTENT)
    for where in ("source", "part/3", "part/3?inline=1"):
        answer = stranger.get(way(webmail, f"{path}/{where}").removeprefix(CONTENT))
        assert answer.status_code == 200 and answer.data, where
    asked = stranger.get(way(webmail, f"{path}/part/2").removeprefix(CONTENT))
    assert asked.headers["Location"] == f"{HOME}{path}/files?number=2"
    saved = stranger.get(way(webmail, f"{path}/part/2?anyway=1").removeprefix(CONTENT))
    assert saved.data == PE and "holiday.jpg" in saved.headers["Content-Disposition"]
    packed = stranger.get(way(webmail, f"{path}/attachments.zip?anyway=1").removeprefix(CONTENT))
    assert packed.data.startswith(b"PK")


def test_a_ticket_of_one_message_opens_no_other_and_none_of_another_user(webmail: Webmail, mail_user: MailUser) -> None:
    one, other = (f"{INBOX}{mail_user.append(plain(subject))}" for subject in ("One", "Other"))
    address = way(webmail, f"{one}/frame")
    stranger = Browser(webmail.app.test_client(), base=CONTENT)
    ticket = f"/{address.split('/')[3]}"
    assert stranger.get(f"{ticket}{one}/source").status_code == 200
    for path in (f"{other}/frame", f"{other}/source", f"/mail/other/INBOX/{one[-1]}/frame", one, f"{one}/headers"):
        assert stranger.get(f"{ticket}{path}").status_code == 404, path
