"""What no kept file may tell: where it was written and from where packages were fetched."""

import re
from collections.abc import Iterable

import pytest

from tests.architecture.sources import ROOT, Source, every_file

# Written so that this file does not hold what it looks for.
REGISTRIES = (
    r"[r]egistry\.[a-z]|[p]ypi\.|[p]ythonhosted|[n]pmjs|[a]rtifactory|[n]exus\.|[i]ndex-url\s*=|[p]roxy\.golang"
)
MACHINES = r"(?<![\w.~-])/(?:[w]ork|[w]orkspace|[b]uilds|[U]sers|[h]ome/(?!user\b)[a-z]+|[m]nt)/[\w.]"
LOCKERS = ("ci/lock",)  # tells its tool not to write an address


def telling(pattern: str, files: Iterable[Source]) -> list[str]:
    """Where files tell what they should not."""
    return [
        f"{one.name}:{number} {match[0]}"
        for one in files
        for number, line in enumerate(one.text.splitlines(), 1)
        if (match := re.search(pattern, line, re.IGNORECASE))
    ]


def test_no_file_names_a_registry_of_packages() -> None:
    assert telling(REGISTRIES, [one for one in every_file() if one.name not in LOCKERS]) == []


def test_no_file_holds_a_path_of_the_machine_it_was_written_on() -> None:
    assert telling(MACHINES, every_file()) == []


@pytest.mark.parametrize("lock", ["package-lock.json", "requirements/run.txt", "requirements/test.txt"])
def test_locks_hold_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert re.findall(r'"resolved"|--index|--find-links|https?://\S+\.(?:whl|tgz|tar\.gz)', text) == []


def test_what_is_made_is_not_kept() -> None:
    made = ("site/", "node_modules/", "data/", "demo-data/")
    assert [one.name for one in every_file() if one.name.startswith(made) or one.name.endswith((".mo", ".pyc"))] == []


def test_no_key_and_no_password_file_is_kept() -> None:
    begins = "-----BEGIN " + r"(?:[A-Z]+ )?PRIVATE KEY-----\n[A-Za-z0-9+/=]{40}"
    assert [one.name for one in every_file() if re.search(begins, one.text)] == []
