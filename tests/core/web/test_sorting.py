"""The place of a session, told from the head of a request that nobody has looked at yet."""

import json
from base64 import urlsafe_b64encode

import pytest

from core.visitor.places import mark
from core.web.sorting import read_place


def token(claims: object) -> bytes:
    return b"h." + urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=") + b".s"


def head(*lines: bytes) -> bytes:
    return b"\r\n".join((b"GET / HTTP/1.1", b"Host: here", *lines, b"", b""))


TWO, NINE = (token({"jti": mark("secret", place), "aud": "here"}) for place in (2, 9))


@pytest.mark.parametrize(
    ("lines", "place"),
    [
        ([], None),
        ([b"Cookie: hm3_session=" + NINE], 9),
        ([b"cookie:a=b;hm3_session=" + NINE + b" ;c=d"], 9),
        ([b'Cookie: hm3_session="' + NINE + b'"'], 9),
        ([b"Cookie: hm3_session=" + NINE + b"; hm3_session=" + TWO], 9),
        ([b"Cookie: hm3_session=" + TWO + b"; __Host-hm3_session=" + NINE], 9),
        ([b"Cookie: other_hm3_session=" + NINE], None),
        ([b"X-Cookie: hm3_session=" + NINE], None),
        ([b"Authorization: bearer " + NINE + b".key"], 9),
        ([b"Authorization: Bearer " + NINE + b".key", b"Cookie: hm3_session=" + TWO], 9),
        ([b"Authorization: Basic " + NINE, b"Cookie: hm3_session=" + TWO], 2),
        ([b"Authorization: Bearer hm3-program-key"], None),
        ([b"Cookie: hm3_session=" + b"x" * 5000], None),
        ([b"Cookie: hm3_session=a.b.c"], None),
        ([b"Cookie: hm3_session=a.\xff\xfe.c"], None),
        ([b"Cookie: hm3_session=" + token([1])], None),
        ([b"Cookie: hm3_session=" + token({"jti": 5})], None),
        ([b"Cookie: hm3_session=" + token({"jti": "secret"})], None),
        ([b"Cookie: hm3_session=" + token({"jti": "secret.4096"})], None),
        ([b"Cookie: hm3_session=" + urlsafe_b64encode(b"[" * 2000).join((b"h.", b".s"))], None),
    ],
)
def test_a_head_tells_its_place_or_none(lines: list[bytes], place: int | None) -> None:
    assert read_place(head(*lines)) == place


TICKET = b"a" * 30 + b"_-"


@pytest.mark.parametrize(
    ("line", "place"),
    [
        (b"GET /" + TICKET + b".7/mail/main/INBOX/1/frame HTTP/1.1", 7),
        (b"HEAD /" + TICKET + b".4095/images?m=1 HTTP/1.1", 4095),
        (b"GET /" + TICKET + b".4096/images HTTP/1.1", None),
        (b"GET /" + TICKET + b"/mail/main/INBOX/1/frame HTTP/1.1", 9),
        (b"GET /" + TICKET + b".7 HTTP/1.1", 9),
        (b"GET /mail/" + TICKET + b".7/ HTTP/1.1", 9),
    ],
)
def test_a_ticket_to_the_content_host_tells_the_place_of_its_session(line: bytes, place: int | None) -> None:
    told = b"\r\n".join((line, b"Host: here", b"Cookie: hm3_session=" + NINE, b"", b""))
    assert read_place(told) == place
