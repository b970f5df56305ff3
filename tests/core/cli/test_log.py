"""The lines of the log."""

import io
import logging
from collections.abc import Iterator

import pytest
from gunicorn.config import Config

from core.cli.log import FORMAT, Form, Line, Lines, ServersLog


@pytest.fixture
def told() -> Iterator[tuple[logging.Logger, io.StringIO]]:
    """A log of its own, and what was written to it."""
    log, written = logging.Logger("hm3.test"), io.StringIO()
    handler = Lines(written)
    handler.setFormatter(Form(FORMAT))
    log.addHandler(handler)
    before = logging.getLogRecordFactory()
    logging.setLogRecordFactory(Line)
    yield log, written
    logging.setLogRecordFactory(before)


Told = tuple[logging.Logger, io.StringIO]


@pytest.mark.parametrize("args", [(), ("a", 1), ({"name": "a"},)])
def test_a_line_says_what_a_record_of_pythons_own_says(args: tuple[object, ...]) -> None:
    text = {0: "words", 1: "%(name)s", 2: "%s %d"}[len(args)]
    given = ("hm3.test", logging.INFO, "", 0, text, args, None)
    ours, theirs = Line(*given), logging.LogRecord(*given)
    theirs.created, theirs.msecs = ours.created, ours.msecs
    assert Form(FORMAT).format(ours) == logging.Formatter(FORMAT).format(theirs) and 0 <= ours.msecs < 1000


def test_a_line_has_all_that_other_handlers_may_ask_for() -> None:
    given = ("hm3.test", logging.INFO, "", 0, "words", (), None)
    ours, theirs = Line(*given), logging.LogRecord(*given)
    assert vars(theirs).keys() - vars(ours).keys() == set()
    everything = " ".join(f"%({name})s" for name in vars(theirs)) + " %(process)d %(thread)d %(relativeCreated)d"
    assert "words" in logging.Formatter(everything).format(ours)


def test_the_server_tells_in_lines_as_all_others_are(told: Told, capsys: pytest.CaptureFixture[str]) -> None:
    before = logging.getLogger("gunicorn.error").handlers[:]
    servers = ServersLog(Config())
    try:
        servers.warning("Invalid request from ip=%s: %s", "192.0.2.1", "x")
    finally:
        servers.error_log.handlers[:] = before
    err = capsys.readouterr().err
    assert err.endswith(" WARNING gunicorn.error: Invalid request from ip=192.0.2.1: x\n") and err.count("\n") == 1


def test_a_line_tells_of_an_error_with_its_traceback(told: Told) -> None:
    log, written = told
    try:
        raise ZeroDivisionError("hidden")
    except ZeroDivisionError:
        log.exception("it failed")
    lines = written.getvalue().splitlines()
    assert lines[0].endswith(" ERROR hm3.test: it failed") and lines[-1] == "ZeroDivisionError: hidden"


def test_a_line_that_cannot_be_written_ends_nothing(told: Told, capsys: pytest.CaptureFixture[str]) -> None:
    log, written = told
    log.info("%d", "not a number")
    assert written.getvalue() == "" and "Logging error" in capsys.readouterr().err
