"""Images of messages in the running site: through it alone, for who may see them, and nothing of them afterwards."""

import re
import socket
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from demo.submission import Submission
from modules.images.gallery import PLACEHOLDER
from tests.modules.compose.desk import write_ini
from tests.modules.images.gallery import ImageServer, folder_of, opened, picture
from tests.modules.mail.letters import plain, rich
from tests.modules.webmail import Page, Webmail, open_webmail
from tests.servers.mail_user import MailUser

pytestmark = pytest.mark.servers

INBOX = "/mail/main/INBOX/"
NOTHING = PLACEHOLDER.read_bytes()


def configured(mail_user: MailUser, submission: Submission, folder: Path, port: int, more: str = "") -> Path:
    ini = write_ini(mail_user, submission, folder)
    own = f"[images]\nports = 80, 443, {port}\ninner_networks = 127.0.0.0/8\n"
    ini.write_text(ini.read_text("utf-8") + own + more, "utf-8")
    return ini


@pytest.fixture
def webmail(mail_user: MailUser, submission: Submission, tmp_path: Path, server: ImageServer) -> Iterator[Webmail]:
    """The browser of a user who is logged in, where images may come from the test's own server."""
    with open_webmail(configured(mail_user, submission, tmp_path, server.port)) as webmail:
        webmail.log_in(mail_user.name, mail_user.password)
        yield webmail


def letter(server: ImageServer, *paths: str, more: str = "") -> bytes:
    return rich("<p>Words</p>" + "".join(f'<img src="{server.at(path)}" alt="">' for path in paths) + more)


def images(page: Page) -> list[str]:
    found = (unescape(image.attributes["src"] or "") for image in page.tree.css("img"))
    return [address for address in found if not address.startswith("data:")]


def _say_nothing(connection: socket.socket) -> None:
    connection.recv(1)


def shown(webmail: Webmail, uid: int) -> list[str]:
    return images(webmail.see(f"{INBOX}{uid}/frame/remote"))


def test_images_come_from_this_site_drawn_anew(webmail: Webmail, mail_user: MailUser, server: ImageServer) -> None:
    server.shows("/a.jpg", picture("JPEG", comment=b"told by nobody"))
    uid = mail_user.append(letter(server, "/a.jpg"))
    assert images(webmail.see(f"{INBOX}{uid}/frame")) == [] and server.connections == 0
    frame = webmail.browser.get(f"{INBOX}{uid}/frame/remote")
    assert "img-src 'self' data:;" in frame.headers["Content-Security-Policy"]
    (address,) = shown(webmail, uid)
    answer = webmail.browser.get(address)
    assert answer.status_code == 200 and answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert opened(answer.data).size == (30, 20) and b"nobody" not in answer.data
    assert webmail.browser.get(address).data == answer.data and len(server.asked) == 1


@pytest.mark.parametrize("octets", [b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"<html>", picture()[:40], b""])
def test_what_is_no_image_is_one_and_the_same_picture(
    webmail: Webmail, mail_user: MailUser, server: ImageServer, octets: bytes
) -> None:
    server.shows("/a.png", octets)
    uid = mail_user.append(letter(server, "/a.png", "/missing.png"))
    answers = [webmail.browser.get(address) for address in shown(webmail, uid)]
    assert [answer.data for answer in answers] == [NOTHING, NOTHING]
    assert {answer.headers["Content-Type"] for answer in answers} == {"image/svg+xml"}
    # It is drawn in lines, which any size leaves sharp, and holds nothing but those.
    assert set(re.findall(rb"<([a-z]+)", NOTHING)) == {b"svg", b"rect", b"circle", b"path"}
    assert {"default-src 'none'" in answer.headers["Content-Security-Policy"] for answer in answers} == {True}
    assert "image.svg" in answers[0].headers["Content-Disposition"]


def test_an_address_is_good_for_its_own_session_alone(
    webmail: Webmail, mail_user: MailUser, server: ImageServer, tmp_path: Path
) -> None:
    server.shows("/a.png", picture())
    uid = mail_user.append(letter(server, "/a.png"))
    (address,) = shown(webmail, uid)
    other = webmail.visitor()
    assert other.browser.get(address).status_code in (302, 303, 401)
    other.log_in(mail_user.name, mail_user.password)
    assert other.browser.get(address).status_code == 404
    assert other.browser.get(address.replace("u=", "u=A")).status_code == 404 and server.connections == 0
    assert webmail.browser.get(address).status_code == 200
    assert webmail.browser.get(address.replace("&s=", "&s=A")[:-1]).status_code == 404
    assert webmail.browser.get("/images").status_code == 422
    kept = tmp_path / "images"
    assert len(folder_of(kept)) == 1
    webmail.log_out()
    assert folder_of(kept) == []
    webmail.log_in(mail_user.name, mail_user.password)
    assert webmail.browser.get(address).status_code == 404 and len(server.asked) == 1


def test_nothing_beside_this_machine_is_asked(
    mail_user: MailUser, submission: Submission, tmp_path: Path, server: ImageServer
) -> None:
    ini = configured(mail_user, submission, tmp_path, server.port)
    ini.write_text(ini.read_text("utf-8").replace("inner_networks = 127.0.0.0/8", ""), "utf-8")
    uid = mail_user.append(letter(server, "/a.png"))
    with open_webmail(ini) as webmail:
        webmail.log_in(mail_user.name, mail_user.password)
        (address,) = shown(webmail, uid)
        assert webmail.browser.get(address).data == NOTHING and server.connections == 0


def test_a_silent_server_is_not_waited_for_twice(
    mail_user: MailUser, submission: Submission, tmp_path: Path, server: ImageServer
) -> None:
    server.answers["/a.png"] = _say_nothing
    uid = mail_user.append(letter(server, "/a.png", "/b.png"))
    with open_webmail(configured(mail_user, submission, tmp_path, server.port, "timeout = 1 s\n")) as webmail:
        webmail.log_in(mail_user.name, mail_user.password)
        answers = [webmail.browser.get(address).data for address in shown(webmail, uid)]
        assert answers == [NOTHING, NOTHING] and len(server.asked) == 1


def test_without_the_module_no_image_of_another_machine_is_shown(
    mail_user: MailUser, submission: Submission, tmp_path: Path, server: ImageServer
) -> None:
    ini = write_ini(mail_user, submission, tmp_path)
    ini.write_text(ini.read_text("utf-8") + "[modules]\nimages = off\n", "utf-8")
    uid = mail_user.append(letter(server, "/a.png"))
    with open_webmail(ini) as webmail:
        webmail.log_in(mail_user.name, mail_user.password)
        page = webmail.see(f"{INBOX}{uid}?images=1")
        assert "1 remote image is withheld. This site loads none." in page.html
        assert page.one("iframe").attributes["src"] == f"{INBOX}{uid}/frame"
        assert shown(webmail, uid) == [] and f":{server.port}" not in webmail.see(f"{INBOX}{uid}/frame/remote").html


@pytest.mark.parametrize(
    ("whose", "kept", "others"),
    [("sender", "news@example.test", False), ("domain", "@example.test", True), ("everybody", "", True)],
)
def test_a_reader_may_always_see_the_images_of_somebody(
    webmail: Webmail, mail_user: MailUser, server: ImageServer, whose: str, kept: str, others: bool
) -> None:
    html = f'<img src="{server.at("/a.png")}">'
    uids = [
        mail_user.append(rich(html)),
        mail_user.append(rich(html).replace(b"news@example.test", b"other@mail.example.test")),
        mail_user.append(rich(html).replace(b"news@example.test", b"ada@example.test, news@example.test")),
    ]
    page = webmail.send(f"{INBOX}{uids[0]}/images", {"whose": whose})
    assert page.location.endswith(f"{INBOX}{uids[0]}")
    page = webmail.see(f"{INBOX}{uids[0]}")
    assert "from now on" in page.html
    frames = [webmail.see(f"{INBOX}{uid}").one("iframe").attributes["src"] or "" for uid in uids]
    assert [frame.endswith("/remote") for frame in frames] == [True, others, whose == "everybody"]
    assert webmail.see("/settings").value("[name=image_senders]") == kept


def test_a_sender_list_takes_only_senders(webmail: Webmail) -> None:
    status, reasons = webmail.refusal("/settings/reading", {"image_senders": "@example.test\nnobody"})
    assert status == 422 and "neither an address nor a domain" in reasons["image_senders"]
    webmail.send("/settings/reading", {"image_senders": " Ada@Example.Test \n\nada@example.test"})
    assert webmail.see("/settings").value("[name=image_senders]") == "ada@example.test"


def test_a_message_of_nobody_cannot_be_allowed_for_its_sender(webmail: Webmail, mail_user: MailUser) -> None:
    uid = mail_user.append(plain().replace(b"From: Ada Field <ada@example.test>\r\n", b""))
    assert webmail.send(f"{INBOX}{uid}/images", {"whose": "sender"}).status == 409


def test_a_list_of_senders_has_an_end(webmail: Webmail, mail_user: MailUser, server: ImageServer) -> None:
    full = "\n".join(f"{place:05}@example.test" for place in range(2631))
    webmail.send("/settings/reading", {"image_senders": full})
    uid = mail_user.append(letter(server, "/a.png"))
    status, reasons = webmail.refusal(f"{INBOX}{uid}/images", {"whose": "sender"})
    assert status == 422 and "longer" in reasons["whose"]


def test_trackers_are_named_and_never_shown(webmail: Webmail, mail_user: MailUser, server: ImageServer) -> None:
    pixels = (
        f'<img src="{server.at("/p.gif")}" width="1" height="1">'
        '<img src="https://x.list-manage.com/track/open.php?u=1"><img src="https://x.list-manage.com/track/open.php?u=2">'
    )
    uid = mail_user.append(letter(server, "/a.png", more=pixels))
    page = webmail.see(f"{INBOX}{uid}?images=1")
    assert "3 trackers withheld: 127.0.0.1, Mailchimp." in page.html
    assert len(shown(webmail, uid)) == 1 and "list-manage" not in webmail.see(f"{INBOX}{uid}/frame/remote").html


def test_links_say_who_clicks_until_the_reader_wants_them_not_to(webmail: Webmail, mail_user: MailUser) -> None:
    uid = mail_user.append(rich('<a href="https://example.org/a?id=1&utm_source=x&fbclid=2#top">read</a>'))
    page = webmail.see(f"{INBOX}{uid}")
    assert "1 link tells who clicks it." in page.html and "utm_source" in webmail.see(f"{INBOX}{uid}/frame").html
    bare = webmail.see(f"{INBOX}{uid}?bare=1")
    address = bare.one("iframe").attributes["src"] or ""
    assert "1 link was freed" in bare.html and address.endswith("/frame?bare=1")
    assert 'href="https://example.org/a?id=1#top"' in webmail.see(address).html
    webmail.send("/settings/reading", {"bare_links": "1"})
    assert "utm_source" not in webmail.see(f"{INBOX}{uid}/frame").html
