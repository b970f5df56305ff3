"""What is fuzzed: each target reads octets as one of our parsers does, and raises where its promise does not hold.

A promise is that nothing is raised but what the parser names, and that what comes out is safe to show.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType

from fuzz.archives import archive
from fuzz.cards import LONGEST_CLEANED, invitation, rtf, tnef, vcard
from fuzz.promises import LOADS, UNSEEN, check_built, is_line
from modules.compose.api import read_recipients
from modules.dkim.canonical import canonical_body, split_message
from modules.dkim.checking import Claim, read_claims
from modules.dkim.keys import read_key
from modules.dkim.tags import Unfit
from modules.imap.decoding import decoder_for
from modules.imap.structure import read_structure
from modules.imap.tokens import Record, read_tokens
from modules.mail.addresses import read_addresses
from modules.mail.api import (
    Part,
    choose_bodies,
    clean,
    clean_html,
    decode,
    header_fields,
    read_envelope,
    to_text,
)
from modules.mail.headers import decode_words
from modules.mail.html.css import clean_sheet, clean_style
from modules.mail.html.text import scan_text
from modules.mail.plain import show_plain
from modules.mail.search import read_query
from modules.mtasts.policy import has_record, read_policy
from modules.trust.authentication import believed, read_results

Target = Callable[[bytes], None]
_CHARSETS = "utf-8 utf-7 utf-16 utf-32 iso-2022-jp hz gb18030 big5 euc-kr windows-1252 koi8-r x-nothing".split()
_ENCODINGS = ("base64", "quoted-printable", "x-uuencode", "7bit")
_MOMENT = datetime(2026, 5, 1, tzinfo=UTC)


def structure(octets: bytes) -> None:
    """What a server says of a message's structure (RFC 9051 7.5.2): always parts, and always something to show."""
    try:
        tokens = read_tokens(_records(octets))
    except ValueError:
        return
    root = read_structure(tokens)
    bodies = choose_bodies(root)
    assert _depth(root) <= 101 and len(root.walk()) <= 100_000
    assert all(is_line(part.filename) and is_line(part.media_type) for part in root.walk())
    assert all(attachment.filename for attachment in bodies.files)


def header(octets: bytes) -> None:
    """A header block: an envelope and fields, nothing of which moves other words about."""
    envelope = read_envelope(octets)
    people = (*envelope.sender, *envelope.to, *envelope.cc, *envelope.bcc, *envelope.reply_to)
    assert is_line(envelope.subject) and all(is_line(one.name) and is_line(one.address) for one in people)
    assert all(is_line(value) for _, value in header_fields(octets))


def words(octets: bytes) -> None:
    """Encoded words (RFC 2047) and lists of addresses."""
    text = octets.decode("utf-8", "replace")
    assert is_line(decode_words(text)) and clean(clean(text)) == clean(text)
    read_addresses(text, decode_words)


def charset(octets: bytes) -> None:
    """Octets of any charset: always text that can be written as UTF-8."""
    declared = _CHARSETS[octets[0] % len(_CHARSETS)] if octets else ""
    decode(octets[1:], declared).encode("utf-8")
    decode(octets, octets[:40].decode("latin-1")).encode("utf-8")


def transfer(octets: bytes) -> None:
    """Transfer encodings: the same whatever the pieces are in which they come."""
    encoding = _ENCODINGS[octets[0] % len(_ENCODINGS)] if octets else ""
    whole, pieces = decoder_for(encoding), decoder_for(encoding)
    at_once = whole.feed(octets[1:]) + whole.finish()
    cut = 1 + (octets[1] if len(octets) > 1 else 0)
    bit_by_bit = b"".join(pieces.feed(octets[at : at + cut]) for at in range(1, len(octets), cut)) + pieces.finish()
    assert at_once == bit_by_bit and len(at_once) <= 2 * len(octets) + 8


def plain(octets: bytes) -> None:
    """Plain text: HTML of ours, in which the text is only text."""
    shown = show_plain(
        octets[1:].decode("utf-8", "replace"), flowed=bool(octets[:1] > b"\x80"), delsp=octets[:1] > b"\xc0"
    )
    check_built(shown)
    assert not UNSEEN.search(shown.replace("\n", ""))


def html(octets: bytes) -> None:
    """HTML: another parser than the cleaner's finds nothing in it that could run or load."""
    made = clean_html(octets[:LONGEST_CLEANED].decode("utf-8", "replace"))
    check_built(made.body)
    assert not LOADS.search(made.sheet + made.body_style), made
    check_built(clean_html(made.body).body)


def css(octets: bytes) -> None:
    """Styles: nothing that loads, runs or ends its element."""
    text = octets.decode("utf-8", "replace")
    for made in (clean_style(text, _no_picture), clean_sheet(text, _no_picture)):
        assert not LOADS.search(made), made


def quoted(octets: bytes) -> None:
    """HTML as text, in two ways."""
    text = octets.decode("utf-8", "replace")
    to_text(text[:LONGEST_CLEANED]).encode("utf-8", "surrogatepass")
    scan_text(text)


def results(octets: bytes) -> None:
    """Authentication-Results (RFC 8601): nothing of a server that is not believed."""
    text = octets.decode("utf-8", "replace")
    read_results(text)
    fields = [("Authentication-Results", line) for line in text.split("\n")]
    assert believed(fields, lambda _: False).found == ()


def signature(octets: bytes) -> None:
    """DKIM-Signature (RFC 6376): judged, or in order; keys are read or refused in words."""
    for one in read_claims(b"DKIM-Signature:" + octets.replace(b"\n\n", b"\n"), _MOMENT):
        if isinstance(one, Claim):
            try:
                read_key(octets.split(b"\n"), one.tags)
            except Unfit as error:
                assert error.reason
    message = split_message(octets)
    if message is not None:
        for relaxed in (False, True):
            made = canonical_body(message[1], relaxed=relaxed)
            assert canonical_body(made, relaxed=relaxed) == made and not made.endswith(b"\r\n\r\n")


def policy(octets: bytes) -> None:
    """MTA-STS records and policies (RFC 8461)."""
    has_record(octets.split(b"\n"))
    found = read_policy(octets)
    assert found is None or found.age >= 0


def recipients(octets: bytes) -> None:
    """What people paste into To: addresses without line ends, or a refusal."""
    try:
        people = read_recipients(octets.decode("utf-8", "replace"))
    except ValueError:
        return
    assert all(is_line(one.name) and "\n" not in one.address and "\r" not in one.address for one in people)


def search(octets: bytes) -> None:
    """What people search for."""
    read_query(octets.decode("utf-8", "replace"), _MOMENT)


def _records(octets: bytes) -> list[Record]:
    """A response whose literals stand between octets that no line has."""
    pieces = octets.split(b"\x00")
    return [
        (piece, pieces[at + 1]) if at + 1 < len(pieces) else piece for at, piece in enumerate(pieces) if at % 2 == 0
    ]


def _depth(part: Part) -> int:
    deepest, level = 0, [part]
    while level:
        deepest, level = deepest + 1, [child for one in level for child in one.children]
    return deepest


def _no_picture(address: str) -> str | None:
    return None


TARGETS: Mapping[str, Target] = MappingProxyType(
    {
        one.__name__: one
        for one in (
            structure,
            header,
            words,
            charset,
            transfer,
            plain,
            html,
            css,
            quoted,
            results,
            signature,
            policy,
            recipients,
            search,
            invitation,
            vcard,
            tnef,
            rtf,
            archive,
        )
    }
)
