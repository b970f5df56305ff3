"""Reports of spam and who learns from them: folders, rspamd, and people who get mail."""

from email import message_from_bytes, policy
from typing import Any

import pytest

from demo.submission import Fault, Submission
from modules.spam.reporting import NOT_COPIED, NOT_TOLD
from modules.spam.with_compose import NOT_SENT
from tests.modules.mail.letters import plain
from tests.modules.mail.test_action_pages import act, take_back
from tests.modules.spam.conftest import Open
from tests.modules.spam.learner import PASSWORD, Learner
from tests.servers.mail_user import MailUser

pytestmark = pytest.mark.servers


def test_rspamd_learns_spam_and_learns_otherwise_when_it_is_taken_back(
    open_site: Open, mail_user: MailUser, learner: Learner
) -> None:
    webmail = open_site(f"rspamd_url = {learner.url}", f"rspamd_password = {PASSWORD}")
    told = act(webmail, "junk", mail_user.append(plain("Prizes")))
    assert told["text"] == "1 message reported as spam."
    take_back(webmail, told)
    assert [path for path, _ in learner.learned] == ["/learnspam", "/learnham"]
    assert all(b"Subject: Prizes" in message for _, message in learner.learned)


@pytest.mark.parametrize("status", [208, 204])
def test_what_rspamd_knew_before_or_cannot_use_is_no_trouble(
    open_site: Open, mail_user: MailUser, learner: Learner, status: int
) -> None:
    learner.status, learner.answer = status, b""
    webmail = open_site(f"rspamd_url = {learner.url}", f"rspamd_password = {PASSWORD}")
    assert act(webmail, "junk", mail_user.append(plain()))["text"] == "1 message reported as spam."


def test_messages_are_moved_even_where_rspamd_does_not_learn(
    open_site: Open, mail_user: MailUser, learner: Learner
) -> None:
    webmail = open_site(f"rspamd_url = {learner.url}", "rspamd_password = wrong")
    told = act(webmail, "junk", mail_user.append(plain()))
    assert told["text"] == f"1 message reported as spam. {NOT_TOLD}"
    assert (mail_user.uids(), len(mail_user.uids("Junk")), learner.learned) == ([], 1, [])


def test_rspamd_learns_no_more_at_once_and_nothing_larger_than_hm3_ini_says(
    open_site: Open, mail_user: MailUser, learner: Learner
) -> None:
    webmail = open_site(
        f"rspamd_url = {learner.url}", f"rspamd_password = {PASSWORD}", "most_at_once = 2", "largest = 2 kB"
    )
    large = mail_user.append(plain("Large") + b"x" * 3000)
    small = [mail_user.append(plain(f"Small {number}")) for number in range(2)]
    act(webmail, "junk", large, *small)
    assert len(learner.learned) == 1 and len(mail_user.uids("Junk")) == 3


def test_a_copy_goes_to_the_folder_that_a_filter_learns_from(open_site: Open, mail_user: MailUser) -> None:
    webmail = open_site("copy_spam_to = Learn spam", "copy_ham_to = Learn ham")
    told = act(webmail, "junk", mail_user.append(plain()))
    assert (len(mail_user.uids("Learn spam")), len(mail_user.uids("Junk"))) == (1, 1)
    take_back(webmail, told)
    assert len(mail_user.uids("Learn ham")) == 1


def test_a_folder_that_cannot_be_made_is_told(open_site: Open, mail_user: MailUser) -> None:
    webmail = open_site("copy_spam_to = a//b")
    told = act(webmail, "junk", mail_user.append(plain()))
    assert told["text"].endswith(NOT_COPIED) and len(mail_user.uids("Junk")) == 1


def test_the_keywords_can_be_left_out(open_site: Open, mail_user: MailUser) -> None:
    act(open_site("keywords = off"), "junk", mail_user.append(plain()))
    (uid,) = mail_user.uids("Junk")
    assert "$Junk" not in mail_user.flags(uid, "Junk")


def test_a_report_by_mail_has_the_whole_message_attached(
    open_site: Open, mail_user: MailUser, submission: Submission
) -> None:
    webmail = open_site("report_spam_to = spam@filter.example", "report_ham_to = ham@filter.example")
    told = act(webmail, "junk", mail_user.append(plain("Prizes")))
    take_back(webmail, told)
    spam, ham = [one for one in submission.accepted if one.mail_from == mail_user.name]
    assert (spam.recipients, ham.recipients) == (("spam@filter.example",), ("ham@filter.example",))
    message: Any = message_from_bytes(spam.content, policy=policy.default)
    (attached,) = message.iter_attachments()
    assert attached.get_content_type() == "message/rfc822" and attached.get_content()["Subject"] == "Prizes"


def test_a_report_that_cannot_be_sent_is_told(open_site: Open, mail_user: MailUser, submission: Submission) -> None:
    webmail = open_site("report_spam_to = spam@filter.example")
    with submission.failing(Fault.REFUSED):
        told: Any = act(webmail, "junk", mail_user.append(plain()))
    assert told["text"].endswith(NOT_SENT) and len(mail_user.uids("Junk")) == 1
