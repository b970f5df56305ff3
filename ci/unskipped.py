"""For pytest (`-p ci.unskipped`): a test that is skipped fails, as where one that failed before is run once more."""

from collections.abc import Generator

import pytest


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let the report of a skipped test say that it failed; one that is expected to fail may."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"It failed before, and was skipped now: {report.longreprtext}"
    return report
