"""Tokens that come more than once: from two tabs, without an answer, or from a thief."""

import threading

from tests.core.web.door import Browser
from tests.modules.remember.home import Home, close, count, is_in, token_of, words


def test_two_tabs_that_open_at_once_both_come_in(home: Home) -> None:
    token = token_of(home.enter())
    tabs = [home.bring(token) for _ in range(6)]
    start, inside = threading.Barrier(len(tabs)), list[bool]()

    def open_tab(tab: Browser) -> None:
        start.wait()
        inside.append(is_in(tab))

    threads = [threading.Thread(target=open_tab, args=(tab,)) for tab in tabs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert inside == [True] * len(tabs)
    # One answer carries the next token, the others leave the browser's cookie as it is.
    (fresh,) = {token_of(tab) for tab in tabs} - {token}
    assert sum(token_of(tab) == fresh for tab in tabs) == 1
    assert is_in(home.bring(fresh))


def test_an_answer_that_got_lost_locks_nobody_out(home: Home) -> None:
    browser = close(home.enter())
    token = token_of(browser)
    assert is_in(home.bring(token))  # whose answer the browser never got
    home.house.later(minutes=10)
    assert is_in(browser) and token_of(browser) != token
    assert is_in(close(browser))


def test_the_lost_token_of_a_lost_answer_opens_nothing(home: Home) -> None:
    browser = close(home.enter())
    lost = home.bring(token_of(browser))
    assert is_in(lost)
    home.house.later(minutes=10)
    assert is_in(browser)
    assert not is_in(close(lost))


def test_an_old_token_ends_the_device_its_sessions_and_is_told(home: Home) -> None:
    browser = close(home.enter())
    stolen = token_of(browser)
    assert is_in(browser) and is_in(browser)
    home.house.later(minutes=5)
    assert not is_in(home.bring(stolen))
    assert not is_in(browser) and count(home) == 0 and token_of(browser) == ""
    later = home.enter(remember=False)
    told = words(later.get("/settings"))
    assert "An old key of a device on which you stay logged in was used on Friday, 1 May 2026, 12:05 UTC" in told
    assert "An old key" not in words(home.enter(remember=False).get("/settings"))


def test_a_thief_who_comes_first_is_thrown_out_when_the_owner_comes(home: Home) -> None:
    browser = close(home.enter())
    thief = home.bring(token_of(browser))
    assert is_in(thief) and is_in(thief)
    home.house.later(minutes=5)
    assert not is_in(browser)
    assert not is_in(thief) and not is_in(close(thief))


def test_an_old_token_does_not_touch_other_devices_or_users(home: Home) -> None:
    first, second, bob = home.enter(), home.enter(), home.enter("bob")
    stolen = token_of(first)
    assert is_in(close(first)) and is_in(first)
    home.house.later(minutes=5)
    assert not is_in(home.bring(stolen))
    assert is_in(second) and is_in(bob) and is_in(close(second))


def test_within_the_grace_a_copy_comes_in_without_a_token_of_its_own(home: Home) -> None:
    browser = close(home.enter())
    token = token_of(browser)
    assert is_in(browser) and is_in(browser)
    copy = home.bring(token)
    assert is_in(copy) and token_of(copy) == token
    home.house.later(minutes=2)
    assert not is_in(close(copy))
