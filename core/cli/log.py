"""The log on standard error: lines that hold what their format names, and nothing that has to be looked for."""

import logging
import sys
import time
from collections.abc import Mapping
from typing import Any, TextIO

from gunicorn.glogging import Logger

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


# What no line tells. Formats look for it in the record itself, and write numbers with `%d`.
_UNTOLD: dict[str, object] = {
    **dict.fromkeys(("filename", "module"), ""),
    **dict.fromkeys(("relativeCreated", "thread", "process"), 0),
    **dict.fromkeys(("threadName", "processName", "taskName", "exc_text"), None),
}


class Line(logging.LogRecord):
    """A line of the log. Each request writes one: where in the program, and in which thread, nobody looks for."""

    # Any: what a line is about has any type.
    def __init__(
        self,
        name: str,
        level: int,
        pathname: str,
        lineno: int,
        msg: object,
        args: Any,
        exc_info: Any,
        func: str | None = None,
        sinfo: str | None = None,
        **_: object,
    ) -> None:
        self.__dict__.update(_UNTOLD)
        self.name, self.levelno, self.levelname = name, level, logging.getLevelName(level)
        # As `logging` has it, one table gives its values by their names.
        self.msg, self.args = msg, args[0] if args and len(args) == 1 and isinstance(args[0], Mapping) else args
        self.pathname, self.lineno, self.funcName = pathname, lineno, func  # type: ignore[assignment]  # nobody asks
        self.exc_info, self.stack_info = exc_info, sinfo
        self.created = time.time()
        self.msecs = float(int(self.created % 1 * 1000))


class Form(logging.Formatter):
    """Puts a line together as its format says."""

    def format(self, record: logging.LogRecord) -> str:
        """The text of a line, with what else there is to tell of an error."""
        if record.exc_info or record.stack_info:
            return super().format(record)
        return f"{self.formatTime(record)} {record.levelname} {record.name}: {record.getMessage()}"


class Lines(logging.StreamHandler[TextIO]):
    """Writes each line at once."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line; of what goes wrong with it `logging` tells."""
        try:
            self.stream.write(f"{self.format(record)}\n")
            self.stream.flush()
        except RecursionError:
            raise
        except Exception:  # noqa: BLE001  # a line that cannot be written ends no request
            self.handleError(record)


class ServersLog(Logger):  # type: ignore[misc]  # gunicorn has no types
    """What gunicorn tells, in lines as all others are."""

    error_fmt = FORMAT
    datefmt = None


def set_up_log(level: str) -> None:
    """Send the log to standard error, from a level on."""
    # No line says where in the program it was written: as `logging` has it, nobody looks for that then.
    logging._srcfile = None
    logging.setLogRecordFactory(Line)
    lines = Lines(sys.stderr)
    lines.setFormatter(Form(FORMAT))
    logging.basicConfig(handlers=[lines], level=level, force=True)
