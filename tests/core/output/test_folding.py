"""Templates compiled for one language: constants are translated once, and everything else as it was."""

from datetime import UTC, datetime
from gettext import NullTranslations
from zoneinfo import ZoneInfo

import pytest
from jinja2 import DictLoader, FunctionLoader
from markupsafe import Markup

from core.output.folding import Spoken, SpokenEnvironment
from core.output.words import when_in_full


class Counted(NullTranslations):
    """A language of capitals, which counts how often it is asked."""

    asked = 0

    def gettext(self, message: str) -> str:
        """The text in capitals, names of values as they are."""
        self.asked += 1
        return "".join(
            part if part.startswith("%(") else part.upper() for part in message.replace(")s", ")s|").split("|")
        )

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """The text for a number in capitals."""
        self.asked += 1
        return (msgid1 if n == 1 else msgid2).upper()


def rendered(template: str, **values: object) -> tuple[str, Counted]:
    """A template in the language of capitals."""
    language = Counted()
    environment = SpokenEnvironment(
        loader=DictLoader({"it": template}), autoescape=True, extensions=["jinja2.ext.i18n"]
    )
    environment.spoken = language
    environment.install_gettext_translations(language, newstyle=True)  # type: ignore[attr-defined]  # the i18n extension adds it
    found = environment.get_template("it")
    asked = language.asked
    text = found.render(values)
    language.asked -= asked
    return text, language


@pytest.mark.parametrize("template", ['{{ _("one <b>") }}', "{% trans %}one <b>{% endtrans %}"])
def test_a_constant_text_is_translated_when_its_template_is_compiled(template: str) -> None:
    text, language = rendered(template)
    assert (text, language.asked) == ("ONE <B>", 0)


def test_a_sign_for_percent_is_shown_once() -> None:
    assert rendered('{{ _("50 %%") }}{% trans %}, 9 %{% endtrans %}')[0] == "50 %, 9 %"


@pytest.mark.parametrize("template", ['{{ _("%(name)s to", name=name) }}', "{% trans %}{{ name }} to{% endtrans %}"])
def test_a_text_with_a_value_is_translated_when_its_template_is_compiled_and_the_value_escaped(template: str) -> None:
    text, language = rendered(template, name="<i>")
    assert (text, language.asked) == ("&lt;i&gt; TO", 0)


def test_what_is_html_already_stays_so_in_a_text() -> None:
    assert rendered('{{ _("%(name)s of 50 %%", name=name) }}', name=Markup("<i>"))[0] == "<i> OF 50 %"


def test_a_text_with_values_is_written_piece_by_piece_and_whole_where_it_is_a_value_itself() -> None:
    said = '_("%(name)s to", name=name)'
    template = f"{{{{ {said} }}}}|{{% set told = {said} %}}{{{{ told }}}}|{{% autoescape false %}}{{{{ {said} }}}}"
    text, language = rendered(template + "{% endautoescape %}", name="<i>")
    assert (text, language.asked) == ("|".join(["&lt;i&gt; TO"] * 3), 0)


@pytest.mark.parametrize("said", ["%(count)d of %(name)s", "%%(name)s", "%(other)s"])
def test_a_text_that_says_more_of_its_values_than_their_names_is_filled_as_ever(said: str) -> None:
    environment = SpokenEnvironment(autoescape=True, extensions=["jinja2.ext.i18n"])
    environment.spoken = NullTranslations()
    tree = environment.parse(f'{{{{ _("{said}", name=name) }}}}')
    assert "fill" not in environment.compile(tree, raw=True)


def test_a_text_that_is_no_constant_is_translated_for_each_page() -> None:
    assert rendered("{{ _(name) }}", name="me")[0] == "ME"


def test_a_text_that_lacks_its_value_fails_when_it_is_shown_and_not_before() -> None:
    with pytest.raises(KeyError):
        rendered('{{ _("%(name)s") }}')


def test_a_text_is_looked_for_in_the_catalogues_once() -> None:
    counted = Counted()
    spoken = Spoken(counted)
    assert ([spoken.gettext("a"), spoken.gettext("a")], counted.asked) == (["A", "A"], 1)


def test_a_text_that_is_written_like_another_is_looked_for_once_in_each_context() -> None:
    class Contexts(NullTranslations):
        asked = 0

        def pgettext(self, context: str, message: str) -> str:
            self.asked += 1
            return f"{message} of {context}"

    language = Contexts()
    spoken = Spoken(language)
    told = [spoken.pgettext(context, "Open") for context in ("folder", "state", "folder")]
    assert (told, language.asked) == (["Open of folder", "Open of state", "Open of folder"], 2)


def test_the_same_moment_is_said_in_the_zone_of_each_reader() -> None:
    moment = datetime(2026, 1, 5, 10, tzinfo=UTC)
    said = [when_in_full(moment, moment.astimezone(ZoneInfo(zone)), "en") for zone in ("UTC", "Asia/Tokyo", "UTC")]
    assert "10:00" in said[0] and "19:00" in said[1] and said[2] == said[0]


def test_what_is_counted_is_found_once_for_each_number_that_is_often_told() -> None:
    language = Counted()
    spoken = Spoken(language)
    told = [spoken.ngettext("one", "many", number) for number in (1, 2, 1, 2, 1)]
    assert (told, language.asked) == (["ONE", "MANY", "ONE", "MANY", "ONE"], 2)
    assert [spoken.ngettext("one", "many", 5000) for _ in range(2)] == ["MANY", "MANY"]
    assert language.asked == 4


def test_a_template_is_looked_for_once() -> None:
    asked: list[str] = []

    def load(name: str) -> str:
        asked.append(name)
        return "words"

    environment = SpokenEnvironment(loader=FunctionLoader(load), auto_reload=False)
    assert environment.template("it") is environment.template("it") and asked == ["it"]
