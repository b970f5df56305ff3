"""What is learned of words, and how well spam is told from other mail by it."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as some

import modules.spam.bayes
from modules.spam.bayes import Learned
from modules.spam.words import Letter

SPAM = "winner casino prize claim urgent pills lottery bonus credit offer free deal".split()
OTHER = "garden meeting tomato report train lunch seeds family minutes project water school".split()
BOTH = "hello dear please today regards thanks week more time this".split()


def letter(chance: random.Random, own: list[str], number: int) -> Letter:
    words = [*chance.sample(own, 5), *chance.sample(BOTH, 5), f"only{number}"]
    return Letter(number.to_bytes(8, "big"), frozenset(f"text:{word}" for word in words))


def taught(count: int = 50) -> Learned:
    chance = random.Random(7)
    learned = Learned()
    for number in range(count):
        learned = learned.learn_all([letter(chance, SPAM, number)], spam=True)
        learned = learned.learn_all([letter(chance, OTHER, 1000 + number)], spam=False)
    return learned


def test_after_fifty_of_each_kind_spam_and_other_mail_that_is_new_are_told_apart() -> None:
    learned, chance = taught(), random.Random(8)
    spam = [learned.judge(letter(chance, SPAM, 5000 + number).words).spam for number in range(40)]
    other = [learned.judge(letter(chance, OTHER, 6000 + number).words).spam for number in range(40)]
    assert sum(one > 0.95 for one in spam) >= 38 and not any(one > 0.5 for one in other)


def test_the_words_that_say_most_are_told() -> None:
    score = taught().judge({"text:casino", "text:hello", "text:garden"})
    assert score.telling[0] == "text:casino" and "text:garden" not in score.telling


def test_nobody_knows_before_both_kinds_were_learned() -> None:
    assert Learned().judge({"text:casino"}).spam == 0.5
    assert Learned().learn(b"12345678", {"text:casino"}, spam=True).judge({"text:casino"}).spam == 0.5
    assert taught().judge({"text:unheard"}).spam == 0.5


def test_a_message_is_learned_once_and_can_be_learned_otherwise_and_unlearned() -> None:
    once = Learned().learn(b"12345678", {"a", "b"}, spam=True)
    assert once.learn(b"12345678", {"a", "b"}, spam=True) is once and (once.spam, once.other) == (1, 0)
    otherwise = once.learn(b"12345678", {"a", "b"}, spam=False)
    assert (otherwise.spam, otherwise.other) == (0, 1) and set(otherwise.counts.values()) == {(0, 1)}
    never = otherwise.learn(b"12345678", {"a", "b"}, spam=None)
    assert (never.spam, never.other, never.counts, never.known) == (0, 0, {}, {})


def test_no_word_stands_in_what_is_kept() -> None:
    packed = Learned().learn(b"12345678", {"text:casino"}, spam=True).pack()
    assert b"casino" not in packed and Learned.unpack(packed).pack() == packed


@pytest.mark.parametrize("octets", [b"", b"x", b"\x02" + bytes(100), b"\x01" + bytes(100), taught(2).pack()[:-1]])
def test_what_cannot_be_read_is_begun_anew(octets: bytes) -> None:
    assert Learned.unpack(octets).spam == 0


def test_what_is_learned_stays_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(modules.spam.bayes, "MOST_WORDS", 20)
    monkeypatch.setattr(modules.spam.bayes, "MOST_LEARNED", 3)
    learned = taught(10)
    assert len(learned.counts) <= 20 and len(learned.known) == 3 and (learned.spam, learned.other) == (10, 10)


@given(some.lists(some.tuples(some.integers(0, 5), some.sets(some.text(max_size=5), max_size=6), some.booleans())))
def test_learning_and_unlearning_in_any_order_never_fails(steps: list[tuple[int, set[str], bool]]) -> None:
    learned = Learned()
    for number, words, spam in steps:
        learned = learned.learn(number.to_bytes(8, "big"), words, spam=spam if number else None)
        assert 0.0 <= learned.judge(words).spam <= 1.0
    assert Learned.unpack(learned.pack()).counts == learned.counts
