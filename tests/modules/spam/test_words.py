"""Rules, marks of filters, and values of options."""

import time

import pytest

from core import ConfigError, Secret, tls
from modules.mail.headers import raw_fields
from modules.spam.believing import bears_marks, server_verdict
from modules.spam.config import RspamdAddress, ServerFilter, SpamConfig
from modules.spam.rspamd import NotLearned, Rspamd
from modules.spam.rules import reasons
from modules.spam.verdicts import Cause, Verdict
from modules.spam.words import _split, said
from tests.modules.spam.learner import PASSWORD, Learner

SPAMMY = (
    b"From: win@evil.test\r\nTo: win@evil.test\r\nReply-To: x@other.test\r\nSubject: YOU WON THE LOTTERY $5,000!!!\r\n"
)
PLAIN = b"From: a@b.test\r\nTo: c@d.test\r\nDate: Fri, 01 May 2026 10:00:00 +0000\r\nMessage-ID: <1@b>\r\n\r\n"


def why(header: bytes) -> str:
    return " ".join(reasons(header))


def test_what_looks_like_spam_is_said_reason_by_reason() -> None:
    told = why(SPAMMY)
    for words in ("its own recipient", "no date", "Replies go", "shouts", "promises money", "no number"):
        assert words in told
    assert "says twice" in why(SPAMMY + b"Subject: again\r\n")
    assert "who sent it" in why(b"Subject: x\r\n") and "nobody whom" in why(b"Subject: x\r\n")


def test_one_odd_thing_alone_is_nothing() -> None:
    assert why(PLAIN) == why(b"Subject: SEVERAL LOUD WORDS\r\n" + PLAIN) == ""


@pytest.mark.parametrize(
    ("believe", "field", "told"),
    [
        ("rspamd", "X-Spamd-Result: default: True [15.20 / 15.00]; BAYES_SPAM(5.10)", (True, "15.20", "15.00")),
        ("rspamd", "X-Spamd-Result: default: False [-3.10 / 15.00]", (False, "-3.10", "15.00")),
        ("rspamd", "X-Spam: Yes", (True, "", "")),
        ("spamassassin", "X-Spam-Status: Yes, score=7.1 required=5.0 tests=X", (True, "7.1", "5.0")),
        ("spamassassin", "X-Spam-Status: No, score=-0.1 required=5.0", (False, "-0.1", "5.0")),
        ("spamassassin", "X-Spam-Flag: YES", (True, "", "")),
    ],
)
def test_a_believed_filter_is_understood(believe: str, field: str, told: tuple[bool, str, str]) -> None:
    found = server_verdict(raw_fields(field.encode() + b"\r\n"), SpamConfig(believe=ServerFilter(believe)))
    assert found is not None and (found.spam, found.score, found.enough) == told


def test_what_nobody_believes_says_nothing() -> None:
    fields = raw_fields(b"X-Spam-Flag: NO\r\nX-Spam-Status: perhaps\r\n")
    assert server_verdict(fields, SpamConfig()) is None
    assert server_verdict(fields, SpamConfig(believe=ServerFilter.RSPAMD)) is None
    assert bears_marks(fields) and not bears_marks(raw_fields(PLAIN))


@pytest.mark.parametrize("address", ["ftp://a", "http://", "http://u@a", "http://a:99999", "http://a?b", "a"])
def test_what_is_no_address_of_a_controller_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="is not an address like"):
        RspamdAddress.parse(address)


def test_an_address_of_a_controller_may_have_a_path() -> None:
    assert RspamdAddress.parse("https://a.test:11334/rspamd/") == "https://a.test:11334/rspamd"


def test_options_that_do_not_fit_together_are_refused(tmp_path: object) -> None:
    from datetime import timedelta
    from pathlib import Path

    from core import Line

    with pytest.raises(ValueError, match="timeout"):
        SpamConfig(timeout=timedelta())
    with pytest.raises(ValueError, match="believed_fields needs believe"):
        SpamConfig(believed_fields=(Line("X-Spam"),))
    with pytest.raises((ValueError, ConfigError)):
        SpamConfig(rspamd_ca_file=Path(str(tmp_path)) / "none.pem")
    assert SpamConfig(believe=ServerFilter.RSPAMD, believed_fields=(Line("X-My"),)).trusted_fields == ("x-my",)


def test_words_are_split_in_every_script() -> None:
    assert list(_split("The quick-brown Füchse 你好吗")) == ["你好", "好吗", "the", "quick", "brown", "füchse"]
    assert list(_split("a" * 30)) == ["aaaaaaaa… 30"]
    assert (said("text:casino"), said("from:a@b")) == ("casino", "")


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        (Verdict(Cause.BLOCKED, True, ("eve@evil.test",)), "because you blocked eve@evil.test"),
        (Verdict(Cause.SERVER, True, ("rspamd",)), "(rspamd) calls it spam"),
        (Verdict(Cause.SERVER, True, ("rspamd", "16", "15")), "16 points, and 15 are enough"),
        (Verdict(Cause.LEARNED, True, ("casino", "prize")), "What says so most: “casino”, “prize”."),
        (Verdict(Cause.LEARNED, False), "It stays here"),
    ],
)
def test_a_verdict_says_why_and_can_be_kept(verdict: Verdict, words: str) -> None:
    assert words in verdict.why and Verdict.of(verdict.told) == verdict


@pytest.mark.parametrize(("scheme", "reason"), [("http", "with status 500$"), ("https", "no answer: SSL")])
def test_what_a_controller_says_wrong_is_told(learner: Learner, scheme: str, reason: str) -> None:
    learner.status, learner.answer = 500, b"<html>"
    rspamd = Rspamd(f"{scheme}://127.0.0.1:{learner.port}", Secret(PASSWORD), tls.TlsOptions())
    with pytest.raises(NotLearned, match=reason):
        rspamd.learn(b"Subject: x\r\n\r\n", spam=True, ends=time.monotonic() + 5)
