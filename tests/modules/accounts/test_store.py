"""Saved accounts in the database: whose they are, under which key, and what becomes of them."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from core import Conflict, Database, Line, NotFound, Secret, ServerKeys, Session, User
from core.database.engine import open_database
from core.security.crypto import DecryptError, new_key
from modules.accounts.access import SavedAccess
from modules.accounts.config import AccountsConfig, MostAccounts
from modules.accounts.model import Encryption, SavedAccount, SavedServer
from modules.accounts.store import Accounts, SavedAccounts, new_name
from modules.accounts.tables import saved
from modules.imap.api import MAIN, ImapConfig
from modules.smtp.api import SmtpConfig

ROOT = Path(__file__).resolve().parents[3]
KEY, OTHER_KEY = new_key(), new_key()
IMAP, SMTP = SavedServer("imap.example", 993), SavedServer("smtp.example", 587, Encryption.STARTTLS)
CLUB = SavedAccount(new_name(), "Club", "ann@club.example", "Ann", "ann", IMAP, SMTP)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(tmp_path, migrations=[ROOT / "modules" / "accounts" / "migrations"])
    yield opened
    opened.close()


@pytest.fixture
def accounts(database: Database) -> SavedAccounts:
    return SavedAccounts(database, ServerKeys(new_key()))


def test_a_saved_account_is_read_back_with_its_password(accounts: SavedAccounts) -> None:
    accounts.add("ann", KEY, CLUB, Secret("pw"), 10)
    assert accounts.all("ann", KEY) == (replace(CLUB, has_secret=True),)
    assert accounts.secret("ann", KEY, CLUB.name) == "pw"


def test_accounts_stay_in_the_order_they_were_saved_in(accounts: SavedAccounts) -> None:
    names = [new_name() for _ in range(4)]
    for name in names[:3]:
        accounts.add("ann", KEY, replace(CLUB, name=name), None, 10)
    accounts.remove("ann", names[1])
    accounts.add("ann", KEY, replace(CLUB, name=names[3]), None, 10)
    assert [one.name for one in accounts.all("ann", KEY)] == [names[0], names[2], names[3]]


def test_an_account_of_one_user_is_none_of_another(accounts: SavedAccounts) -> None:
    accounts.add("ann", KEY, CLUB, Secret("pw"), 10)
    assert accounts.all("bob", KEY) == ()
    assert accounts.secret("bob", KEY, CLUB.name) is None
    assert not accounts.remove("bob", CLUB.name)
    with pytest.raises(NotFound):
        accounts.change("bob", KEY, CLUB, None)
    assert len(accounts.all("ann", KEY)) == 1


def test_under_another_data_key_there_are_none_and_nothing_is_lost(accounts: SavedAccounts) -> None:
    accounts.add("ann", KEY, CLUB, Secret("pw"), 10)
    assert accounts.all("ann", OTHER_KEY) == ()
    assert len(accounts.all("ann", KEY)) == 1


def test_accounts_follow_their_user_to_a_new_data_key(accounts: SavedAccounts) -> None:
    accounts.add("ann", KEY, CLUB, Secret("pw"), 10)
    accounts.add("ann", KEY, replace(CLUB, name=new_name()), None, 10)
    for _ in range(2):
        accounts.reseal("ann", KEY, OTHER_KEY)
    assert len(accounts.all("ann", OTHER_KEY)) == 2
    assert accounts.secret("ann", OTHER_KEY, CLUB.name) == "pw"
    assert accounts.all("ann", KEY) == ()


def test_a_row_in_the_place_of_another_is_damaged(
    accounts: SavedAccounts, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    second = replace(CLUB, name=new_name())
    accounts.add("ann", KEY, CLUB, Secret("pw"), 10)
    accounts.add("ann", KEY, second, Secret("other"), 10)
    with database.write() as connection:
        rows = {row.name: row for row in connection.execute(saved.select()).all()}
        connection.execute(saved.update().where(saved.c.name == CLUB.name).values(secret=rows[second.name].secret))
    with pytest.raises(DecryptError):
        accounts.secret("ann", KEY, CLUB.name)
    with database.write() as connection:
        connection.execute(saved.update().where(saved.c.name == CLUB.name).values(blob=rows[second.name].blob))
    assert [one.name for one in accounts.all("ann", KEY)] == [second.name]
    assert CLUB.name in caplog.text


@pytest.mark.parametrize(
    "change",
    [
        {"imap": SavedServer("evil.example", 993)},
        {"imap": replace(IMAP, port=143)},
        {"imap": replace(IMAP, encryption=Encryption.STARTTLS)},
        {"smtp": None},
        {"smtp": SavedServer("evil.example", 587)},
        {"username": "eve"},
    ],
)
def test_a_change_of_where_the_password_goes_erases_it(accounts: SavedAccounts, change: dict[str, object]) -> None:
    accounts.add("ann", KEY, CLUB, Secret("pw"), 10)
    accounts.change("ann", KEY, replace(CLUB, **change), None)  # type: ignore[arg-type]  # some fields
    assert accounts.secret("ann", KEY, CLUB.name) is None
    assert not accounts.all("ann", KEY)[0].has_secret


def test_a_change_of_names_keeps_the_password(accounts: SavedAccounts) -> None:
    accounts.add("ann", KEY, CLUB, Secret("pw"), 10)
    accounts.change("ann", KEY, replace(CLUB, label="Choir", address="a@b.example"), None)
    assert accounts.secret("ann", KEY, CLUB.name) == "pw"
    assert accounts.all("ann", KEY)[0].title == "Choir"


def test_nothing_is_left_of_a_user_who_went(accounts: SavedAccounts) -> None:
    accounts.add("ann", KEY, CLUB, Secret("pw"), 10)
    accounts.forget("ann")
    assert accounts.all("ann", KEY) == ()


def test_while_what_is_stored_is_locked_nothing_is_shown_or_saved(accounts: SavedAccounts) -> None:
    accounts.add("ann", KEY, CLUB, Secret("pw"), 10)
    locked = Accounts(accounts, User("ann"), Session("one", User("ann")), AccountsConfig())
    assert locked.locked and locked.all() == ()
    with pytest.raises(Conflict, match="locked"):
        locked.add(replace(CLUB, name=new_name()))


def test_there_are_no_more_accounts_than_may_be(accounts: SavedAccounts) -> None:
    mine = Accounts(accounts, User("ann"), Session("one", User("ann"), key=KEY), AccountsConfig(most=MostAccounts(1)))
    mine.add(CLUB)
    assert mine.full
    with pytest.raises(Conflict, match="as many"):
        mine.add(replace(CLUB, name=new_name()))
    assert len(mine.all()) == 1


def test_who_began_afresh_may_save_as_many_as_everybody(accounts: SavedAccounts) -> None:
    accounts.add("ann", KEY, CLUB, Secret("pw"), 1)
    accounts.add("ann", OTHER_KEY, replace(CLUB, name=new_name()), Secret("pw"), 1)
    assert len(accounts.all("ann", KEY)) == len(accounts.all("ann", OTHER_KEY)) == 1
    with pytest.raises(Conflict):
        accounts.add("ann", OTHER_KEY, replace(CLUB, name=new_name()), Secret("pw"), 1)


def test_the_mailbox_of_the_login_is_found_without_asking_the_database(
    accounts: SavedAccounts, database: Database
) -> None:
    accounts.add("ann", KEY, CLUB, Secret("pw"), 10)
    session = Session("one", User("ann"), key=KEY)
    mine = Accounts(accounts, User("ann"), session, AccountsConfig())
    smtp = SmtpConfig(Line("localhost"))
    access = SavedAccess(mine, session, AccountsConfig(), ImapConfig(Line("localhost")), smtp, ())
    asked: list[str] = []
    database.watch(asked.append, lambda: None)
    assert access.find_mailbox(MAIN) is None and access.find_submission(MAIN) is None and asked == []
    found = access.find_mailbox(CLUB.name)
    assert found is not None and found.account.name == CLUB.name and asked
