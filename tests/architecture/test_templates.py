"""What templates may not hold: scripts, styles and trust, which the pages' policy refuses too."""

import re

import pytest

from tests.architecture.sources import every_file

# The text of a letter has a document of its own, without scripts, whose styles were cleaned: modules/mail/html.
LETTER = "modules/mail/templates/mail/frame.html"
TEMPLATES = [one for one in every_file() if one.within("core", "modules") and one.name.endswith(".html")]


def found(pattern: str, *, but: str = "") -> list[str]:
    """Where templates hold something."""
    return [
        f"{one.name}:{one.text[: match.start()].count(chr(10)) + 1} {match[0]}"
        for one in TEMPLATES
        if one.name != but
        for match in re.finditer(pattern, one.text, re.IGNORECASE)
    ]


def test_there_are_templates() -> None:
    assert len(TEMPLATES) > 10


def test_no_template_holds_a_script() -> None:
    assert found(r"<script\b(?![^>]*\bsrc=)[^>]*>") == []


def test_no_template_holds_a_style_sheet() -> None:
    assert found(r"<style\b", but=LETTER) == []


def test_no_element_of_a_template_has_a_style_of_its_own() -> None:
    assert found(r"""(?<=[\s"'}])style\s*=""", but=LETTER) == []


def test_no_element_of_a_template_has_a_script_of_its_own() -> None:
    assert found(r"""(?<=[\s"'}])on[a-z]{3,}\s*=(?!=)""") == []


def test_no_address_of_a_template_is_a_script() -> None:
    assert found(r"(href|src|action)\s*=\s*[\"']?\s*(javascript|vbscript|data):") == []


def test_no_template_trusts_what_was_not_made_safe() -> None:
    assert found(r"\|\s*safe\b|{%-?\s*autoescape\s+false", but=LETTER) == []


def test_scripts_and_styles_come_with_the_hash_of_what_they_are() -> None:
    loading = found(r"<script\b[^>]*>|<link\b[^>]*rel=\"stylesheet\"[^>]*>")
    assert loading
    assert [place for place in loading if "integrity=" not in place] == []


def test_nothing_is_loaded_from_elsewhere() -> None:
    assert found(r"""<(script|link|img|iframe|source)\b[^>]*(src|href)\s*=\s*["']?(https?:)?//""") == []


@pytest.mark.parametrize("method", ["post"])
def test_every_form_that_changes_something_carries_its_token(method: str) -> None:
    forms = [
        (one.name, match[0])
        for one in TEMPLATES
        for match in re.finditer(rf'<form\b[^>]*method="{method}".*?</form>', one.text, re.IGNORECASE | re.DOTALL)
    ]
    assert forms
    assert [name for name, text in forms if "csrf()" not in text] == []
