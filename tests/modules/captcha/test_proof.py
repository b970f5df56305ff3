"""Our own test: work for the browser, which is good once."""

import itertools
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from modules.captcha.config import CaptchaConfig, Effort, FailureCount, When
from modules.captcha.puzzles import solves
from tests.core.web.door import Browser
from tests.modules.captcha.door import enter, open_door, puzzle_on, words
from tests.modules.security.house import House

EASY = Effort(6)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A site that asks for a little work."""
    yield from open_door(tmp_path, CaptchaConfig(effort=EASY))


@pytest.fixture
def asking(tmp_path: Path) -> Iterator[House]:
    """A site that asks whoever has no scripts for a sum."""
    yield from open_door(tmp_path, CaptchaConfig(effort=EASY, question=True))


def browser_in(house: House, number: int = 1) -> Browser:
    return Browser(house.app.test_client(), f"198.51.100.{number}")


def solution(token: str, effort: int, right: bool = True) -> str:
    """The first number that solves a puzzle, or that does not."""
    return next(
        str(number) for number in itertools.count() if solves(token.partition(".")[0], str(number), effort) is right
    )


def solved(browser: Browser, right: bool = True) -> dict[str, str]:
    """A new puzzle of the login page with its solution."""
    token, effort = puzzle_on(words(browser.get("/login")))
    return {"captcha_puzzle": token, "captcha_proof": solution(token, effort, right)}


def summed(browser: Browser, off: int = 0) -> dict[str, str]:
    """A new puzzle of the login page with the answer to its question."""
    page = words(browser.get("/login"))
    found = re.search(r"What is (\d+) and (\d+) together\?", page)
    assert found
    return {"captcha_puzzle": puzzle_on(page)[0], "captcha_answer": str(int(found[1]) + int(found[2]) + off)}


def test_who_did_the_work_logs_in(house: House) -> None:
    browser = browser_in(house)
    assert enter(browser, **solved(browser)).status_code == 303


@pytest.mark.parametrize("proof", ["", "-1", "x", "\N{ARABIC-INDIC DIGIT ONE}", "9" * 17, "1 ", "0x1"])
def test_what_is_no_number_solves_nothing(house: House, proof: str) -> None:
    browser = browser_in(house)
    answer = enter(browser, **{**solved(browser), "captcha_proof": proof})
    assert answer.status_code == 422 and "The test for people" in words(answer)


def test_a_wrong_solution_lets_nobody_in_and_spends_the_puzzle(house: House) -> None:
    browser = browser_in(house)
    wrong = solved(browser, right=False)
    assert "was not passed" in words(enter(browser, **wrong))
    right = solution(wrong["captcha_puzzle"], EASY)
    assert "for another attempt" in words(enter(browser, **{**wrong, "captcha_proof": right}))


def test_a_solution_is_good_once(house: House) -> None:
    browser = browser_in(house)
    answers = solved(browser)
    assert enter(browser, "wrong", **answers).status_code == 403
    again = enter(browser, **answers)
    assert again.status_code == 422 and "was passed for another attempt" in words(again)
    assert puzzle_on(words(again))[0] != answers["captcha_puzzle"]


def test_of_many_attempts_with_one_solution_at_once_one_is_let_through(house: House) -> None:
    answers = solved(browser_in(house))
    browsers = [browser_in(house, number) for number in range(6)]
    tokens = [browser.token() for browser in browsers]
    statuses: list[int] = []

    def attempt(browser: Browser, token: str) -> None:
        fields = {"username": "ada", "password": "old", **answers}
        statuses.append(browser.post("/login", fields, token=token).status_code)

    threads = [threading.Thread(target=attempt, args=pair) for pair in zip(browsers, tokens, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [303] + [422] * 5


def test_a_solution_is_good_for_ten_minutes(house: House) -> None:
    browser = browser_in(house)
    late, timely = solved(browser), solved(browser)
    house.later(minutes=10)
    assert enter(browser, "wrong", **timely).status_code == 403
    house.later(seconds=1)
    answer = enter(browser, **late)
    assert answer.status_code == 422 and "was passed too long ago" in words(answer)


@pytest.mark.parametrize("change", ["effort", "made", "nonce", "signature", "parts", "empty"])
def test_a_puzzle_that_is_not_ours_is_no_puzzle(house: House, change: str) -> None:
    browser = browser_in(house)
    nonce, made, effort, signature = puzzle_on(words(browser.get("/login")))[0].split(".")
    token = {
        "effort": f"{nonce}.{made}.0.{signature}",
        "made": f"{nonce}.9999999999.{effort}.{signature}",
        "nonce": f"{'0' * 32}.{made}.{effort}.{signature}",
        "signature": f"{nonce}.{made}.{effort}.{'0' * 64}",
        "parts": f"{nonce}.{made}.{effort}.{signature}.1",
        "empty": "",
    }[change]
    answers = {"captcha_puzzle": token, "captcha_proof": solution(token, EASY)}
    assert enter(browser, **answers).status_code == 422


def test_without_a_question_a_sum_is_no_answer(house: House) -> None:
    browser = browser_in(house)
    page = words(browser.get("/login"))
    assert "together?" not in page and "Logging in here needs scripts" in page
    answers = {"captcha_puzzle": puzzle_on(page)[0], "captcha_answer": "12"}
    assert "has to be passed first" in words(enter(browser, **answers))


def test_whoever_has_no_scripts_may_do_a_sum(asking: House) -> None:
    browser = browser_in(asking)
    assert enter(browser, **summed(browser)).status_code == 303


def test_a_sum_is_guessed_once(asking: House) -> None:
    browser = browser_in(asking)
    wrong = summed(browser, off=1)
    assert "was not passed" in words(enter(browser, **wrong))
    right = {**wrong, "captcha_answer": str(int(wrong["captcha_answer"]) - 1)}
    assert "for another attempt" in words(enter(browser, **right))
    assert enter(browser, **summed(browser)).status_code == 303


def test_nothing_of_an_answer_is_offered_again(house: House) -> None:
    browser = browser_in(house)
    answers = solved(browser)
    assert answers["captcha_puzzle"] not in words(enter(browser, "wrong", **answers))


def test_the_test_can_wait_until_attempts_failed(tmp_path: Path) -> None:
    config = CaptchaConfig(effort=EASY, when=When.AFTER_FAILURES, failures=FailureCount(3))
    house = next(opened := open_door(tmp_path, config))
    browser = browser_in(house)
    assert "data-captcha" not in words(browser.get("/login"))
    assert [enter(browser, "wrong").status_code for _ in range(3)] == [403] * 3
    assert "data-captcha" in words(browser.get("/login"))
    assert enter(browser).status_code == 422
    elsewhere = browser_in(house, 2)
    assert "data-captcha" not in words(elsewhere.get("/login"))
    refused = enter(elsewhere)
    assert refused.status_code == 422 and "data-captcha" in words(refused)
    assert enter(elsewhere, **solved_of(words(refused))).status_code == 303
    opened.close()


def solved_of(page: str) -> dict[str, str]:
    """The puzzle of a page with its solution."""
    token, effort = puzzle_on(page)
    return {"captcha_puzzle": token, "captcha_proof": solution(token, effort)}


def test_a_user_who_shows_the_password_again_needs_no_test(house: House) -> None:
    browser = browser_in(house)
    enter(browser, **solved(browser))
    answer = browser.post("/security/code", {"password": "old"}, token=browser.token("/security"))
    assert answer.status_code == 303


def test_a_user_who_tries_another_name_needs_the_test(house: House) -> None:
    browser = browser_in(house)
    enter(browser, **solved(browser))
    fields = {"username": "bob", "password": "old"}
    answer = browser.post("/login", fields, token=browser.token("/settings"), Accept="application/json")
    assert answer.status_code == 422
    assert answer.json is not None and answer.json["error"]["fields"][0]["field"] == "captcha"
