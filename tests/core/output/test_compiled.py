"""Templates are compiled once, for all starts, until what they are made of is another."""

import gettext
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from core.cli.compiling import compile_program
from core.look import LANGUAGES, LookSettings
from core.output import folding
from core.output.beside import write_beside
from core.output.folding import SpokenEnvironment, kept_code
from core.output.frames import Frame
from core.output.render import Renderer

ROOT = Path(__file__).resolve().parents[3]
TEXT = "{{ slot('m.one') }}{{ _('Archive') }}"


class Starts:
    """A folder of templates, and what programs that start with it compile."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.compiled: list[str | None] = []
        self.template = folder / "templates" / "t" / "page.html"
        self.template.parent.mkdir(parents=True)
        self.template.write_text(TEXT)
        self.say("Archiv")
        generate = SpokenEnvironment._generate

        # Any: what Jinja gives.
        def count(environment: SpokenEnvironment, *given: Any, **named: Any) -> str:
            self.compiled += (given[1],)
            return generate(environment, *given, **named)

        monkeypatch.setattr(SpokenEnvironment, "_generate", count)

    def say(self, archive: str) -> None:
        """Have a translation of the one text."""
        catalogue = Catalog(locale="de")
        catalogue.add("Archive", archive)
        place = self.folder / "locale" / "de" / "LC_MESSAGES"
        place.mkdir(parents=True, exist_ok=True)
        with (place / f"{self.folder.name}.mo").open("wb") as file:
            write_mo(file, catalogue)

    def start(self, language: str) -> tuple[str, int]:
        """What a new program shows in a language, and how many templates it compiled."""
        kept_code.cache_clear()
        folding._maker.cache_clear()
        # It keeps what it read of catalogues for as long as the process lives.
        gettext._translations.clear()  # type: ignore[attr-defined]  # there is no other way
        self.compiled.clear()
        made = Renderer([self.folder / "templates"], [self.folder / "locale"])
        assert made.compile_all(language) == 1
        assert [*made.named_slots()] == [("t/page.html", "m.one")]
        shows = made.render_plain("t/page.html", {}, Frame(language=language), "", LookSettings())
        return shows.decode(), len(self.compiled)


@pytest.fixture
def starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Starts:
    """A folder of templates with which nothing was started yet."""
    return Starts(tmp_path / "shop", monkeypatch)


def test_a_second_start_compiles_no_template(starts: Starts) -> None:
    assert starts.start("en") == ("Archive", 1)
    assert starts.start("en") == ("Archive", 0)


def test_what_was_moved_is_compiled_anew(starts: Starts) -> None:
    starts.start("en")
    starts.folder = starts.folder.rename(starts.folder.with_name("elsewhere"))
    assert starts.start("en") == ("Archive", 1)
    assert starts.start("en") == ("Archive", 0)


def test_each_language_is_compiled_once(starts: Starts) -> None:
    starts.start("en")
    assert starts.start("de") == ("Archiv", 1)
    assert starts.start("de") == ("Archiv", 0)
    assert starts.start("en") == ("Archive", 0)


def test_a_template_that_changed_is_compiled_anew(starts: Starts) -> None:
    starts.start("en")
    starts.template.write_text(TEXT + "!")
    assert starts.start("en") == ("Archive!", 1)
    assert starts.start("en") == ("Archive!", 0)


def test_a_translation_that_changed_is_shown(starts: Starts) -> None:
    starts.start("en")
    starts.start("de")
    starts.say("Ablage")
    # English is looked at for the names of slots.
    assert starts.start("de") == ("Ablage", 1)
    assert starts.start("de") == ("Ablage", 0)


def test_what_another_program_made_is_made_anew(starts: Starts, monkeypatch: pytest.MonkeyPatch) -> None:
    starts.start("en")
    monkeypatch.setattr("jinja2.__version__", "0.1")
    assert starts.start("en") == ("Archive", 1)
    assert starts.start("en") == ("Archive", 0)


def test_what_a_version_made_that_wrote_it_otherwise_is_made_anew(starts: Starts) -> None:
    starts.start("en")
    write_beside(starts.template, "en.jinja", b'{"made": "by another", "words": []}\ncode')
    assert starts.start("en") == ("Archive", 1)
    assert starts.start("en") == ("Archive", 0)


def test_what_others_may_write_is_not_run(starts: Starts) -> None:
    starts.start("en")
    (starts.template.parent / "__pycache__").chmod(0o777)
    assert starts.start("en") == ("Archive", 1)
    assert starts.start("en") == ("Archive", 1)


def test_after_a_build_a_start_compiles_nothing_in_any_language(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # In a place of its own: other tests start with other translations, and what is compiled last is kept.
    for folder in (ROOT / "core", *sorted((ROOT / "modules").iterdir())):
        for name in ("templates", "locale"):
            if (folder / name).is_dir():
                left_out = shutil.ignore_patterns("__pycache__")
                shutil.copytree(folder / name, tmp_path / folder.relative_to(ROOT) / name, ignore=left_out)
    (tmp_path / "package.json").touch()
    compile_program(tmp_path)
    kept_code.cache_clear()

    def refuse(*_: object, **__: object) -> str:
        raise AssertionError("a template is compiled")

    monkeypatch.setattr(SpokenEnvironment, "_generate", refuse)
    modules = (*sorted(tmp_path.glob("modules/*")), tmp_path / "core")
    templates, locales = ([one / name for one in modules if (one / name).is_dir()] for name in ("templates", "locale"))
    for language in LANGUAGES:
        assert Renderer(templates, locales).compile_all(language) > 50


def test_a_build_compiles_what_was_not_yet(starts: Starts) -> None:
    (starts.folder / "core").mkdir()
    for name in ("templates", "locale"):
        (starts.folder / name).rename(starts.folder / "core" / name)
    (starts.folder / "core" / "tea.py").write_text("tea = 1")
    compile_program(starts.folder)
    assert len(starts.compiled) == len(LANGUAGES)
    assert [*(starts.folder / "core" / "__pycache__").glob("tea.*.pyc")] != []
    starts.compiled.clear()
    compile_program(starts.folder)
    assert starts.compiled == []


def test_a_build_with_nothing_to_compile_does_not_even_import_what_compiles() -> None:
    compile_program(ROOT)
    code = (
        "import sys; from pathlib import Path; from core.cli.compiling import compile_program;"
        f"compile_program(Path({str(ROOT)!r})); print('core.output.render' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
