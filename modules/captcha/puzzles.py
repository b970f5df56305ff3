"""Our own test: work for a browser that costs a person nothing and a program that guesses passwords a lot.

A puzzle is a signed random name. Its solution is a number that, after the name and a space, gives a SHA-256 hash
which begins with as many zero bits as the puzzle asks for. Nothing is kept of a puzzle until its one answer is given.
"""

import hashlib
import hmac
import secrets
from datetime import timedelta

from core import Clock, ServerKeys, crypto
from modules.captcha.config import CaptchaConfig
from modules.captcha.errors import MISSING, TOO_OLD, USED, WRONG, NotPassed
from modules.captcha.inputs import Answer
from modules.captcha.module import module
from modules.captcha.results import Puzzle
from modules.captcha.store import SpentAnswers

LASTS = timedelta(minutes=10)
_LONGEST_NUMBER = 16
_PARTS = 4


class Puzzles:
    """Makes puzzles and checks their solutions."""

    def __init__(self, config: CaptchaConfig, keys: ServerKeys, clock: Clock, spent: SpentAnswers) -> None:
        self._config = config
        self._key = keys.of("hm3.captcha")
        self._clock = clock
        self._spent = spent

    def make(self) -> Puzzle:
        """A puzzle that nobody was given before."""
        stem = f"{secrets.token_hex(16)}.{int(self._clock.now().timestamp())}.{int(self._config.effort)}"
        token = f"{stem}.{self._sign(stem)}"
        question = self._numbers(token) if self._config.question else None
        return Puzzle(token, int(self._config.effort), int(LASTS.total_seconds()), question)

    def check(self, answer: Answer) -> None:
        """Raise NotPassed unless the answer solves a puzzle of ours for the first time and in time."""
        token = str(answer.captcha_puzzle)
        stem, _, signature = token.rpartition(".")
        solved = answer.captcha_proof or (self._config.question and answer.captcha_answer)
        if not solved or token.count(".") != _PARTS - 1:
            raise NotPassed(MISSING)
        if not hmac.compare_digest(signature.encode(), self._sign(stem).encode()):
            raise NotPassed(WRONG)
        name, made, effort = stem.split(".")
        if self._clock.now().timestamp() - int(made) > LASTS.total_seconds():
            raise NotPassed(TOO_OLD)
        # Spent whether it is right or not: a sum is guessed once.
        if not self._spent.spend(token, LASTS):
            raise NotPassed(USED)
        right = solves(name, answer.captcha_proof, int(effort)) if answer.captcha_proof else self._adds_up(answer)
        if not right:
            raise NotPassed(WRONG)

    def _adds_up(self, answer: Answer) -> bool:
        return answer.captcha_answer.strip() == str(sum(self._numbers(answer.captcha_puzzle)))

    def _numbers(self, token: str) -> tuple[int, int]:
        """The two numbers of a puzzle's question, from 2 to 17."""
        digest = crypto.lookup_hash(self._key, f"sum {token}")
        return int(digest[0], 16) + 2, int(digest[1], 16) + 2

    def _sign(self, stem: str) -> str:
        return crypto.lookup_hash(self._key, f"puzzle {stem}")


def solves(name: str, number: str, effort: int) -> bool:
    """Whether a number solves the puzzle of a name."""
    if not (number.isascii() and number.isdigit()) or len(number) > _LONGEST_NUMBER:
        return False
    digest = int.from_bytes(hashlib.sha256(f"{name} {number}".encode()).digest(), "big")
    return digest >> (256 - effort) == 0


@module.service
def open_puzzles(config: CaptchaConfig, keys: ServerKeys, clock: Clock, spent: SpentAnswers) -> Puzzles:
    """The puzzles of this site."""
    return Puzzles(config, keys, clock, spent)
