"""Every page as a program that looks for barriers sees it: axe-core, in light and dark, wide and narrow."""

from pathlib import Path
from typing import Any

import pytest

from tests.browser.writer import Writer
from tests.modules.mail.letters import rich, with_files, with_picture

pytestmark = [pytest.mark.browser, pytest.mark.servers]

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
SIZES = [(1440, 900), (390, 844)]
# What is dark differs from what is light in nothing but colours.
COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"]}
RUN = """
const [more, done] = arguments;
const moving = document.getAnimations().filter((one) => one.effect.getComputedTiming().endTime !== Infinity);
Promise.all(moving.map((one) => one.finished.catch(() => null)))
.then(() => axe.run(document, {iframes: false, resultTypes: ["violations"], ...more}))
.then((found) => done(found.violations.map(
  (one) => `${one.id} (${one.impact}): ${one.help}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`
)), (error) => done([String(error)]));
"""


@pytest.fixture(params=SIZES, ids=["desk", "phone"])
def writer(request: pytest.FixtureRequest, writer: Writer) -> Writer:
    """Someone logged in before a browser of this size."""
    width, height = request.param
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 700}
    writer.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    return writer


def barriers(writer: Writer) -> list[str]:
    """What axe finds on the page that is open, in light and in dark."""
    writer.browser.execute_script(AXE.read_text("utf-8"))
    found = []
    for theme, rules in (("light", {}), ("dark", COLOURS)):
        like(writer, theme)
        told: Any = writer.browser.execute_async_script(RUN, rules)
        found += [f"{theme}: {one}" for one in told]
    like(writer, "light")
    return found


def like(writer: Writer, theme: str) -> None:
    """Give the browser a liking for light or dark."""
    liking = [{"name": "prefers-color-scheme", "value": theme}, {"name": "prefers-reduced-motion", "value": "reduce"}]
    writer.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": liking})


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


def test_no_page_has_barriers(writer: Writer, pages: list[str]) -> None:
    found = {}
    for page in pages:
        writer.open(page)
        if told := barriers(writer):
            found[page] = told
    assert found == {}


def test_panels_dialogs_and_the_login_have_no_barriers(writer: Writer) -> None:
    writer.open("/mail/main/INBOX/")
    writer.begin()
    writer.write("ann@garden.example, beans", "Beans", "They grow.")
    found = {"panel": barriers(writer)}
    writer.open("/mail/main/INBOX/")
    writer.press("?")
    writer.wait_for("dialog[open]")
    found["keys"] = barriers(writer)
    writer.browser.delete_all_cookies()
    writer.open("/login")
    found["login"] = barriers(writer)
    writer.one("[name=username]").send_keys("nobody")
    writer.one("[name=password]").send_keys("wrong\n")
    writer.wait_for("[role=alert]")
    found["wrong"] = barriers(writer)
    assert {where: told for where, told in found.items() if told} == {}
