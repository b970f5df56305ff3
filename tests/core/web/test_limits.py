"""Under which names requests are counted."""

from limits import parse

from core.web.limits import Bound


def test_a_visitor_is_counted_under_the_name_that_limits_has_for_them() -> None:
    item = parse("3 per 5 minutes")
    bound = Bound.of(item, lambda: "192.0.2.1", "general")
    assert bound.key() == item.key_for("192.0.2.1", "general")
    assert (bound.most, bound.seconds) == (3, 300)
