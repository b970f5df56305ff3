"""Headers that are the same for many responses: put together once, and never beside others of the same name."""

import re

from werkzeug.wrappers import Response

from core.web.responses import SiteResponse, Stamp, vary_by
from tests.core.web.door import Served

STAMP = Stamp({"Referrer-Policy": "no-referrer", "Policy": ["style 'nonce-", "'"]}, {"Cache-Control": "no-store"})


def sent(response: SiteResponse) -> list[tuple[str, str]]:
    """The headers that a server is given."""
    return sorted(response.get_wsgi_response({"REQUEST_METHOD": "GET", "wsgi.url_scheme": "http"})[2])


def stamped(**headers: str) -> list[tuple[str, str]]:
    response = SiteResponse(b"", headers={name.replace("_", "-"): told for name, told in headers.items()})
    response.stamp, response.nonce = STAMP, "abc"
    kept = ("Content-Type", "Content-Length")
    return [line for line in sent(response) if line[0] not in kept]


def test_a_stamp_stands_in_the_place_of_a_responses_own_headers() -> None:
    assert stamped(referrer_policy="unsafe-url", X_Own="1") == [
        ("Cache-Control", "no-store"),
        ("Policy", "style 'nonce-abc'"),
        ("Referrer-Policy", "no-referrer"),
        ("X-Own", "1"),
    ]


def test_what_is_for_responses_without_it_leaves_others_alone() -> None:
    assert ("cache-control", "public") in stamped(cache_control="public")
    assert "Cache-Control" not in dict(stamped(cache_control="public"))


def test_a_response_without_a_stamp_is_sent_as_it_is() -> None:
    assert sent(SiteResponse(b"ab")) == [("Content-Length", "2"), ("Content-Type", "text/html; charset=utf-8")]


def test_where_a_response_leads_is_written_as_addresses_are() -> None:
    response = SiteResponse(b"", headers={"Location": "/café"})
    assert ("Location", "/caf%C3%A9") in sent(response)


def test_a_response_that_has_no_body_tells_no_length() -> None:
    assert "Content-Length" not in dict(sent(SiteResponse(b"", 204, headers={"Content-Length": "0"})))


def test_an_answer_depends_on_each_header_once() -> None:
    response = Response()
    for name in ("Accept-Encoding", "Cookie", "cookie"):
        vary_by(response, name)
    assert response.headers.getlist("Vary") == ["Accept-Encoding, Cookie"]


def test_every_answer_has_a_nonce_of_its_own(served: Served) -> None:
    browser = served.browser()
    browser.log_in()
    policies = [browser.get("/framed").headers["Content-Security-Policy"] for _ in range(3)]
    nonces = {found for policy in policies for found in re.findall("'nonce-([^']+)'", policy)}
    assert len(nonces) == 3 and all(len(nonce) == 32 for nonce in nonces)
    assert len({re.sub("'nonce-[^']+'", "", policy) for policy in policies}) == 1


def test_a_refused_frame_leaves_the_next_one_its_nonce(served: Served) -> None:
    browser = served.browser()
    browser.log_in()
    refused = browser.get("/framed", **{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "iframe"})
    assert refused.status_code == 403 and "nonce" not in refused.headers["Content-Security-Policy"]
    assert "'nonce-" in browser.get("/framed").headers["Content-Security-Policy"]


def test_what_a_response_is_changed_to_is_sent_with_its_own_length() -> None:
    response = SiteResponse("ab", headers={"Content-Length": "77"})
    response.set_data("äb")
    octets, status, lines = response.get_wsgi_response({"REQUEST_METHOD": "GET"})
    assert (b"".join(octets), status, dict(lines)["Content-Length"]) == ("äb".encode(), "200 OK", "3")


def test_nobody_who_asks_for_headers_alone_gets_a_body() -> None:
    octets, _, lines = SiteResponse("ab").get_wsgi_response({"REQUEST_METHOD": "HEAD"})
    assert (b"".join(octets), dict(lines)["Content-Length"]) == (b"", "2")


def test_what_waits_for_the_end_of_an_answer_is_told_of_it() -> None:
    closed: list[str] = []
    response = SiteResponse("ab")
    response.call_on_close(lambda: closed.append("now"))
    octets = response.get_wsgi_response({"REQUEST_METHOD": "GET"})[0]
    assert b"".join(octets) == b"ab" and closed == []
    octets.close()  # type: ignore[attr-defined]  # as PEP 3333 has it
    assert closed == ["now"]
