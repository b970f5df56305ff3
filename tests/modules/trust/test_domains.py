"""Domains as eyes see them: which can be read, which mix scripts, which look like another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.mail.api import imitated, is_readable, mixes_scripts, readable
from modules.trust.domains import beginnings, domain_of, looks_like, parents, skeleton


@pytest.mark.parametrize(
    ("domain", "shown"),
    [
        ("Example.ORG.", "example.org"),
        ("xn--mller-kva.de", "müller.de"),
        ("ｅｘａｍｐｌｅ。ｏｒｇ", "example.org"),
        ("xn--80ak6aa92e.com", "аррӏе.com"),
    ],
)
def test_a_domain_is_shown_in_its_own_letters(domain: str, shown: str) -> None:
    assert readable(domain) == shown and is_readable(domain)


@pytest.mark.parametrize("domain", ["xn--", "xn--ab", "xn--a-ecp.ru", "xn--\ud800", "xn--99999999999"])
def test_what_only_claims_to_be_punycode_stays_as_it_is(domain: str) -> None:
    assert readable(domain) == domain and not is_readable(domain)


def test_an_address_without_a_domain_has_none() -> None:
    assert domain_of("ada") == "" and domain_of("ada@Example.org") == "example.org"


@pytest.mark.parametrize("domain", ["pаypal.com", "gοοgle.com", "εxample.com"])
def test_a_label_of_two_scripts_is_noticed(domain: str) -> None:
    assert mixes_scripts(domain)


@pytest.mark.parametrize("domain", ["example.org", "müller.de", "пример.com", "東京tokyoトウキョウ.jp", "a-1.example"])
def test_what_one_language_mixes_is_no_mixture(domain: str) -> None:
    assert not mixes_scripts(domain)


def test_a_domain_in_other_letters_that_reads_as_latin_is_told_apart() -> None:
    assert imitated("расе.com") == "pace.com"
    assert imitated("müller.de") == imitated("пример.рф") == imitated("example.org") == ""


@pytest.mark.parametrize(
    "domain",
    [
        "examp1e.org",
        "exarnple.org",
        "exampIe.org",
        "еxample.org",
        "exámple.org",
        "mail.examp1e.org",
        "example.org.evil.test",
    ],
)
def test_a_domain_that_can_be_taken_for_a_known_one_is_named(domain: str) -> None:
    assert looks_like(readable(domain), ["other.test", "example.org"]) == "example.org"


@pytest.mark.parametrize("domain", ["example.org", "mail.example.org", "example.com", "org", ""])
def test_a_known_domain_and_a_strange_one_look_like_none(domain: str) -> None:
    assert looks_like(domain, ["example.org", "org", ""]) == ""


@given(st.text("ab0olri1vwmcd.", max_size=30), st.text("ab0olri1vwmcd.", max_size=12))
def test_parents_of_what_is_alike_are_alike(domain: str, known: str) -> None:
    assert parents(skeleton(domain)) == tuple(map(skeleton, parents(domain)))
    alike = skeleton(known) in map(skeleton, parents(domain)) or known in beginnings(domain)
    same = domain == known or domain.endswith(f".{known}")
    assert bool(looks_like(domain, [known])) == ("." in known and alike and not same)


def test_a_domain_has_parents_of_two_labels_or_more() -> None:
    assert parents("a.b.example.org") == ("a.b.example.org", "b.example.org", "example.org")


@given(st.text(max_size=300))
def test_any_text_can_be_read_as_a_domain(text: str) -> None:
    shown = readable(text)
    assert is_readable(text) in (True, False) and mixes_scripts(shown) in (True, False)
    assert isinstance(imitated(shown) + skeleton(shown) + looks_like(shown, [text, "example.org"]), str)


@given(st.text(alphabet="01il|mrnvwcdo.-aé", max_size=40))
def test_a_domain_looks_like_itself_however_it_is_written(text: str) -> None:
    assert skeleton(text) == skeleton(text.replace("i", "l").replace("0", "o"))
