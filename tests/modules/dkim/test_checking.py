"""Signatures that an implementation of others made: which hold, what they cover, and why others do not."""

import base64
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from modules.dkim.canonical import split_message
from modules.dkim.checking import MOST_SIGNATURES, check, read_claims, refused
from modules.dkim.keys import read_key
from modules.dkim.tags import Unfit
from modules.trust.api import Signature
from tests.modules.dkim.signer import LETTER, Signer, rsa_key

CAME = datetime.now(UTC)
RSA = base64.b64encode(rsa_key(1024).public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))


def found(signer: Signer, message: bytes, came: datetime = CAME) -> list[Signature]:
    """What is found of every signature of a message."""
    split = split_message(message)
    assert split is not None
    found = []
    for one in read_claims(message.partition(b"\r\n\r\n")[0] + b"\r\n\r\n", came):
        if isinstance(one, Signature):
            found.append(one)
            continue
        try:
            found.append(check(one, read_key(signer.records.get(one.tags.key_name, []), one.tags), *split))
        except Unfit as error:
            found.append(refused(one.tags.domain, error))
    return found


def only(signer: Signer, message: bytes, came: datetime = CAME) -> Signature:
    (one,) = found(signer, message, came)
    return one


def reason(signer: Signer, message: bytes, came: datetime = CAME) -> str:
    one = only(signer, message, came)
    assert not one.good
    return str(one.reason)


def edited(old: bytes, new: bytes) -> bytes:
    """A signed letter whose signature says something else."""
    signed = Signer().sign()
    top, letter = signed[: -len(LETTER)], signed[-len(LETTER) :]
    assert old in top
    return top.replace(old, new, 1) + letter


@pytest.mark.parametrize("header", [b"simple", b"relaxed"])
@pytest.mark.parametrize("body", [b"simple", b"relaxed"])
@pytest.mark.parametrize("algorithm", [b"rsa-sha256", b"ed25519-sha256"])
def test_an_untouched_message_passes_in_every_form(header: bytes, body: bytes, algorithm: bytes) -> None:
    signer = Signer()
    one = only(signer, signer.sign(forms=(header, body), algorithm=algorithm))
    assert (one.ended, one.reason, one.good, one.whole, one.domain) == ("pass", None, True, True, "example.test")


@pytest.mark.parametrize("body", [b"", b"\r\n", b"\r\n\r\n", b"x", b"x \r\n \r\n", b"a\r\r\n\r\n", b"\r\r\r\n"])
@pytest.mark.parametrize("form", [b"simple", b"relaxed"])
def test_odd_bodies_are_read_as_others_read_them(body: bytes, form: bytes) -> None:
    signer = Signer()
    letter = LETTER.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" + body
    assert only(signer, signer.sign(letter, forms=(b"relaxed", form))).good


def test_spaces_that_a_relaxed_form_allows_change_nothing() -> None:
    signer = Signer()
    signed = (
        signer.sign()
        .replace(b"Hello  there \t\r\n", b"Hello there\r\n")
        .replace(b"Subject:  Plants", b"SUBJECT : Plants")
    )
    assert only(signer, signed).good


def test_bare_line_feeds_are_line_ends() -> None:
    signer = Signer()
    split = split_message(signer.sign().replace(b"\r\n", b"\n"))
    assert split is not None and only(signer, signer.sign()).good
    assert split[1].startswith(b"Hello  there \t\r\n")


def test_a_changed_text_fails_and_the_reason_says_so() -> None:
    signer = Signer()
    assert "text was changed" in reason(signer, signer.sign().replace(b"Bye", b"Buy"))


def test_a_changed_subject_fails_and_the_reason_says_so() -> None:
    signer = Signer()
    assert "What stands above the text was changed" in reason(signer, signer.sign().replace(b"flowers", b"flours"))


def test_a_signature_of_another_key_fails() -> None:
    signer, other = Signer(), Signer()
    other.sign(algorithm=b"rsa-sha256", bits=2048)
    signed = signer.sign()
    assert "somebody else signed it" in reason(other, signed)


def test_a_second_sender_above_is_not_covered() -> None:
    signer = Signer()
    one = only(signer, b"From: eve@evil.test\r\n" + signer.sign(fields=(b"from", b"subject")))
    assert not one.good and one.reason == "It does not cover the sender." and "from" not in one.fields


def test_a_field_of_which_a_further_one_was_added_is_not_covered() -> None:
    signer = Signer()
    signed = signer.sign(fields=(b"from", b"list-unsubscribe", b"subject", b"subject"))
    assert only(signer, signed).fields == {"from", "list-unsubscribe", "subject"}
    added = only(signer, b"List-Unsubscribe: <https://evil.test>\r\n" + signed)
    assert added.good and added.fields == {"from", "subject"}


def test_a_signature_of_a_part_of_the_text_is_told_with_what_it_leaves_out() -> None:
    signer = Signer()
    one = only(signer, signer.sign(length=True) + b"<b>Buy</b>\r\n")
    assert one.good and not one.whole
    assert one.reason is not None and one.reason.startswith("It covers only the first 20 of ")


def test_a_length_beyond_the_text_fails() -> None:
    signer = Signer()
    shorter = signer.sign(length=True).replace(b"\r\nBye\r\n\r\n\r\n", b"\r\n")
    assert "text was changed" in reason(signer, shorter)


def test_a_key_of_too_few_bits_is_not_believed() -> None:
    signer = Signer()
    assert reason(signer, signer.sign(bits=512)).startswith("The key has only 512 bits")


def test_sha_1_is_not_believed() -> None:
    signer = Signer()
    assert "SHA-1" in reason(signer, signer.sign(algorithm=b"rsa-sha1"))


@pytest.mark.parametrize(
    ("record", "told"),
    [
        (None, "The domain publishes no such key, or not any more."),
        (b"v=spf1 -all", "The domain publishes no such key"),
        (b"v=DKIM2; p=QQ==", "The domain publishes no such key"),
        (b"no list of tags", "The domain publishes no such key"),
        (b"v=DKIM1; p=", "The domain has taken the key back."),
        (b"p=!!!", "The published key cannot be read."),
        (b"p=QUJD", "The published key cannot be read."),
        (b"p=" + b"QUJD" * 2000, "The published key cannot be read."),
        (b"k=ed25519; p=QUJD", "The published key is for another kind of signature."),
        (b"k=dsa; p=" + RSA, "The published key is for another kind of signature."),
        (b"h=sha1; p=" + RSA, "The published key is for another use."),
        (b"s=web; p=" + RSA, "The published key is for another use."),
        (b"t=y; p=" + RSA, "The domain says that it only tries its signatures out."),
    ],
)
def test_a_key_that_does_not_fit_is_told_in_words(record: bytes | None, told: str) -> None:
    signer = Signer()
    signed = signer.sign()
    signer.records = {signer.name: [] if record is None else [record]}
    assert reason(signer, signed).startswith(told)


def test_a_key_of_a_curve_for_rsa_and_a_very_long_one_are_refused() -> None:
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers

    signer = Signer()
    signed = signer.sign()
    curve = generate_private_key(SECP256R1()).public_key()
    long = RSAPublicNumbers(65537, (1 << 5000) + 1).public_key()
    for key, told in ((curve, "another kind"), (long, "longer than this site reckons with")):
        octets = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        signer.records = {signer.name: [b"p=" + base64.b64encode(octets)]}
        assert told in reason(signer, signed)


def test_a_key_for_its_own_domain_alone_does_not_speak_for_names_below() -> None:
    signer = Signer()
    signed = signer.sign()
    signer.records = {signer.name: [b"t=s; p=" + RSA]}
    assert only(signer, signed).good
    assert "another use" in reason(signer, edited(b"i=@example.test", b"i=@below.example.test"))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (b"v=1;", b"v=2;", "of a kind that is not known"),
        (b"q=dns/txt", b"q=other", "of a kind that is not known"),
        (b"v=1;", b"", "lacks its part “v”"),
        (b"v=1;", b"v=1; v=1;", "cannot be read"),
        (b"v=1;", b"nonsense;", "cannot be read"),
        (b"v=1;", b"v=1; l=x;", "cannot be read"),
        (b"v=1;", b"v=1; x=999999999999; l=x;", "cannot be read"),
        (b"v=1;", b"v=1; x=1000;", "had expired when the message came"),
        (b"a=rsa-sha256", b"a=rot13", "in a way that is not known"),
        (b"c=relaxed/relaxed", b"c=loose", "of a kind that is not known"),
        (b"d=example.test", b"d=exa mple", "no domain that could exist"),
        (b"d=example.test", b"d=" + b"a." * 200, "no domain that could exist"),
        (b"i=@example.test", b"i=@evil.test", "speaks for another domain"),
        (b"bh=", b"bh=!", "cannot be read"),
        (b"h=", b"h=fr om:", "cannot be read"),
        (b"h=", b"h=" + b"to:" * 250, "cannot be read"),
        (b"v=1;", b"v=1; n=" + b"x" * 20_000 + b";", "too long"),
    ],
)
def test_a_signature_that_is_not_in_order_is_told_in_words(old: bytes, new: bytes, told: str) -> None:
    signer = Signer()
    signer.sign()
    assert told in reason(signer, edited(old, new))


def test_a_signature_of_the_day_after_is_told_in_words() -> None:
    signer = Signer()
    assert "after the message came" in reason(signer, signer.sign(), datetime(2020, 1, 1, tzinfo=UTC))
    beyond = edited(b" t=", b" t=99999999999; z=")
    assert "after the message came" in reason(signer, beyond)


def test_only_the_first_signatures_are_looked_at() -> None:
    signer = Signer()
    message = signer.sign()
    for _ in range(MOST_SIGNATURES + 3):
        message = b"DKIM-Signature: nonsense\r\n" + message
    assert [one.reason for one in found(signer, message)] == ["The signature cannot be read."] * MOST_SIGNATURES


def test_a_header_without_end_is_not_read() -> None:
    assert split_message(b"A: b\r\n" * 100_000) is None
    assert split_message(b"\r\nHello") == ((), b"Hello")
