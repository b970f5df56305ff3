"""What can be done with messages, over HTTP and on a real server; and how it is taken back."""

from typing import Any

import pytest

from tests.modules.mail.letters import plain
from tests.modules.webmail import Webmail
from tests.servers.mail_user import MailUser

pytestmark = pytest.mark.servers

INBOX = "/mail/main/INBOX/"


def act(webmail: Webmail, action: str, *uids: int, mailbox: str = "INBOX", **fields: str) -> Any:  # Any: JSON.
    """Do something as a script does; what it is told."""
    sent: dict[str, Any] = {"action": action, "uid": [str(uid) for uid in uids], **fields}
    status, told = webmail.tell(f"/mail/main/{mailbox}/messages", sent)
    assert status == 200, told
    return told


def take_back(webmail: Webmail, told: Any) -> Any:  # Any: JSON.
    fields: dict[str, Any] = {}
    for name, value in told["undo"]["fields"]:
        fields.setdefault(name, []).append(value)
    status, answer = webmail.tell(told["undo"]["path"], fields)
    assert status == 200, answer
    return answer


@pytest.mark.parametrize(
    ("action", "before", "after", "words"),
    [
        ("seen", "", {"\\Seen"}, "1 message marked as read."),
        ("unseen", "\\Seen", set(), "1 message marked as unread."),
        ("star", "", {"\\Flagged"}, "1 message starred."),
        ("unstar", "\\Flagged", set(), "1 message no longer starred."),
    ],
)
def test_flags_are_set_and_taken_back(
    webmail: Webmail, mail_user: MailUser, action: str, before: str, after: set[str], words: str
) -> None:
    uid = mail_user.append(plain(), flags=before)
    told = act(webmail, action, uid)
    assert (mail_user.flags(uid) - {"\\Recent"}, told["text"], told["uids"]) == (after, words, [uid])
    take_back(webmail, told)
    assert mail_user.flags(uid) - {"\\Recent"} == {flag for flag in [before] if flag}


@pytest.mark.parametrize(("action", "target"), [("archive", "Archive"), ("trash", "Trash"), ("junk", "Junk")])
def test_messages_are_filed_and_come_back(webmail: Webmail, mail_user: MailUser, action: str, target: str) -> None:
    one, two = mail_user.append(plain("One")), mail_user.append(plain("Two"))
    told = act(webmail, action, one)
    assert (mail_user.uids(), len(mail_user.uids(target))) == ([two], 1)
    take_back(webmail, told)
    assert (len(mail_user.uids()), mail_user.uids(target)) == (2, [])


def test_spam_is_told_to_the_server_and_can_be_taken_back(webmail: Webmail, mail_user: MailUser) -> None:
    told = act(webmail, "junk", mail_user.append(plain()))
    assert told["text"] == "1 message reported as spam."
    (moved,) = mail_user.uids("Junk")
    assert "$Junk" in mail_user.flags(moved, "Junk")
    back = act(webmail, "not-junk", moved, mailbox="Junk")
    assert back["text"] == "1 message reported as not spam."
    (home,) = mail_user.uids()
    assert "$NotJunk" in mail_user.flags(home) and "$Junk" not in mail_user.flags(home)
    take_back(webmail, back)
    assert len(mail_user.uids("Junk")) == 1


def test_spam_in_the_spam_folder_stays_there(webmail: Webmail, mail_user: MailUser) -> None:
    act(webmail, "junk", mail_user.append(plain()))
    (uid,) = mail_user.uids("Junk")
    told = act(webmail, "junk", uid, mailbox="Junk")
    assert told["undo"] is None and mail_user.uids("Junk") == [uid]
    home = mail_user.append(plain())
    assert act(webmail, "not-junk", home)["undo"] is None and mail_user.uids() == [home]


def test_a_report_is_taken_back_to_where_the_message_was_and_leaves_no_keyword(
    webmail: Webmail, mail_user: MailUser
) -> None:
    mail_user.create("Garden")
    told = act(webmail, "junk", mail_user.append(plain(), "Garden"), mailbox="Garden")
    assert take_back(webmail, told)["text"] == "The report of 1 message was taken back."
    (home,) = mail_user.uids("Garden")
    assert not mail_user.flags(home, "Garden") & {"$Junk", "$NotJunk"}


def test_a_report_of_what_stays_where_it_is_can_be_withdrawn(webmail: Webmail, mail_user: MailUser) -> None:
    uid = mail_user.append(plain(), flags="$NotJunk")
    assert act(webmail, "unjudged", uid, target="INBOX")["undo"] is None
    assert "$NotJunk" not in mail_user.flags(uid)


def test_what_is_not_spam_after_all_goes_where_it_is_wanted(webmail: Webmail, mail_user: MailUser) -> None:
    mail_user.create("Garden")
    act(webmail, "junk", mail_user.append(plain()))
    (uid,) = mail_user.uids("Junk")
    act(webmail, "not-junk", uid, mailbox="Junk", target="Garden")
    assert len(mail_user.uids("Garden")) == 1


def test_what_is_deleted_from_trash_is_erased(webmail: Webmail, mail_user: MailUser) -> None:
    act(webmail, "trash", mail_user.append(plain()))
    (uid,) = mail_user.uids("Trash")
    told = act(webmail, "trash", uid, mailbox="Trash")
    assert (told["text"], told["undo"], mail_user.uids("Trash")) == ("1 message deleted for good.", None, [])


def test_a_message_can_be_erased_at_once_and_no_other_goes_with_it(webmail: Webmail, mail_user: MailUser) -> None:
    marked = mail_user.append(plain(), flags="\\Deleted")
    uid = mail_user.append(plain())
    act(webmail, "erase", uid)
    assert mail_user.uids() == [marked]


def test_messages_are_moved_and_copied(webmail: Webmail, mail_user: MailUser) -> None:
    mail_user.create("Garden")
    one, two = mail_user.append(plain("One")), mail_user.append(plain("Two"))
    told = act(webmail, "move", one, target="Garden")
    assert told["text"] == "1 message moved to Garden." and len(mail_user.uids("Garden")) == 1
    take_back(webmail, told)
    assert len(mail_user.uids()) == 2
    copied = act(webmail, "copy", two, target="Garden")
    assert copied["undo"] is None and two in mail_user.uids() and len(mail_user.uids("Garden")) == 1


def test_all_that_a_list_shows_can_be_changed_at_once(webmail: Webmail, mail_user: MailUser) -> None:
    plums = [mail_user.append(plain("Plums")) for _ in range(3)]
    apple = mail_user.append(plain("Apple"))
    told = act(webmail, "star", all="1", q="subject:plums")
    assert sorted(told["uids"]) == plums
    assert "\\Flagged" not in mail_user.flags(apple)
    told = act(webmail, "seen", all="1", show="starred")
    assert sorted(told["uids"]) == plums and told["text"] == "3 messages marked as read."


def test_more_than_can_be_listed_is_not_taken_back(webmail: Webmail, mail_user: MailUser) -> None:
    with mail_user.connection() as connection:
        for _ in range(501):
            connection.append("INBOX", "", "", plain())
    told = act(webmail, "seen", all="1")
    assert told["undo"] is None and told["text"] == "501 messages marked as read."


def test_a_person_without_scripts_goes_where_the_form_says(webmail: Webmail, mail_user: MailUser) -> None:
    uid = mail_user.append(plain())
    page = webmail.send(f"{INBOX}messages", {"action": "star", "uid": str(uid), "next": f"{INBOX}?start=50"})
    assert (page.status, page.location) == (303, f"{INBOX}?start=50")
    following = webmail.see(INBOX)
    assert "1 message starred." in following.html and following.has('.notices form[action$="/messages"]')
    assert webmail.send(f"{INBOX}messages", {"action": "star", "uid": str(uid)}).location == INBOX


@pytest.mark.parametrize("mailbox", ["Trash", "Junk"])
def test_trash_and_junk_can_be_emptied_and_nothing_else(webmail: Webmail, mail_user: MailUser, mailbox: str) -> None:
    for _ in range(2):
        act(webmail, mailbox.lower(), mail_user.append(plain()))
    status, told = webmail.tell(f"/mail/main/{mailbox}/empty", {})
    assert (status, told["text"]) == (200, f"{mailbox} is empty. 2 messages deleted for good.")
    assert mail_user.uids(mailbox) == []
    kept = mail_user.append(plain())
    page = webmail.send(f"{INBOX}empty", {})
    assert page.status == 409 and "Only Trash and Junk can be emptied" in page.html and mail_user.uids() == [kept]


@pytest.mark.parametrize(
    ("fields", "field", "reason"),
    [
        ({"action": "fly", "uid": "1"}, "action", "is not one of"),
        ({"uid": "1"}, "action", "is missing"),
        ({"action": "seen"}, "uid", "names no message"),
        ({"action": "seen", "uid": "0"}, "uid", "is not between"),
        ({"action": "seen", "uid": "x"}, "uid", "is not a whole number"),
        ({"action": "move", "uid": "1"}, "target", "is missing: say which folder"),
        ({"action": "move", "uid": "1", "target": "INBOX"}, "target", "is the folder they are in already"),
        ({"action": "move", "uid": "1", "target": "a\r\nb"}, "target", "contains control characters"),
        ({"action": "seen", "uid": "1", "next": "https://evil.example/"}, "next", "is not an address of this site"),
        ({"action": "seen", "uid": "1", "more": "x"}, "more", "is not a field of this page"),
    ],
)
def test_a_bad_form_is_refused_with_the_field_and_the_reason(
    webmail: Webmail, fields: dict[str, str], field: str, reason: str
) -> None:
    status, reasons = webmail.refusal(f"{INBOX}messages", fields)
    assert status == 422 and reasons[field].startswith(reason)


def test_more_messages_than_a_form_may_name_are_refused(webmail: Webmail) -> None:
    sent: dict[str, Any] = {"action": "seen", "uid": [str(number) for number in range(1, 5002)]}
    status, reasons = webmail.refusal(f"{INBOX}messages", sent)
    assert (status, reasons) == (422, {"uid": "was sent more than 5000 times"})


def test_a_folder_to_move_to_that_is_gone_is_named(webmail: Webmail, mail_user: MailUser) -> None:
    uid = mail_user.append(plain())
    page = webmail.send(f"{INBOX}messages", {"action": "move", "uid": str(uid), "target": "Nowhere"})
    assert page.status == 404 and "There is no folder Nowhere" in page.html and mail_user.uids() == [uid]


def test_a_mailbox_that_was_made_anew_is_not_acted_on(webmail: Webmail, mail_user: MailUser) -> None:
    mail_user.create("Garden")
    mail_user.append(plain("Old"), "Garden")
    listed: Any = webmail.ask("/mail/main/Garden/")
    mail_user.run("DELETE", "Garden")
    mail_user.create("Garden")
    other = mail_user.append(plain("Other"), "Garden")
    fields = {"action": "erase", "uid": str(other), "uidvalidity": str(listed["uidvalidity"] + 1)}
    page = webmail.send("/mail/main/Garden/messages", fields)
    assert page.status == 409 and "was made anew on the mail server" in page.html
    assert mail_user.uids("Garden") == [other]


def test_nothing_of_a_mailbox_that_was_made_anew_is_moved_back(webmail: Webmail, mail_user: MailUser) -> None:
    mail_user.create("Garden")
    told = act(webmail, "move", mail_user.append(plain("Old")), target="Garden")
    fields: dict[str, Any] = dict(told["undo"]["fields"])
    mail_user.run("DELETE", "Garden")
    mail_user.create("Garden")
    other = mail_user.append(plain("Other"), "Garden")
    assert fields["uid"] == str(other)
    status, refused = webmail.tell(told["undo"]["path"], fields)
    assert status == 409 and "Garden was made anew" in str(refused)
    assert (mail_user.uids(), mail_user.uids("Garden")) == ([], [other])


def test_a_message_that_vanished_meanwhile_does_no_harm(webmail: Webmail, mail_user: MailUser) -> None:
    assert act(webmail, "seen", 4242)["uids"] == [4242]


def test_another_account_cannot_be_acted_on(webmail: Webmail) -> None:
    assert webmail.tell("/mail/other/INBOX/messages", {"action": "seen", "uid": "1"})[0] == 404
    assert webmail.tell("/mail/other/Trash/empty", {})[0] == 404


def test_on_a_bare_server_messages_are_filed_too(bare_webmail: Webmail, bare_mail_user: MailUser) -> None:
    uid = bare_mail_user.append(plain())
    act(bare_webmail, "archive", uid)
    assert (bare_mail_user.uids(), len(bare_mail_user.uids("Archive"))) == ([], 1)
