"""Outgoing messages, read back by another parser than the one that wrote them."""

import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from modules.compose.headers import (
    address_field,
    clean_line,
    parameter,
    text_field,
)
from modules.compose.message import (
    File,
    build_message,
    encoded_size,
    known_media_type,
    make_message_id,
    recipients,
)
from modules.mail.api import Correspondent
from tests.modules.compose.written import ANN, BASE, ME, NOW, body, files, read, squeezed


def test_a_text_is_one_plain_part() -> None:
    message = read(BASE)
    assert message.get_content_type() == "text/plain"
    assert body(message, "plain") == "Hello\n"


def test_the_header_says_who_what_and_when() -> None:
    message = read(replace(BASE, cc=(ANN,), reply_to=(Correspondent("", "desk@garden.example"),)))
    assert (message["From"], message["To"], message["Cc"]) == (
        "Me <me@garden.example>",
        "Ann <ann@garden.example>",
        "Ann <ann@garden.example>",
    )
    assert (message["Reply-To"], message["Subject"]) == ("desk@garden.example", "Plants")
    assert message["MIME-Version"] == "1.0"


def test_the_date_is_in_utc_and_tells_no_place() -> None:
    assert b"Date: Mon, 30 Nov 2026 12:05:00 +0000\r\n" in build_message(BASE)


def test_nothing_tells_which_program_wrote_it() -> None:
    names = {name.lower() for name in read(BASE)}
    assert not names & {"x-mailer", "user-agent", "x-originating-ip", "received", "x-composition"}


def test_a_message_id_is_random_and_of_the_senders_domain() -> None:
    one, other = make_message_id(ME.address), make_message_id(ME.address)
    assert one != other and one.endswith("@garden.example>")
    assert make_message_id("nobody").endswith("@localhost>")
    assert read(replace(BASE, message_id=one))["Message-ID"] == one


@pytest.mark.parametrize(
    "text", ["plain", "größe\n", "日本語" * 50, "x" * 5000, "trailing \n", "a\r\nb\rc", "=3D =", ".\n.", "-- \nMe"]
)
def test_any_text_arrives_as_it_was_written(text: str) -> None:
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    assert body(read(replace(BASE, text=text)), "plain") == (lines if lines.endswith("\n") else f"{lines}\n")


def test_an_empty_text_is_an_empty_part() -> None:
    assert body(read(replace(BASE, text="")), "plain") == ""


def test_a_text_in_another_script_is_not_made_three_times_longer() -> None:
    assert read(replace(BASE, text="日本語" * 100))["Content-Transfer-Encoding"] == "base64"
    assert read(replace(BASE, text="eine größere Sache"))["Content-Transfer-Encoding"] == "quoted-printable"


def test_control_characters_do_not_travel() -> None:
    assert body(read(replace(BASE, text="a\0b\x1b[31m\ud800c\td")), "plain") == "ab[31mc\td\n"


def test_rich_text_goes_beside_its_plain_text() -> None:
    message = read(replace(BASE, html="<p>Hellö</p>"))
    assert message.get_content_type() == "multipart/alternative"
    assert (body(message, "plain"), body(message, "html")) == ("Hello\n", "<p>Hellö</p>\n")


def test_inline_images_go_with_the_rich_text() -> None:
    image = File.of("dot.png", "image/png", b"\x89PNG", "dot@garden.example")
    message = read(replace(BASE, html='<img src="cid:dot@garden.example">', inline=(image,)))
    related = list(message.iter_parts())[1]
    assert related.get_content_type() == "multipart/related"
    picture = list(related.iter_parts())[1]
    assert (picture["Content-ID"], picture.get_content_disposition()) == ("<dot@garden.example>", "inline")
    assert picture.get_content() == b"\x89PNG"


def test_attachments_arrive_octet_for_octet() -> None:
    octets = bytes(range(256)) * 500
    message = read(
        replace(BASE, attachments=(File.of("a.bin", "application/x-thing", octets), File.of("b.bin", "", b"")))
    )
    assert message.get_content_type() == "multipart/mixed"
    assert files(message) == [("a.bin", "application/x-thing", octets), ("b.bin", "application/octet-stream", b"")]


def test_rich_text_and_attachments_go_together() -> None:
    message = read(replace(BASE, html="<p>x</p>", attachments=(File.of("a", "image/png", b"1"),)))
    assert [part.get_content_type() for part in message.iter_parts()] == ["multipart/alternative", "image/png"]


@pytest.mark.parametrize(
    "name",
    [
        "report.pdf",
        "größe.pdf",
        'a"b\\c.txt',
        "日本語" * 40 + ".txt",
        "x" * 200 + ".txt",
        "a;b=c.txt",
        "100%.txt",
        "a'b.txt",
    ],
)
def test_a_file_keeps_its_name(name: str) -> None:
    message = read(replace(BASE, attachments=(File.of(name, "text/csv", b"1"),)))
    (part,) = message.iter_attachments()
    assert part.get_filename() == name
    assert part.get_content_type() == "text/csv"


def test_a_file_without_a_name_has_none() -> None:
    assert files(read(replace(BASE, attachments=(File.of("", "image/png", b"1"),)))) == [(None, "image/png", b"1")]


@pytest.mark.parametrize("name", ["a\r\nBcc: eve@x.example", "a\nb", 'a"\r\n\r\n<script>', "gnp.\u202eexe", "\0"])
def test_no_file_name_breaks_out_of_its_field(name: str) -> None:
    message = read(replace(BASE, attachments=(File.of(name, "image/png", b"1"),)))
    assert "Bcc" not in message and len(list(message.iter_attachments())) == 1
    assert not set("\r\n\0\u202e") & set(next(message.iter_attachments()).get_filename() or "")


@pytest.mark.parametrize(
    "text", ["a\r\nBcc: eve@x.example", "a\nBcc: b", "a\r\n\r\nbody", "a\0b", "a\u2028b", "\u202eevil"]
)
def test_no_subject_or_name_breaks_out_of_its_field(text: str) -> None:
    person = Correspondent(text, "ann@garden.example")
    message = read(replace(BASE, subject=text, to=(person,), sender=replace(ME, name=text), composition=text))
    assert "Bcc" not in message
    assert message["Subject"] == clean_line(text)
    assert squeezed(message["To"].addresses[0].display_name) == squeezed(text.replace("\0", "").replace("\u202e", ""))
    assert body(message, "plain") == "Hello\n"


@pytest.mark.parametrize(
    "address", ["ann@x.example\r\nBcc: eve@x.example", "ann@x.example>, <eve@x.example", "a b", "@", "ann@ä b"]
)
def test_no_address_breaks_out_of_its_field(address: str) -> None:
    message = read(replace(BASE, to=(Correspondent("", address), ANN)))
    assert "Bcc" not in message
    assert recipients(replace(BASE, to=(Correspondent("", address), ANN))) == ("ann@garden.example",)


@pytest.mark.parametrize("content_id", ["a\r\nX: y", "a>b", ""])
def test_a_content_id_that_is_none_is_left_out(content_id: str) -> None:
    message = read(replace(BASE, html="x", inline=(File.of("a", "image/png", b"1", content_id),)))
    assert not [part for part in message.walk() if "Content-ID" in part]


@pytest.mark.parametrize(
    ("given_type", "sent"),
    [
        ("IMAGE/PNG", "image/png"),
        ("text/plain; charset=x\r\nX: y", "application/octet-stream"),
        ("multipart/mixed", "application/octet-stream"),
        ("message/partial", "application/octet-stream"),
        ("message/rfc822", "message/rfc822"),
        ("x", "application/octet-stream"),
    ],
)
def test_only_a_known_kind_of_media_type_is_sent(given_type: str, sent: str) -> None:
    assert known_media_type(given_type) == sent


def forwarded(octets: bytes, cut: int = 7) -> EmailMessage:
    def pieces() -> Iterator[bytes]:
        yield from (octets[start : start + cut] for start in range(0, len(octets), cut))

    return read(replace(BASE, attachments=(File("old.eml", "message/rfc822", len(octets), pieces),)))


def test_a_forwarded_message_is_attached_as_it_is() -> None:
    old = b"Subject: Old\r\nX-Odd:   kept\r\n\r\nbody\r\n"
    (part,) = forwarded(old).iter_attachments()
    assert (part.get_content_type(), part["Content-Transfer-Encoding"]) == ("message/rfc822", "7bit")
    assert part.get_content()["Subject"] == "Old"
    file = File.of("old.eml", "message/rfc822", old)
    assert b"\r\n\r\n" + old + b"\r\n--" in build_message(replace(BASE, attachments=(file,)))


@pytest.mark.parametrize("cut", [1, 2, 3, 100])
def test_the_lines_of_a_forwarded_message_end_as_in_mail(cut: int) -> None:
    (part,) = forwarded(b"Subject: Old\n\na\r\nb\rc\r", cut).iter_attachments()
    assert part.get_content().get_payload() == "a\r\nb\r\nc\r\n" or part.get_content().get_payload() == "a\nb\nc\n"


def test_a_forwarded_message_with_far_letters_says_so_all_the_way_up() -> None:
    message = forwarded("Subject: Old\r\n\r\ngröße\r\n".encode())
    (part,) = message.iter_attachments()
    assert (message["Content-Transfer-Encoding"], part["Content-Transfer-Encoding"]) == ("8bit", "8bit")


@pytest.mark.parametrize("octets", [b"Subject: x\r\n\r\n" + b"x" * 2000, b"Subject: x\r\n\r\na\0b"])
def test_a_message_that_no_server_would_carry_is_attached_as_a_file(octets: bytes) -> None:
    assert files(forwarded(octets)) == [("old.eml", "application/octet-stream", octets)]


def test_the_size_is_guessed_well() -> None:
    attached = replace(BASE, attachments=(File.of("a", "image/png", b"x" * 1_000_000),))
    guess = encoded_size(attached.attachments, attached.text, "<p>x</p>")
    assert len(build_message(attached)) <= guess <= len(build_message(attached)) * 1.05


def test_a_large_attachment_takes_a_few_times_its_size() -> None:
    size = 25_000_000

    def pieces() -> Iterator[bytes]:
        yield from (b"x" * 250_000 for _ in range(100))

    large = replace(BASE, attachments=(File("a", "image/png", size, pieces),))
    tracemalloc.start()
    try:
        raw = build_message(large)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(raw) > size * 4 / 3
    assert peak < size * 3.5


@given(st.text(max_size=200))
def test_any_subject_is_read_back(text: str) -> None:
    message = message_from_bytes(text_field("Subject", text).encode() + b"\r\n", policy=default)
    assert " ".join(message["Subject"].split()) == clean_line(text)


@given(st.text(max_size=200))
def test_any_file_name_is_read_back(text: str) -> None:
    # Python's reader takes angle brackets around a whole value away, which no mail program writes for names.
    assume(not (clean_line(text).startswith("<") and clean_line(text).endswith(">")))
    raw = f"Content-Disposition: attachment{parameter('filename', text)}\r\n\r\n".encode()
    found = message_from_bytes(raw, policy=default)
    assert (found.get_filename() or "") == clean_line(text)


@given(st.text(max_size=80))
def test_any_name_is_read_back(text: str) -> None:
    raw = address_field("To", [Correspondent(text, "ann@garden.example"), ANN]).encode()
    found = message_from_bytes(raw + b"\r\n", policy=default)["To"].addresses
    assert [person.addr_spec for person in found] == ["ann@garden.example", "ann@garden.example"]
    assert squeezed(found[0].display_name) == squeezed(clean_line(text))


@given(st.text(max_size=300))
def test_any_text_is_carried(text: str) -> None:
    message = message_from_bytes(build_message(replace(BASE, text=text, date=NOW.astimezone(UTC))), policy=default)
    assert isinstance(message, EmailMessage) and not message.defects
