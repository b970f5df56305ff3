"""Turn a finished page into HTML. Templates name slots; nothing else joins HTML."""

import gettext
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, tzinfo
from functools import cache, partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateSyntaxError, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from core.look import LookSettings, direction
from core.output.flow import Flow, Piece, octets_of, shortly
from core.output.folding import Spoken, SpokenEnvironment, kept_code
from core.output.forms import FormState
from core.output.frames import AssetFile, DocumentFrame, Frame, document_frame, no_assets
from core.output.icons import Icons
from core.output.pieces import EXTENSION
from core.output.slots import Fragment
from core.output.words import (
    Dates,
    as_written,
    avatar_colour,
    initials,
    say,
    size_in_words,
    time_of_day,
    when,
    when_in_full,
)
from core.pipeline.answer import Shown
from core.sentences import Sentence

_NOTHING = Markup()


class Renderer:
    """Renders pages from template and locale folders; earlier ones win, so an admin's overrides go first."""

    def __init__(
        self, folders: Sequence[Path], locales: Sequence[Path] = (), now: Callable[[], datetime] = datetime.now
    ) -> None:
        self._loader = FileSystemLoader(list(folders))
        self._locales = tuple(locales)
        self._now = now
        self._environments: dict[str, SpokenEnvironment] = {}
        self._spoken: dict[str, gettext.NullTranslations] = {}
        self._icons: dict[str, Icons] = {}
        self._yesterday = cache(lambda language: self.say(Sentence("Yesterday"), language))

    def render(self, shown: Shown, frame: Frame) -> bytes:
        """A whole document, or the one slot that was asked for, in UTF-8."""
        environment = self._environment(frame.language)
        around = document_frame(shown, frame)

        def slot(name: str) -> Markup | Flow:
            fragments = shown.slots.get(name)
            return _NOTHING if fragments is None else shortly(pieces_in(fragments))

        def pieces_in(fragments: Sequence[Fragment]) -> Sequence[Piece]:
            if len(fragments) == 1:
                return _written(environment, fragments[0].template, fragments[0].values, common)
            return [piece for one in fragments for piece in _written(environment, one.template, one.values, common)]

        common = self._common(environment, around, shown.form, slot, frame)
        if shown.part is not None:
            return octets_of(pieces_in(shown.slots.get(shown.part, ())))
        body = slot(shown.page.body.name)
        if shown.page.layout is None:
            return octets_of((body,))
        return octets_of(_written(environment, shown.page.layout, {"body": body}, common))

    def render_plain(
        self, template: str, values: Mapping[str, object], frame: Frame, title: str, look: LookSettings
    ) -> bytes:
        """A document that no page made: errors and refusals."""
        around = DocumentFrame(
            title,
            frame.csrf_token,
            frame.nonce,
            frame.site_name,
            frame.address,
            frame.language,
            direction(frame.language),
            look.theme.value,
            look.density.value,
            frame.zone.key,
            None,
            (),
            frame.notices,
            phrases=frame.phrases,
            zone_cookie=frame.zone_cookie,
        )
        environment = self._environment(frame.language)
        common = self._common(environment, around, FormState(), lambda name: Markup(""), frame)
        return octets_of(_written(environment, template, values, common))

    def say(self, text: str, language: str, zone: tzinfo | None = None) -> str:
        """Text in a language: a Sentence is translated, with its moments in the zone; other words stay as they are."""
        if not isinstance(text, Sentence):
            return text
        spoken = self._spoken[language] if language in self._spoken else self._translations(language)
        return say(text, spoken, language, zone)

    def named_slots(self) -> Iterator[tuple[str, str]]:
        """Every slot that a template names, with the template's name."""
        yield from self._named("slot")

    def named_assets(self) -> Iterator[tuple[str, str]]:
        """Every built file that a template names, with the template's name."""
        yield from self._named("asset")

    def named_icons(self) -> Iterator[tuple[str, str]]:
        """Every icon that a template names, with the template's name."""
        yield from self._named("icon")

    def named_templates(self) -> Iterator[tuple[str, str]]:
        """Every other template that one includes, extends or imports from, with its own name."""
        yield from self._named("include")

    def names(self) -> tuple[str, ...]:
        """The names of all templates."""
        return tuple(self._loader.list_templates())

    def _named(self, function: str) -> Iterator[tuple[str, str]]:
        """What templates give to a function as a constant, each with the template's name."""
        environment = self._environment("en")
        for template in environment.list_templates(extensions=("html",)):
            for called, constant in environment.constants(template):
                if called == function:
                    yield template, constant

    def compile_all(self, language: str = "en") -> int:
        """Compile every template, so that a broken one is said at boot; the number of templates.

        Raises TemplateSyntaxError, also for one that is not UTF-8.
        """
        environment = self._environment(language)
        names = environment.list_templates(extensions=("html",))
        for name in names:
            try:
                environment.get_template(name)
            except UnicodeDecodeError as error:
                line = error.object.count(b"\n", 0, error.start) + 1
                raise TemplateSyntaxError("the line is not UTF-8. Save the file as UTF-8", line, name) from error
        return len(names)

    def _common(
        self,
        environment: Environment,
        around: DocumentFrame,
        form: FormState,
        slot: Callable[[str], Markup | Flow],
        frame: Frame,
    ) -> dict[str, object]:
        """What all templates of an answer know."""
        asset = frame.asset or no_assets
        now = self._now().astimezone(frame.zone)
        token_field = Markup(f'<input type="hidden" name="csrf_token" value="{escape(frame.csrf_token)}">')
        return {
            **environment.globals,
            "frame": around,
            "form": form,
            "slot": slot,
            "asset": asset,
            "now": now,
            "dated": Dates(now, frame.language, self._yesterday(frame.language)).of,
            "icon": self._drawing(asset),
            "csrf": lambda: token_field,
        }

    def _drawing(self, asset: Callable[[str], AssetFile]) -> Callable[[str], Markup]:
        """What draws icons by their names; where they were not built, it says so when it is asked for one."""
        try:
            return self._icons_of(asset).__getitem__
        except LookupError:
            return lambda name: self._icons_of(asset)[name]

    def _icons_of(self, asset: Callable[[str], AssetFile]) -> Icons:
        path = asset("icons.svg").path
        if path not in self._icons:
            self._icons[path] = Icons(path)
        return self._icons[path]

    def _environment(self, language: str) -> SpokenEnvironment:
        if language not in self._environments:
            environment = SpokenEnvironment(
                loader=self._loader,
                finalize=lambda value: self.say(value, language) if isinstance(value, Sentence) else value,
                autoescape=True,
                undefined=StrictUndefined,
                trim_blocks=True,
                lstrip_blocks=True,
                auto_reload=False,
                bytecode_cache=kept_code(language, self._catalogues(language)),
                extensions=["jinja2.ext.i18n", EXTENSION],
            )
            translations = environment.spoken = self._translations(language)
            environment.say_by(partial(say, translations=translations, language=language))
            environment.install_gettext_translations(translations, newstyle=True)  # type: ignore[attr-defined]  # the i18n extension adds it
            environment.filters |= _filters(self.say, self._yesterday)
            self._environments[language] = environment
        return self._environments[language]

    def _catalogues(self, language: str) -> tuple[str, ...]:
        tag = [language.replace("-", "_")]
        return tuple(
            file for folder in self._locales for file in gettext.find(folder.parent.name, folder, tag, all=True)
        )

    def _translations(self, language: str) -> gettext.NullTranslations:
        if language not in self._spoken:
            found = gettext.NullTranslations()
            for folder in reversed(self._locales):
                name = folder.parent.name
                translation = gettext.translation(name, folder, [language.replace("-", "_")], fallback=True)
                translation.add_fallback(found)
                found = translation
            self._spoken[language] = Spoken(found)
        return self._spoken[language]


def _written(
    environment: SpokenEnvironment, template: str, values: Mapping[str, object], common: Mapping[str, object]
) -> Sequence[Piece]:
    found = environment.template(template)
    # As its own `render` does it, which would look through all that templates know once more.
    context = environment.context_class(environment, {**common, **values}, template, found.blocks)
    try:
        return [*found.root_render_func(context)]
    except Exception:  # noqa: BLE001  # raised again, with the place in the template
        environment.handle_exception()


def _filters(speak: Callable[[str, str], str], yesterday: Callable[[str], str]) -> dict[str, Callable[..., object]]:
    @pass_context
    def say_when(context: Context, moment: datetime | None) -> str:
        language = context["frame"].language
        return when(moment, context["now"], language, yesterday(language))

    @pass_context
    def say_when_in_full(context: Context, moment: datetime | None) -> str:
        return when_in_full(moment, context["now"], context["frame"].language)

    @pass_context
    def say_as_written(context: Context, at: date, yearly: bool = False) -> str:
        return as_written(at, context["frame"].language, yearly=yearly)

    @pass_context
    def say_time(context: Context, at: datetime) -> str:
        return time_of_day(at, context["now"].tzinfo, context["frame"].language)

    @pass_context
    def say_size(context: Context, octets: int) -> str:
        return size_in_words(octets, context["frame"].language)

    def as_text(markup: str) -> Markup:
        # Within an element nothing else begins anything; quotes, of which markup has many, stay as they are.
        return Markup(str(markup).replace("&", "&amp;").replace("<", "&lt;"))

    @pass_context
    def said(context: Context, text: str) -> str:
        return speak(text, context["frame"].language)

    return {
        "said": said,
        "when": say_when,
        "whenfull": say_when_in_full,
        "wall": say_as_written,
        "timeofday": say_time,
        "bytes": say_size,
        "initials": initials,
        "avatar": avatar_colour,
        "astext": as_text,
    }
