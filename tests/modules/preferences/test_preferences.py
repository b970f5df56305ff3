"""The settings page over HTTP: every kind of field, saved, found again, refused."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.submission import Submission
from tests.modules.compose.desk import write_ini
from tests.modules.webmail import Page, Webmail, open_webmail
from tests.servers.mail_user import MailUser

pytestmark = pytest.mark.servers


@pytest.fixture
def webmail(mail_user: MailUser, submission: Submission, tmp_path: Path) -> Iterator[Webmail]:
    """The browser of a user who is logged in."""
    with open_webmail(write_ini(mail_user, submission, tmp_path)) as webmail:
        webmail.log_in(mail_user.name, mail_user.password)
        yield webmail


def form(page: Page, section: str) -> dict[str, str]:
    """What a browser sends of one section when nothing in it was changed."""
    sent: dict[str, str] = {}
    for field in page.tree.css(f"#{section} [name]"):
        name = field.attributes["name"] or ""
        if field.attributes.get("type") == "checkbox":
            if "checked" in field.attributes:
                sent[name] = "1"
        else:
            sent[name] = page.value(f"#{section} {field.tag}[name={name}]:not([type=checkbox])")
    sent.pop("csrf_token")
    return sent


CHOSEN = [
    ("look", "language", "de"),
    ("look", "time_zone", "Asia/Kathmandu"),
    ("look", "density", "compact"),
    ("reading", "page_size", "25"),
    ("reading", "panes", "below"),
    ("reading", "mark_seen", "0"),
    ("reading", "prefer_plain", "1"),
    ("compose", "name", 'Ann "the" <Gardener> Größe'),
    ("compose", "signature", "\n-- \n<b>Ann</b>\n  & more\n"),
]


def test_each_kind_of_setting_is_found_again_after_logging_in_anew(webmail: Webmail, mail_user: MailUser) -> None:
    for section, name, value in CHOSEN:
        page = webmail.send(f"/settings/{section}", {**form(webmail.see("/settings"), section), name: value})
        assert (page.status, page.location) == (303, f"/settings#{section}")
    later = webmail.visitor()
    later.log_in(mail_user.name, mail_user.password)
    page = later.see("/settings")
    for section, name, value in CHOSEN:
        assert form(page, section)[name] == value, name


def test_the_page_is_told_that_a_section_was_saved(webmail: Webmail) -> None:
    webmail.send("/settings/look", form(webmail.see("/settings"), "look"))
    assert "Saved." in webmail.see("/settings").texts("[role=status], .toast, .notice")[0]


def test_settings_count_at_once(webmail: Webmail, mail_user: MailUser) -> None:
    for number in range(12):
        mail_user.append(f"Subject: {number}\n\nx")
    webmail.tell("/settings/reading", {"page_size": "10"})
    listed = webmail.ask("/mail/main/INBOX/")
    assert isinstance(listed, dict) and len(listed["rows"]) == 10
    webmail.tell("/settings/look", {"theme": "dark", "language": "de"})
    document = webmail.see("/settings").one("html").attributes
    assert (document["data-theme"], document["lang"]) == ("dark", "de")


def test_a_script_saves_one_field_and_leaves_the_others(webmail: Webmail) -> None:
    webmail.tell("/settings/reading", {"page_size": "25", "prefer_plain": "1"})
    assert webmail.tell("/settings/reading", {"order": "oldest"}) == (
        200,
        {"location": "/settings#reading", "section": "reading", "text": "Saved."},
    )
    kept = form(webmail.see("/settings"), "reading")
    assert (kept["page_size"], kept["prefer_plain"], kept["order"]) == ("25", "1", "oldest")


def test_a_box_is_ticked_and_cleared_as_a_browser_does(webmail: Webmail) -> None:
    assert form(webmail.see("/settings"), "reading")["prefer_plain"] == "0"
    token = webmail.browser.token("/settings")
    webmail.browser.post("/settings/reading", {"prefer_plain": ["0", "1"]}, token=token)
    assert form(webmail.see("/settings"), "reading")["prefer_plain"] == "1"
    webmail.send("/settings/reading", {"prefer_plain": "0"})
    assert form(webmail.see("/settings"), "reading")["prefer_plain"] == "0"


WRONG = [
    ("look", "language", "tlh", "is not one of the choices"),
    ("look", "theme", "plaid", "is not one of: automatic, light, dark, contrast"),
    ("reading", "page_size", "9", "is not between 10 and 200"),
    ("reading", "page_size", "many", "is not a whole number"),
    ("reading", "mark_seen", "perhaps", "is neither yes nor no"),
    ("compose", "name", "a\r\nBcc: x@evil.example", "contains control characters"),
    ("compose", "signature", "x" * 4001, "is longer than 4000 characters"),
]


@pytest.mark.parametrize(("section", "name", "value", "reason"), WRONG)
def test_a_wrong_value_is_told_by_field_to_scripts(
    webmail: Webmail, section: str, name: str, value: str, reason: str
) -> None:
    assert webmail.refusal(f"/settings/{section}", {name: value}) == (422, {name: reason})


def test_a_refused_section_is_shown_again_as_it_was_typed(webmail: Webmail) -> None:
    typed = {"page_size": "9<b>", "panes": "below", "prefer_plain": "1", "mark_seen": "0"}
    page = webmail.send("/settings/reading", typed)
    assert page.status == 422
    shown = form(page, "reading")
    assert {name: shown[name] for name in typed} == typed
    assert page.texts("#reading [data-error=page_size]") == ["Messages per page is not a whole number."]
    assert page.one("#reading-page_size").attributes["aria-invalid"] == "true"
    assert page.texts("#look .field-error") == [""] * len(page.tree.css("#look .field-error"))
    assert form(webmail.see("/settings"), "reading")["page_size"] == "50"


def test_what_was_not_sent_is_shown_as_it_is_kept(webmail: Webmail) -> None:
    page = webmail.send("/settings/look", {"theme": "plaid"})
    assert (page.status, page.value("#look-time_zone")) == (422, "browser")


@pytest.mark.parametrize("section", ["nowhere", "role", "..%2Flook"])
def test_a_section_that_is_none_cannot_be_changed(webmail: Webmail, section: str) -> None:
    assert webmail.tell(f"/settings/{section}", {"theme": "dark"})[0] == 404


def test_a_field_that_is_none_of_any_section_is_refused(webmail: Webmail) -> None:
    assert webmail.refusal("/settings/look", {"evil": "1"}) == (422, {"evil": "is not a field of this page"})


def test_scripts_are_told_every_section(webmail: Webmail) -> None:
    told = webmail.ask("/settings")
    assert isinstance(told, dict)
    sections = {section["name"]: section for section in told["sections"]}
    assert {"look", "reading", "compose"} <= set(sections)
    kinds = {field["kind"] for section in sections.values() for field in section["fields"]}
    assert kinds == {"choice", "search-choice", "yesno", "line", "number", "text"}


def test_settings_of_another_user_stay_theirs(webmail: Webmail, mail_user: MailUser) -> None:
    webmail.tell("/settings/look", {"theme": "dark"})
    mail_user.dovecot.add_user(f"other-{mail_user.name}", "other")
    other = webmail.visitor()
    other.log_in(f"other-{mail_user.name}", "other")
    assert other.see("/settings").value("#look-theme") == "automatic"


def test_the_mailboxes_stand_beside_the_settings(webmail: Webmail) -> None:
    assert "Drafts" in webmail.see("/settings").one('[data-part="layout.sidebar"]').text()
