"""What stands between browsers and modules."""

import io
import logging
from pathlib import Path

import pytest

from core.errors import TooSlow
from core.ini.values import Size
from core.web.app import make_app
from tests.core.web.door import AnyFile, Served, inside, served_with


class Drops:
    """A body of which nothing comes in time."""

    def read(self, size: int = -1) -> bytes:
        raise TooSlow("This came too slowly.")


@pytest.mark.parametrize("where", ["/login", "/mail/", "/nowhere", "/broken", "/healthz", "/site/none", "/down"])
def test_every_answer_has_its_headers(served: Served, where: str) -> None:
    headers = served.browser().get(where).headers
    policy = headers["Content-Security-Policy"]
    for part in ("default-src 'none'", "script-src 'self'", "base-uri 'none'", "frame-ancestors 'none'"):
        assert part in policy
    assert "unsafe" not in policy
    assert "require-trusted-types-for 'script'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-XSS-Protection"] == "0"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "Access-Control-Allow-Origin" not in headers
    assert "Strict-Transport-Security" not in headers


def test_the_document_of_a_message_runs_nothing_and_sends_nothing(served: Served) -> None:
    answer = inside(served).get("/framed")
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox;")
    assert "allow-scripts" not in policy
    for part in ("default-src 'none'", "script-src 'none'", "form-action 'none'", "frame-ancestors 'self'"):
        assert part in policy
    assert "img-src 'self' data:;" in policy
    nonce = answer.get_data(as_text=True).split("<i>")[1].split("</i>")[0]
    assert f"'nonce-{nonce}'" in policy
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_a_file_is_saved_and_runs_nothing(served: Served) -> None:
    answer = inside(served).get("/file")
    assert answer.get_data() == b"words!"
    assert (
        answer.headers["Content-Disposition"]
        == "attachment; filename=\"na_me _.txt\"; filename*=UTF-8''na%22me%20%C3%BC.txt"
    )
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    assert answer.headers["Content-Length"] == "6"
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"


def test_a_module_that_reaches_for_the_request_gets_a_runtime_error(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    answer = served.browser().get("/nosy")
    assert answer.status_code == 500
    assert "Working outside of request context" in caplog.text


def test_a_bug_is_a_page_with_a_number_that_stands_in_the_log(served: Served, caplog: pytest.LogCaptureFixture) -> None:
    text = served.browser().get("/broken").get_data(as_text=True)
    reference = text.split("Reference: ")[1][:8]
    assert reference in caplog.text
    assert "ZeroDivisionError" in caplog.text
    assert "hidden words" not in text
    assert "Traceback" not in text


def test_a_bug_is_told_to_scripts_alike(served: Served) -> None:
    error = served.browser().get("/broken", Accept="application/json").json["error"]  # type: ignore[index]  # an object
    assert (error["status"], len(error["reference"])) == (500, 8)
    assert "hidden" not in error["reason"]


def test_a_server_in_trouble_is_502(served: Served) -> None:
    answer = served.browser().get("/down")
    assert answer.status_code == 502
    assert "The mail server does not answer." in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("method", "where", "status"),
    [
        ("GET", "/nowhere", 404),
        ("PUT", "/login", 405),
        ("DELETE", "/mail/", 405),
        ("GET", "/note", 405),
        ("GET", "/site/../app.py", 404),
    ],
)
def test_an_address_that_is_not_there_says_so_in_the_sites_look(
    served: Served, method: str, where: str, status: int
) -> None:
    answer = served.app.test_client().open(
        where, method=method, base_url="http://localhost", headers={"Origin": "http://localhost"}
    )
    assert answer.status_code in (status, 400)
    assert 'class="card problem"' in answer.get_data(as_text=True)


def test_an_address_without_its_slash_leads_to_the_one_with(served: Served) -> None:
    answer = inside(served).get("/shelf/a/b")
    assert answer.status_code == 308
    assert answer.headers["Location"].endswith("/shelf/a/b/")


def test_a_form_without_its_token_is_refused_and_kept(served: Served) -> None:
    browser = inside(served)
    answer = browser.post("/note", {"text": "long <words>"}, token="forged")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert "What you typed is still here." in text
    assert "long &lt;words&gt;" in text
    again = text.split('name="csrf_token" value="')[1].split('"')[0]
    assert browser.post("/note", {"text": "long <words>"}, token=again).status_code == 303


def test_a_form_that_cannot_be_shown_again_is_refused_without_what_it_held(served: Served) -> None:
    answer = inside(served).post("/logout", {}, token="forged")
    assert answer.status_code == 400
    assert "What you typed is still here" not in answer.get_data(as_text=True)


def test_the_login_form_needs_its_token_too(served: Served) -> None:
    answer = served.browser().post("/login", {"username": "ada", "password": "right"}, token="forged")
    assert answer.status_code == 400
    assert "right" not in answer.get_data(as_text=True)


def test_a_script_sends_the_token_in_a_header(served: Served) -> None:
    browser = inside(served)
    token = browser.token("/mail/")
    answer = browser.client.post(
        "/note",
        base_url=browser.base,
        data={"text": "x"},
        headers={
            "X-CSRFToken": token,
            "Accept": "application/json",
            "Origin": browser.base,
            "User-Agent": browser.agent,
        },
    )
    assert answer.json == {"text": "x", "location": "/mail/"}


def test_what_was_written_is_kept_when_the_session_ended_meanwhile(served: Served) -> None:
    browser = inside(served)
    token = browser.token("/mail/")
    served.later(hours=3)
    answer = browser.post("/note", {"text": "a whole letter"}, token=token)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 401
    assert "a whole letter" in text
    assert "Log in in a new tab" in text
    browser.log_in()
    again = browser.post("/note", {"text": "a whole letter"}, token="of the old page")
    assert "a whole letter" in again.get_data(as_text=True)


def test_a_script_whose_session_ended_is_told(served: Served) -> None:
    browser = inside(served)
    token = browser.token("/mail/")
    served.later(hours=3)
    answer = browser.post("/note", {"text": "x"}, token=token, Accept="application/json")
    assert answer.status_code == 401


def test_a_refused_form_comes_back_with_its_reason(served: Served) -> None:
    browser = inside(served)
    answer = browser.post("/note", {"text": "a\x00b"}, token=browser.token("/mail/"))
    assert answer.status_code == 422
    assert "<b>contains control characters</b>" in answer.get_data(as_text=True)


def test_a_notice_is_shown_once(served: Served) -> None:
    browser = inside(served)
    browser.post("/note", {"text": "tea"}, token=browser.token("/mail/"))
    assert "Kept tea, 0 octets." in browser.get("/mail/").get_data(as_text=True)
    assert "Kept tea" not in browser.get("/mail/").get_data(as_text=True)


def test_a_file_is_received(served: Served) -> None:
    browser = inside(served)
    sent = {"text": "file", "file": (io.BytesIO(b"x" * 700_000), "a.txt")}
    browser.post("/note", sent, token=browser.token("/mail/"))
    assert "Kept file, 700000 octets." in browser.get("/mail/").get_data(as_text=True)


def test_an_empty_file_field_is_no_file(served: Served) -> None:
    browser = inside(served)
    browser.post("/note", {"text": "none", "file": (io.BytesIO(b""), "")}, token=browser.token("/mail/"))
    assert "Kept none, 0 octets." in browser.get("/mail/").get_data(as_text=True)


def test_what_comes_too_slowly_is_408_and_logs_nobody_out(served: Served) -> None:
    browser = inside(served)
    answer = browser.client.post(
        "/note",
        base_url=browser.base,
        headers={"Origin": browser.base, "User-Agent": browser.agent},
        content_type="application/x-www-form-urlencoded",
        environ_overrides={"wsgi.input": Drops(), "CONTENT_LENGTH": "9"},
    )
    assert answer.status_code == 408
    assert "That took too long" in answer.get_data(as_text=True) and "hm3_session" not in str(answer.headers)
    assert browser.get("/mail/").status_code == 200


def test_more_than_the_site_takes_is_413(tmp_path: Path) -> None:
    served = served_with(tmp_path, largest_request=Size(5000))
    browser = inside(served)
    answer = browser.post("/note", {"text": "x" * 6000}, token=browser.token("/mail/"))
    assert answer.status_code == 413
    assert "More was sent than this site takes at once." in answer.get_data(as_text=True)


def test_health_is_told_without_a_login(served: Served) -> None:
    answer = served.browser().get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def test_built_files_are_served_packed_and_for_ever(tmp_path: Path) -> None:
    served = served_with(tmp_path / "data")
    built = tmp_path / "built"
    built.mkdir()
    (built / "app.1.js").write_text("plain")
    (built / "app.1.js.gz").write_bytes(b"packed")
    (built / "secret.txt").write_text("never")
    (built / "manifest.json").write_text(
        '{"app.js": {"path": "/site/app.1.js", "integrity": "x", "media_type": "text/javascript"}}'
    )
    object.__setattr__(served.site, "assets", AnyFile(built))
    browser = served.browser()
    plain = browser.get("/site/app.1.js")
    assert plain.get_data() == b"plain"
    assert plain.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert plain.headers["Content-Type"].startswith("text/javascript")
    packed = browser.get("/site/app.1.js", **{"Accept-Encoding": "gzip, br"})
    assert (packed.get_data(), packed.headers["Content-Encoding"]) == (b"packed", "gzip")
    for name in ("secret.txt", "manifest.json", "..%2fsecret.txt", "app.1.js.gz"):
        assert browser.get(f"/site/{name}").status_code == 404
    (built / "app.1.js").unlink()
    assert browser.get("/site/app.1.js").status_code == 404


def test_a_head_request_is_answered_without_a_body(served: Served) -> None:
    answer = served.app.test_client().head("/login", base_url="http://localhost")
    assert (answer.status_code, answer.get_data()) == (200, b"")


def test_the_log_names_the_page_and_no_query(served: Served, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    served.browser().get("/login?next=/mail/secret-word")
    assert "login.login 200" in caplog.text
    assert "secret-word" not in caplog.text


def test_the_page_speaks_the_browsers_language(served: Served) -> None:
    text = served.browser().get("/login", **{"Accept-Language": "de-AT,de;q=0.9"}).get_data(as_text=True)
    assert 'lang="de"' in text


def test_the_environment_switches_no_debugging_on(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLASK_DEBUG", "1")
    assert make_app(served.site).debug is False
