"""Compressing answers: only a page's that says so, only whole ones, and never so that a length tells much."""

import dataclasses
import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.wrappers import Response

from core import Module
from core.errors import WiringError
from core.security.agreement import ClientKey, Exchange
from core.web.packing import LEAST, MOST_NOISE, pack
from core.web.requests import Request, SealedRequest

LETTER = Module("letters").page("letter", "/letter", layout=None, compressed=True)
LONG = b"<p>A long letter.</p>" * 200


def request_of(accepted: str) -> Request:
    """What a browser asks that takes these codings."""
    return Request({"HTTP_ACCEPT_ENCODING": accepted})


def packed(body: bytes = LONG, accepted: str = "gzip, br", status: int = 200, compressed: bool = True) -> Response:
    """The answer with this body to a browser that takes these codings."""
    page = dataclasses.replace(LETTER, compressed=compressed)
    return pack(page, request_of(accepted), Response(body, status))


@given(st.binary(min_size=LEAST, max_size=LEAST + 500))
def test_what_is_packed_unpacks_to_what_it_was(body: bytes) -> None:
    answer = packed(body)
    assert gzip.decompress(answer.get_data()) == body
    assert answer.headers["Content-Encoding"] == "gzip"
    assert int(answer.headers["Content-Length"]) == len(answer.get_data())


def test_a_browser_unpacks_it_as_it_comes() -> None:
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    octets = packed().get_data()
    assert b"".join(unpacker.decompress(octets[at : at + 1]) for at in range(len(octets))) == LONG
    assert unpacker.eof and not unpacker.unused_data


def test_its_length_varies_at_random() -> None:
    lengths = {len(packed().get_data()) for _ in range(60)}
    assert len(lengths) > 20
    assert max(lengths) - min(lengths) < MOST_NOISE


@pytest.mark.parametrize("accepted", ["", "br", "gzip;q=0", "identity"])
def test_who_takes_no_gzip_gets_it_plain(accepted: str) -> None:
    answer = packed(accepted=accepted)
    assert (answer.get_data(), answer.headers.get("Content-Encoding")) == (LONG, None)
    assert answer.headers["Vary"] == "Accept-Encoding"


def test_short_answers_go_out_as_they_are() -> None:
    assert packed(b"x" * (LEAST - 1)).get_data() == b"x" * (LEAST - 1)


@pytest.mark.parametrize("answer", [packed(compressed=False), packed(status=404), packed(status=502)])
def test_other_pages_and_errors_are_not_touched(answer: Response) -> None:
    assert answer.get_data() == LONG
    assert "Content-Encoding" not in answer.headers and "Vary" not in answer.headers


def test_a_stream_goes_out_as_it_comes() -> None:
    answer = pack(LETTER, request_of("gzip"), Response(iter([LONG])))
    assert answer.is_streamed and "Content-Encoding" not in answer.headers


def test_what_goes_out_sealed_is_not_packed() -> None:
    request = request_of("gzip")
    request.sealed = SealedRequest(ClientKey("0" * 16, bytes(32)), Exchange("GET", "/letter", "0" * 32, 0))
    assert pack(LETTER, request, Response(LONG)).get_data() == LONG


def test_a_page_with_a_layout_cannot_say_so() -> None:
    with pytest.raises(WiringError, match=r"Page a\.p cannot be compressed: its layout holds the token of forms"):
        Module("a").page("p", "/p", compressed=True)
