"""Templates are given in one piece, but for those that take over others or leave places."""

from jinja2 import DictLoader

from core.output.folding import SpokenEnvironment

TEMPLATES = {
    "page": "<p>{{ name }}</p>{% if name %}<b>{% for one in name %}{{ one }},{% endfor %}</b>{% endif %}"
    "{% include 'end' %}",
    "end": "<hr>{{ name }}",
    "frame": "<main>{% block body %}-{% endblock %}</main>{{ name }}",
    "own": "{% extends 'frame' %}{% block body %}{{ name }}{% include 'end' %}{% endblock %}",
}


def pieces(name: str) -> list[str]:
    """What a template gives, one after the other."""
    template = SpokenEnvironment(loader=DictLoader(TEMPLATES), autoescape=True).get_template(name)
    return list(template.root_render_func(template.new_context({"name": "<a"})))


def test_a_template_is_one_piece() -> None:
    assert pieces("page") == ["<p>&lt;a</p><b>&lt;,a,</b><hr>&lt;a"]


def test_what_takes_over_another_template_writes_the_same_as_ever() -> None:
    assert "".join(pieces("own")) == "<main>&lt;a<hr>&lt;a</main>&lt;a"
    assert "".join(pieces("frame")) == "<main>-</main>&lt;a"
