"""The findings of mail servers in words."""

import pytest

from core import Line
from modules.trust.authentication import Findings, read_results
from modules.trust.config import TrustConfig
from modules.trust.findings import checks_of, confirmed, doubts_from, findings_of, unchecked
from modules.trust.results import Weight
from modules.trust.sender import Header
from modules.trust.wording import told_of


def test_only_the_servers_that_a_site_names_are_heard() -> None:
    header = Header(b"Authentication-Results: mx.example.org; spf=fail\r\nFrom: ada@a.test\r\n")
    ours, theirs = TrustConfig((Line("MX.example.org"),)), TrustConfig((Line("mx.a.test"),))
    assert findings_of(header, ours) == read_results("mx.example.org; spf=fail")
    assert findings_of(header, theirs) == findings_of(header, TrustConfig()) == Findings("")
    assert findings_of(Header(b"From: ada@a.test\r\n"), ours) == Findings("")


def told(results: str) -> list[str]:
    checks = checks_of(read_results(f"mx.example.org; {results}"))
    return [f"{one.told} ({one.name})" for one in checks]


@pytest.mark.parametrize(
    ("results", "words"),
    [
        ("arc=pass", "What those who passed it on found is sealed and unchanged (ARC)"),
        ("arc=fail", "What those who passed it on found cannot be relied on (ARC)"),
        ("arc=none", "Nobody who passed it on tells what they found (ARC)"),
        ("arc=neutral", "Left open (ARC)"),
        ("dkim=hardfail", "The signature in the name of an unnamed domain does not hold (DKIM)"),
        ("dkim=pass header.i=@a.test", "Signed by a.test, and unchanged since (DKIM)"),
        ("dkim=none", "Not signed (DKIM)"),
        ("dkim=policy header.d=a.test", "The signature in the name of a.test is not accepted (DKIM)"),
        ("dkim=temperror header.d=a.test", "The signature in the name of a.test could not be checked this time (DKIM)"),
        ("dkim=permerror header.d=a.test", "The signature in the name of a.test could not be checked (DKIM)"),
        ("dkim=odd", "The check ended as “odd” (DKIM)"),
        ("spf=pass smtp.mailfrom=ada@a.test", "Sent by a server that may send for a.test (SPF)"),
        ("spf=fail smtp.mailfrom=a.test", "Sent by a server that may not send for a.test (SPF)"),
        ("spf=softfail", "Sent by a server that probably may not send for its sender (SPF)"),
        ("spf=neutral smtp.helo=b.test", "Not told whether the server that sent it may send for b.test (SPF)"),
        ("spf=none smtp.mailfrom=a.test", "Not told which servers may send for a.test (SPF)"),
        ("spf=temperror", "Could not be checked this time (SPF)"),
        ("spf=permerror", "Could not be checked (SPF)"),
        ("spf=policy", "Not accepted (SPF)"),
        ("dmarc=pass header.from=a.test", "Really from a.test (DMARC)"),
        ("dmarc=fail", "Not from its sender's domain, though it says so (DMARC)"),
        ("dmarc=none header.from=a.test", "No rules are known for mail from a.test (DMARC)"),
        ("dmarc=odd", "The check ended as “odd” (DMARC)"),
    ],
)
def test_a_check_is_told_in_words(results: str, words: str) -> None:
    assert told(results) == [words]


def test_checks_come_in_one_order_and_others_are_left_out() -> None:
    assert [one.rpartition(" (")[2] for one in told("iprev=pass; arc=none; dkim=pass; dkim=fail; spf=pass")] == [
        "SPF)",
        "DKIM)",
        "DKIM)",
        "ARC)",
    ]


def test_a_method_that_is_not_known_is_told_by_its_result() -> None:
    assert told_of("other", "none") == "Nothing to check"


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
