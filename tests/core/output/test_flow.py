"""Long HTML, which goes through templates without being copied."""

from jinja2 import DictLoader
from markupsafe import Markup

from core.output.flow import LONG, Flow, given, joined, octets_of, shortly
from core.output.folding import SpokenEnvironment
from core.output.pieces import EXTENSION

LENGTHY = "ä" * LONG


class Row:
    """What a piece is kept of."""


def environment(**templates: str) -> SpokenEnvironment:
    return SpokenEnvironment(loader=DictLoader(templates), autoescape=True, extensions=[EXTENSION])


def test_pieces_of_all_kinds_are_put_together_in_their_order() -> None:
    flow = Flow(["a", "ä", b"\xc3\xb6", Flow([Markup("<b>"), b"!"]), "z"])
    assert octets_of([flow, "€"]) == "aäö<b>!z€".encode()
    assert joined([flow, "€"]) == "aäö<b>!z€"
    assert octets_of([]) == b"" and joined(iter("ab")) == "ab"


def test_what_is_short_is_text_and_what_is_long_is_not() -> None:
    assert shortly(["<b>"]) == Markup("<b>") and isinstance(shortly(["<b>"]), Markup)
    assert isinstance(shortly([LENGTHY]), Flow) and isinstance(shortly(["a", "b"]), Flow)


def test_texts_between_what_is_long_are_given_as_one() -> None:
    long, also = Flow([b"1"]), Flow([b"2"])
    assert given(["a", Markup("b")]) == ("ab",) and given([]) == ("",)
    assert given(["a", "b", long, also, "c", "d"]) == ["ab", long, also, "cd"]
    assert given([long, "a", also]) == [long, "a", also] and given([long]) == [long]


def test_there_is_something_in_it_or_not() -> None:
    assert Flow(["", "a"]) and Flow([b"a"])
    assert not Flow([]) and not Flow(["", b""])


def test_it_is_written_as_html_wherever_it_is_given() -> None:
    flow = Flow([b"<i>", Markup("ä")])
    said = "{{ it }}|{% set x %}{{ it }}{% endset %}{{ x }}|{{ it ~ '<' }}|{{ it | trim }}|{{ it | length }}"
    made = environment(it="{{ it }}", macro="{% macro m(a) %}[{{ a }}]{% endmacro %}{{ m(it) }}")
    assert made.get_template("it").render(it=flow) == "<i>ä"
    assert made.get_template("macro").render(it=flow) == "[<i>ä]"
    assert made.from_string(said).render(it=flow) == "<i>ä|<i>ä|<i>ä&lt;|<i>ä|4"


def test_it_goes_through_included_and_inherited_templates() -> None:
    made = environment(
        inner="({{ it }})",
        outer="[{% include 'inner' %}]{{ it }}",
        base="<{% block a %}{% endblock %}>{{ self.a() }}",
        heir="{% extends 'base' %}{% block a %}{{ it }}{{ super() }}{% endblock %}",
    )
    flow = Flow([b"<i>"])
    assert made.get_template("outer").render(it=flow) == "[(<i>)]<i>"
    assert made.get_template("heir").render(it=flow) == "<<i>><i>"


def test_a_long_piece_is_kept_in_octets_and_written_the_same() -> None:
    made, row = environment(it="<{% kept row by 1 %}{{ text }}{% endkept %}>"), Row()
    first = made.get_template("it").render(row=row, text=LENGTHY)
    assert first == f"<{LENGTHY}>" == made.get_template("it").render(row=row, text="other")
    found = made.found_piece(row, "it:1", 1)
    assert isinstance(found, Flow) and [type(piece) for piece in found.pieces] == [bytes]


def test_a_long_piece_within_another_is_written_the_same() -> None:
    made, row, around = (
        environment(it="{% kept around by 1 %}<{% kept row by 1 %}{{ text }}{% endkept %}>{% endkept %}"),
        Row(),
        Row(),
    )
    for _ in range(2):
        assert made.get_template("it").render(row=row, around=around, text=LENGTHY) == f"<{LENGTHY}>"


def test_a_translated_text_is_filled_with_it() -> None:
    assert environment().fill(("a ", " b"), (Flow([b"<i>"]),)) == Markup("a <i> b")


def test_as_text_it_takes_what_text_takes() -> None:
    flow = Flow([b"<i>a</i>\n", Markup("<b>")])
    said = "{{ (it | string) + '<' }}|{{ '>' + (it | string) }}|{{ it | string | indent }}|{{ (it | string)[:3] }}"
    (template, shown) = (environment(a=said).template("a"), "<i>a</i>\n<b>")
    assert template.render(it=flow) == f"{shown}&lt;|&gt;{shown}|<i>a</i>\n    <b>|<i>"
