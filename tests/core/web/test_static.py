"""Built files: in the best coding that a browser takes, each with its own tag, whole or in part."""

import base64
import hashlib
import json
from pathlib import Path

import flask
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from core.output.assets import BUILT, Assets
from core.security.sandbox import ROOT
from core.web.static import serve_asset

PLAIN = b"run();" * 100
FORMS = {"": PLAIN, ".br": b"a brotli", ".zst": b"a zstandard", ".gz": b"a gzip"}
WHOLE = "br, zstd, gzip, deflate"


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    """Who asks for the one built file, app.1.js."""
    for ending, octets in FORMS.items():
        (tmp_path / f"app.1.js{ending}").write_bytes(octets)
    integrity = f"sha384-{base64.b64encode(hashlib.sha384(PLAIN).digest()).decode()}"
    listed = {"app.js": {"path": "/site/app.1.js", "integrity": integrity, "media_type": "text/javascript"}}
    (tmp_path / "manifest.json").write_text(json.dumps(listed))
    assets = Assets(tmp_path)
    app = flask.Flask("site", static_folder=None)
    app.add_url_rule("/site/<name>", "site", lambda name: serve_asset(assets, name))
    return app.test_client()


def fetched(client: FlaskClient, accepted: str | None = None, method: str = "GET", **headers: str) -> TestResponse:
    """The answer to a request that takes these codings."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if accepted is not None:
        named["Accept-Encoding"] = accepted
    return client.open("/site/app.1.js", method=method, headers=named)


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        (None, None),
        ("", None),
        ("identity", None),
        ("deflate", None),
        ("gzip, deflate", "gzip"),
        ("gzip, deflate, br", "br"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, zstd", "zstd"),
        ("*", "br"),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0.2, gzip;q=0.8", "gzip"),
        ("identity, br;q=0.5", None),
        ("identity;q=0.5, gzip", "gzip"),
        ("br;q=nonsense, ;;, gzip", "gzip"),
    ],
)
def test_a_file_comes_in_the_coding_that_is_liked_best(client: FlaskClient, accepted: str, coding: str | None) -> None:
    answer = fetched(client, accepted)
    ending = {"br": ".br", "zstd": ".zst", "gzip": ".gz", None: ""}[coding]
    assert (answer.headers.get("Content-Encoding"), answer.data) == (coding, FORMS[ending])
    assert answer.headers["Content-Length"] == str(len(FORMS[ending]))


def test_every_form_may_be_kept_for_ever_and_names_what_it_depends_on(client: FlaskClient) -> None:
    for accepted in ("", "gzip", "zstd", "br"):
        headers = fetched(client, accepted).headers
        assert headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert (headers["Vary"], headers["Content-Type"]) == ("Accept-Encoding", "text/javascript; charset=utf-8")
        assert "Last-Modified" not in headers and "Expires" not in headers


def test_each_form_has_a_tag_of_its_own_that_is_good_for_it_alone(client: FlaskClient) -> None:
    tags = {accepted: fetched(client, accepted).headers["ETag"] for accepted in ("", "gzip", "zstd", "br")}
    assert len(set(tags.values())) == 4
    for accepted in tags:
        known = [fetched(client, accepted, If_None_Match=tag).status_code for tag in tags.values()]
        assert sorted(known) == [200, 200, 200, 304]
    unchanged = fetched(client, "br", If_None_Match=tags["br"])
    assert (unchanged.data, unchanged.headers["Vary"]) == (b"", "Accept-Encoding")


def test_the_head_of_a_file_tells_what_the_file_would(client: FlaskClient) -> None:
    head, whole = fetched(client, WHOLE, "HEAD"), fetched(client, WHOLE)
    assert head.data == b""
    assert dict(head.headers) == dict(whole.headers)


@pytest.mark.parametrize("ending", ["", ".br"])
def test_a_part_is_one_of_the_form_that_is_sent(client: FlaskClient, ending: str) -> None:
    form, accepted = FORMS[ending], ending.strip(".")
    part = fetched(client, accepted, Range="bytes=2-4")
    assert (part.status_code, part.data, part.headers["Content-Length"]) == (206, form[2:5], "3")
    assert part.headers["Content-Range"] == f"bytes 2-4/{len(form)}"
    assert fetched(client, accepted, Range="bytes=2-4", If_Range='"another"').data == form
    beyond = fetched(client, accepted, Range="bytes=99999-")
    assert beyond.status_code == 416


@pytest.mark.parametrize("asked", ["lines=0-1", "bytes=0-1,3-4", "bytes=4-2", "bytes=x"])
def test_a_range_that_is_not_one_part_of_octets_gets_the_whole(client: FlaskClient, asked: str) -> None:
    answer = fetched(client, WHOLE, Range=asked)
    assert (answer.status_code, answer.data) == (200, fetched(client, WHOLE).data)


def test_a_form_that_is_gone_leaves_the_others(client: FlaskClient, tmp_path: Path) -> None:
    (tmp_path / "app.1.js.br").unlink()
    assert fetched(client, WHOLE).data == FORMS[".zst"]
    (tmp_path / "app.1.js").unlink()
    assert fetched(client, WHOLE).status_code == 404


@pytest.mark.parametrize("name", ["app.1.js.br", "manifest.json", "app.js", "..%2fapp.1.js", "%00"])
def test_nothing_but_listed_files_is_served(client: FlaskClient, name: str) -> None:
    assert client.get(f"/site/{name}", headers={"Accept-Encoding": "br"}).status_code == 404


def test_the_built_files_lie_where_a_confined_process_reads() -> None:
    assert ROOT in BUILT.parents
