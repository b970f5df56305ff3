"""Short forms are read in one go, and come to the same as by Werkzeug's own way; all others are read that way."""

import io
from wsgiref.types import WSGIEnvironment

import pytest
from werkzeug import Request as PlainRequest
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

from core.web.posted import LONGEST, read_posted
from core.web.requests import Request

FORM = "application/x-www-form-urlencoded"


def posted(octets: bytes, kind: str = FORM, **headers: str) -> WSGIEnvironment:
    """A request with this body."""
    told = {"CONTENT_TYPE": kind, "CONTENT_LENGTH": str(len(octets)), **headers}
    return {"REQUEST_METHOD": "POST", "wsgi.input": io.BytesIO(octets + b"&behind=it"), **told}


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"name=ada&name=bob&empty=&alone&=nameless",
        b"a+b=c+d%20e%2B&%zz=%4&&;=;",
        b"name=%C3%A4%ff",
        "name=\u00e4".encode(),
        b"name=\xff",
    ],
)
@pytest.mark.parametrize("kind", [FORM, "Application/X-WWW-Form-URLencoded; charset=latin1"])
def test_a_short_form_holds_what_werkzeug_finds_in_it(octets: bytes, kind: str) -> None:
    assert Request(posted(octets, kind)).form == PlainRequest(posted(octets, kind)).form


def test_a_short_form_needs_no_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(FormDataParser, "parse")
    request = Request(posted(b"name=ada"))
    assert (request.form["name"], len(request.files), request.stream.read()) == ("ada", 0, b"")


@pytest.mark.parametrize(
    ("kind", "length", "headers"),
    [
        ("multipart/form-data; boundary=x", 9, {}),
        ("text/plain", 9, {}),
        (FORM, LONGEST + 1, {}),
        (FORM, 9, {"CONTENT_LENGTH": ""}),
        (FORM, 9, {"CONTENT_LENGTH": "-9"}),
        (FORM, 9, {"CONTENT_LENGTH": "\u0669"}),
        (FORM, 9, {"CONTENT_LENGTH": "0000000009"}),
        (FORM, 9, {"HTTP_TRANSFER_ENCODING": "chunked"}),
    ],
)
def test_of_all_else_nothing_is_read(kind: str, length: int, headers: dict[str, str]) -> None:
    environ = posted(b"x" * length, kind, **headers)
    assert read_posted(environ, None) is None
    assert environ["wsgi.input"].tell() == 0


def test_a_form_that_is_longer_than_the_site_takes_is_refused() -> None:
    request = Request(posted(b"name=ada"))
    request.max_content_length = 7
    with pytest.raises(RequestEntityTooLarge):
        request.form  # noqa: B018  # it is read here


def test_a_form_of_which_not_all_came_is_none() -> None:
    with pytest.raises(ClientDisconnected):
        read_posted(posted(b"name=ada", CONTENT_LENGTH="800"), None)
