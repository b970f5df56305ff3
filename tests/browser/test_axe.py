"""Every page as a program that looks for barriers sees it: axe-core, in light and dark, wide and narrow."""

from pathlib import Path
from typing import Any

import pytest

from tests.browser.writer import Writer
from tests.modules.mail.letters import rich, with_files, with_picture

pytestmark = [pytest.mark.browser, pytest.mark.servers]

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
LOOKS = [("light", 1440, 900), ("dark", 1440, 900), ("light", 390, 844), ("dark", 390, 844)]
RUN = """
const done = arguments[arguments.length - 1];
const moving = document.getAnimations().filter((one) => one.effect.getComputedTiming().endTime !== Infinity);
Promise.all(moving.map((one) => one.finished.catch(() => null)))
.then(() => axe.run(document, {iframes: false, resultTypes: ["violations"]})).then((found) => done(found.violations.map(
  (one) => `${one.id} (${one.impact}): ${one.help}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`
)), (error) => done([String(error)]));
"""


def look_like(writer: Writer, theme: str, width: int, height: int) -> None:
    """Give the browser a size and a liking for light or dark."""
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 700}
    writer.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    liking = [{"name": "prefers-color-scheme", "value": theme}, {"name": "prefers-reduced-motion", "value": "reduce"}]
    writer.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": liking})


def barriers(writer: Writer) -> list[str]:
    """What axe finds on the page that is open."""
    writer.browser.execute_script(AXE.read_text())
    found: Any = writer.browser.execute_async_script(RUN)
    return [str(one) for one in found]


@pytest.fixture
def pages(writer: Writer) -> list[str]:
    """The addresses of all pages that a user sees, each with something on it."""
    user = writer.user
    user.create("Garden")
    letter = user.append(rich('<h1>News</h1><img src="https://cdn.example/a.png"><p>Words</p>'))
    files = user.append(with_files(("a.bin", b"1"), ("b.png", b"2")))
    picture = user.append(with_picture(), flags="\\Flagged")
    inbox = "/mail/main/INBOX/"
    return [
        inbox,
        f"{inbox}?q=nothing-like-it",
        f"{inbox}{letter}",
        f"{inbox}{files}",
        f"{inbox}{picture}/headers",
        f"{inbox}{letter}/print",
        "/mail/main/Garden/",
        "/compose",
        f"/compose?mode=reply&account=main&mailbox=INBOX&uid={letter}",
        "/settings",
        "/folders",
        "/security",
        "/security/two-factor",
        "/security/keys",
        "/security/erase",
        "/security/passkeys",
        "/accounts",
        "/accounts/new",
        "/nowhere",
        f"{inbox}4242",
    ]


@pytest.mark.parametrize(("theme", "width", "height"), LOOKS)
def test_no_page_has_barriers(writer: Writer, pages: list[str], theme: str, width: int, height: int) -> None:
    look_like(writer, theme, width, height)
    found = {}
    for page in pages:
        writer.open(page)
        if told := barriers(writer):
            found[page] = told
    assert found == {}


@pytest.mark.parametrize(("theme", "width", "height"), LOOKS)
def test_panels_dialogs_and_menus_have_no_barriers(writer: Writer, theme: str, width: int, height: int) -> None:
    look_like(writer, theme, width, height)
    writer.open("/mail/main/INBOX/")
    writer.begin()
    writer.write("ann@garden.example, beans", "Beans", "They grow.")
    found = {"panel": barriers(writer)}
    writer.open("/mail/main/INBOX/")
    writer.press("?")
    writer.wait_for("dialog[open]")
    found["keys"] = barriers(writer)
    assert {where: told for where, told in found.items() if told} == {}


@pytest.mark.parametrize(("theme", "width", "height"), LOOKS)
def test_the_login_has_no_barriers(writer: Writer, theme: str, width: int, height: int) -> None:
    look_like(writer, theme, width, height)
    writer.browser.delete_all_cookies()
    writer.open("/login")
    found = barriers(writer)
    writer.one("[name=username]").send_keys("nobody")
    writer.one("[name=password]").send_keys("wrong\n")
    writer.wait_for("[role=alert]")
    assert found + barriers(writer) == []
