"""What a page remembers: lists and messages seen before, and neighbours fetched ahead, in its memory alone."""

from collections.abc import Callable

import pytest
from selenium.webdriver.common.action_chains import ActionChains

from tests.browser.person import INBOX, Person
from tests.modules.mail.letters import plain

pytestmark = [pytest.mark.browser, pytest.mark.servers]

Enter = Callable[..., Person]

# Notes what scripts ask for; nothing is sent while it is `held`, or only nothing ahead while that is.
LISTEN = """
const send = window.fetch;
window.sent = [];
window.fetch = async (where, how) => {
  const by = new Headers(how.headers).get("X-Hm3-Background") === "1" ? "by itself" : "by hand";
  window.sent.push({where: String(where), by, signal: how.signal});
  if (String(where).includes("peek=1")) await window.ahead;
  await window.held;
  return send(where, how);
};
"""
HOLD = "window.sent = []; window.held = new Promise((done) => { window.release = done; });"
HOLD_AHEAD = "window.ahead = new Promise((done) => { window.release = done; });"
SENT = "return window.sent.map(({where, by}) => [where, by])"
STORED = "return JSON.stringify([{...localStorage}, {...sessionStorage}])"
SPARE_FRAME = "document.querySelector('body > iframe[hidden]')"
SPARE = f"""
const ready = {SPARE_FRAME}?.contentDocument;
return ready?.readyState === "complete" && ready.URL !== "about:blank";
"""
RULES = "return document.querySelector('#letter-frame').getAttribute('sandbox')"
LETTER = "return letter.body.textContent"


def listened(reader: Enter) -> Person:
    """Somebody with three letters, whose page tells what it asks for."""
    person = reader(plain("One", "The first."), plain("Two", "The second."), plain("Three", "The third."))
    person.wait_for_subjects("Three", "Two", "One")
    person.script(LISTEN)
    return person


def sent(person: Person) -> list[tuple[str, str]]:
    """What was asked for since it was noted anew, and whether by the page itself."""
    return [(where, by) for where, by in person.script(SENT)]


def by_hand(person: Person) -> list[str]:
    """What was asked for because the person did something."""
    return [where for where, by in sent(person) if by == "by hand"]


def ahead(person: Person) -> list[str]:
    """The messages that were asked for ahead."""
    return [where.split("?")[0] for where, _ in sent(person) if "peek=1" in where]


def fetched(person: Person) -> set[str]:
    """What scripts asked for and have, since the browser began."""
    person.asked()
    told = [(event["method"], event["params"]) for event in person.heard]
    there = {params["requestId"] for method, params in told if method == "Network.loadingFinished"}
    asked = [params for method, params in told if method == "Network.requestWillBeSent" and params["type"] == "Fetch"]
    return {one["request"]["url"].removeprefix(person.site) for one in asked if one["requestId"] in there}


def peeked(number: int) -> str:
    """How a message is asked for ahead, with its text."""
    return f"{INBOX}{number}?peek=1&along=1&part=mail.reading"


def open_three(person: Person) -> None:
    """Open the newest letter and wait until the next one was fetched ahead, with its text."""
    person.all(".row-link")[0].click()
    person.wait_for_message("Three")
    person.until(lambda: peeked(2) in fetched(person))


def test_going_back_shows_lists_and_messages_without_a_request(reader: Enter) -> None:
    person = listened(reader)
    open_three(person)
    person.script(HOLD)
    person.press("u")
    person.until(lambda: not person.all("#message"))
    assert person.subjects() == ["Three", "Two", "One"] and by_hand(person) == []
    person.script("window.release()")

    def leave() -> bool:
        person.one(".mailboxes a[data-role=sent]").click()
        return True

    # The folders are just being renewed.
    person.until(leave)
    person.until(lambda: person.subjects() == [])
    person.script(HOLD)
    person.browser.back()
    person.wait_for_subjects("Three", "Two", "One")
    person.browser.back()
    person.wait_for_message("Three")
    assert person.in_letter(LETTER).strip() == "The third."
    assert {where.split("?")[0] for where in by_hand(person)} == {f"{INBOX}3"}
    person.script("window.release()")


def test_the_next_message_opens_from_what_was_fetched_ahead_and_only_then_is_read(reader: Enter) -> None:
    person = listened(reader)
    open_three(person)
    assert {by for where, by in sent(person) if "peek=1" in where} == {"by itself"}
    assert ahead(person) == [f"{INBOX}2"]
    assert "\\Seen" not in person.user.flags(2)
    person.until(lambda: person.texts(".row.unseen .row-subject") == ["Two", "One"])
    with person.user.connection() as elsewhere:
        elsewhere.select("INBOX")
        elsewhere.uid("STORE", "2", "+FLAGS", "(\\Flagged)")
    person.script(HOLD)
    person.press("j")
    person.wait_for_message("Two")
    assert person.in_letter(LETTER).strip() == "The second."
    assert by_hand(person) == [f"{INBOX}2?part=mail.reading"]
    assert not person.all("#message[data-starred]")
    person.script("document.querySelector('#letter-frame').contentWindow.kept = true; window.release()")
    person.wait_for("#message[data-starred] .star[aria-pressed=true]")
    person.until(lambda: "\\Seen" in person.user.flags(2))
    person.until(lambda: person.texts(".row.unseen .row-subject") == ["One"])
    # What changed came around the text, which was not loaded once more.
    assert person.in_letter("return letter.defaultView.kept") and "second" in person.in_letter(LETTER)
    assert "Two" not in person.script(STORED) and "second" not in person.script(STORED)


def test_the_next_text_is_shown_without_any_request_for_a_frame(reader: Enter) -> None:
    person = listened(reader)
    open_three(person)
    person.until(lambda: person.script(SPARE))
    person.script(f"({SPARE_FRAME}).contentWindow.readied = true")
    person.press("j")
    person.wait_for_message("Two")
    # It is the document that was ready: nothing was loaded into it since.
    assert person.in_letter("return letter.defaultView.readied") and person.in_letter(LETTER).strip() == "The second."
    assert [where for where in person.asked() if where.endswith("/2/frame")] == []
    assert person.script(RULES) == "allow-same-origin allow-popups allow-popups-to-escape-sandbox"
    assert person.one("#letter-frame").is_displayed() and person.one("#letter-frame").get_attribute("title")
    person.until(lambda: "\\Seen" in person.user.flags(2))
    # And the next one is made ready in its turn.
    person.until(lambda: person.script(SPARE))
    person.press("k")
    person.wait_for_message("Three")
    assert person.in_letter(LETTER).strip() == "The third."
    assert person.complaints() == []


def test_a_message_comes_with_its_text_and_a_long_text_by_itself(reader: Enter) -> None:
    letters = plain("Long", "Words. " * 10_000), plain("Short", "The <b>words</b> & signs."), plain("Under the cursor")
    person = reader(*letters)
    person.wait_for_subjects("Under the cursor", "Short", "Long")
    person.script(LISTEN)
    # No mouse rests there before.
    person.script("document.querySelectorAll('.row-link')[1].click()")
    person.wait_for_message("Short")
    assert person.in_letter(LETTER).strip() == "The <b>words</b> & signs."
    assert by_hand(person) == [f"{INBOX}2?along=1&part=mail.reading"]
    # Nor is anything but the text in the page, and it is in its frame.
    assert person.all("[data-letter]:not(iframe)") == [] and "The <b>" not in person.one("#read-pane").text
    assert [where for where in person.asked() if where.endswith("/2/frame")] == []
    person.all(".row-link")[2].click()
    person.wait_for_message("Long")
    person.until(lambda: "Words." in person.in_letter(LETTER))
    assert [where for where in person.asked() if where.endswith("/1/frame")]
    assert person.complaints() == []


def test_what_nobody_waits_for_is_asked_for_patiently(reader: Enter) -> None:
    person = listened(reader)
    person.script("document.querySelectorAll('.row-link')[2].click()")
    person.wait_for_message("One")
    person.press("s")
    person.until(lambda: "\\Flagged" in person.user.flags(1))
    person.until(lambda: peeked(2) in fetched(person))
    asked = [params["request"] for event in person.heard if "request" in (params := event["params"])]
    told = {(one["method"], one["url"].removeprefix(person.site)): one["headers"].get("priority") for one in asked}
    assert told["POST", f"{INBOX}messages"] == told["GET", peeked(2)] == "u=5"
    assert told["GET", f"{INBOX}1?along=1&part=mail.reading"] is None


def test_a_ready_frame_is_never_in_the_way(reader: Enter) -> None:
    person = listened(reader)
    open_three(person)
    person.until(lambda: person.script(SPARE))
    assert len(person.all("body > iframe[hidden]")) == 1 and person.barriers() == []
    person.script("window.dispatchEvent(new Event('hm3:ended'))")
    assert person.all("body > iframe[hidden]") == []


def test_without_a_ready_frame_the_text_comes_from_memory_as_well(reader: Enter) -> None:
    person = listened(reader)
    # The page may have made one ready already.
    person.script(f"Element.prototype.moveBefore = undefined; {SPARE_FRAME}?.remove()")
    open_three(person)
    person.press("j")
    person.wait_for_message("Two")
    assert person.in_letter(LETTER).strip() == "The second."
    assert person.all("body > iframe[hidden]") == []


def rest_on(person: Person, place: int) -> None:
    """Leave the mouse on a row."""
    ActionChains(person.browser).move_to_element(person.all(".row-link")[place]).perform()


def test_a_message_on_which_the_mouse_rests_is_fetched_before_it_is_opened(reader: Enter) -> None:
    person = listened(reader)
    person.script("window.sent = []")
    rest_on(person, 2)
    person.until(lambda: peeked(1) in fetched(person))
    assert ahead(person) == [f"{INBOX}1"] and by_hand(person) == []
    assert "\\Seen" not in person.user.flags(1)
    person.script(HOLD)
    person.all(".row-link")[2].click()
    person.wait_for_message("One")
    assert person.in_letter(LETTER).strip() == "The first."
    assert by_hand(person) == [f"{INBOX}1?part=mail.reading"]
    person.script("window.release()")
    person.until(lambda: "\\Seen" in person.user.flags(1))
    # It is there by now: the mouse fetches it no second time, nor the open one.
    person.script("window.sent = []")
    rest_on(person, 1)
    person.until(lambda: ahead(person) == [f"{INBOX}2"] or peeked(2) in fetched(person))
    rest_on(person, 2)
    person.browser.execute_async_script("setTimeout(arguments[0], 300)")
    assert f"{INBOX}1" not in ahead(person)


def test_for_whoever_saves_data_nothing_is_fetched_ahead(reader: Enter) -> None:
    person = listened(reader)
    person.script("Object.defineProperty(navigator, 'connection', {value: {saveData: true}})")
    rest_on(person, 1)
    person.browser.execute_async_script("setTimeout(arguments[0], 300)")
    person.all(".row-link")[0].click()
    person.wait_for_message("Three")
    person.until(lambda: any("mail.conversation" in where for where, _ in sent(person)))
    assert "along=1" not in str(sent(person)) and person.in_letter(LETTER).strip() == "The third."
    person.browser.execute_async_script("requestIdleCallback(() => setTimeout(arguments[0], 0))")
    assert ahead(person) == []


def test_typing_gives_up_what_is_being_fetched_ahead(reader: Enter) -> None:
    person = listened(reader)
    person.script(HOLD_AHEAD)
    person.all(".row-link")[0].click()
    person.wait_for_message("Three")
    person.until(lambda: ahead(person) == [f"{INBOX}2"])
    person.press("/")
    person.one(".search [name=q]").send_keys("w")
    person.until(lambda: person.script("return window.sent.find(({where}) => where.includes('peek=1')).signal.aborted"))
    person.script("window.release()")
    assert ahead(person) == [f"{INBOX}2"]


def test_the_end_of_a_session_empties_the_memory(reader: Enter) -> None:
    person = listened(reader)
    open_three(person)
    person.script("window.dispatchEvent(new Event('hm3:ended'))")
    person.script(HOLD)
    person.press("j")
    person.wait_for(".message.waiting")
    person.script("window.release()")
    person.wait_for_message("Two")
