"""Submission against a server that misbehaves in every way a test asks for."""

import base64
import socket
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from core import Line, Secret, UpstreamError, tls
from demo.certificates import Certificates, make_certificates
from modules.mail.api import SubmissionRefused
from modules.smtp.client import CHUNK, SmtpSubmission, stuffed, with_mail_line_ends
from modules.smtp.config import Port, SaslMechanism, SmtpConfig
from modules.smtp.connection import LONGEST_WORDS, Credentials, explained, words
from tests.modules.smtp.double import HANG_UP, Double, serving

MESSAGE = b"Subject: x\r\n\r\nhello\r\n"
ANN, BOB = "ann@garden.example", "bob@garden.example"
KNOWN = Credentials("ann", Secret("pässword"))


def config(port: int, mechanism: SaslMechanism = SaslMechanism.AUTOMATIC) -> SmtpConfig:
    return SmtpConfig(
        host=Line("127.0.0.1"),
        port=Port(port),
        security=tls.Security.NONE,
        mechanism=mechanism,
        timeout=timedelta(seconds=5),
    )


def way_to(
    double: Double, credentials: Credentials | None = None, mechanism: SaslMechanism = SaslMechanism.AUTOMATIC
) -> SmtpSubmission:
    return SmtpSubmission(config(double.port, mechanism), lambda: credentials)


def send(double: Double, message: bytes = MESSAGE, *recipients: str, receipt: bool = False) -> tuple[str, ...]:
    submission = way_to(double)
    try:
        return submission.submit("me@garden.example", recipients or (ANN,), message, receipt=receipt).accepted
    finally:
        submission.close()


def reason(replies: Mapping[str, str | Sequence[str]], extensions: Sequence[str] = (), message: bytes = MESSAGE) -> str:
    with serving(replies, extensions=extensions) as double, pytest.raises((SubmissionRefused, UpstreamError)) as told:
        send(double, message)
    return f"{told.type.__name__}: {told.value}"


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
        patient = replace(config(silent.getsockname()[1]), timeout=timedelta(milliseconds=50))
        with pytest.raises(UpstreamError, match=r"127\.0\.0\.1 does not answer"):
            SmtpSubmission(patient, lambda: None).submit("", [ANN], MESSAGE)


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


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def log_in(double: Double, mechanism: SaslMechanism = SaslMechanism.AUTOMATIC, known: Credentials = KNOWN) -> None:
    submission = way_to(double, known, mechanism)
    try:
        submission.submit("", [ANN], MESSAGE)
    finally:
        submission.close()


def test_plain_sends_the_password_in_utf_8() -> None:
    with serving({"AUTH": "235 in"}, extensions=["AUTH PLAIN LOGIN"]) as double:
        log_in(double)
    assert f"AUTH PLAIN {encoded(chr(0) + 'ann' + chr(0) + 'pässword')}" in double.heard


def test_login_answers_the_servers_questions() -> None:
    name, password = encoded("ann"), encoded("pässword")
    replies = {"AUTH": f"334 {encoded('Username:')}", name: f"334 {encoded('Password:')}", password: "235 in"}
    # The double looks answers up in upper case.
    with serving({word.upper(): one for word, one in replies.items()}, extensions=["AUTH LOGIN"]) as double:
        log_in(double)
    assert double.heard[1:4] == ["AUTH LOGIN", name, password]


@pytest.mark.parametrize("mechanism", [SaslMechanism.XOAUTH2, SaslMechanism.OAUTHBEARER])
def test_a_token_is_sent_where_the_admin_says_so(mechanism: SaslMechanism) -> None:
    with serving({"AUTH": "235 in"}, extensions=["AUTH PLAIN XOAUTH2 OAUTHBEARER"]) as double:
        log_in(double, mechanism)
    assert double.heard[1].startswith(f"AUTH {mechanism.value.upper()} ")
    assert b"auth=Bearer p" in base64.b64decode(double.heard[1].split()[2])


def test_a_refused_token_is_told_after_its_acknowledgement() -> None:
    with (
        serving({"AUTH": f"334 {encoded('{}')}", "": "535 5.7.8 expired"}, extensions=["AUTH XOAUTH2"]) as double,
        pytest.raises(UpstreamError, match=r"does not accept your name and password.*535 5\.7\.8 expired"),
    ):
        log_in(double, SaslMechanism.XOAUTH2)


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        ("535 5.7.8 wrong", r"does not accept your name and password\. Log in again"),
        ("454 4.7.0 later", r"cannot check passwords now\. Try again"),
        ("534 5.7.9 weak", r"does not let us in\. It says: 534 5\.7\.9 weak"),
        ("334 !!!", "challenge is not base64"),
        ("334 ", "asks for more than"),
    ],
)
def test_a_refused_login_is_told_in_a_sentence(reply: str, told: str) -> None:
    mechanism = "AUTH LOGIN" if reply == "334 " else "AUTH PLAIN"
    loop = {"AUTH": reply, **{word: reply for word in (encoded("ann").upper(), encoded("pässword").upper())}}
    with serving(loop, extensions=[mechanism]) as double, pytest.raises(UpstreamError, match=told):
        log_in(double)


def test_the_password_is_not_part_of_what_is_told() -> None:
    with serving({"AUTH": "535 no"}, extensions=["AUTH PLAIN"]) as double, pytest.raises(UpstreamError) as told:
        log_in(double)
    assert "pässword" not in str(told.value) and encoded("pässword") not in str(told.value)


@pytest.mark.parametrize(("offer", "told"), [("AUTH GSSAPI", "offers only GSSAPI"), ("SIZE", "offers no login at all")])
def test_a_server_that_offers_no_login_we_know_is_told(offer: str, told: str) -> None:
    with serving({}, extensions=[offer]) as double, pytest.raises(UpstreamError, match=told):
        log_in(double)


def test_a_mechanism_that_is_not_offered_is_not_tried() -> None:
    with serving({}, extensions=["AUTH PLAIN"]) as double, pytest.raises(UpstreamError, match="offers only PLAIN"):
        log_in(double, SaslMechanism.SCRAM)
    assert not [line for line in double.heard if line.startswith("AUTH")]


def test_where_scram_is_refused_plain_is_tried() -> None:
    with serving({"AUTH": ["535 no verifier", "235 in"]}, extensions=["AUTH SCRAM-SHA-256 PLAIN"]) as double:
        log_in(double)
    assert [line.split()[1] for line in double.heard if line.startswith("AUTH")] == ["SCRAM-SHA-256", "PLAIN"]


def test_a_server_that_skips_its_proof_gets_no_mail() -> None:
    with (
        serving({"AUTH": "235 in"}, extensions=["AUTH SCRAM-SHA-256 PLAIN"]) as double,
        pytest.raises(UpstreamError, match="without proving"),
    ):
        log_in(double)
    assert not [line for line in double.heard if line.startswith("MAIL")]


def test_a_password_that_cannot_be_sent_is_told() -> None:
    with (
        serving({}, extensions=["AUTH SCRAM-SHA-256 PLAIN"]) as double,
        pytest.raises(UpstreamError, match="holds characters that no mail server takes"),
    ):
        log_in(double, known=Credentials("ann", Secret("a\r\nb")))


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("tls"))


def encrypted(port: int, certificates: Certificates) -> SmtpConfig:
    return replace(config(port), security=tls.Security.STARTTLS, ca_file=certificates.ca_file)


def test_after_starttls_the_server_is_asked_anew(certificates: Certificates) -> None:
    hellos = ["250-double\r\n250-SIZE 1\r\n250 STARTTLS", "250 double"]
    with serving({"EHLO": hellos, "STARTTLS": "220 go"}, starttls=certificates) as double:
        submission = SmtpSubmission(encrypted(double.port, certificates), lambda: None)
        assert submission.submit("", [ANN], MESSAGE).accepted == (ANN,)
        submission.close()
    assert double.heard[:3] == ["ehlo localhost", "STARTTLS", "ehlo localhost"]


def test_a_server_stripped_of_starttls_gets_neither_password_nor_mail(certificates: Certificates) -> None:
    with (
        serving({}, extensions=["AUTH PLAIN"]) as double,
        pytest.raises(UpstreamError, match="does not offer STARTTLS"),
    ):
        SmtpSubmission(encrypted(double.port, certificates), lambda: KNOWN).submit("", [ANN], MESSAGE)
    assert double.heard == ["ehlo localhost"]


def test_what_a_stranger_says_before_the_encryption_does_not_count(certificates: Certificates) -> None:
    injected = "220 go\r\n250-double\r\n250 AUTH PLAIN"
    with (
        serving(
            {"EHLO": ["250 STARTTLS", "250 STARTTLS", "250 double"], "STARTTLS": injected}, starttls=certificates
        ) as double,
        pytest.raises(UpstreamError),
    ):
        SmtpSubmission(encrypted(double.port, certificates), lambda: KNOWN).submit("", [ANN], MESSAGE)
    assert not [line for line in double.heard if line.startswith("AUTH")]


def test_an_answer_is_told_on_one_bounded_line() -> None:
    told = words(550, b"5.1.1 no\nsuch \x1b[31mmailbox\x00 " + b"x" * 1000)
    assert told.startswith("550 5.1.1 no such [31mmailbox xxx")
    assert len(told) <= LONGEST_WORDS + 5


def test_a_connection_that_does_not_come_about_in_time_is_told() -> None:
    with pytest.raises(UpstreamError, match=r"mail\.example does not answer"), explained("mail.example"):
        raise TimeoutError
