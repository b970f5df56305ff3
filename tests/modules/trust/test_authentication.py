"""Authentication-Results: what is read of a field, and which fields are believed."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.trust.authentication import MOST_FINDINGS, Finding, believed, read_results

OURS = "mx.example.org"
FIELD = "Authentication-Results"
FORGED = (FIELD, f"{OURS}; dmarc=pass header.from=bank.example")


def is_ours(server: str) -> bool:
    return server == OURS


def results(*fields: tuple[str, str]) -> list[tuple[str, str]]:
    return [(one.method, one.result) for one in believed(fields, is_ours).found]


def test_methods_results_reasons_and_properties_are_read() -> None:
    read = read_results(
        'MX.example.org 1; dkim=pass reason="good (really)" header.d=example.org header.d=evil.test;\t'
        "spf/1 = Fail (not (quite) allowed) smtp.mailfrom=<a@b.test>"
    )
    assert read.server == OURS
    assert read.found == (
        Finding("dkim", "pass", "good (really)", {"header.d": "example.org"}),
        Finding("spf", "fail", "not (quite) allowed", {"smtp.mailfrom": "<a@b.test>"}),
    )


def test_a_field_that_found_nothing_names_its_server() -> None:
    read = read_results(f'(note) "{OURS}"; none')
    assert read.server == OURS and read.found == ()


@pytest.mark.parametrize(
    "value", ["", ";", "spf=pass smtp.mailfrom=a.test; dkim=pass", "= ; dmarc=pass", "(all; of=it"]
)
def test_a_field_without_a_server_says_nothing(value: str) -> None:
    assert read_results(value).server == "" and read_results(value).found == ()


@pytest.mark.parametrize(
    "piece", ["dkim", "dkim=", "=pass", "dkim==pass", "dk!m=pass", "dkim=p(a)=ss=(", '"d;kim"=pass']
)
def test_a_broken_piece_leaves_the_others(piece: str) -> None:
    found = read_results(f"{OURS}; {piece}; spf=pass").found
    assert ("spf", "pass") in [(one.method, one.result) for one in found] or piece.count("(") > piece.count(")")


def test_a_comment_hides_what_is_in_it() -> None:
    assert results((FIELD, f"{OURS} (; dmarc=pass \\) ) ; dmarc=fail")) == [("dmarc", "fail")]
    assert results((FIELD, f"{OURS}; dmarc=fail (; dmarc=pass")) == [("dmarc", "fail")]


def test_only_the_named_server_is_believed() -> None:
    assert results((FIELD, "mx.evil.test; dmarc=pass")) == []
    assert results((FIELD, f"{OURS}.evil.test; dmarc=pass")) == []
    assert results((FIELD, f"{OURS}; dmarc=pass")) == [("dmarc", "pass")]


def test_what_came_with_the_message_is_not_believed() -> None:
    assert results((FIELD, "other.test; spf=pass"), ("Received", "from evil"), FORGED) == []
    assert results((FIELD, "other.test; spf=pass"), FORGED) == []
    assert results((FIELD, f"{OURS}; spf=fail"), (FIELD, "other.test; spf=pass"), FORGED) == [("spf", "fail")]
    assert results(("Received", "by us"), (FIELD, f"{OURS}; dmarc=fail"), ("From", "x"), FORGED) == [("dmarc", "fail")]


def test_of_one_run_the_upper_result_of_a_method_counts() -> None:
    run = (FIELD, f"{OURS}; dmarc=fail"), ("Received-SPF", "x"), (FIELD, f"{OURS}; dkim=pass; dkim=fail"), FORGED
    assert results(*run) == [("dmarc", "fail"), ("dkim", "pass"), ("dkim", "fail")]


def test_the_number_of_findings_is_bounded() -> None:
    assert len(read_results(OURS + "; spf=pass" * 5000).found) == MOST_FINDINGS


@given(st.text(max_size=400))
def test_any_text_can_stand_in_the_field(text: str) -> None:
    read = read_results(text)
    assert all(one.method and one.result for one in read.found)
    assert all(one.result == "fail" for one in read_results(f"{OURS}; dmarc=fail").found)


@given(st.text(alphabet=string.ascii_letters + '"();=\\. \t', max_size=200))
def test_no_comment_before_it_makes_another_server_ours(text: str) -> None:
    assert read_results(f"evil.test {text.replace(';', '')}; dmarc=pass").server in ("evil.test", "")
