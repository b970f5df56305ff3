"""The measured messages: always the same, and as many of each kind as rounds need."""

from email import message_from_bytes
from email.policy import default
from itertools import islice

import pytest

from bench.letters import attachment_letter, is_heavy, is_newsletter, is_plain, letters, rare_word


def test_two_runs_make_the_same_messages() -> None:
    assert list(islice(letters(200), 40)) == list(islice(letters(200), 40))


@pytest.mark.parametrize("number", [0, 3, 7, 151, 199])
def test_every_message_can_be_read(number: int) -> None:
    letter = next(islice(letters(200), number, None))
    message = message_from_bytes(letter.raw, policy=default)
    assert message["Message-ID"] == f"<{number}@garden.example>"
    assert message.defects == []


def test_a_newsletter_is_html_and_an_answer_names_what_it_answers() -> None:
    number = 53
    assert is_newsletter(number)
    message = message_from_bytes(next(islice(letters(200), number, None)).raw, policy=default)
    assert message.get_content_type() == "text/html"
    assert message["References"] == "<50@garden.example>"


def test_heavy_messages_are_about_a_megabyte_and_only_among_the_newest() -> None:
    assert not is_heavy(7, 100_000)
    (heavy,) = [letter for number, letter in enumerate(letters(50)) if is_heavy(number, 50)]
    assert 900_000 < len(heavy.raw) < 1_100_000


def test_a_light_mailbox_has_no_long_message() -> None:
    assert max(len(letter.raw) for letter in letters(200, long_ones=0)) < 5000


def test_short_messages_were_read_before() -> None:
    plain = [letter.flags for number, letter in enumerate(letters(100)) if is_plain(number, 100)]
    assert len(plain) >= 40 and set(plain) == {"\\Seen"}


def test_a_word_that_is_looked_for_stands_in_few_texts() -> None:
    holding = [letter for letter in letters(1000) if rare_word(0).encode() in letter.raw]
    assert len(holding) == 1


def test_a_large_attachment_has_its_size() -> None:
    message = message_from_bytes(attachment_letter(1).raw, policy=default)
    (file,) = message.iter_attachments()
    assert len(file.get_content()) == 1_000_000
