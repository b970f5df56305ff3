"""How an account is guarded, in a real browser: second factor, devices, a changed password, being gone."""

import time

import pyotp
import pytest

from tests.browser.writer import Writer

pytestmark = [pytest.mark.browser, pytest.mark.servers]


def log_out(writer: Writer) -> None:
    """Leave by the button beside the name."""
    writer.open("/mail/main/INBOX/")
    writer.one("form[data-logout] button").click()
    writer.wait_for("[name=username]")


def give_password(writer: Writer) -> None:
    """Fill in the login form; what comes next is not waited for."""
    writer.one("[name=username]").send_keys(writer.user.name)
    writer.one("[name=password]").send_keys(f"{writer.user.password}\n")


def next_code(app: pyotp.TOTP, spent: str) -> str:
    """A code that was not used yet: the next step's, which a phone that is ahead would show."""
    code = app.at(int(time.time()) + 30)
    return code if code != spent else app.now()


def test_a_second_factor_is_set_up_and_asked_for(writer: Writer) -> None:
    writer.open("/security/two-factor")
    assert writer.one(".qr-code").size["width"] > 150
    app = pyotp.TOTP("".join(writer.texts(".recovery-code code")))
    first = app.now()
    writer.one("[name=code]").send_keys(first)
    writer.one("[name=password]").send_keys(f"{writer.user.password}\n")
    codes = writer.wait_for(".recovery-codes").text.split()
    assert len(codes) == 10
    writer.one("main form button").click()
    writer.wait_for_text("main", "10 recovery codes are left.")
    log_out(writer)
    give_password(writer)
    writer.wait_for("[name=code]").send_keys("000000\n")
    writer.wait_for_text(".field-error", "The code is wrong")
    writer.wait_for("[name=code]").send_keys(f"{next_code(app, first)}\n")
    writer.wait_for("#list-pane")
    log_out(writer)
    give_password(writer)
    writer.wait_for("[name=code]").send_keys(f"{codes[0]}\n")
    writer.wait_for("#list-pane")


def test_until_the_code_is_given_no_page_of_a_user_opens(writer: Writer) -> None:
    writer.open("/security/two-factor")
    app = pyotp.TOTP("".join(writer.texts(".recovery-code code")))
    writer.one("[name=code]").send_keys(app.now())
    writer.one("[name=password]").send_keys(f"{writer.user.password}\n")
    writer.wait_for(".recovery-codes")
    log_out(writer)
    give_password(writer)
    writer.wait_for("[name=code]")
    for page in ("/mail/main/INBOX/", "/settings", "/security", "/compose"):
        writer.open(page)
        writer.wait_for("[name=username]")


def test_a_user_sees_this_browser_among_their_devices(writer: Writer) -> None:
    writer.open("/security")
    assert writer.texts(".device strong") == ["Chrome · Linux"]
    assert writer.texts(".device .chip") == ["this one"]


def test_a_recovery_code_opens_everything_after_the_password_was_changed_elsewhere(writer: Writer) -> None:
    writer.open("/settings")
    writer.one("[name=theme] option[value=dark]").click()
    writer.wait_for("#notices .notice")
    writer.open("/security")
    writer.one("#code-password").send_keys(f"{writer.user.password}\n")
    writer.wait_for(".recovery-code")
    code = writer.texts(".recovery-code code")
    writer.one("[name=first]").send_keys(code[1])
    writer.one("[name=second]").send_keys(f"{code[5]}\n")
    writer.wait_for_text("main", "Your recovery code was made on")
    log_out(writer)
    writer.user.dovecot.change_password(writer.user.name, "changed-elsewhere")
    writer.one("[name=username]").send_keys(writer.user.name)
    writer.one("[name=password]").send_keys("changed-elsewhere\n")
    writer.wait_for("#recovery-code").send_keys(f"{'-'.join(code)}\n")
    writer.wait_for("#list-pane")
    assert writer.one("html").get_attribute("data-theme") == "dark"


def test_who_has_gone_is_warned_and_may_stay(writer: Writer) -> None:
    shift = "const real = Date.now; window.ahead = 0; Date.now = () => real() + window.ahead;"
    writer.browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": shift})
    writer.open("/mail/main/INBOX/")
    limit = int(writer.one("body").get_attribute("data-idle") or 0)
    writer.browser.execute_script(f"window.ahead = {(limit - 60) * 1000}")
    writer.browser.execute_script("document.dispatchEvent(new Event('visibilitychange'))")
    writer.wait_for_text("dialog[open]", "In a minute you will be logged out.")
    writer.one("dialog[open] .button.primary").click()
    writer.until(lambda: not writer.all("dialog[open]"))
    assert not writer.all("body.covered")


def test_a_page_whose_session_ended_is_covered_and_keeps_what_was_written(writer: Writer) -> None:
    shift = "const real = Date.now; window.ahead = 0; Date.now = () => real() + window.ahead;"
    writer.browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": shift})
    writer.open("/mail/main/INBOX/")
    writer.begin()
    writer.write(subject="Beans", text="They grow.")
    writer.wait_until_saved()
    writer.browser.delete_all_cookies()
    writer.browser.execute_script("window.ahead = 86400000; document.dispatchEvent(new Event('visibilitychange'))")
    writer.wait_for_text("dialog[open]", "Your session has ended.")
    assert not writer.one(".shell").is_displayed()
    assert writer.one(".panel textarea.compose-text").get_property("value") == "They grow."
