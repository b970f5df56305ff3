"""Dovecot of the demo: it starts, knows its users, and leaves nothing behind."""

from pathlib import Path

import pytest

from demo.dovecot import Dovecot
from tests.servers.mail_user import MailUser, new_user

pytestmark = pytest.mark.servers


def test_an_appended_message_is_there_with_its_flags(mail_user: MailUser) -> None:
    uid = mail_user.append("Subject: hi\n\nhello\n", flags="\\Seen $Label1")
    assert mail_user.messages() == [b"Subject: hi\r\n\r\nhello\r\n"]
    assert {"\\Seen", "$Label1"} <= mail_user.flags(uid)


def test_a_changed_password_replaces_the_old_one(dovecot: Dovecot, mail_user: MailUser) -> None:
    dovecot.change_password(mail_user.name, "another")
    assert dovecot.accepts(mail_user.name, "another")
    assert not dovecot.accepts(mail_user.name, mail_user.password)


def test_a_removed_user_cannot_log_in(dovecot: Dovecot, mail_user: MailUser) -> None:
    dovecot.remove_user(mail_user.name)
    assert not dovecot.accepts(mail_user.name, mail_user.password)


def test_a_password_in_any_script_logs_in(dovecot: Dovecot) -> None:
    dovecot.add_user("polyglot@example.test", 'naïve "пароль" \\密码')
    assert dovecot.accepts("polyglot@example.test", 'naïve "пароль" \\密码')


def test_a_message_over_the_quota_is_refused(dovecot: Dovecot) -> None:
    user = new_user(dovecot, quota="10K")
    with pytest.raises(ValueError, match=r"[Qq]uota"):
        user.append("Subject: big\n\n" + "x" * 20_000)


def test_the_special_mailboxes_exist_and_are_marked(mail_user: MailUser) -> None:
    with mail_user.connection() as connection:
        listed = b"\n".join(line for line in connection.list()[1] if isinstance(line, bytes))
    assert all(role in listed for role in (b"\\Drafts", b"\\Sent", b"\\Junk", b"\\Trash", b"\\Archive"))


def test_the_bare_server_offers_nothing_but_imap4rev1(bare_mail_user: MailUser) -> None:
    with bare_mail_user.connection() as connection:
        assert set(connection.capability()[1]) == {b"IMAP4rev1"}


def test_a_name_with_a_slash_is_refused(dovecot: Dovecot, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no slash"):
        dovecot.add_user("../evil", "x")
