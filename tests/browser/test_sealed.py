"""What scripts exchange with the server and what browsers keep, where hm3.ini says that it is encrypted."""

import base64
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium.common.exceptions import WebDriverException
from selenium.webdriver import Chrome

from core.security.agreement import FOR_ANSWERS, ClientKey, Exchange, expand
from demo.dovecot import Dovecot
from demo.submission import Submission
from tests.browser.person import INBOX, Person
from tests.browser.site import Site, serve
from tests.browser.writer import Writer
from tests.modules.mail.letters import plain, rich
from tests.servers.mail_user import MailUser

pytestmark = [pytest.mark.browser, pytest.mark.servers]

SUBJECT, WORDS = "Quokka at the harbour", "Wombats sleep in daylight"
LETTER = (
    f'<style>p.much {{ color: rgb(1, 2, 3) }}</style><p class="much">{WORDS}</p><i style="color: rgb(4, 5, 6)">!</i>'
)
IN_STORES = """
const done = arguments[0];
const all = (store) => new Promise((tell) => (store.getAll().onsuccess = (event) => tell(event.target.result)));
const bare = (value) => {
  if (value instanceof CryptoKey) return `${value.algorithm.name} ${value.extractable}`;
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) {
    return [...new Uint8Array(value.buffer ?? value)].map((octet) => String.fromCharCode(octet)).join("");
  }
  if (!value || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, bare(inner)]));
};
(async () => {
  const found = {local: {...localStorage}, session: {...sessionStorage}, caches: await caches.keys(), stores: {}};
  for (const {name} of await indexedDB.databases()) {
    const open = await new Promise((tell) => (indexedDB.open(name).onsuccess = (event) => tell(event.target.result)));
    for (const store of open.objectStoreNames) {
      found.stores[store] = (await all(open.transaction(store).objectStore(store))).map(bare);
    }
    open.close();
  }
  done(JSON.stringify(found));
})();
"""
BREAK = """
const before = window.fetch;
window.fetch = async (...asked) => {
  const response = await before(...asked);
  const text = await response.text();
  const broken = text.replace(/("c":".{40})(.)/, (whole, start, one) => start + (one === "A" ? "B" : "A"));
  return new Response(broken, {status: response.status, headers: response.headers});
};
"""
SWAP = """
const before = window.fetch;
let last;
window.fetch = async (...asked) => {
  const response = await before(...asked);
  const [text, instead] = [await response.text(), last];
  last ??= text;
  return new Response(instead ?? text, {status: response.status, headers: response.headers});
};
"""
WITHOUT_X25519 = """
const make = crypto.subtle.generateKey.bind(crypto.subtle);
crypto.subtle.generateKey = (how, ...rest) => how.name === "X25519"
  ? Promise.reject(new DOMException("no such curve", "NotSupportedError")) : make(how, ...rest);
"""
ASKS_BEFORE_IT_LEAVES = """
const leaving = new Event("beforeunload", {cancelable: true});
return !dispatchEvent(leaving);
"""
SEAL = """
const [key, nonce, plain, bound, done] = arguments;
const octets = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
(async () => {
  const root = await crypto.subtle.importKey("raw", octets(key), "HKDF", false, ["deriveKey"]);
  const how = {name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: new TextEncoder().encode("hm3.ajax.ask")};
  const ask = await crypto.subtle.deriveKey(how, root, {name: "AES-GCM", length: 256}, false, ["encrypt"]);
  const gcm = {name: "AES-GCM", iv: octets(nonce), additionalData: octets(bound)};
  done(btoa(String.fromCharCode(...new Uint8Array(await crypto.subtle.encrypt(gcm, ask, octets(plain))))));
})();
"""

Enter = Callable[..., Person]


@pytest.fixture(scope="module")
def site(
    tmp_path_factory: pytest.TempPathFactory, dovecot: Dovecot, submission: Submission, front_end: Path
) -> Iterator[Site]:
    """The program with everything encrypted that can be."""
    folder = tmp_path_factory.mktemp("sealed-site")
    with serve(folder, dovecot, submission, more="[ajax]\nencrypt = on\ncache = on\n") as site:
        yield site
    shutil.rmtree(folder, ignore_errors=True)


def stores(person: Person) -> dict[str, Any]:  # Any: JSON of whatever is kept
    """All that the browser keeps of the site, octets as letters."""
    kept: dict[str, Any] = json.loads(person.browser.execute_async_script(IN_STORES))
    return kept


def by_scripts(person: Person) -> dict[str, dict[str, Any]]:  # Any: JSON of the browser's own tools
    """What scripts asked for and were told, by the browser's own names for requests."""
    person.asked()
    found: dict[str, dict[str, Any]] = {}
    for event in person.heard:
        told = event["params"]
        if event["method"] == "Network.requestWillBeSent" and told.get("type") in ("Fetch", "XHR"):
            found[told["requestId"]] = {"url": told["request"]["url"], "asked": json.dumps(told["request"])}
        if event["method"] == "Network.responseReceived" and told["requestId"] in found:
            found[told["requestId"]]["type"] = told["response"]["mimeType"]
    for name, one in found.items():
        try:
            one["answer"] = person.tell_browser("Network.getResponseBody", requestId=name)["body"]
        except WebDriverException:
            one["answer"] = ""
        if '"hasPostData": true' in one["asked"] and '"postData":' not in one["asked"]:
            one["asked"] += person.tell_browser("Network.getRequestPostData", requestId=name)["postData"]
    return found


def test_what_scripts_exchange_shows_no_mail(reader: Enter) -> None:
    person = reader(rich(LETTER, subject=SUBJECT), plain("Other"))
    person.until(lambda: len(person.subjects()) == 2)
    person.all(".row-link")[1].click()
    person.wait_for_message(SUBJECT)
    person.until(lambda: WORDS in person.in_letter("return letter.body.textContent"))
    person.open(INBOX)
    person.press("c")
    person.wait_for(".panel [name=subject]").send_keys("Numbat census")
    person.wait_for_text(".panel [data-saved]", "Saved")
    exchanged = by_scripts(person)
    sealed = [one for one in exchanged.values() if not one["url"].endswith(("/ajax/key", "/login"))]
    assert len([one for one in sealed if "type" in one]) >= 6
    for one in sealed:
        # What was fetched ahead may have been given up.
        assert one.get("type", "") in ("application/vnd.hm3.sealed+json", ""), one
        assert "?" not in one["url"]
        for secret in (SUBJECT, WORDS, "Numbat", "mail.reading"):
            assert secret not in one["asked"] + one["answer"]


def test_the_text_of_a_message_comes_sealed_and_looks_as_it_should(reader: Enter) -> None:
    person = reader(rich(LETTER, subject=SUBJECT), plain("Other"))
    person.wait_for(".row-link")
    person.all(".row-link")[1].click()
    person.wait_for_message(SUBJECT)
    person.until(lambda: WORDS in person.in_letter("return letter.body.textContent"))
    colours = "return [...letter.querySelectorAll('p, i')].map((one) => getComputedStyle(one).color)"
    assert person.in_letter(colours) == ["rgb(1, 2, 3)", "rgb(4, 5, 6)"]
    assert person.in_letter("return letter.documentElement.dataset.kind") == "html"
    assert not [one for one in person.asked() if one.endswith("/1/frame") and "mail-frame" in one]


@pytest.mark.parametrize("trick", [BREAK, SWAP])
def test_an_answer_that_is_not_the_servers_is_told_and_not_shown(reader: Enter, trick: str) -> None:
    person = reader(plain("First"), plain("Second"), plain("Third"))
    person.until(lambda: len(person.subjects()) == 3)
    person.script(trick)
    person.all(".row-link")[2].click()
    person.until(lambda: person.all("#notices .notice, #message #subject"))
    person.all(".row-link")[1].click()
    person.wait_for_notice("The answer was changed on its way here")
    person.complaints()


def test_a_page_goes_on_after_a_new_login_in_another_tab(reader: Enter) -> None:
    person = reader(plain("First"), plain("Second"))
    first = person.browser.current_window_handle
    person.browser.delete_all_cookies()
    person.browser.switch_to.new_window("tab")
    person.enter()
    person.browser.switch_to.window(first)
    person.all(".row-link")[1].click()
    person.wait_for_message("First")
    person.complaints()


def test_tabs_share_one_key_and_it_cannot_be_read_out(reader: Enter) -> None:
    person = reader(plain("First"))
    person.wait_for(".row-link").click()
    person.wait_for_message("First")
    person.browser.switch_to.new_window("tab")
    person.open(INBOX)
    person.wait_for(".row-link").click()
    person.wait_for_message("First")
    (key,) = stores(person)["stores"]["keys"]
    assert [key[use] for use in ("ask", "answer", "kept")] == ["AES-GCM false"] * 3
    assert len([one for one in person.asked() if one.endswith("/ajax/key")]) <= 1


def test_a_browser_without_the_newer_curve_agrees_on_the_older_one(person: Person) -> None:
    person.tell_browser("Page.addScriptToEvaluateOnNewDocument", source=WITHOUT_X25519)
    person.user.append(plain("First"))
    person.enter()
    person.wait_for(".row-link").click()
    person.wait_for_message("First")
    assert any("P-256" in one["asked"] for one in by_scripts(person).values() if one["url"].endswith("/ajax/key"))


def test_what_was_seen_shows_at_once_and_lies_encrypted(reader: Enter) -> None:
    person = reader(rich(LETTER, subject=SUBJECT), plain("Other"))
    person.wait_for(".row-link")
    person.all(".row-link")[1].click()
    person.wait_for_message(SUBJECT)
    person.until(lambda: WORDS in person.in_letter("return letter.body.textContent"))
    person.until(lambda: len(stores(person)["stores"]["kept"]) >= 3)
    everything = json.dumps(stores(person))
    assert not [secret for secret in (SUBJECT, WORDS, "Quokka", "Wombats", person.user.name) if secret in everything]
    person.open("/mail/main/Sent/")
    person.tell_browser("Network.setBlockedURLs", urls=["*/INBOX/*", "*/Sent/*"])
    person.script("history.pushState({mail: true}, '', arguments[0])", f"{INBOX}1")
    person.script("dispatchEvent(new PopStateEvent('popstate', {state: {mail: true}}))")
    person.wait_for_message(SUBJECT)
    person.until(lambda: WORDS in person.in_letter("return letter.body.textContent"))
    assert SUBJECT in person.subjects()
    person.tell_browser("Network.setBlockedURLs", urls=[])
    person.complaints()


def test_nothing_stays_after_the_log_out(reader: Enter) -> None:
    person = reader(plain(SUBJECT), plain("Other"))
    person.wait_for(".row-link").click()
    person.wait_for_message("Other")
    person.until(lambda: stores(person)["stores"].get("kept"))
    person.use("Log out")
    person.wait_for("[name=password]")
    person.until(lambda: not any(stores(person)["stores"].values()))
    kept = stores(person)
    assert (kept["local"], kept["session"], kept["caches"]) == ({}, {}, [])


def test_python_and_the_browser_seal_alike(person: Person) -> None:
    person.open("/login")
    key, nonce, exchange = ClientKey("0" * 16, bytes(range(32))), bytes(12), Exchange("POST", "/ä b", "r" * 32, 7)
    letters = [base64.b64encode(one).decode() for one in (key.key, nonce, b"words", exchange.bound("body"))]
    sealed = base64.b64decode(person.browser.execute_async_script(SEAL, *letters))
    assert key.open(exchange, "body", nonce + sealed) == b"words"
    assert expand(key.key, b"", FOR_ANSWERS) != key.key


def test_without_the_cache_browsers_keep_no_mail(selenium: Chrome, usual_site: Site, mail_user: MailUser) -> None:
    person = Person(selenium, mail_user, usual_site.address)
    mail_user.append(rich(LETTER, subject=SUBJECT))
    person.enter()
    person.wait_for(".row-link").click()
    person.wait_for_message(SUBJECT)
    person.press("c")
    person.wait_for(".panel [name=subject]").send_keys("Numbat census")
    person.wait_for_text(".panel [data-saved]", "Saved")
    reading = json.dumps(stores(person))
    person.use("Log out")
    person.wait_for("[name=password]")
    everything = reading + json.dumps(stores(person))
    assert not [secret for secret in ("Quokka", "Wombats", "Numbat") if secret in everything]
    assert stores(person)["stores"] == {}


def test_what_waits_goes_out_sealed_when_the_page_is_left(selenium: Chrome, site: Site, mail_user: MailUser) -> None:
    writer = Writer(selenium, mail_user, site.address)
    writer.open("/login")
    writer.log_in()
    writer.begin(undo_seconds=300)
    writer.write(mail_user.name, "Beans", "They grow.")
    writer.wait_until_saved()
    writer.send()
    # The moment that sealing takes; who leaves before it is over is asked by the browser.
    writer.until(lambda: not selenium.execute_script(ASKS_BEFORE_IT_LEAVES))
    writer.open("/settings")
    mail_user.wait_for_messages(1)
    assert b"Beans" in mail_user.messages()[0]
