"""Which mail account a request is about."""

import pytest

from core import LoginNeeded, NotFound, Secret, Session, SetupNeeded
from modules.imap.access import MAIN, PASSWORD, USERNAME, Access, MailSetup, find_access, tell_account
from modules.imap.config import ImapConfig
from modules.imap.login import Credentials
from modules.imap.server import Server
from modules.mail.api import AccountName, AskedAccount, MailAccount

CLUB = AccountName("club")


class Club:
    """Knows one further account."""

    def all(self) -> tuple[MailAccount, ...]:
        return (MailAccount(CLUB),)

    def find(self, name: AccountName | None) -> Access | None:
        if name != CLUB:
            return None
        return Access(MailAccount(CLUB), Server("club.example"), Credentials("ann", Secret("y")))


def session() -> Session:
    return Session(secrets={USERNAME: Secret("ann"), PASSWORD: Secret("x")})


@pytest.mark.parametrize("asked", [AskedAccount(), AskedAccount(of_path=MAIN), AskedAccount(of_query=MAIN)])
def test_without_another_name_it_is_the_account_of_the_login(asked: AskedAccount) -> None:
    access = find_access(session(), ImapConfig(), asked, (Club(),), None)
    assert (access.server.host, access.credentials.username) == ("localhost", "ann")
    assert tell_account(access) == MailAccount(MAIN)


@pytest.mark.parametrize("asked", [AskedAccount(of_path=CLUB), AskedAccount(of_form=CLUB), AskedAccount(of_query=CLUB)])
def test_another_account_is_found_by_its_name_wherever_it_stands(asked: AskedAccount) -> None:
    assert find_access(session(), ImapConfig(), asked, (Club(),), None).server.host == "club.example"


def test_the_path_counts_before_form_and_query() -> None:
    asked = AskedAccount(of_path=MAIN, of_form=CLUB, of_query=CLUB)
    assert find_access(session(), ImapConfig(), asked, (Club(),), None).account.name == MAIN


def test_an_account_that_nobody_knows_is_not_there() -> None:
    with pytest.raises(NotFound, match="no such account"):
        find_access(session(), ImapConfig(), AskedAccount(of_path=AccountName("else")), (Club(),), None)


def test_who_logged_in_without_a_mailbox_reads_the_first_of_the_others() -> None:
    found = find_access(Session(), ImapConfig(), AskedAccount(), (Club(),), MailSetup("/accounts/new"))
    assert found.server.host == "club.example"


def test_who_has_no_mailbox_is_sent_to_where_one_is_named() -> None:
    with pytest.raises(SetupNeeded, match="Which mailbox") as told:
        find_access(Session(), ImapConfig(), AskedAccount(), (), MailSetup("/accounts/new"))
    assert told.value.path == "/accounts/new"


def test_where_none_can_be_named_a_new_login_is_needed() -> None:
    with pytest.raises(LoginNeeded):
        find_access(Session(), ImapConfig(), AskedAccount(), (), None)
