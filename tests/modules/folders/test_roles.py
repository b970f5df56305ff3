"""What folders are for: chosen by the user, kept over log-ins and new names."""

import pytest

from tests.modules.webmail import Webmail
from tests.servers.mail_user import MailUser

pytestmark = pytest.mark.servers


def chosen(webmail: Webmail) -> dict[str, str]:
    """The folder that is chosen for each role."""
    page = webmail.see("/folders")
    roles = ("archive", "drafts", "junk", "sent", "trash")
    return {role: page.value(f"#role-{role}") for role in roles}


def test_a_role_is_given_and_found_again_after_another_login(webmail: Webmail, mail_user: MailUser) -> None:
    webmail.tell("/folders/create", {"name": "Compost"})
    status, told = webmail.tell("/folders/assign", {"role": "trash", "name": "Compost"})
    assert (status, told["text"]) == (200, "Compost is now your folder for deleted messages.")
    later = webmail.visitor()
    later.log_in(mail_user.name, mail_user.password)
    assert chosen(later)["trash"] == "Compost"


def test_a_role_goes_back_to_the_servers_choice(webmail: Webmail) -> None:
    webmail.tell("/folders/create", {"name": "Compost"})
    webmail.send("/folders/assign", {"role": "trash", "name": "Compost"})
    assert chosen(webmail)["trash"] == "Compost"
    webmail.send("/folders/assign", {"role": "trash", "name": ""})
    assert "The server chooses that folder again." in webmail.see("/folders").html
    assert chosen(webmail)["trash"] == "Trash"


def test_a_role_follows_a_folder_that_is_renamed_or_moved_with_another(webmail: Webmail) -> None:
    webmail.tell("/folders/create", {"name": "Old"})
    webmail.tell("/folders/create", {"name": "Old/Compost"})
    webmail.tell("/folders/assign", {"role": "trash", "name": "Old/Compost"})
    webmail.tell("/folders/assign", {"role": "archive", "name": "Old"})
    webmail.tell("/folders/rename", {"name": "Old", "new_name": "New"})
    assert (chosen(webmail)["trash"], chosen(webmail)["archive"]) == ("New/Compost", "New")


def test_a_folder_made_anew_has_no_role_of_the_one_before(webmail: Webmail) -> None:
    webmail.tell("/folders/create", {"name": "Compost"})
    webmail.tell("/folders/assign", {"role": "trash", "name": "Compost"})
    assert webmail.refusal("/folders/delete", {"name": "Compost"})[0] == 422
    webmail.tell("/folders/delete", {"name": "Compost", "sure": "1"})
    webmail.tell("/folders/create", {"name": "Compost"})
    assert chosen(webmail)["trash"] == "Trash"


def test_a_folder_has_one_role_the_one_given_last(webmail: Webmail) -> None:
    webmail.tell("/folders/create", {"name": "Compost"})
    webmail.tell("/folders/assign", {"role": "archive", "name": "Compost"})
    webmail.tell("/folders/assign", {"role": "trash", "name": "Compost"})
    assert (chosen(webmail)["archive"], chosen(webmail)["trash"]) == ("Archive", "Compost")


def test_the_inbox_is_given_no_role(webmail: Webmail) -> None:
    page = webmail.send("/folders/assign", {"role": "trash", "name": "INBOX"})
    assert page.status == 422
    assert page.texts(".folders > .banner") == ["That folder is the inbox, which has no other use."]
    assert not page.has("#role-trash option[value=INBOX]")
    assert chosen(webmail)["trash"] == "Trash"


@pytest.mark.parametrize(
    ("role", "reason"),
    [("inbox", "cannot be given to a folder"), ("flagged", "cannot be given to a folder"), ("lunch", "is not one of")],
)
def test_only_some_roles_are_given(webmail: Webmail, role: str, reason: str) -> None:
    page = webmail.send("/folders/assign", {"role": role, "name": "Drafts"})
    assert page.status == 422
    assert page.texts(".folders > .banner")[0].startswith(f"That use {reason}")
