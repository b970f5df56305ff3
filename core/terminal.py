"""What a command may ask of whoever runs it: a password that nobody sees, and whether they mean it."""

import sys
from collections.abc import Callable
from dataclasses import dataclass

import click

from core.errors import WebmailError
from core.input.values import Secret


def _question(words: str) -> str:
    answer: str = click.prompt(words, hide_input=True, default="", show_default=False, err=True)
    return answer


@dataclass(frozen=True)
class PasswordPrompt:
    """Asks for a password without echo; with the option --stdin it is the first line of standard input instead.

    A command that needs a password asks for this: an argument would be seen by everybody on the machine.
    """

    from_stdin: bool = False
    ask: Callable[[str], str] = _question

    def new_password(self, name: str) -> Secret:
        """A password for somebody, typed twice. Raises WebmailError where it is missing or not twice the same."""
        if self.from_stdin:
            return _checked(sys.stdin.readline().removesuffix("\n").removesuffix("\r"))
        first = self.ask(f"New password for {name}")
        if self.ask("The same again") != first:
            raise WebmailError("The two passwords are not the same. Nothing was changed.")
        return _checked(first)


@dataclass(frozen=True)
class Confirmation:
    """Asks whether what cannot be undone is meant; with the option --yes nobody is asked."""

    given: bool = False
    ask: Callable[[str], bool] = click.confirm

    def require(self, question: str) -> None:
        """Go on when it is meant. Raises WebmailError when it is not."""
        if not self.given and not self.ask(question):
            raise WebmailError("Nothing was changed.")


def _checked(typed: str) -> Secret:
    if not typed:
        raise WebmailError("There is no password. Type one, or give it on standard input with --stdin.")
    try:
        return Secret.parse(typed)
    except ValueError as error:
        raise WebmailError(f"The password {error}.") from error
