"""Logging in with a passkey alone."""

from tests.modules.passkeys.rooms import enrolled, is_in, log_in, stranger
from tests.modules.security.house import House


def test_a_passkey_logs_in_without_a_password(house: House) -> None:
    key, browser = enrolled(house), stranger(house)
    answer = log_in(browser, key)
    assert answer.get_json() == {"location": "/mail/"} and is_in(browser)
