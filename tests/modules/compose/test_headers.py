"""The header fields of outgoing messages, read back by another parser than the one that wrote them."""

from dataclasses import replace

import pytest

from modules.compose.headers import (
    address_field,
    header_address,
    mailbox,
    reference_field,
    to_ascii,
)
from modules.compose.message import (
    Priority,
    build_message,
    recipients,
)
from modules.mail.api import Correspondent
from tests.modules.compose.written import ANN, BASE, read, squeezed


def test_a_reply_names_what_it_answers() -> None:
    message = read(replace(BASE, in_reply_to="<2@x.example>", references=("<1@x.example>", "<2@x.example>")))
    assert message["In-Reply-To"] == "<2@x.example>"
    assert message["References"] == "<1@x.example> <2@x.example>"


def test_references_are_checked_and_bounded() -> None:
    many = [f"<{number}@x.example>" for number in range(500)]
    field = reference_field("References", ["bad", "<a b@x>", "<a@x>\r\nBcc: x", *many])
    assert field.split()[1] == "<a@x>" and field.split()[-1] == "<499@x.example>"
    assert len(field.split()) == 41 and "Bcc" not in field
    assert reference_field("References", ["bad"]) == ""


def test_blind_copies_stay_unsaid_except_in_a_draft() -> None:
    hidden = replace(BASE, bcc=(Correspondent("", "eve@garden.example"),))
    assert b"eve@" not in build_message(hidden)
    assert read(replace(hidden, keep_bcc=True))["Bcc"] == "eve@garden.example"
    assert recipients(hidden) == ("ann@garden.example", "eve@garden.example")


def test_nobody_gets_a_message_twice() -> None:
    twice = replace(BASE, cc=(Correspondent("A", "ann@GARDEN.example"),), bcc=(ANN,))
    assert recipients(twice) == ("ann@garden.example",)


def test_a_receipt_and_a_priority_are_asked_for_in_the_usual_fields() -> None:
    message = read(replace(BASE, request_receipt=True, priority=Priority.HIGH))
    assert message["Disposition-Notification-To"] == "Me <me@garden.example>"
    assert (message["Importance"], message["X-Priority"]) == ("high", "1")
    assert read(replace(BASE, priority=Priority.LOW))["X-Priority"] == "5"
    assert "Importance" not in read(BASE) and "Disposition-Notification-To" not in read(BASE)


def test_a_draft_carries_its_composition() -> None:
    assert read(replace(BASE, composition="abc"))["X-Composition"] == "abc"


def test_a_domain_in_other_letters_goes_in_ascii() -> None:
    far = replace(BASE, to=(Correspondent("Ä", "ann@gärten.example"),))
    assert b"<ann@xn--grten-gra.example>" in build_message(far)
    assert recipients(far) == ("ann@xn--grten-gra.example",)


def test_a_domain_keeps_its_sharp_s() -> None:
    assert to_ascii("straße.example") == "xn--strae-oqa.example"


def test_a_local_part_in_other_letters_goes_as_it_is() -> None:
    far = replace(BASE, to=(Correspondent("", "ängel@gärten.example"),))
    assert "To: ängel@xn--grten-gra.example\r\n".encode() in build_message(far)


@pytest.mark.parametrize("domain", ["", "a b", "-a.example", "x" * 64, "a..b", "ä" * 300, "a" * 260, "\u2014", "[::1]"])
def test_what_is_no_domain_is_refused(domain: str) -> None:
    with pytest.raises(ValueError, match="is not a domain"):
        to_ascii(domain)


@pytest.mark.parametrize(
    ("address", "sent"),
    [
        ('"a b"@x.example', '"a b"@x.example'),
        ('"a\\"b"@x.example', '"a\\"b"@x.example'),
        ("a..b@x.example", '"a..b"@x.example'),
        ('"ä b"@x.example', ""),
        ("x.example", ""),
        ("@x.example", ""),
    ],
)
def test_an_odd_local_part_is_quoted_or_refused(address: str, sent: str) -> None:
    assert header_address(address) == sent


def test_someone_without_an_address_stands_in_a_draft_as_a_name() -> None:
    assert mailbox(Correspondent("bo", "")) == "bo <>"
    assert mailbox(Correspondent("", "ann@")) == '"ann@" <>'
    assert address_field("To", [Correspondent("", "")]) == ""


def test_what_only_looks_encoded_is_encoded() -> None:
    message = read(replace(BASE, subject="=?utf-8?q?evil?=", to=(Correspondent("=?utf-8?q?evil?=", ANN.address),)))
    assert message["Subject"] == "=?utf-8?q?evil?="
    assert message["To"].addresses[0].display_name == "=?utf-8?q?evil?="


def test_many_recipients_are_folded() -> None:
    many = tuple(Correspondent(f"Person, {number} Ö", f"u{number}@garden.example") for number in range(300))
    message = read(replace(BASE, to=many))
    assert [person.display_name for person in message["To"].addresses] == [person.name for person in many]
    assert max(map(len, build_message(replace(BASE, to=many)).split(b"\r\n"))) < 120


def test_a_long_ascii_name_or_word_is_folded() -> None:
    assert read(replace(BASE, subject="x" * 3000))["Subject"] == "x" * 3000
    person = Correspondent("n" * 300, ANN.address)
    assert squeezed(read(replace(BASE, to=(person,)))["To"].addresses[0].display_name) == "n" * 300
