"""How often somebody may ask, as hm3.ini says it."""

import pytest

from core.ini.rates import RateLimit


@pytest.mark.parametrize("text", ["10 per minute", "300/hour", "10 per 10 minute", "5/second; 100/day"])
def test_a_bound_is_taken_as_it_is_written(text: str) -> None:
    assert RateLimit.parse(text) == text


@pytest.mark.parametrize(
    "text", ["", "often", "ten per minute", "10 per fortnight", "-1 per minute", "10", "5/second; often"]
)
def test_what_is_no_bound_is_told_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="is not a bound like 10 per minute or 300/hour"):
        RateLimit.parse(text)


@pytest.mark.parametrize("text", ["0 per minute", "10 per minute; 0 per day"])
def test_a_bound_that_would_let_nobody_in_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="would let nobody in"):
        RateLimit.parse(text)
