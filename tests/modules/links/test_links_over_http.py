"""Links of messages in the running site: marked, told before they lead away, and for nobody but their reader."""

import secrets
from html import unescape

import pytest

from tests.modules.mail.letters import plain, rich
from tests.modules.webmail import Page, Webmail
from tests.servers.mail_user import MailUser

pytestmark = pytest.mark.servers

INBOX = "/mail/main/INBOX/"
LYING = (
    '<p><a href="http://evil.example/login">https://www.bank.example/</a> <a href="https://example.org/a">more</a></p>'
)


def hrefs(page: Page) -> list[str]:
    return [unescape(link.attributes.get("href") or "") for link in page.tree.css("a")]


def marks(page: Page) -> list[tuple[str | None, str | None]]:
    return [(mark.attributes["data-odd"], mark.attributes["data-detail"]) for mark in page.tree.css("mark[data-odd]")]


def choose(webmail: Webmail, leaving: str) -> None:
    webmail.send("/settings/link", {"leaving": leaving})


def test_an_odd_link_is_marked_told_above_and_leads_over_a_page(webmail: Webmail, mail_user: MailUser) -> None:
    uid = mail_user.append(rich(LYING))
    assert webmail.see(f"{INBOX}{uid}").texts(".banner.warn") == [
        "A link says www.bank.example but leads to evil.example."
    ]
    frame = webmail.see(f"{INBOX}{uid}/frame")
    assert marks(frame) == [("site", "evil.example")]
    odd, other = hrefs(frame)
    assert other == "https://example.org/a" and odd.startswith("/leave?")
    assert frame.tree.css("a")[0].attributes["title"] == "http://evil.example/login"
    page = webmail.see(odd)
    assert page.texts(".leaving-host") == ["evil.example"] and page.texts("#leaving-address") == [
        "http://evil.example/login"
    ]
    assert page.texts(".leaving-odd li") == ["Its words name www.bank.example, but it leads to evil.example."]
    on = page.one(".leaving-ways a")
    assert on.attributes["href"] == "http://evil.example/login" and "noreferrer noopener" in (
        on.attributes["rel"] or ""
    )


def test_the_page_leads_nowhere_by_itself_and_tells_nobody_of_this_site(webmail: Webmail, mail_user: MailUser) -> None:
    uid = mail_user.append(rich(LYING))
    answer = webmail.browser.get(hrefs(webmail.see(f"{INBOX}{uid}/frame"))[0])
    assert answer.status_code == 200 and "Refresh" not in answer.headers
    assert answer.headers["Referrer-Policy"] == "no-referrer" and answer.headers["Cache-Control"] == "no-store"
    policy = answer.headers["Content-Security-Policy"]
    assert "form-action 'none'" in policy and "frame-ancestors 'none'" in policy and "default-src 'none'" in policy


def test_nobody_else_can_use_the_address_and_nobody_can_make_one(webmail: Webmail, mail_user: MailUser) -> None:
    uid = mail_user.append(rich(LYING))
    odd = hrefs(webmail.see(f"{INBOX}{uid}/frame"))[0]
    assert webmail.browser.get(odd.replace("&u=", "&u=A")).status_code == 404
    assert webmail.browser.get("/leave?m=a&u=b&s=c").status_code == 404
    assert webmail.browser.get("/leave").status_code == 422
    assert webmail.visitor().browser.get(odd).status_code in (302, 303, 401)
    webmail.log_out()
    webmail.log_in(mail_user.name, mail_user.password)
    assert webmail.browser.get(odd).status_code == 200


def test_the_reader_says_when_the_page_comes_in_between(webmail: Webmail, mail_user: MailUser) -> None:
    uid = mail_user.append(rich(LYING))
    choose(webmail, "never")
    frame = webmail.see(f"{INBOX}{uid}/frame")
    assert hrefs(frame) == ["http://evil.example/login", "https://example.org/a"] and len(marks(frame)) == 1
    choose(webmail, "always")
    assert all(href.startswith("/leave?") for href in hrefs(webmail.see(f"{INBOX}{uid}/frame")))


def test_a_link_too_long_for_the_page_is_removed_where_the_page_is_wanted(
    webmail: Webmail, mail_user: MailUser
) -> None:
    uid = mail_user.append(rich(f'<a href="https://bit.ly/{secrets.token_hex(3500)}">words</a>'))
    frame = webmail.see(f"{INBOX}{uid}/frame")
    assert hrefs(frame) == [""] and ("removed", "…") in marks(frame) and "words" in frame.html


def test_links_of_plain_text_are_marked_too(webmail: Webmail, mail_user: MailUser) -> None:
    uid = mail_user.append(plain("x", text="see http://2130706433/x and www.example.org"))
    assert marks(webmail.see(f"{INBOX}{uid}/frame")) == [("number", "127.0.0.1")]


def test_clean_links_lead_past_gateways(webmail: Webmail, mail_user: MailUser) -> None:
    wrapped = (
        "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fexample.org%2F%3Futm_source%3Dx&amp;data=1"
    )
    uid = mail_user.append(rich(f'<a href="{wrapped}">words</a>'))
    assert "1 link tells who clicks it." in webmail.see(f"{INBOX}{uid}").html
    assert marks(webmail.see(f"{INBOX}{uid}/frame")) == [("wrapped", "Microsoft Safe Links → example.org")]
    bare = webmail.see(f"{INBOX}{uid}/frame?bare=1")
    assert hrefs(bare) == ["https://example.org/"] and marks(bare) == []


@pytest.mark.parametrize("mode", ["reply", "forward"])
def test_nothing_of_the_marks_is_quoted(webmail: Webmail, mail_user: MailUser, mode: str) -> None:
    uid = mail_user.append(b"Subject: Newsletter\r\nContent-Type: text/html\r\n\r\n" + LYING.encode())
    form = webmail.see(f"/compose?mode={mode}&account=main&mailbox=INBOX&uid={uid}").html
    assert "Newsletter" in form
    assert "evil.example" in form and "/leave?" not in form
    assert "data-odd" not in form and "leads elsewhere" not in form


def test_marks_are_said_in_the_language_of_the_reader(webmail: Webmail, mail_user: MailUser) -> None:
    frame = f"{INBOX}{mail_user.append(rich(LYING))}/frame"
    for language, words in (
        ("en", "leads elsewhere, to"),
        ("de", "führt anderswohin, zu"),
        ("en", "leads elsewhere, to"),
    ):
        answer = webmail.browser.get(frame, **{"Accept-Language": language})
        assert f'--odd-site: "{words}";' in unescape(answer.get_data(as_text=True))
