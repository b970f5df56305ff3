"""What is kept of checks, and whom a signature stands for."""

from datetime import timedelta

import pytest

from core import Sentence
from modules.dkim.checker import Findings
from modules.dkim.checking import NOT_NOW, PASSED
from modules.dkim.config import DkimConfig
from modules.trust.api import Signature, Signatures
from tests.modules.dkim.signer import DOMAIN

ALL = frozenset({"from", "subject"})


def test_what_was_found_counts_for_an_hour_and_what_may_pass_for_a_minute() -> None:
    now = [1.0]
    findings = Findings(lambda: now[0])
    good, passing = Signatures((Signature(DOMAIN, PASSED),)), Signatures((Signature(DOMAIN, NOT_NOW),))
    findings.keep(b"a", good)
    findings.keep(b"b", passing)
    assert (findings.find(b"a"), findings.find(b"b"), findings.find(b"c")) == (good, passing, None)
    now[0] += 61
    assert (findings.find(b"a"), findings.find(b"b")) == (good, None)
    now[0] += 3600
    assert findings.find(b"a") is None


def test_only_a_few_are_checked_at_once() -> None:
    findings = Findings()
    assert [findings.room.acquire(blocking=False) for _ in range(5)] == [True] * 4 + [False]


def test_what_is_kept_is_bounded() -> None:
    findings = Findings()
    for number in range(2_100):
        findings.keep(str(number).encode(), Signatures())
    assert findings.find(b"0") is None and findings.find(b"2099") == Signatures()


@pytest.mark.parametrize(
    ("signer", "sender", "stands"),
    [
        ("example.test", "example.test", True),
        ("example.test", "News.Example.TEST", True),
        ("news.example.test", "example.test", False),
        ("example.test", "badexample.test", False),
        ("test", "example.test", False),
        ("", "", False),
    ],
)
def test_a_domain_stands_for_itself_and_for_those_below(signer: str, sender: str, stands: bool) -> None:
    signatures = Signatures((Signature(signer, PASSED, good=True, fields=ALL),))
    assert signatures.confirms(sender) is stands and signatures.signed_for(sender, "Subject") is stands


@pytest.mark.parametrize(
    ("signature", "signed", "confirmed"),
    [
        (Signature(DOMAIN, PASSED, good=True, fields=ALL), True, True),
        (Signature(DOMAIN, PASSED, good=True, fields=ALL, whole=False), True, False),
        (Signature(DOMAIN, PASSED, good=True, fields=frozenset({"subject"})), False, False),
        (Signature(DOMAIN, PASSED, good=True, fields=frozenset({"from"})), False, True),
        (Signature(DOMAIN, PASSED, Sentence("No."), fields=ALL), False, False),
    ],
)
def test_a_signature_is_worth_what_it_covers(signature: Signature, signed: bool, confirmed: bool) -> None:
    signatures = Signatures((signature,))
    assert (signatures.signed_for(DOMAIN, "subject"), signatures.confirms(DOMAIN)) == (signed, confirmed)


def test_a_wait_that_never_ends_is_refused() -> None:
    with pytest.raises(ValueError, match="30 s at most"):
        DkimConfig(timeout=timedelta(seconds=31))
