"""The test run's own options: --fast, the order of files, and the browser that drives pages."""

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

_SLOW_MARKS = ("servers", "browser")
# Files that take minutes whatever the number of their tests, the longest first.
LONGEST = (
    "tests/browser/test_echoes.py",
    "tests/modules/mail/test_heavy_over_http.py",
    "tests/browser/test_compose.py",
    "tests/browser/test_axe.py",
    "tests/browser/test_content_host.py",
    "tests/demo/test_run.py",
    "tests/bench/test_run.py",
    "tests/performance/test_budgets.py",
    "tests/core/cli/test_main.py",
    "tests/bootstrap/test_first_start.py",
    "tests/modules/imap/test_interleavings.py",
)
# About how long a test takes, in seconds, by its mark; of several the longest counts.
_SECONDS = {"browser": 6.0, "servers": 1.0}
_SECONDS_OF_OTHERS = 0.1
_CHROMIUM, _CHROMEDRIVER = Path("/usr/bin/chromium"), Path("/usr/bin/chromedriver")
_LEFT_OUT = pytest.StashKey[int]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer --fast and --interleavings."""
    parser.addoption("--fast", action="store_true", help="leave out the tests that need mail servers or a browser")
    told = "how many runs of what several mail programs do in turns; 4 by default, hundreds before a release"
    parser.addoption("--interleavings", type=int, default=4, help=told)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Drive Chromium when no other browser is named; let facts about any input take as long as a busy machine does."""
    settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("unhurried")
    if getattr(config.option, "driver", "absent") is None:
        config.option.driver = "Chrome"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With --fast keep only what runs in this process; let workers begin with the files that take longest."""
    if config.getoption("--fast"):
        slow = [item for item in items if any(item.get_closest_marker(mark) for mark in _SLOW_MARKS)]
        config.stash[_LEFT_OUT] = len(slow)
        if slow:
            config.hook.pytest_deselected(items=slow)
            items[:] = [item for item in items if item not in set(slow)]
    if hasattr(config, "workerinput"):
        files = [item.nodeid.partition("::")[0] for item in items]
        marks = [[mark.name for mark in item.iter_markers()] for item in items]
        place = {file: number for number, file in enumerate(longest_first(zip(files, marks, strict=True)))}
        items.sort(key=lambda item: place[item.nodeid.partition("::")[0]])


def longest_first(tests: Iterable[tuple[str, Collection[str]]]) -> Sequence[str]:
    """The files of tests, in the order in which workers should take them; a test is its file and its marks.

    A long file that is taken last leaves the other workers nothing to do.
    """
    seconds: dict[str, float] = {}
    for file, marks in tests:
        longest = max((_SECONDS[mark] for mark in marks if mark in _SECONDS), default=_SECONDS_OF_OTHERS)
        seconds[file] = seconds.get(file, 0) + longest
    named = [file for file in LONGEST if file in seconds]
    return [*named, *sorted(seconds.keys() - {*named}, key=lambda file: (-seconds[file], file))]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say how many tests --fast left out."""
    left_out = config.stash.get(_LEFT_OUT, 0)
    if config.getoption("--fast"):
        count = f"{left_out} tests" if left_out else "the tests"
        terminalreporter.write_line(f"--fast left out {count} that need mail servers or a browser.")


def without_window(options: Options) -> Options:
    """Let Chromium run without a window, and keep the pages' console for the test to read."""
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"):
        options.add_argument(argument)
    options.binary_location = str(_CHROMIUM)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return options


def browser_driver(log: str) -> Service:
    """The system's driver of Chromium, which writes to a log."""
    return Service(str(_CHROMEDRIVER), log_output=log)


def browser_missing() -> str | None:
    """Say in a sentence what is missing to drive a browser, or None."""
    if not _CHROMIUM.exists() or not _CHROMEDRIVER.exists():
        return "Chromium or its driver is not installed; on Debian: apt install chromium chromium-driver."
    return None
