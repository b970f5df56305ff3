"""What the documents hold, as tests read them: blocks of code with their labels."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_BLOCK = re.compile(r"(?:<!-- (?P<label>[a-z]+): (?P<of>\S+) -->\n)?^```(?P<kind>\w*)\n(?P<text>.*?)^```$", re.M | re.S)


@dataclass(frozen=True)
class Block:
    """One block of code: its language, its text, and what the comment before it says that it is."""

    kind: str
    text: str
    label: str = ""
    of: str = ""


def blocks(document: str) -> Iterator[Block]:
    """The blocks of code of a document, named from the project's folder."""
    for found in _BLOCK.finditer((ROOT / document).read_text("utf-8")):
        yield Block(found["kind"], found["text"], found["label"] or "", found["of"] or "")
