"""Requests that no page of ours makes, and folders named to do harm."""

from typing import Any
from urllib.parse import quote as url_quote

import pytest
from imapclient import imap_utf7

from tests.modules.mail.letters import plain
from tests.modules.webmail import Webmail
from tests.servers.mail_user import MailUser

pytestmark = pytest.mark.servers

INBOX = "/mail/main/INBOX/"
NAMES = (
    "<img src=x onerror=alert(1)>",
    "</title><script>alert(1)</script>",
    "quo\"te 'x' \\y",
    "%00",
    "=2F=0D=0A",
    "{{ 7*7 }}",
    "javascript:alert(1)",
    "changes",
    "1/frame",
    "x?y#z",
    "a;b&c",
    "zero\u200bwidth",
    "turned \u202egnp",
    "a\N{SEEDLING}b",
)


def reasons(webmail: Webmail, where: str) -> tuple[int, dict[str, str]]:
    """The status, and the reason of each refused field."""
    answer = webmail.browser.get(where, Accept="application/json")
    return answer.status_code, {one["field"]: one["reason"] for one in answer.get_json()["error"]["fields"]}


@pytest.mark.parametrize("name", NAMES)
def test_a_folder_of_any_name_is_opened_and_filled_and_only_shown(
    webmail: Webmail, mail_user: MailUser, name: str
) -> None:
    mail_user.create(imap_utf7.encode(name).decode("ascii"))
    uid = mail_user.append(plain())
    page = webmail.see(INBOX)
    (link,) = [one for one in page.tree.css("a[data-mailbox]") if one.attributes["data-mailbox"] == name]
    where = link.attributes["href"] or ""
    assert where.startswith("/mail/main/") and where.isascii() and where.isprintable()
    status, told = webmail.tell(f"{INBOX}messages", {"action": "move", "uid": str(uid), "target": name})
    undo: Any = told["undo"]
    assert (status, undo["path"]) == (200, f"{where}messages")
    moved = webmail.see(where)
    assert moved.status == 200 and moved.texts(".row-subject") == ["Plants"]
    assert [one.attributes["data-mailbox"] for one in moved.tree.css('a[data-mailbox][aria-current="page"]')] == [name]
    assert not moved.has("img") and "alert(1)" not in "".join(one.text() for one in moved.tree.css("script"))


def test_a_folder_whose_name_breaks_lines_is_left_alone_and_breaks_no_page(
    webmail: Webmail, mail_user: MailUser
) -> None:
    mail_user.create(imap_utf7.encode("two\u2028lines").decode("ascii"))
    mail_user.create("Garden")
    page = webmail.see(INBOX)
    assert page.status == 200 and page.has('a[href="/mail/main/Garden/"]') and "lines" not in page.html


@pytest.mark.parametrize(
    "name", ["a\r\nX LOGOUT", "a\nb", "a\rb", "\0", "a\0b", "a\x1bb", "a\x7fb", "a\x85b", "a\u2028b"]
)
def test_a_folder_with_controls_in_its_name_is_neither_opened_nor_written_to(
    webmail: Webmail, mail_user: MailUser, name: str
) -> None:
    uid = mail_user.append(plain())
    assert webmail.browser.get(f"/mail/main/{url_quote(name, safe='')}/").status_code in (404, 422)
    escaped = "".join(f"={ord(letter):02X}" if ord(letter) < 256 else url_quote(letter) for letter in name)
    status, told = reasons(webmail, f"/mail/main/{escaped}/")
    assert (status, told) == (422, {"mailbox": "contains control characters"})
    status, told = webmail.refusal(f"{INBOX}messages", {"action": "move", "uid": str(uid), "target": name})
    assert (status, told) == (422, {"target": "contains control characters"})
    assert mail_user.uids() == [uid]


@pytest.mark.parametrize(
    ("query", "field", "reason"),
    [
        ("start=1&start=2", "start", "was sent more than once"),
        ("start=-1", "start", "is not between 0 and 100000000"),
        ("start=100000001", "start", "is not between 0 and 100000000"),
        ("start=99999999999999999999", "start", "is not a whole number"),
        ("start=%EF%BC%91", "start", "is not a whole number"),
        ("start=1e3", "start", "is not a whole number"),
        ("limit=0", "limit", "is not between 1 and 200"),
        ("limit=201", "limit", "is not between 1 and 200"),
        ("order=sideways", "order", "is not one of: newest, oldest, sender, subject, largest"),
        ("show=all&show=unread", "show", "was sent more than once"),
        (f"q={'x' * 501}", "q", "is longer than 500 characters"),
        ("q=a%0d%0ab", "q", "contains control characters"),
        ("hax=1", "hax", "is not a field of this page"),
    ],
)
def test_a_list_asked_for_wrongly_says_what_is_wrong(webmail: Webmail, query: str, field: str, reason: str) -> None:
    assert reasons(webmail, f"{INBOX}?{query}") == (422, {field: reason})
    page = webmail.see(f"{INBOX}?{query}")
    assert page.status == 422 and page.has("[data-reason]")


@pytest.mark.parametrize("field", ["uidvalidity", "uidnext", "messages", "unseen", "modseq"])
def test_a_browsers_counters_are_numbers_of_64_bits(webmail: Webmail, field: str) -> None:
    assert reasons(webmail, f"{INBOX}changes?{field}=x") == (422, {field: "is not a whole number"})
    status, told = reasons(webmail, f"{INBOX}changes?{field}={2**63}")
    assert status == 422 and told[field].startswith("is not between")


@pytest.mark.parametrize("account", ["other", "mai", "main2"])
def test_an_account_that_is_not_the_users_is_not_there(webmail: Webmail, account: str) -> None:
    page = webmail.see(f"/mail/{account}/INBOX/")
    assert page.status == 404 and "You have no such account." in page.html


@pytest.mark.parametrize("account", ["Main", "..", "ma%20in", "x" * 41, "-main"])
def test_what_can_be_no_account_is_refused(webmail: Webmail, account: str) -> None:
    assert reasons(webmail, f"/mail/{account}/INBOX/") == (422, {"account": "is not an account name"})


@pytest.mark.parametrize("uid", ["0", "-1", "4294967296", "1.5", "1e3", "%EF%BC%91", "1%0d%0a"])
def test_what_can_be_no_uid_reaches_no_server(webmail: Webmail, mail_user: MailUser, uid: str) -> None:
    mail_user.append(plain())
    status, told = reasons(webmail, f"{INBOX}{uid}")
    assert status == 422 and set(told) == {"uid"}


def test_a_form_that_says_twice_what_can_be_said_once_does_nothing(webmail: Webmail, mail_user: MailUser) -> None:
    uid = mail_user.append(plain())
    sent: dict[str, Any] = {"action": ["seen", "erase"], "uid": str(uid)}
    assert webmail.refusal(f"{INBOX}messages", sent) == (422, {"action": "was sent more than once"})
    assert mail_user.uids() == [uid]


@pytest.mark.parametrize(
    "elsewhere", ["//evil.example/", "/\\evil.example", "javascript:alert(1)", "/a\r\nSet-Cookie: x"]
)
def test_a_form_leads_to_no_other_site_and_does_nothing(webmail: Webmail, mail_user: MailUser, elsewhere: str) -> None:
    uid = mail_user.append(plain())
    status, told = webmail.refusal(f"{INBOX}messages", {"action": "erase", "uid": str(uid), "next": elsewhere})
    assert status == 422 and set(told) == {"next"} and mail_user.uids() == [uid]


def test_a_change_without_the_forms_token_is_not_made(webmail: Webmail, mail_user: MailUser) -> None:
    uid = mail_user.append(plain())
    for token in ("", "x", "a" * 91):
        answer = webmail.browser.post(f"{INBOX}messages", {"action": "erase", "uid": str(uid)}, token=token)
        assert answer.status_code == 400
    assert webmail.browser.get(f"{INBOX}messages?action=erase&uid={uid}").status_code == 422
    assert mail_user.uids() == [uid]
