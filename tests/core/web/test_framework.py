"""What the site's own way through Flask keeps, and what it must not mix up."""

import flask
import pytest

from core.web import framework
from core.web.framework import App
from core.web.requests import this_request


def make_app() -> App:
    """An application of one page that says what its path holds."""
    app = App("hm3-test")
    app.secret_key = "for these tests"
    app.add_url_rule("/shelf/<path:name>/", "shelf", lambda name: this_request().path + name, methods=["GET"])
    return app


def test_the_page_of_an_address_is_found_once_and_told_to_each_request() -> None:
    app = make_app()
    answers = [app.test_client().get("/shelf/a/b/").text for _ in range(2)]
    assert answers == ["/shelf/a/b/a/b"] * 2 and list(app.known) == [("GET", "/shelf/a/b/")]


def test_what_a_view_does_to_its_path_is_not_remembered() -> None:
    app = make_app()
    app.view_functions["shelf"] = lambda name: str((this_request().view_args or {}).setdefault("more", name))
    assert [app.test_client().get("/shelf/a/").text for _ in range(2)] == ["a", "a"]


def test_a_remembered_address_is_refused_under_another_method_and_as_a_socket() -> None:
    app = make_app()
    browser = app.test_client()
    assert browser.get("/shelf/a/").status_code == 200
    socket = {"Upgrade": "websocket", "Connection": "Upgrade"}
    assert browser.post("/shelf/a/").status_code == 405
    assert browser.options("/shelf/a/").headers["Allow"] is not None
    assert browser.get("/shelf/a/", headers=socket).status_code == 400


def test_only_so_many_addresses_are_remembered_and_no_long_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(framework, "_MOST_PATHS", 3)
    app = make_app()
    for name in ("a", "b", "c", "d", "e" * 300):
        assert app.test_client().get(f"/shelf/{name}/").status_code == 200
    assert [path for _, path in app.known] == ["/shelf/d/"]


def test_a_host_that_is_no_name_is_refused() -> None:
    assert make_app().test_client().get("/shelf/a/", headers={"Host": f"{'a' * 70}.example"}).status_code == 400


def test_there_is_a_request_only_while_it_is_answered() -> None:
    app = make_app()
    app.test_client().get("/shelf/a/")
    with pytest.raises(LookupError):
        this_request()
    with app.test_request_context("/shelf/b/"):
        assert this_request() is flask.request._get_current_object()  # type: ignore[attr-defined]  # a proxy has it


def test_a_bug_is_answered_as_one() -> None:
    app = make_app()
    app.config["PROPAGATE_EXCEPTIONS"] = False

    def fail(name: str) -> str:
        raise ZeroDivisionError(name)

    app.view_functions["shelf"] = fail
    assert app.test_client().get("/shelf/a/").status_code == 500
