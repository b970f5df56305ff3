"""Connections kept open: whose they are, how many there are, when they end."""

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from core import Secret
from modules.imap.errors import ServerGone, WrongPassword
from modules.imap.lease import Lease
from modules.imap.login import Credentials
from modules.imap.memory import Memory, Threads
from modules.imap.pool import Account, AllBusy, ConnectionPool
from modules.mail.api import MailboxName, MailboxState
from tests.modules.imap.scripted import CUT, ScriptedServer


class Time:
    """A clock that tests set."""

    now = 0.0

    def __call__(self) -> float:
        """The time."""
        return self.now


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    """A server that does what it should."""
    made = ScriptedServer()
    yield made
    made.stop()


@pytest.fixture
def time() -> Time:
    """The pool's clock."""
    return Time()


@pytest.fixture
def pool(time: Time) -> Iterator[ConnectionPool]:
    """A pool of two connections an account."""
    made = ConnectionPool(most=2, idle=100, check_after=20, patience=0.2, clock=time)
    yield made
    made.close()


def use(pool: ConnectionPool, account: Account) -> object:
    with pool.lease(account) as lent:
        return lent.connection


def test_a_connection_is_used_again(pool: ConnectionPool, server: ScriptedServer) -> None:
    assert use(pool, server.account) is use(pool, server.account)
    assert server.connections == 1


def test_sessions_share_no_connection(pool: ConnectionPool, server: ScriptedServer) -> None:
    assert use(pool, server.account) is not use(pool, replace(server.account, session="other"))


def test_accounts_share_no_connection(pool: ConnectionPool, server: ScriptedServer) -> None:
    assert use(pool, server.account) is not use(pool, replace(server.account, name="other"))


@pytest.mark.parametrize(
    "credentials",
    [
        Credentials("bob", Secret("secret")),
        Credentials("ann", Secret("other")),
        Credentials("ann", token=Secret("secret")),
    ],
)
def test_other_credentials_in_one_session_share_no_connection(
    pool: ConnectionPool, server: ScriptedServer, credentials: Credentials
) -> None:
    server.answers["CAPABILITY"] = b"* CAPABILITY IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2\r\n"
    first = use(pool, server.account)
    assert use(pool, replace(server.account, credentials=credentials)) is not first


def test_two_at_once_have_two_connections(pool: ConnectionPool, server: ScriptedServer) -> None:
    with pool.lease(server.account) as one, pool.lease(server.account) as two:
        assert one.connection is not two.connection


def test_one_too_many_waits_and_is_told(pool: ConnectionPool, server: ScriptedServer) -> None:
    with pool.lease(server.account), pool.lease(server.account), pytest.raises(AllBusy):
        use(pool, server.account)


def test_who_waits_gets_what_comes_back(server: ScriptedServer) -> None:
    pool = ConnectionPool(most=1, patience=60)
    got: list[object] = []
    with pool.lease(server.account) as lent:
        waiting = threading.Thread(target=lambda: got.append(use(pool, server.account)))
        waiting.start()
        first = lent.connection
    waiting.join(60)
    pool.close()
    assert got == [first]


def test_the_connection_that_has_the_mailbox_open_is_preferred(pool: ConnectionPool, server: ScriptedServer) -> None:
    with pool.lease(server.account) as one, pool.lease(server.account):
        first = one.connection
        Lease(first, Memory()).select(MailboxName("INBOX"))
    with pool.lease(server.account, b"INBOX") as lent:
        assert lent.connection is first


def test_the_connection_that_has_open_what_is_shown_is_left_alone(pool: ConnectionPool, server: ScriptedServer) -> None:
    with pool.lease(server.account) as lent:
        shown = lent.connection
        Lease(shown, Memory()).select(MailboxName("INBOX"))
    with pool.lease(server.account, b"Sent", shown=b"INBOX") as lent:
        beside = lent.connection
        assert beside is not shown
    with pool.lease(server.account, b"Archive", shown=b"INBOX") as lent:
        assert lent.connection is beside
    with pool.lease(server.account, b"INBOX") as lent:
        assert lent.connection is shown
    assert server.connections == 2


def test_what_is_shown_gives_way_where_no_more_connections_may_be_open(
    pool: ConnectionPool, server: ScriptedServer
) -> None:
    with pool.lease(server.account) as one, pool.lease(server.account):
        Lease(one.connection, Memory()).select(MailboxName("INBOX"))
        shown = one.connection
    with (
        pool.lease(server.account, b"Sent", shown=b"INBOX") as other,
        pool.lease(server.account, b"Archive", shown=b"INBOX") as lent,
    ):
        assert other.connection is not shown and lent.connection is shown


@pytest.mark.parametrize("refusal", [b"TAG NO [LIMIT] too many connections\r\n", CUT], ids=["limit", "cut"])
def test_what_is_shown_gives_way_where_the_server_takes_no_other_connection(
    pool: ConnectionPool, server: ScriptedServer, time: Time, refusal: bytes
) -> None:
    usual = dict(server.answers)
    with pool.lease(server.account) as lent:
        shown = lent.connection
        Lease(shown, Memory()).select(MailboxName("INBOX"))
    server.answers["AUTHENTICATE"] = refusal
    for mailbox in (b"Sent", b"Archive"):
        with pool.lease(server.account, mailbox, shown=b"INBOX") as lent:
            assert lent.connection is shown and not lent.new
    assert server.connections == 2, "a server that has just refused another is asked again only later"
    server.answers = usual
    time.now = 101
    with pool.lease(server.account, b"Sent", shown=b"INBOX") as lent:
        assert lent.connection is not shown


def test_a_long_idle_connection_must_answer_before_it_is_lent(
    pool: ConnectionPool, server: ScriptedServer, time: Time
) -> None:
    first = use(pool, server.account)
    time.now = 30
    assert use(pool, server.account) is first
    assert len(server.said("NOOP")) == 1
    server.answers["NOOP"] = CUT
    time.now = 60
    assert use(pool, server.account) is not first


def test_a_connection_that_says_no_to_noop_is_replaced(
    pool: ConnectionPool, server: ScriptedServer, time: Time
) -> None:
    first = use(pool, server.account)
    server.answers["NOOP"] = b"TAG NO tired\r\n"
    time.now = 30
    assert use(pool, server.account) is not first


def test_a_fresh_one_is_new_and_makes_room(pool: ConnectionPool, server: ScriptedServer) -> None:
    with pool.lease(server.account), pool.lease(server.account):
        pass
    with pool.lease(server.account, fresh=True) as lent:
        assert lent.new
    assert server.connections == 3


def test_what_is_idle_too_long_is_closed(pool: ConnectionPool, server: ScriptedServer, time: Time) -> None:
    first = use(pool, server.account)
    memory = pool.memory(server.account)
    time.now = 200
    pool.reap()
    assert use(pool, server.account) is not first
    assert pool.memory(server.account) is not memory


def test_the_reaper_works_by_itself(server: ScriptedServer) -> None:
    pool = ConnectionPool(idle=0.05)
    connection = use(pool, server.account)
    for _ in range(1200):
        if getattr(connection, "broken", False):
            break
        threading.Event().wait(0.05)
    pool.close()
    assert getattr(connection, "broken", False)


def test_log_out_closes_what_is_idle_and_what_comes_back(pool: ConnectionPool, server: ScriptedServer) -> None:
    with pool.lease(server.account) as lent:
        idle = use(pool, server.account)
        pool.close_session("session")
        assert getattr(idle, "broken", False)
        assert not lent.connection.broken
    assert lent.connection.broken


def test_log_out_of_another_session_closes_nothing(pool: ConnectionPool, server: ScriptedServer) -> None:
    first = use(pool, server.account)
    pool.close_session("other")
    assert use(pool, server.account) is first


def test_a_password_that_works_no_more_closes_all(pool: ConnectionPool, server: ScriptedServer) -> None:
    idle = use(pool, server.account)
    server.answers["AUTHENTICATE"] = b"TAG NO [AUTHENTICATIONFAILED] no\r\n"
    with pytest.raises(WrongPassword), pool.lease(server.account, fresh=True):
        pass
    assert getattr(idle, "broken", False)


def test_a_closed_pool_lends_nothing(server: ScriptedServer) -> None:
    pool = ConnectionPool()
    idle = use(pool, server.account)
    pool.close()
    pool.close()
    assert getattr(idle, "broken", False)
    with pytest.raises(ServerGone, match="shutting down"):
        use(pool, server.account)


def test_an_account_shows_no_password(server: ScriptedServer) -> None:
    assert "secret" not in repr(server.account)


def test_many_threads_never_share_a_connection(server: ScriptedServer) -> None:
    pool = ConnectionPool(most=3, patience=120)
    used: set[int] = set()
    clashes: list[int] = []

    def work() -> None:
        for _ in range(20):
            with pool.lease(server.account) as lent:
                me = id(lent.connection)
                if me in used:
                    clashes.append(me)
                used.add(me)
                lent.connection.run(b"NOOP")
                used.discard(me)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    pool.close()
    assert (clashes, server.connections <= 3) == ([], True)


STATE = MailboxState(uidvalidity=1, uidnext=4, messages=3, unseen=0)


def remembered(memory: Memory, name: object) -> list[int] | None:
    """The order that a memory has of this name."""
    order = memory.order(name)
    return None if order is None else list(order.uids)


def test_an_order_is_remembered_with_the_version_of_its_mailbox() -> None:
    memory = Memory()
    memory.keep_order("name", (1, 2), STATE, [3, 1, 2])
    known = memory.order("name")
    assert known is not None
    assert (list(known.uids), known.version, known.state) == ([3, 1, 2], (1, 2), STATE)


def test_conversations_of_the_mailboxes_looked_into_last_are_remembered() -> None:
    memory = Memory()
    for name in ("a", "b", "c"):
        memory.keep_threads(MailboxName(name), Threads(STATE, b" 1 2 \n" * 200_000))
    assert [memory.threads(MailboxName(name)) is None for name in ("a", "b", "c")] == [True, False, False]


def test_long_orders_are_forgotten_sooner() -> None:
    memory = Memory()
    for number in range(3):
        memory.keep_order(number, 1, STATE, range(200_000))
    assert [remembered(memory, number) is None for number in range(3)] == [True, False, False]


def test_what_was_not_asked_for_longest_is_forgotten() -> None:
    memory = Memory()
    for number in range(13):
        memory.keep_order(number, 1, STATE, [number])
    assert remembered(memory, 0) is None
    assert remembered(memory, 12) == [12]


def test_a_log_in_for_another_worker_leaves_no_connection_behind() -> None:
    scripted = ScriptedServer()
    pool = ConnectionPool()
    pool.log_in(scripted.server, scripted.account.credentials, keep=False)
    assert (scripted.connections, pool._welcome) == (1, {})
    pool.close()
    scripted.stop()
