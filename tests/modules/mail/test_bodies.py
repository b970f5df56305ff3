"""Which parts are shown and which are attachments."""

import pytest

from modules.mail.api import Part, choose_bodies, safe_name


def text(number: str, kind: str = "plain", **more: str) -> Part:
    return Part(number, f"text/{kind}", {"charset": "utf-8"}, **more)  # type: ignore[arg-type]  # only text fields


def image(number: str, **more: str) -> Part:
    return Part(number, "image/png", **more)  # type: ignore[arg-type]  # only text fields


def multi(kind: str, *children: Part, **parameters: str) -> Part:
    return Part("", f"multipart/{kind}", parameters, children=children)


def shown(structure: Part) -> tuple[str | None, list[str], list[str]]:
    bodies = choose_bodies(structure)
    html = bodies.html.number if bodies.html else None
    return html, [part.number for part in bodies.plain], [one.number for one in bodies.attachments]


@pytest.mark.parametrize(
    ("structure", "expected"),
    [
        (text("1"), (None, ["1"], [])),
        (text("1", "html"), ("1", [], [])),
        (image("1"), (None, [], ["1"])),
        (multi("alternative", text("1"), text("2", "html")), ("2", ["1"], [])),
        (multi("alternative", text("1"), text("2", "x-amp-html"), text("3", "html")), ("3", ["1"], [])),
        (multi("mixed", text("1"), image("2")), (None, ["1"], ["2"])),
        (multi("mixed", text("1"), image("2"), text("3")), (None, ["1", "3"], ["2"])),
        (multi("mixed", text("1"), text("2", disposition="attachment", filename="a.txt")), (None, ["1"], ["2"])),
        (multi("mixed", text("1", "html"), text("2")), ("1", [], ["2"])),
        (multi("mixed", text("1"), text("2", "html")), (None, ["1"], ["2"])),
        (
            multi("mixed", text("1", "html"), multi("alternative", text("2.1"), text("2.2", "html"))),
            ("1", [], ["2.1", "2.2"]),
        ),
        (multi("mixed", multi("alternative", text("1.1"), text("1.2", "html")), image("2")), ("1.2", ["1.1"], ["2"])),
        (multi("related", text("1", "html"), image("2", content_id="<a>")), ("1", [], [])),
        (
            multi("related", image("1", content_id="<a>"), text("2", "html", content_id="<b>"), start="<b>"),
            ("2", [], []),
        ),
        (multi("related", text("1"), image("2", content_id="<a>")), (None, ["1"], ["2"])),
        (multi("related"), (None, [], [])),
        (
            multi("alternative", text("1"), multi("related", text("2.1", "html"), image("2.2", content_id="x"))),
            ("2.1", ["1"], []),
        ),  # one row
        (multi("signed", text("1"), Part("2", "application/pgp-signature")), (None, ["1"], [])),
        (
            multi(
                "report",
                text("1"),
                Part("2", "message/delivery-status"),
                Part("3", "message/rfc822", children=(text("3.1"),)),
            ),
            (None, ["1"], ["2", "3"]),
        ),  # one row
        (Part("1", "message/rfc822", children=(text("1.1"),)), (None, [], ["1"])),
        (multi("mixed", text("1"), Part("2", "message/rfc822", children=(text("2.1"),))), (None, ["1"], ["2"])),
        (multi("mixed", multi("mixed", text("1.1"))), (None, ["1.1"], [])),
    ],
)
def test_the_parts_of_a_message_are_told_apart(
    structure: Part, expected: tuple[str | None, list[str], list[str]]
) -> None:
    assert shown(structure) == expected


@pytest.mark.parametrize("kind", ["plain", "html"])
@pytest.mark.parametrize("more", [{}, {"filename": "a.txt"}, {"content_id": "<x>"}, {"disposition": "attachment"}])
def test_a_message_of_one_text_is_shown_as_the_only_part_of_another_one(kind: str, more: dict[str, str]) -> None:
    alone = text("1", kind, **more)
    assert choose_bodies(alone) == choose_bodies(multi("mixed", alone))


def test_parts_in_the_text_are_found_by_their_content_id() -> None:
    bodies = choose_bodies(multi("related", text("1", "html"), image("2", content_id="<logo@x>")))
    assert bodies.inline == {"logo@x": "2"}


@pytest.mark.parametrize(
    ("structure", "words"),
    [
        (
            multi("encrypted", Part("1", "application/pgp-encrypted"), Part("2", "application/octet-stream")),
            "encrypted",
        ),
        (Part("1", "application/pkcs7-mime"), "encrypted"),
        (multi("signed", text("1"), Part("2", "application/pgp-signature")), "not checked"),
        (Part("1", "application/pkcs7-mime", {"smime-type": "signed-data"}), "packed with its signature"),
    ],
)
def test_what_cannot_be_shown_is_said(structure: Part, words: str) -> None:
    assert words in " ".join(choose_bodies(structure).notices)


@pytest.mark.parametrize(
    ("sent", "safe"),
    [
        ("report.pdf", "report.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\a.txt", "a.txt"),
        ("evil\u202egnp.exe", "evilgnp.exe"),
        ("a\r\nb\x00.txt", "a__b_.txt"),
        ('a"b<c>|?.txt', "a_b_c___.txt"),
        ("CON.txt", "_CON.txt"),
        ("...", ""),
        ("  spaced   name .txt", "spaced name .txt"),
        ("résumé 日本.doc", "résumé 日本.doc"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
        ("x" * 300, "x" * 120),
    ],
)
def test_a_file_name_is_safe_to_save_under(sent: str, safe: str) -> None:
    assert safe_name(sent) == safe


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("image/png", "part-1.png"),
        ("message/rfc822", "part-1.eml"),
        ("text/calendar", "part-1.ics"),
        ("application/x-strange", "part-1.bin"),
    ],
)
def test_a_nameless_part_is_named_after_its_type(kind: str, name: str) -> None:
    assert choose_bodies(Part("1", kind)).attachments[0].filename == name


def test_an_encoded_file_name_is_decoded() -> None:
    part = image("1", filename="=?utf-8?q?caf=C3=A9.png?=", disposition="attachment")
    assert choose_bodies(part).attachments[0].filename == "café.png"


def test_of_very_many_texts_the_rest_are_attachments() -> None:
    texts = tuple(Part(str(number), "text/plain") for number in range(1, 200))
    bodies = choose_bodies(Part("", "multipart/mixed", children=texts))
    assert (len(bodies.plain), len(bodies.attachments)) == (50, 149)


def test_more_parts_than_are_told_of_are_spoken_of() -> None:
    files = tuple(Part(str(number), "image/png") for number in range(1, 2001))
    assert choose_bodies(Part("", "multipart/mixed", children=files)).notices == (
        "This message has more parts than can be shown. All of them are in its source.",
    )
