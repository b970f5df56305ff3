"""What goes over the wire, taken apart and put together: sets, tokens, names, structures, encodings; for any input."""

import base64
import binascii
import quopri
import string as letters

import pytest
from hypothesis import given
from hypothesis import strategies as some

from modules.imap.decoding import decoder_for
from modules.imap.errors import BadName
from modules.imap.fetching import EPOCH, received_of
from modules.imap.names import Literal, decode_name, encode_name, string
from modules.imap.roles import role_of_name
from modules.imap.sets import count_set, pieces, read_set, write_set
from modules.imap.structure import DEEPEST, read_structure
from modules.imap.tokens import Record, Token, as_bytes, as_int, as_list, pairs, read_tokens
from modules.mail.api import Role

UIDS = some.sets(some.integers(1, 2**32 - 1) | some.integers(1, 3000), max_size=300)
NAMES = some.text(some.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=60)


@given(UIDS)
def test_a_set_written_and_read_holds_the_same(uids: set[int]) -> None:
    assert (read_set(write_set(uids)) if uids else []) == sorted(uids)


@given(UIDS, some.integers(25, 200))
def test_the_pieces_of_a_set_are_short_and_hold_all(uids: set[int], longest: int) -> None:
    written = list(pieces(uids, longest))
    assert all(len(piece) <= longest for piece in written)
    assert sorted(number for piece in written for number in read_set(piece)) == sorted(uids)


@pytest.mark.parametrize("written", [b"", b"1,,2", b"*", b"1:*", b"x", b"-1", b"1:2:3", b"1:4294967295", b"1" * 50])
def test_what_is_no_set_or_too_large_is_refused(written: bytes) -> None:
    with pytest.raises(ValueError):
        read_set(written)


@given(UIDS)
def test_the_numbers_of_a_set_are_counted(uids: set[int]) -> None:
    assert (count_set(write_set(uids)) if uids else 0) == len(uids)


def test_a_set_of_any_size_is_counted_without_its_numbers() -> None:
    assert count_set(b"1:4294967295,7:3") == 4294967300


def test_a_set_may_run_backwards() -> None:
    assert read_set(b"5:3,9") == [5, 4, 3, 9]


def test_a_row_is_cut_into_tokens() -> None:
    records: list[Record] = [
        (b"1 (UID 5 FLAGS (\\Seen $x) BODY[HEADER.FIELDS (A B)]<0> {3}", b'a"('),
        b' N NIL Q "q\\"\\\\(")',
    ]
    assert read_tokens(records) == [
        1,
        [b"UID", 5, b"FLAGS", [b"\\Seen", b"$x"], b"BODY[HEADER.FIELDS (A B)]<0>", b'a"(', b"N", None, b"Q", b'q"\\('],
    ]


def test_a_binary_literal_is_its_octets() -> None:
    assert read_tokens([(b"1 (BINARY[1] ~{3}", b"\0\r\n"), b")"]) == [1, [b"BINARY[1]", b"\0\r\n"]]


@pytest.mark.parametrize("line", [b"(", b")", b"(()", b"(" * 3000])
def test_lists_that_do_not_match_are_refused(line: bytes) -> None:
    with pytest.raises(ValueError):
        read_tokens([line])


@given(
    some.lists(some.binary(max_size=40) | some.tuples(some.binary(max_size=20), some.binary(max_size=20)), max_size=5)
)
def test_any_octets_give_tokens_or_a_value_error(records: list[bytes | tuple[bytes, bytes]]) -> None:
    try:
        tokens = read_tokens(records)
    except ValueError:
        return
    assert isinstance(tokens, list)


TOKENS: some.SearchStrategy[Token] = some.recursive(
    some.none() | some.integers(0, 2**40) | some.binary(max_size=20),
    lambda children: some.lists(children, max_size=6),
    max_leaves=30,
)


@given(some.lists(TOKENS, max_size=5))
def test_tokens_written_and_read_are_the_same(tokens: list[Token]) -> None:
    records: list[bytes | tuple[bytes, bytes]] = []
    rest = bytearray()

    def write(token: Token) -> None:
        nonlocal rest
        if isinstance(token, list):
            rest += b"("
            for one in token:
                write(one)
            rest += b") "
        elif isinstance(token, bytes):
            records.append((bytes(rest) + b"{%d}" % len(token), token))
            rest = bytearray(b" ")
        else:
            rest += b"NIL " if token is None else b"%d " % token

    for token in tokens:
        write(token)
    assert read_tokens([*records, bytes(rest)]) == tokens


def test_tokens_of_another_kind_count_as_nothing() -> None:
    assert (as_int(b"x"), as_bytes([1]), as_bytes(5), as_list(b"x"), pairs([b"a", 1, b"b"])) == (
        0,
        b"",
        b"5",
        [],
        {b"A": 1},
    )


@given(NAMES)
def test_a_mailbox_name_comes_back_as_it_went(name: str) -> None:
    expected = "INBOX" if name.upper() == "INBOX" else name
    assert decode_name(encode_name(name)) == expected
    assert decode_name(encode_name(name, utf8=True), utf8=True) == expected
    assert encode_name(name).isascii()


@given(some.binary(max_size=60))
def test_any_octets_are_a_name_or_none(raw: bytes) -> None:
    for utf8 in (False, True):
        name = decode_name(raw, utf8=utf8)
        assert name is None or (name.isprintable() or not any(ord(letter) < 32 for letter in name))


@given(some.text(max_size=20))
def test_no_name_that_goes_out_holds_a_control_character(name: str) -> None:
    try:
        raw = encode_name(name)
    except BadName:
        return
    assert not any(octet < 32 for octet in raw)


@given(some.binary(max_size=50))
def test_a_string_argument_cannot_leave_its_place(text: bytes) -> None:
    argument = string(text)
    assert isinstance(argument, Literal) or (
        argument.isascii() and b"\r" not in argument and b"\n" not in argument and b"\0" not in argument
    )
    records = [(b"{%d}" % len(text), bytes(argument))] if isinstance(argument, Literal) else [argument]
    assert read_tokens(records) == [text]


@given(TOKENS)
def test_any_structure_gives_parts_with_numbers_of_their_own(token: Token) -> None:
    parts = read_structure(token).walk()
    leaves = [part.number for part in parts if not part.media_type.startswith("multipart/")]
    assert len(leaves) == len(set(leaves))
    assert all(part.filename.isprintable() for part in parts)


def test_a_structure_nested_without_end_is_cut() -> None:
    token: Token = [b"TEXT", b"PLAIN", None, None, None, b"7BIT", 1, 1]
    for _ in range(DEEPEST * 2):
        token = [token, b"MIXED"]
    assert len(read_structure(token).walk()) == DEEPEST + 1


def structure(parameters: list[Token], disposition: Token = None) -> Token:
    return [b"APPLICATION", b"PDF", parameters, b"<id>", None, b"BASE64", 10, None, disposition]


@pytest.mark.parametrize(
    ("placed", "expected"),
    [
        ([b"FILENAME", b"a.pdf"], "a.pdf"),
        ([b"FILENAME", b"=?utf-8?q?=C3=BC.pdf?="], "ü.pdf"),
        ([b"FILENAME", "ü.pdf".encode()], "ü.pdf"),
        ([b"FILENAME*", b"utf-8'de'%C3%BC.pdf"], "ü.pdf"),
        ([b"FILENAME*", b"iso-8859-1''%FC.pdf"], "ü.pdf"),
        ([b"FILENAME*0*", b"utf-8''%C3", b"FILENAME*1*", b"%BC", b"FILENAME*2", b".pdf"], "ü.pdf"),
        ([b"FILENAME*1", b"b.pdf", b"FILENAME*0", b"a"], "ab.pdf"),
        ([b"FILENAME*", b"nonsense%"], "nonsense%"),
        ([b"FILENAME*0*", b"x-no-such''a.pdf"], "a.pdf"),
        ([b"FILENAME", b"a\r\nb\0.pdf"], "a  b\N{REPLACEMENT CHARACTER}.pdf"),
        ([b"FILENAME"], "n.pdf"),
        ([], "n.pdf"),
    ],
)
def test_file_names_are_decoded_in_each_of_their_forms(placed: list[Token], expected: str) -> None:
    part = read_structure(structure([b"NAME", b"n.pdf"], [b"ATTACHMENT", placed]))
    assert part.filename == expected
    assert part.disposition == "attachment"


def test_a_structure_of_nothing_is_something_unknown() -> None:
    tokens: list[Token] = [None, [], b"x", [None], [[]]]
    assert [read_structure(token).media_type for token in tokens] == [
        "application/octet-stream",
        "application/octet-stream",
        "application/octet-stream",
        "application/octet-stream",
        "multipart/mixed",
    ]


def test_a_bare_word_may_be_the_disposition() -> None:
    assert read_structure(structure([], b"INLINE")).disposition == "inline"


def test_a_message_part_keeps_its_disposition_and_has_what_it_encloses() -> None:
    inner: Token = [b"TEXT", b"PLAIN", None, None, None, b"7BIT", 1, 1]
    token: Token = [
        b"MESSAGE", b"RFC822", None, None, None, b"7BIT", 99, [None], inner, 3, None, [b"ATTACHMENT", None],
    ]  # fmt: skip
    part = read_structure(token)
    assert (part.media_type, part.size, part.disposition) == ("message/rfc822", 99, "attachment")
    assert [(child.number, child.media_type) for child in part.children] == [("1.1", "text/plain")]


def decode(encoding: str, octets: bytes, size: int) -> bytes:
    decoder = decoder_for(encoding)
    fed = [decoder.feed(octets[at : at + size]) for at in range(0, len(octets), size)]
    return b"".join(fed) + decoder.finish()


@given(some.binary(max_size=400), some.integers(1, 100))
def test_base64_in_any_pieces_gives_the_octets(octets: bytes, size: int) -> None:
    assert decode("BASE64", base64.encodebytes(octets).replace(b"\n", b"\r\n"), size) == octets


@given(some.binary(max_size=400), some.integers(1, 100))
def test_quoted_printable_in_any_pieces_gives_the_octets(octets: bytes, size: int) -> None:
    # The encoder ends all lines as the first one ends.
    coded = quopri.encodestring(octets)
    assert decode("quoted-printable", coded, size) == quopri.decodestring(coded)


@given(some.binary(max_size=400), some.integers(1, 100))
def test_uuencode_in_any_pieces_gives_the_octets(octets: bytes, size: int) -> None:
    lines = [binascii.b2a_uu(octets[at : at + 45]) for at in range(0, len(octets), 45)]
    text = b"hello\nbegin 644 a.bin\n" + b"".join(lines) + b"`\nend\nrest\n"
    assert decode("x-uuencode", text.replace(b"\n", b"\r\n"), size) == octets


@given(some.sampled_from(["base64", "quoted-printable", "uuencode", "8bit", ""]), some.binary(max_size=300))
def test_any_octets_can_be_decoded_somehow(encoding: str, octets: bytes) -> None:
    whole = decode(encoding, b"begin 644 x\n" + octets, 50)
    assert len(whole) <= len(octets) + 12


@given(some.text("QUJD=+/ \n*", max_size=80).map(str.encode), some.integers(1, 9))
def test_what_comes_of_base64_does_not_depend_on_its_pieces(text: bytes, size: int) -> None:
    assert decode("base64", text, size) == decode("base64", text, 1000)


def test_base64_with_padding_in_the_middle_and_a_torn_end_gives_what_can_be_had() -> None:
    assert decode("base64", b"aGk=aGk=\r\naG*VsbG8", 3) == b"hihihello"
    assert decode("base64", b"aGVsbG8gd29ybGQ=x", 100) == b"hello world"


@pytest.mark.parametrize(
    ("text", "octets"),
    [
        (b"aGk=aGk=", b"hihi"),
        (b"aGk=aGk=aGVsbG8=", b"hihihello"),
        (b"aGk=====", b"hi"),
        (b"====aGk=", b"hi"),
        (b"aGk=b===", b"hi"),
        (b"========", b""),
    ],
)
def test_base64_of_pieces_that_come_at_once_is_decoded_piece_by_piece(text: bytes, octets: bytes) -> None:
    assert decode("base64", text, 100) == octets


def test_a_quoted_printable_line_without_end_is_not_held_for_ever() -> None:
    assert decode("quoted-printable", b"=41" * 20_000, 4096) == b"A" * 20_000


def test_a_uuencoded_line_with_filling_is_decoded() -> None:
    line = binascii.b2a_uu(b"abc").rstrip(b"\n") + b"zzz\n"
    assert decode("uue", b"begin 644 x\n" + line + b"#\xff\xff\xff\xff\n", 100) == b"abc"


@pytest.mark.parametrize("date", [b"", b"nonsense", b"99-Jan-2026 00:00:00 +0000", b"01-Foo-2026 00:00:00 +0000"])
def test_a_time_that_cannot_be_read_is_the_epoch(date: bytes) -> None:
    assert received_of({b"INTERNALDATE": date}) == EPOCH


def test_usual_names_tell_roles_however_they_are_written() -> None:
    assert [role_of_name(name) for name in ("PAPIERKORB", "sent items", "草稿箱", "Bilder")] == [
        Role.TRASH, Role.SENT, Role.DRAFTS, None,
    ]  # fmt: skip
    assert role_of_name(letters.ascii_letters) is None
