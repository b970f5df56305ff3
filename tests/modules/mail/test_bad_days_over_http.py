"""What the mail pages say when the server, its quota or the password is not what it was."""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from demo.dovecot import Dovecot, dovecot_missing, start_dovecot
from demo.submission import Submission
from tests.modules.compose.desk import write_ini
from tests.modules.mail.letters import plain
from tests.modules.webmail import Webmail, open_webmail
from tests.servers.mail_user import MailUser, new_user
from tests.servers.needs import missing

pytestmark = pytest.mark.servers

INBOX = "/mail/main/INBOX/"


def cut_off(user: MailUser) -> None:
    """End the user's connections to their server, as a restart of it does; returns when they are gone."""
    doveadm = ["doveadm", "-c", str(user.dovecot.layout.run / "dovecot.conf")]
    subprocess.run([*doveadm, "kick", user.name], check=False, capture_output=True)
    end = time.monotonic() + 60
    while user.name in subprocess.run([*doveadm, "who", user.name], capture_output=True, text=True, check=True).stdout:
        if time.monotonic() > end:
            raise TimeoutError(f"{user.name} is still connected.")
        time.sleep(0.05)


@pytest.fixture
def own_dovecot() -> Iterator[Dovecot]:
    """A Dovecot that the test may end."""
    lack = dovecot_missing()
    if lack:
        missing(lack)
    folder = Path(tempfile.mkdtemp(prefix="hm3-mail-"))
    folder.chmod(0o755)
    server = start_dovecot(folder)
    yield server
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def stranded(own_dovecot: Dovecot, submission: Submission, tmp_path: Path) -> Iterator[Webmail]:
    """The browser of a user who logged in before their server went away."""
    user = new_user(own_dovecot)
    with open_webmail(write_ini(user, submission, tmp_path)) as webmail:
        webmail.log_in(user.name, user.password)
        assert webmail.see(INBOX).status == 200
        own_dovecot.child.stop()
        yield webmail


NO_LONGER = "Your mail server no longer accepts the password with which you logged in. Log in again."


def change_password(user: MailUser) -> str:
    """Give the user another password behind the webmail's back, and have the server drop its connections."""
    user.dovecot.change_password(user.name, f"new-{user.password}")
    cut_off(user)
    return f"new-{user.password}"


def test_a_password_changed_elsewhere_leads_to_the_login_and_back(webmail: Webmail, mail_user: MailUser) -> None:
    uid = mail_user.append(plain("Kept"))
    webmail.see(INBOX)
    password = change_password(mail_user)
    page = webmail.see(f"{INBOX}{uid}")
    assert (page.status, page.location) == (303, f"/login?next=%2Fmail%2Fmain%2FINBOX%2F{uid}")
    # The form is there: who counts as logged in would be sent on from it, and round in a circle.
    shown = webmail.see(page.location)
    assert shown.has("#password") and shown.texts(".banner") == [NO_LONGER]
    # It is told once, and to nobody who only tries a password.
    assert webmail.see(page.location).texts(".banner") == []
    assert NO_LONGER not in webmail.visitor().log_in(mail_user.name, mail_user.password).html
    assert webmail.log_in(mail_user.name, password, next=f"{INBOX}{uid}").status == 303
    assert webmail.see(f"{INBOX}{uid}").one("#subject").text() == "Kept"


def test_a_password_changed_elsewhere_ends_what_scripts_may(webmail: Webmail, mail_user: MailUser) -> None:
    uid = mail_user.append(plain())
    webmail.tell(f"{INBOX}messages", {"action": "seen", "uid": str(uid)})
    change_password(mail_user)
    status, told = webmail.tell(f"{INBOX}messages", {"action": "erase", "uid": str(uid)})
    error: Any = told["error"]
    assert (status, error["reason"]) == (401, NO_LONGER)
    assert webmail.browser.get("/settings", Accept="application/json").status_code == 401
    # Who logs in meanwhile is not told later of the session before.
    assert webmail.log_in(mail_user.name, f"new-{mail_user.password}").status == 303
    webmail.log_out()
    assert webmail.see("/login").texts(".banner") == []


@pytest.mark.parametrize(
    "by", [{"Accept": "application/json"}, {"Sec-Fetch-Dest": "iframe"}, {"Sec-Fetch-Dest": "empty"}]
)
def test_an_answer_that_comes_late_leaves_the_form_of_another_tab_as_it_is(
    webmail: Webmail, mail_user: MailUser, by: dict[str, str]
) -> None:
    webmail.see(INBOX)
    change_password(mail_user)
    answer = webmail.browser.get(INBOX, **by)
    names = {cookie.partition("=")[0] for cookie in answer.headers.getlist("Set-Cookie")}
    assert names == {"hm3_session", "hm3_key", "hm3_why"}
    assert webmail.see("/login").texts(".banner") == [NO_LONGER]


def test_why_a_session_ended_is_believed_of_nobody_else(webmail: Webmail) -> None:
    webmail.log_out()
    for kept in ("You won.", "eyJ3aHkiOiJZb3Ugd29uLiJ9.aaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbb"):
        webmail.browser.client.set_cookie("hm3_why", kept)
        assert webmail.see("/login").texts(".banner") == []


def test_why_a_session_ended_is_not_told_to_a_script_that_renews_its_token(
    webmail: Webmail, mail_user: MailUser
) -> None:
    webmail.see(INBOX)
    change_password(mail_user)
    assert webmail.browser.get(INBOX, Accept="application/json").status_code == 401
    assert NO_LONGER not in webmail.browser.get("/login", **{"X-Hm3-Background": "1"}).get_data(as_text=True)
    assert webmail.see("/login").texts(".banner") == [NO_LONGER]


def test_a_password_changed_elsewhere_ends_a_page_that_only_shows_folders_beside(
    webmail: Webmail, mail_user: MailUser
) -> None:
    webmail.see(INBOX)
    change_password(mail_user)
    assert webmail.see("/settings").location == "/login?next=%2Fsettings"


@pytest.mark.parametrize("page", ["", "1", "1/frame", "1/headers", "1/print", "1/source", "1/part/1"])
def test_a_server_that_went_away_is_told_on_every_page(stranded: Webmail, page: str) -> None:
    seen = stranded.see(f"{INBOX}{page}")
    (reason,) = seen.texts("[data-reason]")
    assert seen.status == 502 and reason.endswith("refuses connections. It is down, or the port is wrong.")


def test_a_server_that_went_away_is_told_to_scripts(stranded: Webmail) -> None:
    answer = stranded.browser.get(f"{INBOX}changes", Accept="application/json")
    assert (answer.status_code, answer.get_json()["error"]["title"]) == (502, "The mail server is in trouble")


def test_a_server_that_went_away_leaves_the_settings_and_the_way_out(stranded: Webmail) -> None:
    page = stranded.see("/settings")
    assert page.status == 200 and not page.has("nav.mailboxes")
    status, told = stranded.tell(f"{INBOX}messages", {"action": "erase", "uid": "1"})
    error: Any = told["error"]
    assert (status, error["title"]) == (502, "The mail server is in trouble")
    assert stranded.log_out().location == "/login"


def test_a_server_that_dropped_its_connections_is_asked_again_unnoticed(webmail: Webmail, mail_user: MailUser) -> None:
    uid = mail_user.append(plain("Kept"))
    webmail.see(INBOX)
    cut_off(mail_user)
    assert webmail.see(INBOX).texts(".row-subject") == ["Kept"]
    cut_off(mail_user)
    assert webmail.tell(f"{INBOX}messages", {"action": "trash", "uid": str(uid)})[0] == 200
    assert len(mail_user.uids("Trash")) == 1


def test_a_full_mailbox_takes_no_copies_but_can_be_tidied(webmail: Webmail, mail_user: MailUser) -> None:
    full = new_user(mail_user.dovecot, quota="10K")
    uid = full.append(plain(text="words and words\n" * 400))
    webmail.log_in(full.name, full.password)
    status, told = webmail.tell(f"{INBOX}messages", {"action": "copy", "uid": str(uid), "target": "Drafts"})
    error: Any = told["error"]
    assert status == 409 and "the quota is used up. Erase messages, then try again." in error["reason"]
    assert (full.uids(), full.uids("Drafts")) == ([uid], [])
    assert webmail.see(INBOX).one("meter#quota").attributes["max"] == "10240"
    assert webmail.tell(f"{INBOX}messages", {"action": "trash", "uid": str(uid)})[0] == 200
    assert webmail.tell("/mail/main/Trash/empty", {})[0] == 200
    assert (full.uids(), full.uids("Trash")) == ([], [])


def make_anew(user: MailUser) -> int:
    """Put another Garden with another message in the place of the one there is; the UID that both messages have."""
    user.run("DELETE", "Garden")
    user.create("Garden")
    return user.append(plain("Other"), "Garden")


def test_what_was_meant_for_a_folder_is_not_done_to_the_one_made_anew(webmail: Webmail, mail_user: MailUser) -> None:
    mail_user.create("Garden")
    old = mail_user.append(plain("Old"), "Garden")
    listed: Any = webmail.ask("/mail/main/Garden/")
    assert make_anew(mail_user) == old
    cut_off(mail_user)
    fields = {"action": "erase", "uid": str(old), "uidvalidity": str(listed["uidvalidity"])}
    status, told = webmail.tell("/mail/main/Garden/messages", fields)
    error: Any = told["error"]
    assert status == 409 and error["reason"].startswith("Garden was made anew on the mail server.")
    assert mail_user.uids("Garden") == [old]
    changed: Any = webmail.ask("/mail/main/Garden/changes?uidvalidity=1&uidnext=2&messages=1&unseen=1")
    assert changed["changed"] is True and changed["state"]["uidvalidity"] != listed["uidvalidity"]


@pytest.mark.parametrize(("page", "form"), [("", "form.messages"), ("1", "form.read-bar")])
def test_forms_say_which_folder_of_that_name_they_mean(
    webmail: Webmail, mail_user: MailUser, page: str, form: str
) -> None:
    mail_user.create("Garden")
    mail_user.append(plain("Old"), "Garden")
    listed: Any = webmail.ask("/mail/main/Garden/")
    shown = webmail.see(f"/mail/main/Garden/{page}")
    assert shown.value(f"{form} input[name=uidvalidity]") == str(listed["uidvalidity"])


def test_a_kept_connection_to_a_folder_made_anew_does_nothing_to_that(webmail: Webmail, mail_user: MailUser) -> None:
    mail_user.create("Garden")
    old = mail_user.append(plain("Old"), "Garden")
    webmail.see(f"/mail/main/Garden/{old}")
    make_anew(mail_user)
    webmail.tell("/mail/main/Garden/messages", {"action": "erase", "uid": str(old)})
    assert mail_user.uids("Garden") == [old]
    # Dovecot may answer from what it knew for a moment; then the webmail shows what is there.
    end = time.monotonic() + 120
    while (seen := webmail.see("/mail/main/Garden/").texts(".row-subject")) != ["Other"] and time.monotonic() < end:
        time.sleep(0.1)
    assert seen == ["Other"]


def test_a_folder_that_only_holds_others_says_so(webmail: Webmail, mail_user: MailUser) -> None:
    mail_user.create("Outer/Inner")
    page = webmail.see("/mail/main/Outer/")
    assert page.status == 404 and "Outer holds other folders, but no messages." in page.html
    assert webmail.see("/mail/main/Outer/Inner/").status == 200
