"""A connection that waits for news: what it hears of, and what ends it."""

import select
import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from core import Secret, tls
from demo.dovecot import Dovecot
from modules.imap.api import Credentials, Idling, News, NoIdle, NoNotify, Server, ServerGone, connect
from tests.modules.events.waiting import WaitingServer
from tests.modules.mail.letters import plain
from tests.servers.mail_user import MailUser

WIDE = b"IMAP4rev1 IDLE NOTIFY AUTH=PLAIN"
ASKED = (
    b"NOTIFY SET (selected (MessageNew MessageExpunge FlagChange)) (personal (MessageNew MessageExpunge FlagChange))"
)


@pytest.fixture
def server() -> Iterator[WaitingServer]:
    """A server that waits."""
    server = WaitingServer()
    yield server
    server.stop()


@pytest.fixture
def wide() -> Iterator[WaitingServer]:
    """A server that tells of other mailboxes, too."""
    server = WaitingServer(capability=WIDE)
    yield server
    server.stop()


def wait_at(server: WaitingServer) -> Idling:
    account = server.account()
    return Idling(connect(account.server, account.credentials))


def wait_in(dovecot: Dovecot, user: MailUser) -> Idling:
    options = tls.TlsOptions(ca_file=dovecot.ca_file)
    server = Server("localhost", dovecot.imaps_port, options, connect_timeout=60, read_timeout=60)
    return Idling(connect(server, Credentials(user.name, Secret(user.password))))


def hear(idling: Idling, done: Callable[[News], bool]) -> News:
    """Read until what was told altogether is enough."""
    news = News.NOTHING
    while not done(news):
        assert select.select([idling], [], [], 60)[0], f"nothing more than {news} was told"
        news |= idling.read()
    return news


def hear_of_messages(idling: Idling) -> News:
    return hear(idling, lambda news: News.MESSAGES in news)


def test_the_inbox_is_opened_without_changing_anything(server: WaitingServer) -> None:
    wait_at(server).close()
    # What ends the waiting may not have come to the server yet.
    sent = [line.partition(b" ")[2] for line in server.lines]
    assert sent[sent.index(b'EXAMINE "INBOX"\r\n') :][:2] == [b'EXAMINE "INBOX"\r\n', b"IDLE\r\n"]
    assert not any(said.startswith(b"SELECT") for said in sent)


@pytest.mark.servers
def test_a_way_on_which_nothing_comes_back_is_given_up_in_two_minutes(mail_user: MailUser, dovecot: Dovecot) -> None:
    idling = wait_in(dovecot, mail_user)
    asked = [socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT]
    quiet, apart, times = (idling._socket.getsockopt(socket.IPPROTO_TCP, one) for one in asked)
    assert idling._socket.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) and quiet + apart * times <= 120
    idling.close()


def test_a_server_that_ends_before_waiting_begins_is_gone() -> None:
    server = WaitingServer(begins=b"+ wai")
    threading.Timer(0.3, server.cut).start()
    with pytest.raises(ServerGone, match="ended the connection"):
        wait_at(server)
    server.stop()


def test_a_connection_that_broke_is_noticed_by_renewing_and_by_reading(server: WaitingServer) -> None:
    idling = wait_at(server)
    idling._socket.close()
    with pytest.raises(ServerGone, match="broke"):
        idling.renew()
    with pytest.raises(ServerGone, match="broke"):
        idling.read()
    idling.close()


def test_one_renewal_is_not_begun_before_the_last_was_answered() -> None:
    server = WaitingServer(ends=b"")
    idling = wait_at(server)
    idling.renew()
    assert not idling.is_settled
    with pytest.raises(ServerGone, match="not answer"):
        idling.renew()
    idling.close()
    server.stop()


@pytest.mark.servers
def test_dovecot_tells_of_every_mailbox_of_a_user_also_after_a_renewal(dovecot: Dovecot, mail_user: MailUser) -> None:
    # Dovecot writes the first as a literal.
    mail_user.create("&AOQ-x")
    idling = wait_in(dovecot, mail_user)
    assert idling.is_wide
    mail_user.append(plain("Told"), "&AOQ-x")
    assert hear(idling, bool) is News.ELSEWHERE
    idling.renew()
    hear(idling, lambda _: idling.is_settled)
    mail_user.create("Later")
    mail_user.append(plain("Told"), "Later")
    assert hear(idling, bool) is News.ELSEWHERE
    mail_user.append(plain("Told"))
    assert News.MESSAGES in hear_of_messages(idling)
    idling.close()


@pytest.mark.servers
def test_a_plain_server_is_not_waited_at(bare_dovecot: Dovecot, bare_mail_user: MailUser) -> None:
    with pytest.raises(NoIdle):
        wait_in(bare_dovecot, bare_mail_user)


def test_who_offers_it_is_asked_for_news_of_all_mailboxes_before_waiting_begins(wide: WaitingServer) -> None:
    idling = wait_at(wide)
    assert idling.is_wide
    sent = [line.rstrip().partition(b" ")[2] for line in wide.lines]
    assert sent[sent.index(ASKED) - 1 :][:3] == [b'EXAMINE "INBOX"', ASKED, b"IDLE"]
    idling.close()


@pytest.mark.parametrize(
    ("capability", "notifies", "asked"),
    [
        (b"IMAP4rev1 IDLE AUTH=PLAIN", b"", 0),
        (WIDE, b"TAG NO [BADEVENT (MessageNew)] no\r\n", 1),
        (WIDE, b"TAG BAD what?\r\n", 1),
    ],
    ids=["not-offered", "no", "bad"],
)
def test_who_does_not_tell_of_all_mailboxes_is_waited_at_for_the_inbox(
    capability: bytes, notifies: bytes, asked: int
) -> None:
    server = WaitingServer(capability=capability, notifies=notifies)
    idling = wait_at(server)
    assert not idling.is_wide
    assert len(server.commands(b"NOTIFY")) == asked
    # Whatever else it says of other mailboxes, nobody asked.
    server.tell(b"* STATUS Junk (MESSAGES 1)\r\n* OK [NOTIFICATIONOVERFLOW] x\r\n* 4 EXISTS\r\n")
    assert hear_of_messages(idling) is News.MESSAGES
    idling.close()
    server.stop()


@pytest.mark.parametrize(
    "told",
    [
        b"* STATUS Junk (MESSAGES 1)\r\n",
        b'* status "a \\" b" (UNSEEN 1)\r\n',
        b"* STATUS {4}\r\n\xc3\xa4xy (MESSAGES 1)\r\n",
        b"* STATUS {20}\r\nx\r\n* BYE\r\n* 9 EXIST (MESSAGES 1)\r\n",
        b"* STATUS {0}\r\n (MESSAGES 1)\r\n",
    ],
    ids=["atom", "quoted", "literal", "lines-in-a-literal", "empty-literal"],
)
def test_other_mailboxes_are_told_of_whatever_they_are_called(wide: WaitingServer, told: bytes) -> None:
    idling = wait_at(wide)
    # In pieces as short as can be, and what follows is understood.
    for octet in told:
        wide.tell(bytes([octet]))
    assert hear(idling, bool) is News.ELSEWHERE
    wide.tell(b"* 2 FETCH (FLAGS (\\Seen))\r\n")
    assert hear(idling, bool) is News.FLAGS
    idling.close()


def test_what_is_told_of_other_mailboxes_before_waiting_begins_does_no_harm() -> None:
    begins = b"* STATUS {3}\r\n\xc3\xa4x (MESSAGES 1)\r\n+ waiting\r\n* STATUS {3}\r\n\xc3"
    server = WaitingServer(capability=WIDE, begins=begins)
    idling = wait_at(server)
    assert idling.is_settled
    server.tell(b"\xa4x (MESSAGES 1)\r\n* 4 EXISTS\r\n")
    assert hear_of_messages(idling) == News.MESSAGES | News.ELSEWHERE
    idling.close()
    server.stop()


@pytest.mark.parametrize(
    ("told", "error"),
    [
        (b"* OK [NOTIFICATIONOVERFLOW] too much\r\n", NoNotify),
        (b"* STATUS Junk (MESSAGES 1)\r\n" * 20_000, NoNotify),
        (b"* STATUS {999999}\r\n", ServerGone),
        (b"* STATUS {9999999}\r\nx (MESSAGES 1)\r\n", ServerGone),
        (b"* STATUS {1}\r\n{1}\r\n{1}\r\n", ServerGone),
    ],
    ids=["overflow", "flood", "long-name", "longer-name", "literals-without-end"],
)
def test_a_server_that_tells_too_much_of_other_mailboxes_is_waited_at_no_longer(
    wide: WaitingServer, told: bytes, error: type[ServerGone]
) -> None:
    idling = wait_at(wide)
    teller = threading.Thread(target=wide.tell, args=(told,))
    teller.start()
    with pytest.raises(ServerGone) as raised:
        hear(idling, lambda _: False)
    assert raised.type is error
    idling.close()
    teller.join(60)


@pytest.mark.parametrize(
    "notifies", [b"", b"* OK [NOTIFICATIONOVERFLOW] too much\r\nTAG OK done\r\n"], ids=["breaks-down", "overflows"]
)
def test_a_server_that_fails_where_it_is_asked_for_all_mailboxes_is_known_for_it(notifies: bytes) -> None:
    server = WaitingServer(capability=WIDE, notifies=notifies)
    with pytest.raises(NoNotify):
        wait_at(server)
    account = server.account()
    idling = Idling(connect(account.server, account.credentials), widely=False)
    assert idling.is_settled and not idling.is_wide
    idling.close()
    server.stop()
