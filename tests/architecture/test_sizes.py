"""How long files and functions may be: what is short is read."""

import pytest

from tests.architecture.sources import every_file, functions, python

LINES_OF_A_FILE = 320
LINES_OF_A_FUNCTION = 45
READ_BY_PEOPLE = (".py", ".ts", ".mjs", ".css", ".html", ".sh")


@pytest.mark.parametrize("folder", ["core", "modules", "demo", "bench", "fuzz", "ci", "tests"])
def test_files_are_short(folder: str) -> None:
    long = {}
    for source in every_file():
        lines = len(source.text.splitlines())
        if source.within(folder) and source.name.endswith(READ_BY_PEOPLE) and lines > LINES_OF_A_FILE:
            long[source.name] = lines
    assert long == {}


def test_the_one_command_is_short() -> None:
    (command,) = [source for source in python() if source.name == "hm3"]
    assert len(command.text.splitlines()) <= LINES_OF_A_FILE


def test_functions_are_short() -> None:
    long = {}
    for source in python():
        for function in functions(source.tree):
            lines = (function.end_lineno or 0) - function.lineno + 1
            if lines > LINES_OF_A_FUNCTION:
                long[f"{source.name}:{function.lineno} {function.name}"] = lines
    assert long == {}
