"""What reports say, read from their octets: whatever comes, nothing breaks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.reports.model import MOST_RECIPIENTS, Action, read_complaint, read_delivery, read_receipt
from modules.reports.status import find_code, meaning


def test_recipients_come_with_their_fates_and_reasons() -> None:
    told = read_delivery(
        b"Reporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; a@b.example\r\nAction: failed\r\n"
        b"Status: 5.0.0\r\nDiagnostic-Code: smtp; 552 5.2.2\r\n Over quota\r\n"
    )
    assert told is not None and told.server == "mx.example" and told.outcome is Action.FAILED
    (one,) = told.recipients
    assert (one.address, one.code, one.why) == ("a@b.example", "5.2.2", "Their mailbox is full.")
    assert one.said == "552 5.2.2 Over quota"


def test_the_reason_of_what_arrived_is_not_asked_for() -> None:
    told = read_delivery(
        b"Reporting-MTA: dns; m\n\nFinal-Recipient: rfc822;a@b.example\nAction: delivered\nStatus: 2.1.1\n"
    )
    assert told is not None and told.recipients[0].why == ""


def test_too_many_recipients_are_counted() -> None:
    one = b"\n\nFinal-Recipient: rfc822; a@b.example\nAction: failed"
    told = read_delivery(b"Reporting-MTA: dns; m" + one * (MOST_RECIPIENTS + 5))
    assert told is not None and (len(told.recipients), told.more) == (MOST_RECIPIENTS, 5)


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("utf-8; b\\x{FC}ro@x.example", "büro@x.example"),
        ("utf-8; \\x{202E}\\x{110000}a@x.example", "a@x.example"),
        ("<a@x.example>", "a@x.example"),
    ],
)
def test_addresses_are_shown_as_people_write_them(written: str, address: str) -> None:
    told = read_delivery(f"A: b\n\nFinal-Recipient: {written}\nAction: failed".encode())
    assert told is not None and told.recipients[0].address == address


def test_a_receipt_says_what_became_of_a_message_and_who_said_so() -> None:
    told = read_receipt(
        b"Reporting-UA: Reader\nFinal-Recipient: rfc822;a@b\nDisposition: manual-action/x; displayed/e\n"
    )
    assert told is not None
    assert (told.recipient, told.fate, told.by_hand, told.program) == ("a@b", "displayed", True, "Reader")
    assert read_receipt(b"Final-Recipient: rfc822;a@b\n") is None


def test_a_complaint_says_of_what_kind_it_is() -> None:
    told = read_complaint(b"Feedback-Type: Fraud\nIncidents: many\nOriginal-Rcpt-To: <a@b>\n")
    assert told is not None and (told.kind, told.count, told.recipient) == ("fraud", 1, "a@b")
    assert read_complaint(b"Version: 1\n") is None


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("5.1.1", "no such address"),
        ("4.4.5", "takes no mail at the moment"),
        ("5.7.999", "refused it by its rules"),
        ("5.9.9", ""),
        ("", ""),
    ],
)
def test_codes_are_said_in_sentences(code: str, words: str) -> None:
    assert words in meaning(code) and bool(words) == bool(meaning(code))


def test_codes_are_found_in_the_words_of_servers() -> None:
    assert find_code("nothing", "550-5.1.1 no 4.0.0") == "5.1.1" and find_code("1.2.3.4.5") == ""


@given(st.binary(max_size=600) | st.text("Final-Recipient: ;\n\rAction:failed<>\\x{}0", max_size=300).map(str.encode))
def test_nothing_breaks_whatever_comes(octets: bytes) -> None:
    for read in (read_delivery, read_receipt, read_complaint):
        told = read(octets)
        assert told is None or str(told).isprintable()
