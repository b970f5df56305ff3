"""What `hm3 check --connect` finds out about the mail server."""

import pytest

from core import Line, Port, UpstreamError, WrongOption, tls
from demo.dovecot import Dovecot
from demo.ports import free_ports
from modules.imap.check import try_server
from modules.imap.config import ImapConfig
from modules.imap.server import Mechanism

pytestmark = pytest.mark.servers


def test_a_mail_server_that_is_right_answers(dovecot: Dovecot) -> None:
    config = ImapConfig(host=Line("localhost"), port=Port(dovecot.imaps_port), ca_file=dovecot.certificates.ca_file)
    assert try_server(config) == f"The mail server localhost at port {dovecot.imaps_port} answers."


def test_a_certificate_of_a_stranger_is_told(dovecot: Dovecot) -> None:
    with pytest.raises(UpstreamError, match="The certificate of localhost is not trusted"):
        try_server(ImapConfig(host=Line("localhost"), port=Port(dovecot.imaps_port)))


def test_a_closed_port_is_told() -> None:
    with pytest.raises(UpstreamError, match="refuses connections"):
        try_server(ImapConfig(host=Line("localhost"), port=Port(free_ports(1)[0])))


def test_a_log_in_that_is_not_offered_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("modules.imap.check.capabilities", lambda server: frozenset({"IMAP4REV1", "LOGINDISABLED"}))
    config = ImapConfig(host=Line("localhost"), mechanism=Mechanism.AUTOMATIC, security=tls.Security.NONE)
    with pytest.raises(WrongOption, match="offers no log-in") as wrong:
        try_server(config)
    assert wrong.value.option == "mechanism"


def test_a_log_in_by_a_token_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    offered = frozenset({"IMAP4REV1", "LOGINDISABLED", "AUTH=OAUTHBEARER"})
    monkeypatch.setattr("modules.imap.check.capabilities", lambda server: offered)
    assert try_server(ImapConfig(host=Line("localhost"))).endswith(" answers.")
