"""What signs the cookie of forms, while the keys of the site change."""

import flask
import pytest
from flask_wtf import csrf
from itsdangerous import BadSignature, URLSafeTimedSerializer

from core.web.forms import FormSession, FormSigning
from tests.core.web.door import Browser, Served


def serializer_of(session: FormSession) -> URLSafeTimedSerializer:
    """What the session signs with now."""
    found = session.get_signing_serializer(flask.Flask("hm3"))
    assert found is not None
    return found


def test_the_newest_key_signs_and_all_are_believed() -> None:
    keys = [b"first"]
    session = FormSession(FormSigning(lambda: tuple(keys)))
    before = serializer_of(session).dumps({"csrf_token": "a"})
    keys.insert(0, b"second")
    assert serializer_of(session).loads(before) == {"csrf_token": "a"}
    after = serializer_of(session).dumps({"csrf_token": "a"})
    keys.remove(b"first")
    assert serializer_of(session).loads(after) == {"csrf_token": "a"}
    with pytest.raises(BadSignature):
        serializer_of(session).loads(before)


def test_as_long_as_the_keys_stay_what_signs_is_made_once() -> None:
    session = FormSession(FormSigning(lambda: (b"first",)))
    assert serializer_of(session) is serializer_of(session)


def checks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tokens whose signatures are looked at from now on."""
    checked: list[str] = []
    validate = csrf.validate_csrf

    def counted(token: str) -> None:
        checked.append(token)
        validate(token)

    monkeypatch.setattr(csrf, "validate_csrf", counted)
    return checked


def entered(served: Served, base: str = "http://localhost") -> tuple[Browser, str]:
    """A browser that is logged in, and the token of its forms."""
    browser = served.browser()
    browser.base = base
    browser.post("/login", {"username": "ada", "password": "right"}, Referer=f"{base}/login")
    return browser, browser.token("/mail/")


def test_a_token_that_was_found_right_is_not_looked_at_again(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    browser, token = entered(served)
    checked = checks(monkeypatch)
    assert [browser.post("/note", {"text": "a"}, token=token).status_code for _ in range(3)] == [303] * 3
    assert checked == [token]


def test_a_token_is_worth_nothing_to_another_browser(served: Served) -> None:
    browser, token = entered(served)
    assert browser.post("/note", {"text": "a"}, token=token).status_code == 303
    other, own = entered(served)
    assert other.post("/note", {"text": "a"}, token=token).status_code == 400
    assert other.post("/note", {"text": "a"}, token=own).status_code == 303


def test_a_known_token_does_not_stand_for_the_page_that_it_was_sent_from(served: Served) -> None:
    browser, token = entered(served, "https://localhost")
    sent = [
        browser.post("/note", {"text": "a"}, token=token, Referer=f"https://localhost{page}").status_code
        for page in ("/mail/", "/mail/", ".evil.example/")
    ]
    unnamed = browser.post("/note", {"text": "a"}, token=token)
    assert (sent, unnamed.status_code) == ([303, 303, 400], 400)


def test_a_token_is_looked_at_again_under_other_keys() -> None:
    keys, app = [b"first"], flask.Flask("hm3")
    session, app.secret_key = FormSession(FormSigning(lambda: tuple(keys))), "for this browser"
    with app.test_request_context():
        flask.session["csrf_token"] = "a"
        session.believe("token")
        assert session.believes("token") and not session.believes("other") and not session.believes("")
        keys.insert(0, b"second")
        assert not session.believes("token")
