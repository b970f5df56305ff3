"""Logging in to a server that takes messages, and being refused."""

import base64

import pytest

from core import Secret, UpstreamError
from modules.smtp.config import SaslMechanism
from modules.smtp.connection import Credentials
from tests.modules.smtp.double import Double, serving
from tests.modules.smtp.handing import ANN, KNOWN, MESSAGE, way_to


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
