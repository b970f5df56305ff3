"""Lists of messages over HTTP, on a real server."""

from typing import Any

import pytest

from tests.modules.mail.letters import plain, with_files
from tests.modules.webmail import Page, Webmail
from tests.servers.mail_user import MailUser

pytestmark = pytest.mark.servers

INBOX = "/mail/main/INBOX/"
SUBJECTS = ".row-subject"


def subjects(page: Page) -> list[str]:
    return page.texts(SUBJECTS)


def fill(user: MailUser, *names: str, mailbox: str = "INBOX") -> list[int]:
    """Messages with these subjects, the first one the oldest."""
    return [
        user.append(plain(name, date=f"Fri, 01 May 2026 10:{minute:02}:00 +0000"), mailbox)
        for minute, name in enumerate(names)
    ]


def rows(told: Any) -> list[str]:  # Any: JSON.
    return [row["subject"] for row in told["rows"]]


def test_the_first_view_is_the_inbox_with_the_newest_on_top(webmail: Webmail, mail_user: MailUser) -> None:
    fill(mail_user, "One", "Two", "Three")
    assert webmail.see("/mail/").location == INBOX
    page = webmail.see(INBOX)
    assert subjects(page) == ["Three", "Two", "One"]
    assert page.one("title").text() == "Inbox · hm3"


def test_a_subject_as_long_as_a_book_does_not_swell_the_list(webmail: Webmail, mail_user: MailUser) -> None:
    fill(mail_user, "Chapter " * 3000, "Two")
    page = webmail.see(INBOX)
    assert subjects(page)[0] == "Two" and subjects(page)[1].startswith("Chapter Chapter")
    assert len(subjects(page)[1]) <= 400 and len(page.html) < 100_000


def test_an_empty_mailbox_says_so(webmail: Webmail) -> None:
    assert webmail.see(INBOX).status == 200 and not webmail.see(INBOX).has(SUBJECTS)


def test_folders_stand_beside_with_their_unread_counts(webmail: Webmail, mail_user: MailUser) -> None:
    mail_user.create("Garden")
    fill(mail_user, "One", "Two", mailbox="Garden")
    mail_user.append(plain("Seen"), "Garden", "\\Seen")
    page = webmail.see(INBOX)
    link = page.one('a[href="/mail/main/Garden/"]')
    assert link.text().replace(" ", "").split() == ["Garden2"]
    assert page.one('a[aria-current="page"]').attributes["href"] == INBOX


def test_a_page_has_as_many_rows_as_the_reader_wants_and_leads_to_the_others(
    webmail: Webmail, mail_user: MailUser
) -> None:
    fill(mail_user, *(f"Number {number}" for number in range(25)))
    webmail.send("/settings/reading", {"page_size": "10"})
    first, second = webmail.see(INBOX), webmail.see(f"{INBOX}?start=10")
    assert (len(subjects(first)), subjects(second)[0]) == (10, "Number 14")
    assert webmail.see(f"{INBOX}?start=20").texts(SUBJECTS)[-1] == "Number 0"
    assert first.has('a[href*="start=10"]') and second.has('a[href*="start=20"]')
    # Who asks for more than there is sees the end of the list.
    assert subjects(webmail.see(f"{INBOX}?start=5000"))[-1] == "Number 0"


def test_scripts_get_rows_alone(webmail: Webmail, mail_user: MailUser) -> None:
    fill(mail_user, *(f"Number {number}" for number in range(5)))
    part = webmail.see(f"{INBOX}?part=mail.rows&start=2&limit=2")
    assert "<html" not in part.html and "Number 2" in part.html and "Number 1" in part.html
    assert "Number 3" not in part.html and "Number 0" not in part.html
    assert "<html" not in webmail.see(f"{INBOX}?part=mail.list").html
    assert webmail.see(f"{INBOX}?part=mail.nothing").status == 404


def test_scripts_get_rows_as_data(webmail: Webmail, mail_user: MailUser) -> None:
    mail_user.append(plain("Ünïcode \N{SEEDLING}", "Words to begin with"), flags="\\Seen \\Flagged \\Answered")
    told: Any = webmail.ask(INBOX)
    (row,) = told["rows"]
    assert (told["account"], told["mailbox"], told["start"], told["total"]) == ("main", "INBOX", 0, 1)
    assert (row["subject"], row["sender"], row["address"]) == ("Ünïcode 🌱", "Ada Field", "ada@example.test")
    assert (row["seen"], row["starred"], row["answered"], row["has_attachments"]) == (True, True, True, False)
    assert row["preview"] == "Words to begin with"


def test_attachments_are_seen_in_the_row(webmail: Webmail, mail_user: MailUser) -> None:
    mail_user.append(with_files(("a.bin", b"1")))
    told: Any = webmail.ask(INBOX)
    assert told["rows"][0]["has_attachments"] is True


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("newest", ["Plums", "Apples", "Quinces"]),
        ("oldest", ["Quinces", "Apples", "Plums"]),
        ("subject", ["Apples", "Plums", "Quinces"]),
    ],
)
def test_lists_have_an_order(webmail: Webmail, mail_user: MailUser, order: str, expected: list[str]) -> None:
    fill(mail_user, "Quinces", "Apples", "Plums")
    assert subjects(webmail.see(f"{INBOX}?order={order}")) == expected


def test_lists_on_a_bare_server_are_the_same(bare_webmail: Webmail, bare_mail_user: MailUser) -> None:
    fill(bare_mail_user, "Quinces", "Apples", "Plums")
    assert subjects(bare_webmail.see(INBOX)) == ["Plums", "Apples", "Quinces"]
    assert subjects(bare_webmail.see(f"{INBOX}?order=subject")) == ["Apples", "Plums", "Quinces"]
    assert subjects(bare_webmail.see(f"{INBOX}?q=app")) == ["Apples"]


def test_only_unread_or_starred_messages_can_be_shown(webmail: Webmail, mail_user: MailUser) -> None:
    mail_user.append(plain("Read"), flags="\\Seen")
    mail_user.append(plain("Starred"), flags="\\Seen \\Flagged")
    mail_user.append(plain("New"))
    assert subjects(webmail.see(f"{INBOX}?show=unread")) == ["New"]
    assert subjects(webmail.see(f"{INBOX}?show=starred")) == ["Starred"]


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("apples", ["Apples"]),
        ("subject:plums", ["Plums"]),
        ('from:ada subject:"Quin"', ["Quinces"]),
        ("nothing-of-it", []),
        ("from:", ["Plums", "Apples", "Quinces"]),
        ("((((", []),
    ],
)
def test_a_folder_is_searched(webmail: Webmail, mail_user: MailUser, search: str, expected: list[str]) -> None:
    fill(mail_user, "Quinces", "Apples", "Plums")
    page = webmail.see(f"{INBOX}?q={search.replace(' ', '+')}")
    assert page.status == 200 and set(subjects(page)) >= set(expected)
    if expected == [] or len(expected) == 1:
        assert subjects(page) == expected
    typed = page.tree.css_first('input[type="search"][name="q"]')
    assert typed is not None and typed.attributes["value"] == search


def test_a_folder_that_is_not_there_is_named(webmail: Webmail) -> None:
    page = webmail.see("/mail/main/Nowhere/")
    assert page.status == 404 and "There is no folder Nowhere. It may have been deleted or renamed" in page.html


def test_a_folder_that_other_programs_hide_is_found_by_its_name(webmail: Webmail, mail_user: MailUser) -> None:
    mail_user.create("Hidden")
    mail_user.run("UNSUBSCRIBE", "Hidden")
    fill(mail_user, "Inside", mailbox="Hidden")
    assert subjects(webmail.see("/mail/main/Hidden/")) == ["Inside"]


def test_a_folder_without_messages_of_its_own_is_told(webmail: Webmail, mail_user: MailUser) -> None:
    mail_user.create("Outer/Inner")
    page = webmail.see("/mail/main/Outer/")
    assert page.status in (200, 404)
    assert page.status == 200 or "holds other folders, but no messages" in page.html


@pytest.mark.parametrize("account", ["other", "Main!", "x" * 60])
def test_another_account_is_not_there(webmail: Webmail, account: str) -> None:
    assert webmail.see(f"/mail/{account}/INBOX/").status in (404, 422)


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("<b>bold</b>", "%3Cb%3Ebold%3C/b%3E"),
        ('quo"te', "quo%22te"),
        ("50% off", "50%25%20off"),
        ("Übersetzung", "%C3%9Cbersetzung"),
        ("a&b", "a%26b"),
    ],
)
def test_odd_names_of_folders_do_no_harm(webmail: Webmail, mail_user: MailUser, name: str, address: str) -> None:
    webmail.tell("/folders/create", {"name": name})
    webmail.tell("/mail/main/INBOX/messages", {"action": "seen", "uid": "1"})
    page = webmail.see(f"/mail/main/{address}/")
    assert page.status == 200
    assert not page.has("nav b:not([class])") and not page.has("b b")


def test_names_that_no_folder_can_have_are_refused(webmail: Webmail) -> None:
    for name in ("a%0d%0aLOGOUT", "%00", "a%0ab"):
        assert webmail.see(f"/mail/main/{name}/").status in (404, 422)


def test_a_script_learns_what_changed(webmail: Webmail, mail_user: MailUser) -> None:
    first: Any = webmail.ask(f"{INBOX}changes")
    state = first["state"]
    known = "&".join(
        f"{name}={state[key]}"
        for name, key in (
            ("uidvalidity", "uidvalidity"),
            ("uidnext", "uidnext"),
            ("messages", "messages"),
            ("unseen", "unseen"),
            ("modseq", "modseq"),
        )
        if state[key] is not None
    )
    same: Any = webmail.ask(f"{INBOX}changes?{known}")
    fill(mail_user, "New")
    other: Any = webmail.ask(f"{INBOX}changes?{known}")
    assert (same["changed"], other["changed"]) == (False, True)
    assert {one["name"]: one["unseen"] for one in other["mailboxes"]}["INBOX"] == 1


def test_hidden_words_of_a_subject_are_only_words(webmail: Webmail, mail_user: MailUser) -> None:
    mail_user.append(plain("<script>alert(1)</script>{{ 7*7 }}", sender='"<img src=x>" <ada@example.test>'))
    page = webmail.see(INBOX)
    assert subjects(page) == ["<script>alert(1)</script>{{ 7*7 }}"]
    assert "<script>alert" not in page.html and "<img src=x>" not in page.html


def test_a_message_is_counted_among_those_of_its_list(webmail: Webmail, mail_user: MailUser) -> None:
    one = mail_user.append(plain("one"), flags="\\Seen")
    two = mail_user.append(plain("two"))
    mail_user.append(plain("other", sender="x@y.test"), flags="\\Seen")

    def place(uid: int, rest: str = "") -> list[str]:
        return webmail.see(f"{INBOX}{uid}?peek=1&{rest}").texts(".read-place")

    assert place(one) == ["3 of 3"]
    assert place(one, "q=from:ada") == ["2 of 2"]
    assert place(two, "show=unread") == ["1 of 1"]
    assert place(one, "q=nothing") == []
