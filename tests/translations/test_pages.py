"""Pages speak the language that somebody chose, or the one of a stranger's browser."""

import json

import pytest

from tests.modules.webmail import Page, Webmail
from tests.servers.mail_user import MailUser

pytestmark = pytest.mark.servers


def speak(webmail: Webmail, language: str) -> None:
    assert webmail.send("/settings/look", {"language": language}).status == 303


def document(page: Page) -> tuple[str | None, str | None]:
    html = page.one("html").attributes
    return html["lang"], html["dir"]


@pytest.mark.parametrize(
    ("accepted", "lang", "dir", "title"),
    [
        ("de-AT,de;q=0.9,en;q=0.5", "de", "ltr", "Bei hm3 anmelden"),
        ("ar", "ar", "rtl", "تسجيل الدخول إلى hm3"),
        ("fr-CA", "fr", "ltr", "Connexion à hm3"),
        ("pt, es;q=0.8", "es", "ltr", "Iniciar sesión en hm3"),
        ("pt", "en", "ltr", "Log in to hm3"),
    ],
)
def test_a_stranger_reads_the_browsers_language(
    webmail: Webmail, accepted: str, lang: str, dir: str, title: str
) -> None:
    stranger = webmail.visitor()
    answer = stranger.browser.get("/login", **{"Accept-Language": accepted})
    html = answer.get_data(as_text=True)
    assert f'<html lang="{lang}" dir="{dir}"' in html and f">{title}</h1>" in html


@pytest.mark.parametrize(
    ("language", "dir", "title"),
    [("de", "ltr", "Einstellungen"), ("fr", "ltr", "Réglages"), ("es", "ltr", "Ajustes"), ("ar", "rtl", "الإعدادات")],
)
def test_the_chosen_language_is_spoken_at_once(webmail: Webmail, language: str, dir: str, title: str) -> None:
    speak(webmail, language)
    page = webmail.see("/settings")
    assert document(page) == (language, dir) and page.texts("h1") == [title]
    assert title in page.texts("title")[0] and title in page.texts(".links .label")


def test_what_was_done_is_told_in_the_chosen_language(webmail: Webmail, mail_user: MailUser) -> None:
    speak(webmail, "de")
    uid = str(mail_user.append("Subject: x\n\nx"))
    act = "/mail/main/INBOX/messages"
    assert webmail.tell(act, {"action": "seen", "uid": uid})[1]["text"] == "1 Nachricht als gelesen markiert."
    webmail.send(act, {"action": "trash", "uid": uid})
    assert webmail.see("/mail/main/INBOX/").texts(".notice p")[-1] == "1 Nachricht nach Papierkorb verschoben."


def test_usual_folders_have_names_of_the_chosen_language(webmail: Webmail, mail_user: MailUser) -> None:
    mail_user.create("Drafts of mine")
    speak(webmail, "fr")
    page = webmail.see("/mail/main/Trash/")
    assert page.texts("h1") == ["Corbeille"]
    assert {"Boîte de réception", "Brouillons", "Drafts of mine"} <= set(page.texts(".mailboxes .label"))


def test_what_is_wrong_is_told_in_the_chosen_language(webmail: Webmail) -> None:
    speak(webmail, "es")
    refused = webmail.refusal("/mail/main/INBOX/messages", {"action": "seen"})
    assert refused == (422, {"uid": "no indica ningún mensaje: selecciona al menos uno"})
    page = webmail.see("/mail/other/INBOX/")
    assert page.texts("h1, [data-reason]") == ["No encontrado", "No tienes esa cuenta."]


def test_a_stranger_is_refused_in_the_browsers_language(webmail: Webmail) -> None:
    stranger = webmail.visitor()
    token = stranger.browser.token("/login")
    wrong = {"username": "ann@example.test", "password": "wrong"}
    asked = {"Accept-Language": "de", "Accept": "application/json"}
    answer = stranger.browser.post("/login", wrong, token=token, **asked)
    assert json.loads(answer.get_data())["error"]["title"] == "Nicht erlaubt"
    page = stranger.browser.post("/login", wrong, token=token, **{"Accept-Language": "de"})
    assert "Name oder Passwort ist falsch." in page.get_data(as_text=True)


def test_dates_are_written_in_the_chosen_language(webmail: Webmail, mail_user: MailUser) -> None:
    speak(webmail, "ar")
    uid = mail_user.append("Subject: x\nDate: Fri, 20 Mar 2020 09:05:00 +0000\n\nx")
    assert "مارس" in webmail.see(f"/mail/main/INBOX/{uid}").texts(".letter-date")[0]


def test_scripts_are_given_their_phrases(webmail: Webmail) -> None:
    speak(webmail, "de")
    page = webmail.see("/settings")
    phrases = {str(said.attributes["data-say"]): said.text() for said in page.tree.css("#words [data-say]")}
    assert not webmail.site.assets.phrases or phrases["Nothing fits."] == "Nichts passt."
