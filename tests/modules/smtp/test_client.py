"""Submission against a server that misbehaves in every way a test asks for."""

import socket
import time
from dataclasses import replace
from datetime import timedelta

import pytest

from core import Line, UpstreamError
from modules.mail.api import SubmissionRefused
from modules.smtp.client import CHUNK, SmtpSubmission, stuffed, with_mail_line_ends
from modules.smtp.config import SmtpConfig
from modules.smtp.connection import LONGEST_WORDS, explained, open_connection, words
from tests.modules.smtp.double import HANG_UP, serving
from tests.modules.smtp.handing import ANN, BOB, MESSAGE, config, reason, send, way_to


def test_a_message_is_handed_in_for_each_recipient_once() -> None:
    with serving({}) as double:
        assert send(double, MESSAGE, ANN, BOB, ANN) == (ANN, BOB)
    assert double.heard == [
        "ehlo localhost",
        "MAIL FROM:<me@garden.example>",
        f"RCPT TO:<{ANN}>",
        f"RCPT TO:<{BOB}>",
        "DATA",
        "quit",
    ]
    assert double.data == MESSAGE


def test_nothing_is_connected_before_something_is_sent() -> None:
    with serving({}) as double:
        way_to(double).close()
    assert double.heard == []


def test_the_end_of_a_message_does_not_wait_for_what_came_before_it_to_be_confirmed() -> None:
    with serving({}) as double:
        connection = open_connection(config(double.port), None)
        assert connection.sock is not None
        assert connection.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        connection.close()


def test_one_connection_takes_several_messages() -> None:
    with serving({}) as double:
        submission = way_to(double)
        submission.submit("", [ANN], MESSAGE)
        submission.submit("", [BOB], MESSAGE)
        submission.close()
    assert double.heard.count("ehlo localhost") == 1
    assert double.heard.count("MAIL FROM:<>") == 2


def test_those_who_are_refused_are_told_with_the_reason() -> None:
    with serving({"RCPT": ["550 5.1.1 no such mailbox", "250 ok"]}) as double:
        submitted = way_to(double).submit("me@garden.example", [ANN, BOB], MESSAGE)
    assert submitted.accepted == (BOB,)
    assert [(one.address, one.reason) for one in submitted.refused] == [
        (ANN, "is refused by the server: 550 5.1.1 no such mailbox")
    ]


def test_a_message_for_nobody_is_refused_with_everyone() -> None:
    with serving({"RCPT": ["550 no", "450 4.2.1 busy"]}) as double, pytest.raises(SubmissionRefused) as told:
        way_to(double).submit("me@garden.example", [ANN, BOB], MESSAGE)
    assert [one.address for one in told.value.refused] == [ANN, BOB]
    assert told.value.refused[1].reason == "is refused by the server for now; try again later: 450 4.2.1 busy"
    assert "DATA" not in double.heard


@pytest.mark.parametrize(
    "address",
    ["", "ann", "ann@", "a b@x.example", "ann@x.example>", "a\r\nRCPT TO:<eve@x.example>@x", "ann@x\n.example"],
)
def test_what_is_no_address_never_reaches_the_server(address: str) -> None:
    with serving({}) as double, pytest.raises(SubmissionRefused) as told:
        way_to(double).submit("me@garden.example", [address], MESSAGE)
    assert told.value.refused[0].reason == "is not an email address"
    assert not [line for line in double.heard if line.startswith("RCPT")]


def test_a_return_path_that_is_no_address_is_refused() -> None:
    with serving({}) as double, pytest.raises(SubmissionRefused, match="is not an email address"):
        way_to(double).submit("me>\r\nRSET", [ANN], MESSAGE)
    assert double.heard[0:1] == ["ehlo localhost"] and "RSET" not in double.heard


def test_a_quoted_local_part_is_an_address() -> None:
    with serving({}) as double:
        send(double, MESSAGE, '"ann at home"@garden.example')
    assert 'RCPT TO:<"ann at home"@garden.example>' in double.heard


@pytest.mark.parametrize(
    ("replies", "told"),
    [
        ({"MAIL": "553 5.7.1 not yours"}, "SubmissionRefused: The submission server does not let you send as this"),
        ({"MAIL": "451 4.3.0 later"}, "send as this address for now; try again later. It says: 451 4.3.0 later"),
        ({"DATA": "554 5.7.1 no"}, "SubmissionRefused: The submission server does not take the message. It says: 554"),
        (
            {".": "552 5.3.4 too big"},
            "SubmissionRefused: The submission server does not take the message. It says: 552",
        ),
        ({".": "451 4.3.0 later"}, "does not take the message for now; try again later. It says: 451 4.3.0 later"),
        ({"RCPT": "421 going down"}, "UpstreamError: The submission server 127.0.0.1 says: 421 going down"),
        ({"EHLO": "502 what"}, "UpstreamError: The submission server 127.0.0.1 says: 502 what"),
        ({"MAIL": HANG_UP}, "UpstreamError: The submission server 127.0.0.1 broke the connection off. Try again"),
        ({"RCPT": HANG_UP}, "UpstreamError: The submission server 127.0.0.1 broke the connection off. Try again"),
        ({"DATA": HANG_UP}, "UpstreamError: The submission server 127.0.0.1 broke the connection off. Try again"),
        ({".": HANG_UP}, "broke the connection off. It had the whole message by then and may have sent it"),
        ({".": "rubbish"}, "gave no proper answer. It had the whole message by then"),
    ],
)
def test_what_the_server_refuses_is_told_in_a_sentence(replies: dict[str, str], told: str) -> None:
    assert told in reason(replies)


def test_a_server_that_turns_us_away_is_told() -> None:
    with serving({}, greeting="554 5.3.2 closed today") as double, pytest.raises(UpstreamError, match="closed today"):
        send(double)


def test_a_server_that_is_not_there_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(UpstreamError, match=r"127\.0\.0\.1 cannot be reached: Connection refused"):
        SmtpSubmission(config(port), lambda: None).submit("", [ANN], MESSAGE)


def test_a_host_without_an_address_is_told() -> None:
    nowhere = SmtpConfig(host=Line("nowhere.invalid"))
    with pytest.raises(UpstreamError, match=r"There is no submission server nowhere\.invalid"):
        SmtpSubmission(nowhere, lambda: None).submit("", [ANN], MESSAGE)


def test_a_server_that_says_nothing_is_not_waited_for_for_ever() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        patient = replace(config(silent.getsockname()[1]), connect_timeout=timedelta(milliseconds=50))
        began = time.monotonic()
        with pytest.raises(UpstreamError, match=r"127\.0\.0\.1 does not answer"):
            SmtpSubmission(patient, lambda: None).submit("", [ANN], MESSAGE)
        assert time.monotonic() - began < 10


def test_answers_may_take_longer_than_the_greeting() -> None:
    with serving({}) as double:
        waiting = replace(config(double.port), connect_timeout=timedelta(seconds=5), timeout=timedelta(seconds=40))
        connection = open_connection(waiting, None)
        assert connection.sock is not None
        assert connection.sock.gettimeout() == 40
        connection.close()


def test_a_failed_submission_leaves_no_connection_behind() -> None:
    with serving({"MAIL": ["553 no", "250 ok"]}) as double:
        submission = way_to(double)
        with pytest.raises(SubmissionRefused):
            submission.submit("me@garden.example", [ANN], MESSAGE)
        submission.submit("me@garden.example", [ANN], MESSAGE)
        submission.close()
    assert double.heard.count("ehlo localhost") == 2


def test_a_server_gone_at_goodbye_does_no_harm() -> None:
    with serving({"QUIT": HANG_UP}) as double:
        assert send(double) == (ANN,)


def test_the_size_is_announced_and_checked_before_anything_is_sent() -> None:
    assert "at most 0.0 MB" in reason({}, ["SIZE 10"])
    with serving({}, extensions=["SIZE 1000"]) as double:
        send(double)
    assert f"MAIL FROM:<me@garden.example> SIZE={len(MESSAGE)}" in double.heard


@pytest.mark.parametrize(
    ("said", "largest"), [("SIZE 35000000", 35_000_000), ("SIZE 0", None), ("SIZE", None), ("", None)]
)
def test_the_largest_size_is_what_the_server_says(said: str, largest: int | None) -> None:
    with serving({}, extensions=[said] if said else []) as double:
        submission = way_to(double)
        assert submission.largest() == largest
        submission.close()


def test_octets_beyond_ascii_are_announced() -> None:
    with serving({}, extensions=["8BITMIME"]) as double:
        send(double, "Subject: x\r\n\r\nhé\r\n".encode())
    assert "MAIL FROM:<me@garden.example> BODY=8BITMIME" in double.heard


def test_octets_beyond_ascii_are_not_sent_where_they_are_not_taken() -> None:
    assert "it lacks 8BITMIME" in reason({}, [], "Subject: x\r\n\r\nhé\r\n".encode())


def test_an_address_in_other_letters_is_sent_as_utf_8() -> None:
    with serving({}, extensions=["SMTPUTF8", "8BITMIME"]) as double:
        send(double, MESSAGE, "ängel@garden.example")
    assert "MAIL FROM:<me@garden.example> BODY=8BITMIME SMTPUTF8" in double.heard
    assert "RCPT TO:<ängel@garden.example>" in double.heard


def test_a_header_in_other_letters_needs_smtputf8_too() -> None:
    assert "An address in the message's header has letters" in reason({}, ["8BITMIME"], "To: ä@x\r\n\r\n".encode())


def test_an_address_in_other_letters_is_refused_where_the_server_cannot() -> None:
    with (
        serving({}) as double,
        pytest.raises(SubmissionRefused, match=r"address ängel@garden\.example has letters"),
    ):
        send(double, MESSAGE, "ängel@garden.example")


def test_a_receipt_is_asked_for_where_the_server_can_give_one() -> None:
    with serving({}, extensions=["DSN"]) as double:
        send(double, receipt=True)
    assert "MAIL FROM:<me@garden.example> RET=HDRS" in double.heard
    assert f"RCPT TO:<{ANN}> NOTIFY=SUCCESS,FAILURE,DELAY" in double.heard


def test_no_receipt_is_asked_for_unasked() -> None:
    with serving({}, extensions=["DSN"]) as double:
        send(double)
    assert "MAIL FROM:<me@garden.example>" in double.heard


def test_lines_that_begin_with_a_dot_arrive_whole() -> None:
    message = b"Subject: x\r\n\r\n.\r\n..\r\n.hidden\r\nend"
    with serving({}) as double:
        send(double, message)
    assert double.data == b"Subject: x\r\n\r\n..\r\n...\r\n..hidden\r\nend\r\n"


@pytest.mark.parametrize("smuggled", [b"\n.\n", b"\n.\r\n", b"\r.\r", b"\r\n.\n", b"\r\n.\r"])
def test_no_message_ends_early_and_smuggles_another(smuggled: bytes) -> None:
    with serving({}) as double:
        send(double, b"Subject: x\r\n\r\na" + smuggled + b"MAIL FROM:<eve@x.example>\r\n")
    assert double.data.endswith(b"a\r\n..\r\nMAIL FROM:<eve@x.example>\r\n")
    assert len([line for line in double.heard if line.startswith("MAIL")]) == 1


def test_a_message_with_proper_line_ends_is_not_copied() -> None:
    assert with_mail_line_ends(MESSAGE) is MESSAGE


def test_dots_are_doubled_across_pieces() -> None:
    message = b"x" * (CHUNK - 2) + b"\r\n.y\r\n" + b".".ljust(CHUNK, b"z")
    assert b"".join(stuffed(message)) == message.replace(b"\n.", b"\n..")
    assert b"".join(stuffed(b".a")) == b"..a"


def test_an_answer_is_told_on_one_bounded_line() -> None:
    told = words(550, b"5.1.1 no\nsuch \x1b[31mmailbox\x00 " + b"x" * 1000)
    assert told.startswith("550 5.1.1 no such [31mmailbox xxx")
    assert len(told) <= LONGEST_WORDS + 5


def test_a_connection_that_does_not_come_about_in_time_is_told() -> None:
    with pytest.raises(UpstreamError, match=r"mail\.example does not answer"), explained("mail.example"):
        raise TimeoutError
