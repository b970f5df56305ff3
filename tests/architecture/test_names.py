"""What things may be called: by what they are."""

import re
from pathlib import PurePath

from tests.architecture.sources import classes, functions, python

# Words that say nothing of what a thing is.
EMPTY = re.compile(r"(manager|helpers?|utils?|utilit(y|ies)|misc|stuff|impl)$", re.IGNORECASE)


def test_files_and_folders_say_what_they_hold() -> None:
    empty = [one.name for one in python() for part in PurePath(one.name).with_suffix("").parts if EMPTY.search(part)]
    assert empty == []


def test_classes_say_what_they_are() -> None:
    assert [
        f"{one.name} {found.name}" for one in python() for found in classes(one.tree) if EMPTY.search(found.name)
    ] == []


def test_functions_say_what_they_do() -> None:
    assert [
        f"{one.name} {found.name}" for one in python() for found in functions(one.tree) if EMPTY.search(found.name)
    ] == []


def test_the_names_of_tests_are_sentences() -> None:
    short = [
        f"{one.name} {found.name}"
        for one in python("tests")
        if PurePath(one.name).name.startswith("test_")
        for found in functions(one.tree)
        if found.name.startswith("test_") and found.name.count("_") < 2
    ]
    assert short == []


def test_tests_stand_where_what_they_test_stands() -> None:
    misplaced = [
        one.name
        for one in python("tests")
        if PurePath(one.name).name.startswith("test_")
        and PurePath(one.name).parts[1]
        not in (
            "core",
            "modules",
            "demo",
            "bench",
            "fuzz",
            "ci",
            "architecture",
            "bootstrap",
            "performance",
            "docs",
            "browser",
            "security",
            "servers",
            "translations",
        )
    ]
    assert misplaced == []
