"""What hm3.ini says of the test, and that without a word of it nothing is there."""

import dataclasses
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import flask
import pytest

from core import Client, LoginAttempt
from core.database.engine import check_tables
from core.loader import load
from core.web.app import make_app
from core.web.site import open_parts
from modules.captcha.config import CaptchaConfig, Effort, Score, VerifyAddress, When
from modules.captcha.services import Duty
from modules.captcha.tables import metadata
from tests.core.web.door import AnyFile, Browser


@pytest.fixture
def opened() -> Iterator[ExitStack]:
    """What is closed at the test's end."""
    with ExitStack() as stack:
        yield stack


def site(opened: ExitStack, folder: Path, ini: str) -> flask.Flask:
    """The whole site with this hm3.ini."""
    (folder / "hm3.ini").write_text(f"[app]\ndata = {folder / 'data'}\n{ini}")
    parts = opened.enter_context(open_parts(load(folder / "hm3.ini")))
    return make_app(dataclasses.replace(parts, assets=AnyFile(folder)))


def look(app: flask.Flask, address: str = "/login") -> tuple[str, str]:
    """A page and its policy."""
    answer = Browser(app.test_client()).get(address)
    return answer.get_data(as_text=True), answer.headers["Content-Security-Policy"]


def _token(page: str) -> str:
    """The token of its form: letters of chance."""
    return page.split('name="csrf_token" value="')[1].split('"')[0]


def test_without_a_word_in_hm3_ini_there_is_no_test_and_no_outside_host(tmp_path: Path, opened: ExitStack) -> None:
    page, policy = look(site(opened, tmp_path, ""))
    assert "captcha" not in page and "captcha" not in policy
    assert "//" not in page and "http" not in page.replace(_token(page), "")
    assert "//" not in policy and "http" not in policy


def test_our_own_test_needs_no_outside_host(tmp_path: Path, opened: ExitStack) -> None:
    page, policy = look(site(opened, tmp_path, "[modules]\ncaptcha = on\n"))
    assert "data-puzzle" in page and "//" not in page and "http" not in page.replace(_token(page), "")
    assert "//" not in policy and "require-trusted-types-for 'script'" in policy


def test_a_provider_is_in_the_policy_of_the_login_alone(tmp_path: Path, opened: ExitStack) -> None:
    ini = "[modules]\ncaptcha = on\n[captcha]\nprovider = turnstile\nsite_key = k\nsecret = s\nhostnames = localhost\n"
    app = site(opened, tmp_path, ini)
    assert "challenges.cloudflare.com" in look(app)[1]
    assert "challenges.cloudflare.com" not in look(app, "/nowhere")[1]


def test_without_throttle_everybody_has_to_pass_the_test(tmp_path: Path, opened: ExitStack) -> None:
    app = site(opened, tmp_path, "[modules]\ncaptcha = on\nthrottle = off\n[captcha]\nwhen = after-failures\n")
    assert "data-puzzle" in look(app)[0]
    assert Duty(CaptchaConfig(when=When.AFTER_FAILURES), None).applies(LoginAttempt("", Client()))


def test_with_throttle_the_test_waits(tmp_path: Path, opened: ExitStack) -> None:
    app = site(opened, tmp_path, "[modules]\ncaptcha = on\n[captcha]\nwhen = after-failures\n")
    assert "data-puzzle" not in look(app)[0]


@pytest.mark.parametrize("text", ["0", "1", "0.5", "1.0"])
def test_a_score_is_a_number_from_nothing_to_one(text: str) -> None:
    assert Score.parse(text) == float(text)


@pytest.mark.parametrize("text", ["", "-0.1", "1.1", "nan", "inf", "much"])
def test_what_is_no_score_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a number from 0 to 1"):
        Score.parse(text)


@pytest.mark.parametrize("text", ["https://captcha.example.org/verify", "http://127.0.0.1:8080/", "http://localhost"])
def test_an_address_to_ask_is_encrypted_or_on_this_machine(text: str) -> None:
    assert VerifyAddress.parse(text) == text


@pytest.mark.parametrize(
    "text", ["", "captcha.example.org", "http://captcha.example.org", "https://", "https://a@b/", "https://a:0/",
             "https://a:b/", "file:///etc/passwd", "https://[", "ftp://localhost/"]
)  # fmt: skip
def test_what_is_no_such_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not an address like https"):
        VerifyAddress.parse(text)


def test_work_that_would_take_hours_is_refused() -> None:
    with pytest.raises(ValueError, match="is not between 4 and 24"):
        Effort.parse("30")


def test_the_table_carries_the_modules_name() -> None:
    check_tables("captcha", metadata)
    assert [table.name for table in metadata.sorted_tables] == ["captcha_spent"]
