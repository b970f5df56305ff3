"""What modules leave with the browser."""

from datetime import timedelta

import flask
import pytest

from core import Secret
from core.visitor.session import Keepsake
from core.web.cookies import read_keepsakes, set_keepsakes

LEFT = {"shelf_mark": Keepsake(Secret("value"), timedelta(days=2))}


@pytest.mark.parametrize(("secure", "name"), [(False, "hm3_shelf_mark"), (True, "__Host-hm3_shelf_mark")])
def test_a_keepsake_is_a_cookie_that_no_script_and_no_other_host_sees(secure: bool, name: str) -> None:
    response = flask.Response()
    set_keepsakes(response, LEFT, secure)
    (cookie,) = response.headers.getlist("Set-Cookie")
    parts = cookie.split("; ")
    assert parts[0] == f"{name}=value"
    assert {"HttpOnly", "Path=/", "SameSite=Lax", "Max-Age=172800"} <= set(parts)
    assert ("Secure" in parts) is secure
    assert "Domain" not in cookie


def test_a_keepsake_comes_back_under_its_own_name() -> None:
    assert read_keepsakes({"hm3_shelf_mark": "value"}, secure=False) == {"shelf_mark": "value"}
    assert read_keepsakes({"__Host-hm3_shelf_mark": "value"}, secure=True) == {"shelf_mark": "value"}


def test_on_an_encrypted_way_a_cookie_that_another_host_could_set_is_not_read() -> None:
    assert read_keepsakes({"hm3_shelf_mark": "value", "shelf_mark": "value"}, secure=True) == {}


def test_no_module_reads_the_cookies_of_the_session() -> None:
    for secure, start in ((False, ""), (True, "__Host-")):
        sent = {f"{start}hm3_{name}": "value" for name in ("session", "key", "form")}
        assert read_keepsakes(sent, secure) == {}


def test_a_keepsake_does_not_show_itself() -> None:
    assert "value" not in repr(LEFT)
