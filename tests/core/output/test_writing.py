"""How templates write values: as Jinja's own escaping would, whatever they are."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as some
from jinja2 import DictLoader, StrictUndefined
from jinja2.exceptions import TemplateNotFound, UndefinedError
from markupsafe import Markup, escape

from core.output.folding import SpokenEnvironment
from core.output.writing import writer
from core.sentences import Sentence


class Name(str):
    """A text of a type of its own, as those of inputs are."""


@dataclass(frozen=True)
class Drawn:
    """What knows its own HTML."""

    def __html__(self) -> str:
        return "<svg>"


SHOWN = SpokenEnvironment(autoescape=True).from_string("{{ value }}")


@given(some.text() | some.text().map(Name) | some.integers() | some.floats() | some.booleans() | some.none())
def test_every_value_is_written_as_jinja_would(value: object) -> None:
    assert writer(str)(value) == escape(value) == SHOWN.render(value=value)


@pytest.mark.parametrize("value", [Markup("<b>"), Drawn(), "<b>", "a & b", "'\"", Name("<b>"), 12, ""])
def test_html_is_written_as_it_is_and_all_else_escaped(value: object) -> None:
    assert writer(str)(value) == escape(value) == SHOWN.render(value=value)


def test_a_sentence_is_said_and_escaped() -> None:
    assert writer(lambda sentence: f"<{sentence.text}>")(Sentence("hello")) == "&lt;hello&gt;"


def test_what_is_not_there_is_an_error() -> None:
    environment = SpokenEnvironment(autoescape=True, undefined=StrictUndefined)
    with pytest.raises(UndefinedError):
        environment.from_string("{{ nothing }}").render()


def test_a_block_without_escaping_is_written_as_it_is() -> None:
    environment = SpokenEnvironment(autoescape=True, extensions=["jinja2.ext.i18n"])
    template = "{% autoescape false %}{{ told }}{% endautoescape %}{{ told }}"
    assert environment.from_string(template).render(told="<b>") == "<b>&lt;b&gt;"


def test_a_function_of_the_renderer_is_called_with_what_it_is_given_in_any_way() -> None:
    environment = SpokenEnvironment(autoescape=True)
    template = environment.from_string("{{ icon(one) }}{{ icon(name=one) }}{{ icon(*[one]) }}")
    assert template.render(icon=lambda name: f"({name})", one="a") == "(a)(a)(a)"


class Owner:
    """Has an attribute, one that is made, and one that cannot be made."""

    name = "Ada"

    @property
    def made(self) -> str:
        return self.name.upper()

    @property
    def broken(self) -> str:
        raise AttributeError("something within")


@pytest.mark.parametrize(
    ("template", "written"),
    [
        ("{{ one.name }}", "Ada"),
        ("{{ one.made.lower() }}", "ada"),
        ("{{ several.first.name }}", "Ada"),
        ("{{ several.items is defined }}{{ several.first is defined }}", "TrueTrue"),
        ("{{ one.lacks is defined }}{{ one.lacks | default('none') }}", "Falsenone"),
        ("{% for each in several.values() if each.name %}{{ each.name }}{{ loop.first }}{% endfor %}", "AdaTrue"),
        ("{% macro tell(of) %}{{ of.name }}{% endmacro %}{{ tell(of=several.first) }}", "Ada"),
        ("{{ (one.name ~ several.first.name) if one.made else one.name }}", "AdaAda"),
    ],
)
def test_an_attribute_is_found_as_jinja_finds_it(template: str, written: str) -> None:
    environment = SpokenEnvironment(autoescape=True, undefined=StrictUndefined)
    assert environment.from_string(template).render(one=Owner(), several={"first": Owner()}) == written


@pytest.mark.parametrize("template", ["{{ one.lacks }}", "{{ one.broken }}", "{{ one.lacks.name }}"])
def test_an_attribute_that_is_not_there_is_an_error(template: str) -> None:
    environment = SpokenEnvironment(autoescape=True, undefined=StrictUndefined)
    with pytest.raises(UndefinedError):
        environment.from_string(template).render(one=Owner())


def test_what_is_included_knows_what_those_around_it_know_and_escapes_it() -> None:
    inner = "{{ given }} {{ set_there }} {{ one }};"
    around = "{% set set_there = '>' %}{% for one in '&b' %}{% include INNER %}{% endfor %}"
    for named, expected in (
        ("'inner'", "&lt; &gt; &amp;;&lt; &gt; b;"),
        ("name", "&lt; &gt; &amp;;&lt; &gt; b;"),
        ("'none' ignore missing", ""),
    ):
        templates = {"inner": inner, "around": around.replace("INNER", named)}
        environment = SpokenEnvironment(autoescape=True, undefined=StrictUndefined, loader=DictLoader(templates))
        assert environment.template("around").render(given="<", name="inner") == expected


def test_what_is_included_is_no_page_without_what_it_needs() -> None:
    templates = {"inner": "{{ nothing }}", "around": "{% include 'inner' %}", "lost": "{% include 'none' %}"}
    environment = SpokenEnvironment(autoescape=True, undefined=StrictUndefined, loader=DictLoader(templates))
    with pytest.raises(UndefinedError):
        environment.template("around").render()
    with pytest.raises(TemplateNotFound):
        environment.template("lost").render()
