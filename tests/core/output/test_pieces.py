"""Pieces of HTML that are kept with the value they were made of."""

import gc
from dataclasses import dataclass

import pytest
from jinja2 import DictLoader, TemplateSyntaxError
from markupsafe import Markup

from core.output.folding import SpokenEnvironment
from core.output.pieces import EXTENSION, LONGEST, Pieces

ROW = "{% kept row by (about, loop.last) %}<b>{{ row.name }}</b>{{ about }}{% endkept %}"
ROWS = f"{{% for row in rows %}}<li>{ROW}{{% endfor %}}"


@dataclass
class Row:
    """What a template shows; whoever keeps pieces must not look at it again."""

    name: str


def environment(template: str = ROWS) -> SpokenEnvironment:
    return SpokenEnvironment(loader=DictLoader({"it": template}), autoescape=True, extensions=[EXTENSION])


def test_a_piece_is_written_as_if_it_were_not_kept() -> None:
    shown = environment().get_template("it")
    rows = [Row("<one>"), Row("two")]
    first = shown.render(rows=rows, about="&")
    assert first == "<li><b>&lt;one&gt;</b>&amp;<li><b>two</b>&amp;" == shown.render(rows=rows, about="&")


def test_the_same_object_is_not_written_again() -> None:
    shown, row = environment().get_template("it"), Row("before")
    shown.render(rows=[row], about=1)
    row.name = "after"
    assert "before" in shown.render(rows=[row], about=1)


def test_another_object_is_written_though_it_is_equal() -> None:
    shown, row = environment().get_template("it"), Row("one")
    shown.render(rows=[row], about=1)
    row.name = "other"
    assert "<b>one</b>" in shown.render(rows=[Row("one")], about=1)


def test_what_else_is_shown_being_another_all_is_written_again() -> None:
    shown, row = environment().get_template("it"), Row("one")
    shown.render(rows=[row], about=1)
    assert shown.render(rows=[row], about=2) == "<li><b>one</b>2"


def test_two_blocks_about_the_same_write_each_their_own() -> None:
    twice = "{% kept row by 1 %}a{{ row.name }}{% endkept %}\n{% kept row by 1 %}b{{ row.name }}{% endkept %}"
    shown, row = environment(twice).get_template("it"), Row("one")
    assert shown.render(rows=[], row=row) == "aone\nbone" == shown.render(rows=[], row=row)


def test_a_piece_goes_with_its_value() -> None:
    it = environment()
    rows = [Row("one"), Row("two")]
    it.get_template("it").render(rows=rows, about=1)
    assert len(it.pieces) == 2
    rows.clear()
    gc.collect()
    assert len(it.pieces) == 0


def test_a_value_takes_one_place_however_it_is_shown() -> None:
    pieces, row = Pieces(), Row("one")
    for about in range(10):
        pieces.keep(row, "it:1", about, Markup("<b>"))
    assert len(pieces) == 1


def test_each_block_keeps_its_own_piece_of_a_value() -> None:
    pieces, row = Pieces(), Row("one")
    for block in ("it:1", "it:2"):
        pieces.keep(row, block, 1, Markup(f"<b>{block}"))
    assert [pieces.found(row, block, 1) for block in ("it:1", "it:2", "it:3")] == ["<b>it:1", "<b>it:2", None]


def test_long_pieces_take_so_much_and_what_was_not_shown_for_longest_goes() -> None:
    pieces, rows = Pieces(most=30_000), [Row(str(number)) for number in range(4)]
    for row in rows[:2]:
        pieces.keep(row, "it", 1, Markup("x" * 10_000))
    assert pieces.found(rows[0], "it", 1) is not None
    pieces.keep(rows[2], "it", 1, Markup("x" * 10_000))
    assert [pieces.found(row, "it", 1) is not None for row in rows[:3]] == [True, False, True]
    pieces.keep(rows[3], "it", 1, Markup("short"))
    assert len(pieces) == 3


def test_a_long_piece_goes_with_its_value_and_leaves_room() -> None:
    pieces = Pieces(most=30_000)
    for _ in range(5):
        row = Row("one")
        pieces.keep(row, "it", 1, Markup("x" * 10_000))
        del row
        gc.collect()
        assert len(pieces) == 0
    kept = [Row("one"), Row("two")]
    for row in kept:
        pieces.keep(row, "it", 1, Markup("x" * 10_000))
    assert len(pieces) == 2


def test_a_piece_that_became_short_counts_no_more() -> None:
    pieces, rows = Pieces(most=30_000), [Row("one"), Row("two"), Row("three")]
    pieces.keep(rows[0], "it", 1, Markup("x" * 10_000))
    pieces.keep(rows[0], "it", 2, Markup("short"))
    for row in rows[1:]:
        pieces.keep(row, "it", 1, Markup("x" * 10_000))
    assert [pieces.found(row, "it", about) is not None for row, about in zip(rows, (2, 1, 1), strict=True)] == [
        True
    ] * 3


def test_pieces_within_pieces_are_written_as_if_nothing_were_kept() -> None:
    nested = "{% kept head by rows | length %}<ol>{% for row in rows %}" + ROW + "{% endfor %}</ol>{% endkept %}"
    shown, head, rows = environment(nested).get_template("it"), Row("head"), [Row("one"), Row("two")]
    first = shown.render(head=head, rows=rows, about=1)
    assert first == "<ol><b>one</b>1<b>two</b>1</ol>" == shown.render(head=head, rows=rows, about=1)
    rows.append(Row("three"))
    assert shown.render(head=head, rows=rows, about=1) == "<ol><b>one</b>1<b>two</b>1<b>three</b>1</ol>"


def test_what_strangers_made_long_is_not_kept() -> None:
    it, row = environment(), Row("<" * LONGEST)
    assert it.get_template("it").render(rows=[row], about=1).count("&lt;") == LONGEST
    row.name = "other"
    assert it.get_template("it").render(rows=[row], about=1) == "<li><b>other</b>1"


def test_the_tag_says_what_the_piece_is_about() -> None:
    with pytest.raises(TemplateSyntaxError, match="by"):
        environment("{% kept row %}{{ row }}{% endkept %}").get_template("it")
