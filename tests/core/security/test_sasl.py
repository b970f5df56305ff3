"""SASL mechanisms: the messages the standards print, and servers that cheat."""

import base64
import hashlib
import hmac
import stringprep
import unicodedata

import pytest

from core.errors import UpstreamError
from core.input.values import Secret
from core.security.sasl import _PROHIBITED as PROHIBITED
from core.security.sasl import Scram, login, oauthbearer, plain, prepare, scram_sha_256, xoauth2

# The exchange printed in RFC 7677 3.
NONCE = "rOprNGfwEbeRWgbNEkqO"
SERVER_NONCE = f"{NONCE}%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
SERVER_FIRST = f"r={SERVER_NONCE},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096".encode()
CLIENT_FINAL = f"c=biws,r={SERVER_NONCE},p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=".encode()
SERVER_FINAL = b"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="


@pytest.fixture
def scram() -> Scram:
    return Scram("user", Secret("pencil"), NONCE)


def test_scram_speaks_as_the_standard_prints_it(scram: Scram) -> None:
    assert scram.initial() == f"n,,n=user,r={NONCE}".encode()
    assert scram.challenge(SERVER_FIRST) == CLIENT_FINAL
    assert scram.challenge(SERVER_FINAL) == b""
    scram.finish()


def test_every_scram_has_another_nonce() -> None:
    assert scram_sha_256("user", Secret("x")).initial() != scram_sha_256("user", Secret("x")).initial()


def test_a_server_that_does_not_know_the_password_is_found_out(scram: Scram) -> None:
    scram.challenge(SERVER_FIRST)
    with pytest.raises(UpstreamError, match="could not prove"):
        scram.challenge(b"v=" + base64.b64encode(b"x" * 32))


def test_a_server_that_proves_nothing_is_found_out(scram: Scram) -> None:
    scram.challenge(SERVER_FIRST)
    with pytest.raises(UpstreamError, match="without proving"):
        scram.finish()


def test_a_server_that_lets_in_at_once_is_found_out(scram: Scram) -> None:
    scram.initial()
    with pytest.raises(UpstreamError, match="without proving"):
        scram.finish()


def test_a_proof_is_asked_for_once(scram: Scram) -> None:
    scram.challenge(SERVER_FIRST)
    scram.challenge(SERVER_FINAL)
    with pytest.raises(UpstreamError):
        scram.challenge(SERVER_FINAL)


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"e=other-error",
        b"r=other,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
        f"r={NONCE},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096".encode(),
        b"m=new," + SERVER_FIRST,
        SERVER_FIRST.replace(b"4096", b"1"),
        SERVER_FIRST.replace(b"4096", b"999999999"),
        SERVER_FIRST.replace(b"4096", b"99999999999999"),
        SERVER_FIRST.replace(b"4096", "٤٠٩٦".encode()),
        SERVER_FIRST.replace(b"W22Z", b"!!!!"),
        SERVER_FIRST.replace(b"W22Z", "é".encode()),
        b"\xff\xfe",
    ],
)
def test_a_first_message_out_of_order_is_refused(scram: Scram, message: bytes) -> None:
    with pytest.raises(UpstreamError):
        scram.challenge(message)


def test_commas_in_a_scram_name_are_escaped() -> None:
    assert Scram("a,b=c", Secret("x"), "n").initial() == b"n,,n=a=2Cb=3Dc,r=n"


def test_scram_prepares_a_password() -> None:
    def proof(password: str) -> bytes:
        return Scram("user", Secret(password), NONCE).challenge(SERVER_FIRST)

    assert proof("\u2168\u00ad") == proof("IX")


def test_scram_proof_is_the_keyed_one_of_the_password() -> None:
    # Worked out again from RFC 5802 3, apart from the code that is tested.
    salted = hashlib.pbkdf2_hmac("sha256", b"p\xc3\xa4ss", base64.b64decode("W22ZaJ0SNY7soEsUEjb6gQ=="), 4096)
    key = hmac.digest(salted, b"Client Key", "sha256")
    signed = f"n=user,r={NONCE},".encode() + SERVER_FIRST + f",c=biws,r={SERVER_NONCE}".encode()
    signature = hmac.digest(hashlib.sha256(key).digest(), signed, "sha256")
    proof = base64.b64encode(bytes(a ^ b for a, b in zip(key, signature, strict=True)))
    assert Scram("user", Secret("päss"), NONCE).challenge(SERVER_FIRST).endswith(b"p=" + proof)


# RFC 4013 3.
@pytest.mark.parametrize(
    ("text", "prepared"),
    [("I\u00adX", "IX"), ("user", "user"), ("USER", "USER"), ("\u00aa", "a"), ("\u2168", "IX"), ("a\u00a0b", "a b")],
)
def test_names_are_prepared_as_the_standard_prints_it(text: str, prepared: str) -> None:
    assert prepare(text) == prepared


def test_what_keyboards_write_is_in_no_table_of_the_standard() -> None:
    letters = [chr(code) for code in range(0x20, 0x7F)]
    tables = [stringprep.in_table_b1, stringprep.in_table_c12, *PROHIBITED, stringprep.in_table_d1]
    assert not any(table(letter) for table in tables for letter in letters)
    assert unicodedata.ucd_3_2_0.normalize("NFKC", "".join(letters)) == prepare("".join(letters)) == "".join(letters)


@pytest.mark.parametrize("text", ["\u0007", "\u06271", "\u0627a\u0627", "a\u0000"])
def test_names_that_cannot_be_prepared_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"holds|mixes"):
        prepare(text)


def test_hebrew_passwords_can_be_prepared() -> None:
    assert prepare("שלום") == "שלום"


def test_plain_speaks_as_the_standard_prints_it() -> None:
    mechanism = plain("tim", Secret("tanstaaftanstaaf"))
    mechanism.finish()
    assert (mechanism.name, mechanism.initial()) == ("PLAIN", b"\0tim\0tanstaaftanstaaf")


def test_plain_takes_any_letters() -> None:
    assert plain("bjørn", Secret("pässwörd")).initial() == "\0bjørn\0pässwörd".encode()


@pytest.mark.parametrize("text", ["a\0b", "a\r\nb", "a\nb", "a\x01b"])
def test_what_would_break_out_of_a_message_is_refused(text: str) -> None:
    for mechanism in (plain, login, xoauth2, oauthbearer):
        with pytest.raises(ValueError, match="holds"):
            mechanism(text, Secret("x"))
        with pytest.raises(ValueError, match="holds"):
            mechanism("x", Secret(text))


def test_login_answers_name_then_password() -> None:
    mechanism = login("tim", Secret("secret"))
    assert mechanism.initial() == b""
    assert [mechanism.challenge(b"Username:"), mechanism.challenge(b"Password:")] == [b"tim", b"secret"]
    mechanism.finish()


def test_login_answers_no_third_question() -> None:
    mechanism = login("tim", Secret("secret"))
    mechanism.challenge(b"")
    mechanism.challenge(b"")
    with pytest.raises(UpstreamError):
        mechanism.challenge(b"Anything else?")


def test_xoauth2_speaks_as_its_makers_print_it() -> None:
    token = Secret("ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg")
    assert xoauth2("someuser@example.com", token).initial() == (
        b"user=someuser@example.com\x01auth=Bearer ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg\x01\x01"
    )


def test_xoauth2_acknowledges_a_refusal_with_nothing() -> None:
    assert xoauth2("user", Secret("x")).challenge(b'{"status":"401"}') == b""


def test_oauthbearer_speaks_as_the_standard_prints_it() -> None:
    mechanism = oauthbearer("user@example.com", Secret("vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg=="), "server", 143)
    assert mechanism.initial() == (
        b"n,a=user@example.com,\x01host=server\x01port=143\x01"
        b"auth=Bearer vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==\x01\x01"
    )


def test_oauthbearer_escapes_commas_and_acknowledges_a_refusal() -> None:
    mechanism = oauthbearer("a,b", Secret("t"))
    assert mechanism.initial() == b"n,a=a=2Cb,\x01auth=Bearer t\x01\x01"
    assert mechanism.challenge(b"{}") == b"\x01"
