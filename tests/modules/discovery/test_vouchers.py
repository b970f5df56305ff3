"""Who vouches for whom: an address is that of whom a mail server let in only by the server that is known for it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core import Clock, Conflict, Database, Keyring, Line, Secret, ServerKeys, Session, tls
from core.database.engine import open_database
from core.security.crypto import CryptoConfig, new_key
from modules.discovery.access import SERVERS, FoundAccess, Reach, secrets_of, servers_of
from modules.discovery.commands import confirm_move
from modules.discovery.config import DiscoveryConfig
from modules.discovery.model import FoundServer, FoundServers, Source, unpack, user_name
from modules.discovery.proposals import LASTS, Proposal, Proposals
from modules.discovery.tables import vouchers as table
from modules.discovery.values import HostName, MailAddress
from modules.discovery.vouchers import Vouchers
from modules.discovery.with_smtp import FoundSubmission
from modules.imap.api import MAIN, ImapConfig
from modules.mail.api import AccountName, MailAccount
from modules.smtp.api import SmtpConfig
from tests.core.security.test_passwords import CHEAP

ADA = MailAddress("ada@found.test")
MIGRATIONS = Path(__file__).resolve().parents[3] / "modules" / "discovery" / "migrations"
ROOT = new_key()


def at(host: str, source: Source = Source.SRV, username: str = "ada@found.test") -> FoundServers:
    """Servers of which only the one with the mail counts."""
    return FoundServers(FoundServer(HostName(host), 993, tls.Security.TLS, username), None, None, source)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A database with the module's table."""
    database = open_database(tmp_path, migrations=[MIGRATIONS])
    yield database
    database.close()


@pytest.fixture
def keyring(database: Database) -> Keyring:
    """What is stored for users."""
    return Keyring(database, ROOT, CryptoConfig(), CHEAP, lambda: datetime.now(UTC))


@pytest.fixture
def vouchers(database: Database, keyring: Keyring) -> Vouchers:
    """Who vouches, on a site whose own server is imap.house.test."""
    own = {"eve@found.test"}
    return Vouchers(database, ServerKeys(ROOT), keyring, ImapConfig(host=Line("imap.house.test")), own.__contains__)


def test_found_servers_vouch_for_the_address(vouchers: Vouchers) -> None:
    assert vouchers.confirm(ADA, at("imap.found.test")) == "ada@found.test"
    assert vouchers.confirm(ADA, at("imap.found.test", Source.AUTOCONFIG, "ada")) == "ada@found.test"


def test_the_domain_vouches_by_any_of_its_own_names(vouchers: Vouchers) -> None:
    vouchers.confirm(ADA, at("imap.found.test"))
    assert vouchers.confirm(ADA, at("mail.found.test")) == "ada@found.test"


@pytest.mark.parametrize("host", ["imap.evil.test", "imap.other.test", "found.test.evil.test"])
def test_another_server_does_not_vouch_for_an_address_that_is_known(vouchers: Vouchers, host: str) -> None:
    vouchers.confirm(ADA, at("imap.found.test"))
    with pytest.raises(Conflict, match="known here by another mail server"):
        vouchers.confirm(ADA, at(host))


def test_whoever_lives_here_by_another_way_is_not_taken_over(vouchers: Vouchers, keyring: Keyring) -> None:
    keyring.unlock("ada@found.test", Secret("their own"))
    with pytest.raises(Conflict, match="in another way"):
        vouchers.confirm(ADA, at("imap.found.test"))
    assert vouchers.confirm(MailAddress("bob@found.test"), at("imap.found.test")) == "bob@found.test"


def test_an_account_of_this_site_is_not_taken_over_before_its_first_login(vouchers: Vouchers) -> None:
    with pytest.raises(Conflict, match="in another way"):
        vouchers.confirm(MailAddress("eve@found.test"), at("imap.found.test", username="eve@found.test"))


def test_who_came_by_a_found_server_comes_again(vouchers: Vouchers, keyring: Keyring) -> None:
    keyring.unlock(vouchers.confirm(ADA, at("imap.found.test")), Secret("their own"))
    assert vouchers.confirm(ADA, at("imap.found.test")) == "ada@found.test"


def test_the_server_of_the_site_vouches_for_its_own_users(vouchers: Vouchers, keyring: Keyring) -> None:
    keyring.unlock("ada@found.test", Secret("their own"))
    assert vouchers.confirm(ADA, at("imap.house.test")) == "ada@found.test"


def test_an_admin_confirms_that_a_mailbox_moved_once(vouchers: Vouchers, keyring: Keyring) -> None:
    vouchers.confirm(ADA, at("imap.found.test"))
    keyring.unlock("ada@found.test", Secret("their own"))
    assert "is believed" in confirm_move(ADA, vouchers)
    assert vouchers.confirm(ADA, at("imap.other.test")) == "ada@found.test"
    with pytest.raises(Conflict):
        vouchers.confirm(ADA, at("imap.found.test"))


def test_a_server_named_by_hand_vouches_for_its_own_users_alone(vouchers: Vouchers) -> None:
    by_hand = at("imap.evil.test", Source.HAND, "root")
    assert vouchers.confirm(MailAddress("admin@victim.test"), by_hand) == "root/imap.evil.test:993"
    assert user_name(ADA, at("h.test", Source.HAND, "a/b")) == "a/b/h.test:993"


def test_the_table_names_nobody(vouchers: Vouchers, database: Database) -> None:
    vouchers.confirm(ADA, at("imap.found.test"))
    with database.read() as connection:
        (row,) = connection.execute(table.select()).all()
    assert "found" not in f"{row.user_ref} {row.voucher_ref}"


def test_servers_that_an_earlier_login_left_behind_do_not_count() -> None:
    session = Session()
    kept = secrets_of(at("imap.evil.test"), Secret("x"))
    for name, secret in kept.items():
        session.keep(name, secret)
    session.keep_brought(kept)
    assert servers_of(session) == at("imap.evil.test")
    session.keep_brought({"imap.password"})
    assert session.has_secret(SERVERS) and servers_of(session) is None


def test_a_proposal_is_good_for_a_while_and_on_its_own_site_alone() -> None:
    now = [datetime(2026, 5, 1, tzinfo=UTC)]
    clock = Clock(lambda: now[0])
    proposals = Proposals(ServerKeys(ROOT), clock.now)
    proposal = Proposal(ADA, replace(at("imap.found.test"), oauth="found", help="https://found.test/"), "/x")
    sealed = proposals.seal(proposal)
    assert proposals.open(sealed) == proposal and "found" not in sealed
    assert proposals.open(proposals.seal(Proposal(ADA, None, "/"))) == Proposal(ADA, None, "/")
    assert Proposals(ServerKeys(new_key()), clock.now).open(sealed) is None
    now[0] += LASTS + timedelta(seconds=1)
    assert proposals.open(sealed) is None


@pytest.mark.parametrize(
    "imap", [None, [], ["a.test", 993, "none", "x"], ["127.0.0.1", 993, "tls", "x"], ["a.test", 0, "tls", "x"]]
)
def test_what_is_no_server_is_not_unpacked(imap: object) -> None:
    with pytest.raises(ValueError):
        unpack({**at("imap.found.test").packed(), "imap": imap})


def test_a_session_has_the_mailbox_of_its_login_alone() -> None:
    session, config = Session(address="ada@found.test"), DiscoveryConfig()
    access = FoundAccess(session, Reach(config))
    assert (access.all(), access.find(None)) == ((), None)
    assert FoundSubmission(session, Reach(config), SmtpConfig()).find(None) is None
    kept = secrets_of(at("imap.found.test"), Secret("x"))
    for name, secret in kept.items():
        session.keep(name, secret)
    session.keep_brought(kept)
    assert access.all() == (MailAccount(MAIN, "ada@found.test"),)
    found = access.find(None)
    assert found is not None and (found.server.host, found.server.outside) == ("imap.found.test", True)
    assert access.find(AccountName("other")) is None


def test_servers_of_the_table_may_stand_anywhere_and_others_not() -> None:
    assert not Reach(DiscoveryConfig()).is_outside(at("imap.inner.test", Source.TABLE))
    assert Reach(DiscoveryConfig()).is_outside(at("imap.inner.test", Source.HAND))
    assert not Reach(DiscoveryConfig(allow_private=True)).is_outside(at("imap.inner.test"))
