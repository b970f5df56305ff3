"""From finished pages to HTML."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from jinja2 import TemplateSyntaxError, UndefinedError

from core import Access, FieldError, FormState, Fragment, MenuEntry, Module, Sentence, Shown
from core.look import LookSettings
from core.output.frames import Frame
from core.output.render import Renderer

NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)
TEMPLATES = Path(__file__).resolve().parents[3] / "core" / "templates"


@dataclass(frozen=True)
class Built:
    """A built file."""

    path: str
    integrity: str = "sha384-x"


def renderer(folder: Path, **templates: str) -> Renderer:
    (folder / "t").mkdir(exist_ok=True)
    for name, text in templates.items():
        (folder / "t" / f"{name}.html").write_text(text)
    return Renderer([folder], now=lambda: NOW)


def shown(**values: object) -> Shown:
    module = Module("m")
    page = module.page("p", "/p", access=Access.ANYONE, layout="t/layout.html")
    body = Fragment.titled("t/body.html", "A title", **values)
    return Shown(page, {"m.p.body": [body], "m.extra": [Fragment.of("t/extra.html"), Fragment.of("t/extra.html")]})


FRAME = Frame(csrf_token="tok<en", nonce="n", asset=lambda name: Built(f"/site/{name}"))


def test_a_page_is_its_body_in_its_layout(tmp_path: Path) -> None:
    made = renderer(
        tmp_path, layout="<t>{{ frame.title }}</t>{{ body }}", body="<b>{{ x }}{{ slot('m.extra') }}</b>", extra="+"
    )
    assert made.render(shown(x="<i>"), FRAME).decode() == "<t>A title</t><b>&lt;i&gt;++</b>"


def test_a_part_is_only_that_slot(tmp_path: Path) -> None:
    made = renderer(tmp_path, layout="never", body="never", extra="+")
    assert made.render(replace(shown(), part="m.extra"), FRAME).decode() == "++"


def test_markup_can_be_the_text_of_an_element(tmp_path: Path) -> None:
    body = '{% filter astext %}<p title="a">{{ x }}</p></template>{% endfilter %}'
    made = renderer(tmp_path, layout="{{ body }}", body=f"<template>{body}</template>", extra="")
    inner = '&lt;p title="a">&amp;lt;i&amp;gt; &amp;amp;&lt;/p>&lt;/template>'
    assert made.render(shown(x="<i> &"), FRAME).decode() == f"<template>{inner}</template>"


def test_a_page_without_a_layout_is_its_body(tmp_path: Path) -> None:
    page = Module("m").page("p", "/p", layout=None)
    made = renderer(tmp_path, body="<p>{{ frame.nonce }}</p>")
    assert made.render(Shown(page, {"m.p.body": [Fragment.of("t/body.html")]}), FRAME).decode() == "<p>n</p>"


def test_templates_know_dates_sizes_icons_and_the_form_token(tmp_path: Path) -> None:
    made = renderer(
        tmp_path,
        layout="{{ body }}",
        body="{{ then | when }}|{{ then | whenfull }}|{{ 1400 | bytes }}|{{ icon('star') }}|{{ csrf() }}"
        "|{{ 'Ada' | initials }}",
    )
    text = made.render(shown(then=NOW), FRAME).decode()
    assert "15:00|Friday, 20 November 2026, 15:00 UTC|1.4 kB|" in text
    assert '<use href="/site/icons.svg#star">' in text
    assert 'name="csrf_token" value="tok&lt;en"' in text


def test_an_undefined_name_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UndefinedError):
        renderer(tmp_path, layout="{{ body }}", body="{{ nothing }}").render(shown(), FRAME).decode()


def test_a_missing_build_is_named(tmp_path: Path) -> None:
    with pytest.raises(LookupError, match=r"no built file app\.js"):
        renderer(tmp_path, layout="{{ asset('app.js') }}", body="").render(shown(), Frame()).decode()
    with pytest.raises(LookupError, match=r"no built file icons\.svg"):
        renderer(tmp_path, layout="{{ icon('star') }}", body="").render(shown(), Frame()).decode()


def test_layouts_know_the_look_the_user_and_the_menu(tmp_path: Path) -> None:
    made = renderer(
        tmp_path,
        layout="{{ frame.language }} {{ frame.direction }} {{ frame.theme }} {{ frame.density }} {{ frame.user }} "
        "{% for entry in frame.menu %}{{ entry.label }}{% endfor %}",
        body="",
    )
    page = replace(shown(), user="ada", menu=(MenuEntry("Mail", "/", "m"),))
    assert made.render(page, FRAME._replace(language="ar")).decode() == "ar rtl automatic comfortable ada Mail"


def test_a_document_that_no_page_made_is_rendered_alike(tmp_path: Path) -> None:
    made = renderer(tmp_path, error="{{ frame.title }}: {{ reason }}{{ slot('x') }}")
    assert (
        made.render_plain("t/error.html", {"reason": "<gone>"}, FRAME, "Not found", LookSettings()).decode()
        == "Not found: &lt;gone&gt;"
    )


def test_the_slots_that_templates_name_are_found(tmp_path: Path) -> None:
    made = renderer(tmp_path, a="{{ slot('m.one') }}{{ slot(name) }}", b="{% if x %}{{ slot('m.two') }}{% endif %}")
    assert sorted(made.named_slots()) == [("t/a.html", "m.one"), ("t/b.html", "m.two")]


def test_a_template_that_changed_is_compiled_anew(tmp_path: Path) -> None:
    for text in ("one", "two", "one"):
        assert renderer(tmp_path, layout="{{ body }}", body=text, extra="").render(shown(), FRAME).decode() == text


def test_a_broken_template_is_found_at_boot(tmp_path: Path) -> None:
    assert renderer(tmp_path, a="x").compile_all() == 1
    with pytest.raises(TemplateSyntaxError):
        renderer(tmp_path, b="{% if %}").compile_all()


def test_a_template_that_is_not_utf_8_is_told_with_its_line(tmp_path: Path) -> None:
    site = renderer(tmp_path, a="x")
    next(tmp_path.rglob("a.html")).write_bytes(b"<p>\n\xff</p>")
    with pytest.raises(TemplateSyntaxError, match="the line is not UTF-8") as refused:
        site.compile_all()
    assert (refused.value.name, refused.value.lineno) == ("t/a.html", 2)


def test_an_earlier_folder_wins(tmp_path: Path) -> None:
    for name in ("ours", "theirs"):
        (tmp_path / name / "t").mkdir(parents=True)
        (tmp_path / name / "t" / "layout.html").write_text(name)
        (tmp_path / name / "t" / "body.html").write_text("")
        (tmp_path / name / "t" / "extra.html").write_text("")
    assert Renderer([tmp_path / "theirs", tmp_path / "ours"]).render(shown(), FRAME).decode() == "theirs"


def test_texts_are_translated_by_the_modules_catalogue(tmp_path: Path) -> None:
    catalogue = Catalog(locale="de")
    catalogue.add("Inbox", "Posteingang")
    folder = tmp_path / "mail" / "locale"
    (folder / "de" / "LC_MESSAGES").mkdir(parents=True)
    with (folder / "de" / "LC_MESSAGES" / "mail.mo").open("wb") as file:
        write_mo(file, catalogue)
    (tmp_path / "t").mkdir()
    (tmp_path / "t" / "layout.html").write_text("{{ _('Inbox') }}{{ body }}")
    (tmp_path / "t" / "body.html").write_text("")
    made = Renderer([tmp_path], [folder])
    assert made.render(shown(), FRAME._replace(language="de")).decode() == "Posteingang"
    assert made.render(shown(), FRAME).decode() == "Inbox"


def test_a_form_knows_what_was_typed_and_what_was_wrong() -> None:
    form = FormState((("a", "1"), ("b", "x"), ("b", "y")), (FieldError("a", "is bad"), FieldError("a", "is worse")))
    assert form.failed
    assert (form.value("a"), form.value("c", "default"), form.values("b")) == ("1", "", ("x", "y"))
    assert form.error("a") == "is bad; is worse"
    assert (form.ticked("b"), form.ticked("c", True)) == (True, False)


def test_an_untouched_form_has_its_defaults() -> None:
    form = FormState()
    assert not form.failed
    assert (form.value("a", 3), form.error("a"), form.ticked("a", True)) == ("3", "", True)


def test_scripts_get_their_phrases_in_the_language_of_the_page(tmp_path: Path) -> None:
    folder = tmp_path / "m" / "locale" / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    catalog = Catalog(locale="de")
    catalog.add("Saved {time}", "Gespeichert {time}")
    with (folder / "m.mo").open("wb") as file:
        write_mo(file, catalog)
    made = Renderer([TEMPLATES, tmp_path], [tmp_path / "m" / "locale"], now=lambda: NOW)
    (tmp_path / "page.html").write_text('{% include "words.html" %}')
    page = Module("m").page("p", "/p", layout=None)
    asked = FRAME._replace(language="de", phrases=("Saved {time}", "Unknown"))
    said = made.render(Shown(page, {"m.p.body": [Fragment.of("page.html")]}), asked).decode()
    assert said.count("<span") == 1
    assert '<span data-say="Saved {time}">Gespeichert {time}</span>' in said


def write_catalogue(folder: Path, text: str, translation: str) -> Path:
    (folder / "locale" / "de" / "LC_MESSAGES").mkdir(parents=True)
    catalogue = Catalog(locale="de")
    catalogue.add(text, translation)
    with (folder / "locale" / "de" / "LC_MESSAGES" / f"{folder.name}.mo").open("wb") as file:
        write_mo(file, catalogue)
    return folder / "locale"


def test_a_sentence_is_said_wherever_a_template_names_it(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("{{ told }}|{{ subject }}|{{ _('To %(who)s', who=told | said) }}")
    made = Renderer([tmp_path], [write_catalogue(tmp_path / "m", "<Nobody>", "<Niemand>")])
    page = Module("m").page("p", "/p", layout=None)
    body = Fragment.of("page.html", told=Sentence("<Nobody>"), subject="<Nobody>")
    said = made.render(Shown(page, {"m.p.body": [body]}), FRAME._replace(language="de")).decode()
    assert said == "&lt;Niemand&gt;|&lt;Nobody&gt;|To &lt;Niemand&gt;"


def test_text_is_said_in_a_language(tmp_path: Path) -> None:
    made = Renderer([tmp_path], [write_catalogue(tmp_path / "m", "Nobody", "Niemand")])
    assert made.say(Sentence("Nobody"), "de") == "Niemand"
    assert made.say("Nobody", "de") == "Nobody"


def test_an_admins_own_translation_goes_first(tmp_path: Path) -> None:
    own = write_catalogue(tmp_path / "overrides", "Inbox", "Eingang")
    shipped = write_catalogue(tmp_path / "mail", "Inbox", "Posteingang")
    assert Renderer([tmp_path], [own, shipped]).say(Sentence("Inbox"), "de") == "Eingang"
