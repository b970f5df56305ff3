"""Folders made, renamed, deleted and subscribed to, over HTTP and on a real server."""

import pytest

from tests.modules.webmail import Page, Webmail
from tests.servers.mail_user import MailUser

pytestmark = pytest.mark.servers

BANNER = ".folders > .banner"


def subscriptions(page: Page) -> dict[str, bool]:
    """The folders that a page lists, and whether each is subscribed."""
    listed: dict[str, bool] = {}
    for folder in page.tree.css("li.folder"):
        name, button = folder.css_first(".folder-name"), folder.css_first("button.chip")
        assert name is not None and button is not None
        listed[name.text()] = "aria-current" in button.attributes
    return listed


def names(webmail: Webmail) -> list[str]:
    """The folders on the page, in their order."""
    return list(subscriptions(webmail.see("/folders")))


def row(page: Page, name: str) -> str:
    """The part of the page about one folder, as a CSS selector."""
    return f"li.folder:nth-child({list(subscriptions(page)).index(name) + 1})"


def on_server(user: MailUser) -> set[str]:
    """The folders that the server has, as another program sees them."""
    with user.connection() as connection:
        lines = [line.decode() for line in connection.list()[1] if isinstance(line, bytes)]
        return {line.rpartition('" ')[2].strip('"') for line in lines}


def test_a_made_folder_is_there_subscribed_and_told_of(webmail: Webmail, mail_user: MailUser) -> None:
    made = webmail.send("/folders/create", {"name": " Garden ", "parent": ""})
    assert (made.status, made.location) == (303, "/folders")
    page = webmail.see("/folders")
    assert subscriptions(page)["Garden"] is True
    assert "Folder Garden was made." in page.html
    assert "Garden" in on_server(mail_user)


def test_a_folder_is_made_inside_of_another(webmail: Webmail, mail_user: MailUser) -> None:
    webmail.send("/folders/create", {"name": "Garden", "parent": ""})
    status, told = webmail.tell("/folders/create", {"name": "Roses", "parent": "Garden"})
    assert (status, told) == (
        200,
        {"location": "/folders", "name": "Garden/Roses", "text": "Folder Garden/Roses was made."},
    )
    assert {"Garden", "Garden/Roses"} <= on_server(mail_user)


def test_a_delimiter_in_the_name_makes_a_folder_inside(webmail: Webmail) -> None:
    assert webmail.tell("/folders/create", {"name": "Work/2026/May"})[0] == 200
    assert {"Work", "Work/2026", "Work/2026/May"} <= set(names(webmail))


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "is empty"),
        ("   ", "is empty"),
        ("a\r\nX LOGOUT", "contains control characters"),
        ("a\0b", "contains control characters"),
        ("a\tb", "contains control characters"),
        ("photo\u202egpj", "contains characters that turn the direction of other text"),
        ("y" * 501, "is longer than 500 characters"),
        ("a//b", "has nothing before or after a /, which parts folders from those inside"),
        ("/a", "has nothing before or after a /, which parts folders from those inside"),
        ("a/ /b", "has nothing before or after a /, which parts folders from those inside"),
    ],
)
def test_a_name_no_folder_can_have_is_told_by_field(webmail: Webmail, typed: str, reason: str) -> None:
    assert webmail.refusal("/folders/create", {"name": typed}) == (422, {"name": reason})
    webmail.tell("/folders/create", {"name": "Plain"})
    assert webmail.refusal("/folders/rename", {"name": "Plain", "new_name": typed}) == (422, {"new_name": reason})
    assert "Plain" in names(webmail)


def test_a_field_left_out_is_told(webmail: Webmail) -> None:
    assert webmail.refusal("/folders/rename", {"name": "Drafts"}) == (422, {"new_name": "is missing"})
    assert webmail.refusal("/folders/delete", {}) == (422, {"name": "is missing"})


@pytest.mark.parametrize("name", ["<b>&amp;\"'", "Übung 日本語", "a & b", 'quo"te\\slash', "{{ 7*7 }}", "per%cent*"])
def test_a_folder_of_any_other_name_can_be_made_opened_and_deleted(webmail: Webmail, name: str) -> None:
    assert webmail.tell("/folders/create", {"name": name})[1]["name"] == name
    page = webmail.see("/folders")
    assert name in subscriptions(page)
    link = page.one(f"{row(page, name)} a.folder-name").attributes["href"]
    assert link is not None and webmail.see(link).status == 200
    assert webmail.tell("/folders/delete", {"name": name})[0] == 200
    assert name not in names(webmail)


def test_a_refused_folder_is_shown_again_with_what_was_typed(webmail: Webmail) -> None:
    page = webmail.send("/folders/create", {"name": "a//<b>", "parent": "Drafts"})
    assert page.status == 422
    assert (page.value("#new-name"), page.value("#new-parent")) == ("a//<b>", "Drafts")
    assert page.texts("#new-name-error")[0].startswith("The name has nothing before or after a /")
    assert page.one("#new-name").attributes["aria-invalid"] == "true"


def test_a_taken_name_is_told_and_stays_typed(webmail: Webmail) -> None:
    webmail.tell("/folders/create", {"name": "Garden"})
    page = webmail.send("/folders/create", {"name": "Garden", "parent": ""})
    assert (page.status, page.value("#new-name")) == (422, "Garden")
    assert page.texts("#new-name-error") == ["The name is that of another folder."]
    page = webmail.send("/folders/create", {"name": "Below", "parent": "Garden"})
    page = webmail.send("/folders/create", {"name": "Below", "parent": "Garden"})
    assert page.texts("#new-name-error") == ["The name is that of another folder."]


def test_a_folder_inside_of_one_that_vanished_is_not_found(webmail: Webmail) -> None:
    page = webmail.send("/folders/create", {"name": "Roses", "parent": "Vanished"})
    assert (page.status, page.value("#new-name")) == (404, "Roses")
    assert "There is no folder Vanished." in page.texts(BANNER)[0]


def test_a_folder_is_renamed_with_those_inside(webmail: Webmail) -> None:
    webmail.tell("/folders/create", {"name": "Old/Below"})
    status, told = webmail.tell("/folders/rename", {"name": "Old", "new_name": "New"})
    assert (status, told["name"], told["text"]) == (200, "New", "Old is now New.")
    listed = set(names(webmail))
    assert {"New", "New/Below"} <= listed and not {"Old", "Old/Below"} & listed


@pytest.mark.parametrize(
    ("new", "status", "reason"),
    [
        ("Mine", 422, "The name is the name it has already."),
        ("Mine/Inside", 422, "The name lies inside of the folder itself."),
        ("Drafts", 422, "The name is that of another folder."),
    ],
)
def test_a_refused_new_name_is_shown_again_where_it_was_typed(
    webmail: Webmail, new: str, status: int, reason: str
) -> None:
    webmail.tell("/folders/create", {"name": "Mine"})
    page = webmail.send("/folders/rename", {"name": "Mine", "new_name": new})
    mine = row(page, "Mine")
    assert (page.status, page.value(f"{mine} input[name=new_name]")) == (status, new)
    assert reason in page.texts(".field-error") + page.texts(BANNER)
    assert page.has(f"{mine} details[open]") and len(page.tree.css("details.folder-edit[open]")) == 1
    assert page.value("#new-name") == ""


def test_a_folder_with_messages_is_deleted_only_by_those_who_are_sure(webmail: Webmail, mail_user: MailUser) -> None:
    mail_user.create("Full")
    mail_user.append("Subject: kept\n\nx", "Full")
    page = webmail.send("/folders/delete", {"name": "Full"})
    assert page.status == 422
    assert page.texts(f"{row(page, 'Full')} .field-error") == [
        "The box has to be ticked: Full holds 1 message, which goes with it."
    ]
    assert page.has(f"{row(page, 'Full')} details[open]") and page.value("#new-name") == ""
    assert "Full" in on_server(mail_user)
    assert webmail.send("/folders/delete", {"name": "Full", "sure": "1"}).status == 303
    assert "Full" not in on_server(mail_user)


def test_an_empty_folder_of_a_role_is_not_deleted_by_accident(webmail: Webmail, mail_user: MailUser) -> None:
    refused = webmail.refusal("/folders/delete", {"name": "Trash"})
    assert refused == (422, {"sure": "has to be ticked: Trash is your folder for deleted messages"})
    assert "Trash" in on_server(mail_user)


def test_the_inbox_stays_whatever_is_asked(webmail: Webmail, mail_user: MailUser) -> None:
    for name in ("INBOX", "inbox"):
        webmail.tell("/folders/rename", {"name": name, "new_name": "Other"})
        webmail.tell("/folders/delete", {"name": name, "sure": "1"})
    assert webmail.tell("/folders/rename", {"name": "INBOX", "new_name": "Other"})[0] == 409
    assert webmail.tell("/folders/delete", {"name": "INBOX", "sure": "1"})[0] == 409
    assert not webmail.see("/folders").has(f"{row(webmail.see('/folders'), 'Inbox')} details")
    assert "INBOX" in on_server(mail_user) and "Other" not in on_server(mail_user)


def test_a_folder_that_is_gone_is_told(webmail: Webmail) -> None:
    for where, fields in (
        ("/folders/rename", {"new_name": "New"}),
        ("/folders/delete", {}),
        ("/folders/subscribe", {"subscribed": "1"}),
        ("/folders/assign", {"role": "trash"}),
    ):
        page = webmail.send(where, {"name": "Gone", **fields})
        assert (page.status, page.value("#new-name")) == (404, "")
        assert page.texts(BANNER) == ["There is no folder Gone. It may have been renamed or deleted elsewhere."]


def test_a_folder_is_subscribed_to_and_no_longer(webmail: Webmail, mail_user: MailUser) -> None:
    webmail.tell("/folders/create", {"name": "News"})
    assert webmail.tell("/folders/subscribe", {"name": "News", "subscribed": "0"})[1]["text"] == (
        "News is no longer shown among your folders."
    )
    assert subscriptions(webmail.see("/folders"))["News"] is False
    webmail.send("/folders/subscribe", {"name": "News", "subscribed": "1"})
    page = webmail.see("/folders")
    assert subscriptions(page)["News"] is True and "News is shown among your folders." in page.html


def test_a_folder_that_only_holds_others_is_listed_without_a_way_in(webmail: Webmail, mail_user: MailUser) -> None:
    mail_user.create("Top/Inner")
    page = webmail.see("/folders")
    assert page.one(f"{row(page, 'Top')} .folder-name").tag == "span"
    assert webmail.refusal("/folders/assign", {"role": "sent", "name": "Top"}) == (
        422,
        {"name": "can hold no messages"},
    )
    refused = webmail.send("/folders/delete", {"name": "Top", "sure": "1"})
    assert (refused.status, refused.texts(BANNER)) == (
        409,
        ["Top only holds other folders. Delete those, then it is gone too."],
    )


def test_a_folder_with_an_odd_name_made_elsewhere_can_be_renamed(webmail: Webmail, mail_user: MailUser) -> None:
    odd = "odd\u202ename"
    mail_user.create("odd&IC4-name")
    assert odd in names(webmail)
    assert webmail.tell("/folders/rename", {"name": odd, "new_name": "Even"})[0] == 200
    assert "Even" in on_server(mail_user)


def test_scripts_are_told_every_folder(webmail: Webmail, mail_user: MailUser) -> None:
    mail_user.append("Subject: new\n\nx")
    told = webmail.ask("/folders")
    assert isinstance(told, dict) and told["account"] == "main"
    inbox = told["mailboxes"][0]
    assert (inbox["name"], inbox["role"], inbox["messages"], inbox["unseen"]) == ("INBOX", "inbox", 1, 1)
    assert ["trash", "Trash"] in told["roles"]


def test_a_stranger_sees_and_changes_no_folder(webmail: Webmail, mail_user: MailUser) -> None:
    stranger = webmail.visitor()
    assert stranger.see("/folders").location == "/login?next=%2Ffolders"
    assert stranger.tell("/folders/create", {"name": "Mine"})[0] == 401
    assert "Mine" not in on_server(mail_user)
