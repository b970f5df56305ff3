"""Who writes to whom in the demo's mailbox. Nobody of them exists."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

_LETTERS = Path(__file__).parent / "letters"
ME = "me"


class Owner(Protocol):
    """Whose mailbox it is."""

    @property
    def name(self) -> str:
        """The display name."""
        ...

    @property
    def address(self) -> str:
        """The email address."""
        ...


@dataclass(frozen=True)
class Person:
    """A display name, an address, how far the clock is ahead of UTC in hours, and what closes a letter."""

    name: str
    address: str
    hours: float = 0
    signature: str = ""


def read_people(owner: Owner) -> Mapping[str, Person]:
    """Everybody by the short name that the letters use; the owner is `me`."""
    with (_LETTERS / "people.toml").open("rb") as file:
        entries = tomllib.load(file)
    people = {
        key: Person(entry["name"], entry["address"], entry.get("hours", 0), entry.get("signature", ""))
        for key, entry in entries.items()
    }
    return {**people, ME: Person(owner.name, owner.address, 1)}
