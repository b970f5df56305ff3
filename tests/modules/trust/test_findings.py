"""The findings of mail servers in words."""

import pytest

from modules.trust.authentication import read_results
from modules.trust.findings import checks_of, confirmed, doubts_from, unchecked
from modules.trust.results import Weight


def told(results: str) -> list[str]:
    checks = checks_of(read_results(f"mx.example.org; {results}"))
    return [f"{one.name} {one.ended}: {one.about}" for one in checks]


@pytest.mark.parametrize(
    ("results", "words"),
    [
        ("arc=pass", "ARC passed: whether those who passed it on found the same"),
        ("dkim=hardfail", "DKIM failed: whether it is signed and unchanged"),
        ("dkim=pass header.i=@a.test", "DKIM passed: whether it is signed by a.test and unchanged"),
        ("dkim=permerror header.d=a.test", "DKIM could not be checked: whether it is signed by a.test and unchanged"),
        ("spf=softfail", "SPF probably failed: whether the server that sent it may send for its sender"),
        ("spf=odd smtp.helo=b.test", "SPF ended as “odd”: whether the server that sent it may send for b.test"),
        ("dmarc=none", "DMARC nothing to check: whether the domain that is shown as the sender's stands by it"),
    ],
)
def test_a_check_is_told_in_words(results: str, words: str) -> None:
    assert told(results) == [words]


def test_checks_come_in_one_order_and_others_are_left_out() -> None:
    assert [one.split()[0] for one in told("iprev=pass; arc=none; dkim=pass; dkim=fail; spf=pass")] == [
        "SPF",
        "DKIM",
        "DKIM",
        "ARC",
    ]


def test_a_reason_is_short_and_clean() -> None:
    (check,) = checks_of(read_results("mx.example.org; spf=fail (=?utf-8?q?=E2=80=AEx?= " + "y" * 500 + ")"))
    assert len(check.reason) == 200 and check.reason.startswith("x y")


def test_only_dmarc_for_the_senders_own_domain_confirms() -> None:
    passed = read_results("mx.example.org; dmarc=pass header.from=bank.example; dkim=pass header.d=evil.test")
    assert confirmed(passed, "bank.example") == "bank.example"
    assert confirmed(passed, "evil.test") == confirmed(passed, "") == ""
    assert confirmed(read_results("mx.example.org; dkim=pass header.d=evil.test; spf=pass"), "evil.test") == ""


def test_spf_alone_makes_careful_and_dmarc_decides() -> None:
    (doubt,) = doubts_from(read_results("mx.example.org; spf=fail"), "a.test")
    assert doubt.weight is Weight.CAREFUL
    assert list(doubts_from(read_results("mx.example.org; spf=fail; dmarc=pass"), "a.test")) == []
    (doubt,) = doubts_from(read_results("mx.example.org; spf=pass; dmarc=fail"), "a.test")
    assert doubt.weight is Weight.DANGER


def test_why_nothing_is_told_is_said() -> None:
    nothing, something = read_results("mx.example.org; none"), read_results("mx.example.org; spf=pass")
    assert unchecked(something, configured=True) is None
    assert unchecked(nothing, configured=True) != unchecked(nothing, configured=False) is not None
