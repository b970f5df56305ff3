"""What the login page shows of the test."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Puzzle:
    """Work for the browser, good once; `question` holds two numbers to add for whoever has no scripts."""

    token: str
    effort: int
    seconds: int
    question: tuple[int, int] | None


@dataclass(frozen=True)
class Widget:
    """The test of a provider: its script, the class that its script looks for, and whose it is."""

    company: str
    script: str
    widget: str
    site_key: str
    action: str


@dataclass(frozen=True)
class Challenge:
    """The test that has to be passed: one of ours or one of a provider."""

    puzzle: Puzzle | None = None
    widget: Widget | None = None
