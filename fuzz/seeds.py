"""What fuzzing begins with: the corpus of awkward mail, and pieces of what each target reads."""

import re
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path

_MESSAGES = Path(__file__).resolve().parent.parent / "tests" / "messages"
_LONGEST = 20_000
_STRUCTURE = (
    b'(("text" "plain" ("charset" "utf-8") NIL NIL "7bit" 10 1 NIL ("attachment" ("filename*0*" "utf-8\'\'a%20" '
    b'"filename*1" "b.txt")) NIL)("image" "png" NIL "<a@b>" NIL "base64" 20 NIL NIL NIL NIL) "mixed" ("boundary" "x"))'
)
_PIECES: dict[str, tuple[bytes, ...]] = {
    "structure": (
        _STRUCTURE,
        b"(" * 200 + b'"text" "plain"' + b")" * 200,
        b'("message" "rfc822" NIL NIL NIL "7bit" 9 ("" "s" NIL NIL NIL NIL NIL NIL NIL NIL) ("text" "html" NIL NIL NIL '
        b'"8bit" 3 1) 4 NIL NIL NIL)',
        b'("text" "plain" ("name" {3}\x00"\r\n\x00) NIL NIL "7bit" 1)',
    ),
    "words": (b'=?utf-8?Q?a=20b?= =?utf-8?B?w6Q=?= <a@b.test>, g: c@d (x (y)), "q\\"" <e@f>;',),
    "charset": tuple(bytes([at]) + b'+AHA-\x1b$B$"\x1b(B~{VPND~}\xff\xfe\x00\xd8' for at in range(12)),
    "transfer": (b"\x00aGVsbG8=\n", b"\x01a=20b=\nc=C3=A4", b"\x02begin 644 x\n#86)C\n`\nend\n"),
    "plain": (
        b"\x00> > a\n> b\n\nhttp://a.test/) <b>\n-- \nsig",
        b"\xffa \nb\n>c \n",
        b"\x00\x1b[31mred\xe2\x80\xaetxt",
    ),
    "css": (
        b"color:red;background:u\\72l(x)",
        b"@media screen{p:hover>a{width:calc(1px + 2%)!important}}",
        b"p{((((((;}",
    ),
    "results": (b'mx.test; dkim=pass (a (b)) header.d=a.test reason="x\\"y"; spf=fail\nother; dmarc=pass',),
    "signature": (
        b" v=1; a=rsa-sha256; c=relaxed/simple; d=a.test; s=k; h=from:to; bh=QQ==; b=Qg==\nv=DKIM1; p=QUJD",
        b"From: a\r\n\r\nbody \t\r\n\r\n\r\r\n",
    ),
    "policy": (b"version: STSv1\nmode: enforce\nmx: *.a.test\nmax_age: 1\nv=STSv1; id=1;",),
    "recipients": (b'"A, B" <a@b.test>; c@d.test (E), group: f@g.test;\n<mailto:h@i.test>',),
    "invitation": (
        b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VTIMEZONE\r\nTZID:X\r\nBEGIN:DAYLIGHT\r\nDTSTART:20070311T020000\r\n"
        b"TZOFFSETFROM:-0500\r\nTZOFFSETTO:-0400\r\nRRULE:FREQ=YEARLY;BYDAY=2SU\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\n"
        b"BEGIN:VEVENT\r\nUID:a\\,b\r\nSEQUENCE:2\r\nRECURRENCE-ID;TZID=X;RANGE=THISANDFUTURE:20260701T100000\r\n"
        b"DTSTART;TZID=X:20260701T100000\r\nDURATION:PT1H\r\nRRULE:FREQ=MONTHLY;BYDAY=1WE,-1SU;COUNT=3\r\n"
        b'SUMMARY:a\\;b\r\nORGANIZER;CN="A, B":mailto:a@b.test\r\nATTENDEE;PARTSTAT=ACCEPTED;ROLE=CHAIR:mailto:c@d.test'
        b"\r\nCOMMENT:x\\ny\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
    ),
    "vcard": (
        b'BEGIN:VCARD\r\nVERSION:3.0\r\nN:a;b\\,c;;d\r\nitem1.EMAIL;TYPE="work,pref":a@b.test\r\nitem1.X-ABLabel:_$!<x>!$_'
        b"\r\nTEL:tel:+1-2\r\nADR;TYPE=HOME:;;a\\nb;c;d;e;f\r\nURL:www.a.test\r\nBDAY:--0229\r\nPHOTO:http://a.test\r\n"
        b"NOTE:a\r\n b\r\nEND:VCARD\r\n",
        b"BEGIN:VCARD\nVERSION:2.1\nFN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=C3=A4=\n=\n b\nAGENT:\nBEGIN:VCARD\n"
        b"FN:x\nEND:VCARD\nPHOTO;BASE64:\nQUJD\n\nTEL;CELL;VOICE:1\nEND:VCARD",
    ),
    "rtf": (
        bytes.fromhex(
            "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
        ),
        b"{\\rtf1\\ansicpg932{\\fonttbl{\\f0\\fcharset204 A;}}{\\f0\\'cf}\\'93\\'fa\\u-10179?\\u-8704?"
        b"{\\*\\x{\\bin3 }}\\v h\\v0 \\par}",
        b"{\\rtf1\\fromhtml1 {\\*\\htmltag64 <p style='color:red'>}\\htmlrtf {\\b \\htmlrtf0 a <b>\\u60?"
        b"{\\*\\htmltag84 &amp;}{\\*\\mhtmltag <i>}{\\*\\htmltag241 <style>p\\{\\}</style>}\\htmlrtf }\\htmlrtf0"
        b"{\\*\\htmltag64 <img src=//x>}\\par}",
    ),
    # RAR of the formats 5 and 4, and 7-Zip with its header as it is and packed.
    "archive": (
        b64decode(
            "UmFyIRoHAQDFGjMyAwEAANnQEm0XAgMEAQYBIAAAAAAAAAAAAAABYQMDAABw/rAzqRICAAcAIAAAAAAAAAAAAAACw7wZsjo1AwUAAA=="
        ),
        b64decode(
            "UmFyIRoHAM+QcwAADQAAAAAAAAB5HXQAgCEAAQAAAAEAAAAAAAAAAAAAAAAAAAEAAAAAAGFw0BR04IImAAAAAAAAAAAAAAAAAAAA"
            "AAAAAAAGAAAAAAA/AACq/ADEPXsAQAcA"
        ),
        b64decode(
            "N3q8ryccAAS2rV+PDQAAAAAAAAA5AAAAAAAAAHcXrLNwYWNrZWQgb2N0ZXRzAQQGAAEJDQAHCwEAASEhARgMAQAIDQEKAQAAAAAA"
            "AAUCDgFADwEAEQkAYQAAAPwAAAAZAwAAAAAA"
        ),
        b64decode(
            "N3q8ryccAASxVvwVRAAAAAAAAAAaAAAAAAAAAP+5DxxwYWNrZWQgb2N0ZXRzAACBMweuD86xsaEJKq7TqkyZdnUmxnmqOMB9bdMe"
            "ZxptxhpfUBCOm5QpC+G4bEt5G///1dCQABcGDQEJNwAHCwEAASMDAQEFXQAAAQAMOQAA"
        ),
    ),
    "search": (b'from:ada subject:"a b" has:attachment larger:5M before:2026-01-01 -is:unread older:3d',),
}
_BASE64 = re.compile(rb"(?:[A-Za-z0-9+/]{60,80}\n)+[A-Za-z0-9+/]*={0,2}")
_TAG = re.compile(rb"<[a-zA-Z!/][^>]{0,2000}>[^<]{0,200}")


def seeds(target: str) -> Iterator[bytes]:
    """What to begin a target with, the shortest pieces first."""
    yield b""
    yield from _PIECES.get(target, ())
    for path in sorted(_MESSAGES.glob("*.eml")):
        octets = path.read_bytes()[:_LONGEST]
        head, _, body = octets.replace(b"\r\n", b"\n").partition(b"\n\n")
        if target in ("header", "words", "results"):
            yield head
        elif target in ("html", "css", "quoted") and path.stem.startswith("html"):
            yield body
            yield b"".join(_TAG.findall(body)[:40])
        elif target == "invitation" and b"BEGIN:VCALENDAR" in body:
            yield body[body.index(b"BEGIN:VCALENDAR") :].replace(b"\n", b"\r\n")
        elif target == "vcard" and b"BEGIN:VCARD" in body:
            yield body[body.index(b"BEGIN:VCARD") :]
        elif target == "tnef" and path.stem.startswith("tnef"):
            yield from (b64decode(found) for found in _BASE64.findall(body))
        elif target in ("plain", "charset", "transfer", "signature"):
            yield body
