"""One message over HTTP, on a real server: read, its files, its headers, its neighbours."""

import io
import zipfile
from typing import Any

import pytest

from tests.modules.mail.letters import PIXEL, plain, rich, with_files, with_picture
from tests.modules.webmail import Webmail
from tests.servers.mail_user import MailUser

pytestmark = pytest.mark.servers

INBOX = "/mail/main/INBOX/"
REMOTE = '<p>Hello</p><img src="https://tracker.example/pixel.gif"><img src="https://cdn.example/a.png">'


def frame(webmail: Webmail, uid: int, more: str = "") -> str:
    return webmail.see(f"{INBOX}{uid}/frame{more}").html


def test_a_message_is_shown_with_its_head_and_marked_as_read(webmail: Webmail, mail_user: MailUser) -> None:
    uid = mail_user.append(plain("Plants", "Hello you"))
    page = webmail.see(f"{INBOX}{uid}")
    assert page.one("#subject").text() == "Plants" and page.one("title").text() == "Plants · hm3"
    assert "ada@example.test" in page.one(".letter-from").text()
    assert page.one("iframe").attributes["src"] == f"{INBOX}{uid}/frame"
    assert "Hello you" in frame(webmail, uid)
    assert "\\Seen" in mail_user.flags(uid)


def test_the_folder_of_a_message_is_called_as_people_know_it(webmail: Webmail, mail_user: MailUser) -> None:
    uid = mail_user.append(plain())
    facts = webmail.see(f"{INBOX}{uid}").one(".letter-details .facts").text()
    assert "Inbox" in facts and "INBOX" not in facts


def test_what_is_wrong_with_an_address_is_said_once(webmail: Webmail) -> None:
    page = webmail.see(f"{INBOX}?order=bad")
    assert page.status == 422 and page.html.count("is not one of") == 1


def test_looking_ahead_marks_nothing_as_read(webmail: Webmail, mail_user: MailUser) -> None:
    uid = mail_user.append(plain())
    webmail.see(f"{INBOX}{uid}?peek=1")
    frame(webmail, uid)
    assert "\\Seen" not in mail_user.flags(uid)


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"},
        {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"},
        {"Sec-Fetch-Site": "same-origin", "Sec-Purpose": "prefetch;prerender"},
        {"Sec-Fetch-Site": "none", "Purpose": "prefetch"},
        {"Sec-Fetch-Site": "same-origin", "X-Moz": "prefetch"},
    ],
)
def test_what_another_site_leads_to_or_a_browser_fetches_ahead_is_shown_and_changes_nothing(
    webmail: Webmail, mail_user: MailUser, headers: dict[str, str]
) -> None:
    uid = mail_user.append(plain("Plants"))
    answer = webmail.browser.get(f"{INBOX}{uid}", **headers)
    assert answer.status_code == 200 and "Plants" in answer.get_data(as_text=True)
    assert "data-seen" not in webmail.see(f"{INBOX}{uid}?peek=1").one("#message").attributes
    assert "\\Seen" not in mail_user.flags(uid)


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}])
def test_what_is_opened_here_or_from_a_bookmark_is_read(
    webmail: Webmail, mail_user: MailUser, headers: dict[str, str]
) -> None:
    uid = mail_user.append(plain())
    webmail.browser.get(f"{INBOX}{uid}", **headers)
    assert "\\Seen" in mail_user.flags(uid)


def test_who_marks_by_hand_finds_messages_unread(webmail: Webmail, mail_user: MailUser) -> None:
    webmail.send("/settings/reading", {"mark_seen": "0"})
    uid = mail_user.append(plain())
    assert "data-seen" not in webmail.see(f"{INBOX}{uid}").one("#message").attributes
    assert "\\Seen" not in mail_user.flags(uid)


def test_the_frame_runs_nothing_and_loads_nothing(webmail: Webmail, mail_user: MailUser) -> None:
    uid = mail_user.append(rich("<script>alert(1)</script><p onclick=alert(1)>Words</p>" + REMOTE))
    answer = webmail.browser.get(f"{INBOX}{uid}/frame")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'; script-src 'none';" in policy and policy.startswith("sandbox ")
    assert "https:" not in policy and "allow-scripts" not in policy
    html = answer.get_data(as_text=True)
    assert "Words" in html and "alert" not in html and "tracker.example" not in html
    sandbox = webmail.see(f"{INBOX}{uid}").one("iframe").attributes["sandbox"] or ""
    assert "allow-scripts" not in sandbox


def test_the_frame_has_no_token_of_forms(webmail: Webmail, mail_user: MailUser) -> None:
    address = f"{INBOX}{mail_user.append(rich('<p>Words</p>'))}/frame"
    webmail.browser.client.delete_cookie("hm3_form")
    answer = webmail.browser.get(address)
    assert "Words" in answer.get_data(as_text=True)
    assert not any(cookie.startswith("hm3_form") for cookie in answer.headers.getlist("Set-Cookie"))


def test_remote_images_are_withheld_until_they_are_wanted(webmail: Webmail, mail_user: MailUser) -> None:
    uid = mail_user.append(rich(REMOTE))
    page = webmail.see(f"{INBOX}{uid}")
    assert "2 remote images are withheld" in page.html
    wanted = webmail.see(f"{INBOX}{uid}?images=1")
    address = wanted.one("iframe").attributes["src"] or ""
    assert address == f"{INBOX}{uid}/frame/remote" and "are withheld" not in wanted.html
    html = webmail.see(address).html
    assert html.count('src="/images?m=') == 2 and "cdn.example" not in html


def test_remote_images_can_be_refused_for_good(webmail: Webmail, mail_user: MailUser) -> None:
    uid = mail_user.append(rich(REMOTE))
    webmail.send("/settings/reading", {"remote_images": "never", "mark_seen": "1"})
    page = webmail.see(f"{INBOX}{uid}?images=1")
    assert page.one("iframe").attributes["src"] == f"{INBOX}{uid}/frame" and "are withheld" not in page.html
    assert "cdn.example" not in webmail.see(f"{INBOX}{uid}/frame/remote").html


def test_remote_images_can_be_wanted_always(webmail: Webmail, mail_user: MailUser) -> None:
    uid = mail_user.append(rich(REMOTE))
    webmail.send("/settings/reading", {"remote_images": "always"})
    assert webmail.see(f"{INBOX}{uid}").one("iframe").attributes["src"] == f"{INBOX}{uid}/frame/remote"


def test_a_reader_may_prefer_plain_text(webmail: Webmail, mail_user: MailUser) -> None:
    uid = mail_user.append(rich("<p>In rich words</p>"))
    assert "In rich words" in frame(webmail, uid)
    page = webmail.see(f"{INBOX}{uid}?plain=1")
    assert page.one("iframe").attributes["src"] == f"{INBOX}{uid}/frame?plain=1"
    assert "In plain words" in frame(webmail, uid, "?plain=1")
    webmail.send("/settings/reading", {"prefer_plain": "1"})
    assert "In plain words" in frame(webmail, uid)


def test_a_picture_inside_is_a_part_of_the_message(webmail: Webmail, mail_user: MailUser) -> None:
    uid = mail_user.append(with_picture())
    page = webmail.see(f"{INBOX}{uid}/frame")
    address = page.one("img").attributes["src"] or ""
    assert address.startswith(f"{INBOX}{uid}/part/") and address.endswith("inline=1")
    answer = webmail.browser.get(address)
    assert (answer.mimetype, answer.get_data()) == ("image/png", PIXEL)
    assert answer.headers["Content-Disposition"].startswith("inline")


def test_a_message_without_any_text_opens(webmail: Webmail, mail_user: MailUser) -> None:
    uid = mail_user.append(
        b"From: a@x.test\nContent-Type: application/pdf\nContent-Transfer-Encoding: base64\n\nAAAA\n"
    )
    page = webmail.see(f"{INBOX}{uid}")
    assert page.status == 200 and frame(webmail, uid)


def test_an_attachment_is_saved_under_its_name_as_octets(webmail: Webmail, mail_user: MailUser) -> None:
    content = bytes(range(256)) * 400
    uid = mail_user.append(with_files(('größe "a".bin', content), ("page.html", b"<script>alert(1)</script>")))
    answer = webmail.browser.get(f"{INBOX}{uid}/part/2")
    assert answer.get_data() == content
    assert (answer.mimetype, answer.headers["X-Content-Type-Options"]) == ("application/octet-stream", "nosniff")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename")
    html = webmail.browser.get(f"{INBOX}{uid}/part/3?inline=1&anyway=1")
    assert html.mimetype == "application/octet-stream"
    assert html.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in html.headers["Content-Security-Policy"]


def test_all_attachments_come_in_one_archive(webmail: Webmail, mail_user: MailUser) -> None:
    uid = mail_user.append(with_files(("a.bin", b"1"), ("a.bin", b"2"), ("README", b"3"), ("README", b"4")))
    answer = webmail.browser.get(f"{INBOX}{uid}/attachments.zip")
    with zipfile.ZipFile(io.BytesIO(answer.get_data())) as archive:
        packed = {name: archive.read(name) for name in archive.namelist()}
    assert packed == {"a.bin": b"1", "a (2).bin": b"2", "README": b"3", "README (2)": b"4"}
    assert 'filename="Files a b.zip"' in answer.headers["Content-Disposition"]


def test_a_message_without_attachments_has_no_archive(webmail: Webmail, mail_user: MailUser) -> None:
    uid = mail_user.append(plain())
    page = webmail.see(f"{INBOX}{uid}/attachments.zip")
    assert page.status == 404 and "has no attachments" in page.html


@pytest.mark.parametrize("number", ["9", "1.1", "2.5.7"])
def test_a_part_that_is_not_there_is_told(webmail: Webmail, mail_user: MailUser, number: str) -> None:
    uid = mail_user.append(with_files(("a.bin", b"1")))
    page = webmail.see(f"{INBOX}{uid}/part/{number}")
    assert page.status == 404 and "has no such part" in page.html


@pytest.mark.parametrize("number", ["0", "-1", "1.", "a", "1" * 60])
def test_what_is_no_part_number_is_refused(webmail: Webmail, mail_user: MailUser, number: str) -> None:
    uid = mail_user.append(plain())
    assert webmail.see(f"{INBOX}{uid}/part/{number}").status == 422


def test_the_source_is_plain_text(webmail: Webmail, mail_user: MailUser) -> None:
    uid = mail_user.append(rich("<script>alert(1)</script>"))
    answer = webmail.browser.get(f"{INBOX}{uid}/source")
    assert answer.mimetype == "text/plain" and answer.get_data().startswith(b"From: news@example.test\r\n")
    assert b"<script>alert(1)</script>" in answer.get_data()


def test_every_header_is_shown(webmail: Webmail, mail_user: MailUser) -> None:
    uid = mail_user.append(plain("Plants", X_Odd="<b>odd</b>", List_Id="<list.example>"))
    page = webmail.see(f"{INBOX}{uid}/headers")
    assert "<b>odd</b>" in page.texts("dd") and not page.has("dd b")


def test_a_message_can_be_printed(webmail: Webmail, mail_user: MailUser) -> None:
    uid = mail_user.append(plain("On paper"))
    page = webmail.see(f"{INBOX}{uid}/print")
    assert page.status == 200 and "On paper" in page.html and page.has("iframe")


def test_the_messages_above_and_below_are_those_of_the_list(webmail: Webmail, mail_user: MailUser) -> None:
    uids = [mail_user.append(plain(str(n), date=f"Fri, 01 May 2026 10:0{n}:00 +0000")) for n in range(5)]
    mail_user.append(plain("other", date="Fri, 01 May 2026 10:03:30 +0000", sender="x@y.test"))
    middle: Any = webmail.ask(f"{INBOX}{uids[3]}?q=from:ada")
    assert (middle["newer"], middle["older"]) == (uids[4], uids[2])
    first: Any = webmail.ask(f"{INBOX}{uids[4]}?q=from:ada")
    assert first["newer"] is None
    backwards: Any = webmail.ask(f"{INBOX}{uids[1]}?order=oldest")
    assert (backwards["newer"], backwards["older"]) == (uids[0], uids[2])


def test_scripts_get_a_message_as_data(webmail: Webmail, mail_user: MailUser) -> None:
    uid = mail_user.append(with_files(("a.png", PIXEL)), flags="\\Flagged")
    told: Any = webmail.ask(f"{INBOX}{uid}")
    assert (told["uid"], told["subject"], told["frame"]) == (uid, "Files: a/b", f"{INBOX}{uid}/frame")
    assert told["sender"] == [{"name": "", "address": "ada@example.test"}]
    assert [(one["filename"], one["media_type"]) for one in told["attachments"]] == [("a.png", "image/png")]
    assert "\\Flagged" in told["flags"] and told["date"].startswith("2026-05-01T10:00:00")


def test_scripts_get_the_message_alone_and_its_thread_by_itself(webmail: Webmail, mail_user: MailUser) -> None:
    first = mail_user.append(plain("Plants", Message_ID="<one@x.test>"))
    second = mail_user.append(
        plain("Re: Plants", Message_ID="<two@x.test>", In_Reply_To="<one@x.test>", References="<one@x.test>")
    )
    part = webmail.see(f"{INBOX}{second}?part=mail.reading")
    assert "<html" not in part.html and "Re: Plants" in part.html
    thread = webmail.see(f"{INBOX}{second}?part=mail.conversation").html
    assert f"{INBOX}{first}" in thread
    webmail.send("/settings/reading", {"conversations": "0"})
    assert f"{INBOX}{first}" not in webmail.see(f"{INBOX}{second}?part=mail.conversation").html


def test_a_draft_says_that_it_is_one(webmail: Webmail, mail_user: MailUser) -> None:
    uid = mail_user.append(plain("Later"), flags="\\Draft")
    assert webmail.see(f"{INBOX}{uid}").has('a[href^="/compose?mode=edit"]')


@pytest.mark.parametrize(
    "page", ["", "/frame", "/frame/remote", "/headers", "/print", "/source", "/part/1", "/attachments.zip"]
)
def test_a_message_that_is_gone_is_told_on_every_page(webmail: Webmail, page: str) -> None:
    answer = webmail.see(f"{INBOX}4242{page}")
    assert answer.status == 404 and "This message is no longer in INBOX" in answer.html


@pytest.mark.parametrize("page", ["", "/frame", "/source", "/part/1", "/attachments.zip", "/headers"])
def test_another_account_has_no_message(webmail: Webmail, mail_user: MailUser, page: str) -> None:
    uid = mail_user.append(plain())
    assert webmail.see(f"/mail/other/INBOX/{uid}{page}").status == 404


@pytest.mark.parametrize("uid", ["0", "-1", "1.5", "4294967296", "\N{FULLWIDTH DIGIT ONE}", "1e3", "%20"])
def test_what_is_no_uid_is_refused(webmail: Webmail, uid: str) -> None:
    assert webmail.see(f"{INBOX}{uid}").status in (404, 422)


def test_fields_that_no_page_knows_are_refused_by_name(webmail: Webmail, mail_user: MailUser) -> None:
    uid = mail_user.append(plain())
    page = webmail.see(f"{INBOX}{uid}?hax=1")
    assert page.status == 422 and "hax: is not a field of this page" in page.html
    assert webmail.see(f"{INBOX}{uid}?images=maybe").status == 422
    assert webmail.see(f"{INBOX}{uid}?images=1&images=1").status == 422


def test_on_a_bare_server_a_message_opens_all_the_same(bare_webmail: Webmail, bare_mail_user: MailUser) -> None:
    first = bare_mail_user.append(plain("Plants", Message_ID="<one@x.test>"))
    second = bare_mail_user.append(plain("Re: Plants", Message_ID="<two@x.test>", References="<one@x.test>"))
    page = bare_webmail.see(f"{INBOX}{second}")
    assert page.one("#subject").text() == "Re: Plants" and f"{INBOX}{first}" in page.html
    assert "\\Seen" in bare_mail_user.flags(second)


@pytest.mark.parametrize(
    ("to", "cc", "offered"),
    [
        ("{me}", "", 0),
        ("{me}, Ada <ADA@example.test>", "", 0),
        ("undisclosed:;", "", 0),
        ("list@example.test", "", 2),
        ("{me}", "bob@example.test", 2),
    ],
)
def test_an_answer_to_all_is_offered_where_it_goes_to_others(
    webmail: Webmail, mail_user: MailUser, to: str, cc: str, offered: int
) -> None:
    named = f"From: ada@example.test\r\nTo: {to.format(me=mail_user.name)}\r\nCc: {cc}\r\n\r\nHello"
    page = webmail.see(f"{INBOX}{mail_user.append(named.encode())}")
    assert len(page.tree.css('a[href^="/compose?mode=reply-all"]')) == offered
    assert len(page.tree.css('a[href^="/compose?mode=reply&"]')) == 2
