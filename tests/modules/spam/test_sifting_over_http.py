"""New mail is looked through: what is moved, what only marked, what never, and what people are told."""

from pathlib import Path
from typing import Any

import pytest

from tests.modules.mail.letters import plain, rich, with_files
from tests.modules.mail.test_action_pages import act, take_back
from tests.modules.spam.conftest import Open
from tests.modules.spam.learner import Learner
from tests.modules.webmail import Webmail
from tests.servers.mail_user import MailUser

pytestmark = pytest.mark.servers

INBOX = "/mail/main/INBOX/"
SPAM_WORDS = "winner casino prize claim your lottery bonus now"
OTHER_WORDS = "tomatoes in the garden grow well with water and seeds"
EVE = "eve@evil.test"


def spam(number: int = 0, **headers: str) -> bytes:
    return plain(
        f"Prize {number}", SPAM_WORDS, **{"sender": f"w{number}@win.test", "Message_ID": f"<s{number}@win>", **headers}
    )


def other(number: int = 0) -> bytes:
    return plain(f"Garden {number}", OTHER_WORDS, sender=f"f{number}@garden.test", Message_ID=f"<o{number}@garden>")


def sift(webmail: Webmail) -> Any:  # Any: JSON.
    status, told = webmail.tell(f"{INBOX}sift", {})
    assert status == 200, told
    return told


def begun(open_site: Open, *lines: str, more: str = "") -> Webmail:
    """A site whose user looked at the inbox once."""
    webmail = open_site(*lines, more=more)
    webmail.see(INBOX)
    return webmail


def teach(webmail: Webmail, mail_user: MailUser, count: int = 5) -> None:
    bad = [mail_user.append(spam(number)) for number in range(count)]
    good = [mail_user.append(other(number)) for number in range(count)]
    act(webmail, "junk", *bad)
    act(webmail, "not-junk", *good)
    while sift(webmail)["more"]:
        pass


def block(webmail: Webmail, uid: int, whom: str = "sender") -> Any:  # Any: JSON.
    status, told = webmail.tell(f"{INBOX}{uid}/block", {"whom": whom})
    assert status == 200, told
    return told


def verdict(webmail: Webmail, uid: int, mailbox: str = "Junk") -> list[str]:
    return webmail.see(f"/mail/main/{mailbox}/{uid}").texts("[data-verdict]")


def test_what_is_like_reported_spam_is_moved_and_the_reason_is_told(open_site: Open, mail_user: MailUser) -> None:
    webmail = begun(open_site, "trained = 5")
    teach(webmail, mail_user)
    kept = set(mail_user.uids())
    new, fine = mail_user.append(spam(77)), mail_user.append(other(78))
    sifted = sift(webmail)
    assert (sifted["moved"], sifted["text"]) == (1, "1 new message was moved to Junk.")
    assert set(mail_user.uids()) == {*kept, fine} and new not in mail_user.uids()
    moved = mail_user.uids("Junk")[-1]
    (why,) = verdict(webmail, moved)
    assert why.startswith("Moved to Junk because it is like what you reported as spam.") and "“casino”" in why
    take_back(webmail, sifted)
    assert len(mail_user.uids()) == len(kept) + 2 and sift(webmail)["moved"] == 0


def test_before_enough_was_learned_spam_is_marked_and_stays(open_site: Open, mail_user: MailUser) -> None:
    webmail = begun(open_site, "trained = 6")
    teach(webmail, mail_user)
    uid = mail_user.append(spam(77))
    assert sift(webmail)["moved"] == 0
    assert "It stays here" in verdict(webmail, uid, "INBOX")[0]


@pytest.mark.parametrize("lines", [("filter = off",), ("believe = rspamd",), ("rspamd_url = http://127.0.0.1:1",)])
def test_where_somebody_else_filters_nothing_learned_is_moved(
    open_site: Open, mail_user: MailUser, lines: tuple[str, ...]
) -> None:
    webmail = begun(open_site, "trained = 5", *lines)
    teach(webmail, mail_user)
    mail_user.append(spam(77))
    assert sift(webmail)["moved"] == 0


def test_the_filter_can_be_on_where_the_server_has_one(open_site: Open, mail_user: MailUser) -> None:
    webmail = begun(open_site, "trained = 5", "filter = on", "believe = rspamd")
    teach(webmail, mail_user)
    mail_user.append(spam(77))
    assert sift(webmail)["moved"] == 1


def test_a_user_can_switch_the_filter_off_but_blocks_all_the_same(open_site: Open, mail_user: MailUser) -> None:
    webmail = begun(open_site, "trained = 5")
    teach(webmail, mail_user)
    webmail.send("/settings/spam", {"filter": "0", "blocked": EVE, "allowed": ""})
    mail_user.append(spam(77))
    assert sift(webmail)["moved"] == 0
    mail_user.append(plain(sender=EVE))
    assert sift(webmail)["moved"] == 1


def test_marks_of_a_filter_on_most_mail_switch_this_one_off(open_site: Open, mail_user: MailUser) -> None:
    webmail = begun(open_site, "trained = 5")
    bad = [mail_user.append(spam(number, X_Spam_Status="No")) for number in range(10)]
    good = [mail_user.append(other(number)) for number in range(2)]
    sift(webmail)
    act(webmail, "junk", *bad)
    act(webmail, "not-junk", *good)
    mail_user.append(spam(77))
    assert sift(webmail)["moved"] == 0


@pytest.mark.parametrize("way", ["allowed", "written"])
def test_mail_of_people_whom_the_user_trusts_is_never_moved(open_site: Open, mail_user: MailUser, way: str) -> None:
    webmail = begun(open_site, "trained = 5")
    teach(webmail, mail_user)
    if way == "allowed":
        webmail.send("/settings/spam", {"filter": "1", "blocked": "", "allowed": "@win.test"})
    else:
        token = webmail.see("/compose").value("input[name=token]")
        form = {"token": token, "to": "w77@win.test", "subject": "Hi", "body": "Hello", "action": "send"}
        assert webmail.send("/compose", form).status in (302, 303)
    mail_user.append(spam(77))
    assert sift(webmail)["moved"] == 0


def test_a_believed_filter_moves_and_explains(open_site: Open, mail_user: MailUser) -> None:
    webmail = begun(open_site, "believe = spamassassin")
    mail_user.append(plain(X_Spam_Status="Yes, score=9.1 required=5.0"))
    fine = mail_user.append(plain(X_Spam_Status="No, score=0.1 required=5.0"))
    assert sift(webmail)["moved"] == 1
    (uid,) = mail_user.uids("Junk")
    assert "(spamassassin) gave it 9.1 points, and 5.0 are enough" in verdict(webmail, uid)[0]
    assert "spamassassin does not call it spam: 0.1 points, where 5.0 are enough" in webmail.see(f"{INBOX}{fine}").html


def test_what_a_message_says_of_itself_is_not_believed(open_site: Open, mail_user: MailUser) -> None:
    webmail = begun(open_site)
    mail_user.append(plain(X_Spam_Flag="YES"))
    assert sift(webmail)["moved"] == 0


def test_blocked_senders_and_domains_go_to_junk_when_they_write_again(open_site: Open, mail_user: MailUser) -> None:
    webmail = begun(open_site)
    first = mail_user.append(plain("First", sender=f"Eve <{EVE}>"))
    asked = webmail.see(f"{INBOX}{first}/block")
    assert f"Block {EVE}" in asked.html and "Block everybody at evil.test" in asked.html
    assert webmail.see(f"{INBOX}{first}").has(f'.menu-body a[href="{INBOX}{first}/block"]')
    told = block(webmail, first)
    assert told["text"] == f"{EVE} is blocked. What they send goes to Junk from now on."
    assert sift(webmail)["moved"] == 1
    act(webmail, "not-junk", *mail_user.uids("Junk"), mailbox="Junk")
    (first,) = mail_user.uids()
    mail_user.append(plain("Second", sender=EVE))
    assert sift(webmail)["moved"] == 1 and first in mail_user.uids()
    (uid,) = mail_user.uids("Junk")
    assert verdict(webmail, uid) == [f"Moved to Junk because you blocked {EVE}."]
    assert "$Junk" in mail_user.flags(uid, "Junk")
    assert EVE in webmail.see("/settings").value("#spam-blocked")


def test_whoever_was_blocked_can_write_again_when_it_is_taken_back(open_site: Open, mail_user: MailUser) -> None:
    webmail = begun(open_site)
    first = mail_user.append(plain(sender=EVE))
    told = block(webmail, first, "domain")
    assert "is blocked already" in webmail.see(f"{INBOX}{first}/block").html
    assert take_back(webmail, told)["text"] == "evil.test is no longer blocked."
    assert webmail.tell("/spam/unblock", {"who": EVE})[0] == 404
    mail_user.append(plain(sender=EVE))
    assert sift(webmail)["moved"] == 0


def test_a_message_without_a_sender_leaves_nobody_to_block(open_site: Open, mail_user: MailUser) -> None:
    webmail = begun(open_site)
    uid = mail_user.append(b"Subject: x\r\n\r\nHello")
    assert webmail.see(f"{INBOX}{uid}/block").status == 409
    assert not webmail.see(f"{INBOX}{uid}").has(f'a[href="{INBOX}{uid}/block"]')
    assert webmail.see(f"/mail/other/INBOX/{uid}/block").status == 404
    assert webmail.tell("/mail/other/INBOX/sift", {})[0] == 404


def test_headers_alone_mark_and_move_nothing(open_site: Open, mail_user: MailUser) -> None:
    webmail = begun(open_site)
    uid = mail_user.append(
        b"From: e@evil.test\r\nReply-To: e@x.test\r\nSubject: YOU HAVE WON TODAY $9,000\r\n\r\nHello"
    )
    assert sift(webmail)["moved"] == 0
    (told,) = verdict(webmail, uid, "INBOX")
    assert told.startswith("This looks like spam.") and "Replies go to another domain." in told


def test_without_scripts_the_next_page_looks_through_what_the_last_one_showed(
    open_site: Open, mail_user: MailUser
) -> None:
    webmail = begun(open_site)
    webmail.send("/settings/spam", {"filter": "1", "blocked": EVE, "allowed": ""})
    uid = mail_user.append(plain(sender=EVE))
    webmail.see(INBOX)
    assert mail_user.uids() == [uid]
    # Only scripts ask for parts, and they look through new mail themselves.
    webmail.see(f"{INBOX}?part=layout.sidebar")
    assert mail_user.uids() == [uid]
    page = webmail.see(INBOX)
    assert mail_user.uids() == [] and len(mail_user.uids("Junk")) == 1 and not page.has(".row")


def test_what_another_site_leads_to_looks_through_nothing(open_site: Open, mail_user: MailUser) -> None:
    webmail = begun(open_site)
    webmail.send("/settings/spam", {"filter": "1", "blocked": EVE, "allowed": ""})
    uid = mail_user.append(plain(sender=EVE))
    for _ in range(2):
        webmail.browser.get(INBOX, **{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"})
    assert mail_user.uids() == [uid]


def test_what_was_marked_by_somebody_else_or_is_odd_is_left_alone(open_site: Open, mail_user: MailUser) -> None:
    webmail = begun(open_site, "filter = on", "trained = 5", "believe = rspamd")
    webmail.send("/settings/spam", {"filter": "1", "blocked": EVE, "allowed": "@win.test"})
    mail_user.append(plain(sender=EVE), flags="$NotJunk")
    mail_user.append(rich("<p>See <a href='https://evil.test/x'>this</a></p>"))
    mail_user.append(with_files(("a.exe", b"MZ")))
    assert sift(webmail)["moved"] == 0
    odd = mail_user.append(
        b"From: w@win.test\r\nReply-To: e@x.test\r\nSubject: YOU HAVE WON TODAY $9\r\nX-Spam: Yes\r\n\r\nA"
    )
    sent = mail_user.append(plain(), "Sent")
    assert verdict(webmail, odd, "INBOX") == verdict(webmail, sent, "Sent") == []
    assert "rspamd calls it spam" in webmail.see(f"{INBOX}{odd}").html
    assert not webmail.see(f"/mail/main/Sent/{sent}").has('.menu-body a[href$="/block"]')


def test_a_message_that_is_gone_teaches_nothing(open_site: Open, mail_user: MailUser) -> None:
    webmail = begun(open_site, "rspamd_url = http://127.0.0.1:1")
    assert act(webmail, "junk", 4242)["text"].startswith("1 message reported as spam.")
    letter = b"Reply-To: a@b.test\r\nList-Id: <x>\r\nFrom: Ada <a@b.test>\r\n\r\nSee https://evil.test/ now"
    assert act(webmail, "junk", mail_user.append(letter))["undo"] is not None


def test_nobody_is_blocked_where_the_list_is_full(open_site: Open, mail_user: MailUser) -> None:
    webmail = begun(open_site)
    full = "\n".join(f"{number:05}@{'x' * 180}.test" for number in range(260))
    full += f"\n{'y' * 62}@a.test"
    webmail.send("/settings/spam", {"filter": "1", "blocked": full, "allowed": ""})
    uid = mail_user.append(plain(sender=EVE))
    assert webmail.refusal(f"{INBOX}{uid}/block", {"whom": "sender"})[0] == 422


def test_what_came_before_the_first_look_stays(open_site: Open, mail_user: MailUser) -> None:
    webmail = open_site()
    uid = mail_user.append(plain(sender=EVE))
    webmail.send("/settings/spam", {"filter": "1", "blocked": EVE, "allowed": ""})
    assert sift(webmail)["moved"] == 0 and mail_user.uids() == [uid] and sift(webmail)["moved"] == 0


def test_much_new_mail_is_looked_through_piece_by_piece(open_site: Open, mail_user: MailUser) -> None:
    webmail = begun(open_site)
    webmail.send("/settings/spam", {"filter": "1", "blocked": EVE, "allowed": ""})
    for _ in range(30):
        mail_user.append(plain(sender=EVE, Message_ID=f"<{_}@x>"))
    assert (sift(webmail)["moved"], len(mail_user.uids())) == (25, 5)
    last = sift(webmail)
    assert (last["moved"], last["more"]) == (5, False)


def test_nothing_learned_lies_in_the_clear(open_site: Open, mail_user: MailUser, tmp_path: Path) -> None:
    webmail = begun(open_site, "trained = 5")
    webmail.send("/settings/spam", {"filter": "1", "blocked": EVE, "allowed": ""})
    teach(webmail, mail_user)
    mail_user.append(plain(sender=EVE))
    sift(webmail)
    stored = b"".join(file.read_bytes() for file in tmp_path.rglob("*.sqlite*"))
    assert stored and not any(word in stored for word in (b"casino", b"evil.test", b"lottery"))


def test_a_report_that_rspamd_learns_is_learned_here_too(
    open_site: Open, mail_user: MailUser, learner: Learner
) -> None:
    webmail = begun(open_site, "trained = 5", "filter = on", f"rspamd_url = {learner.url}", "rspamd_password = q1")
    teach(webmail, mail_user)
    mail_user.append(spam(77))
    assert sift(webmail)["moved"] == 1 and len(learner.learned) == 10
