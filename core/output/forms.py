"""The state of a form after a refusal: what was typed, and why which field was refused."""

from dataclasses import dataclass

from core.errors import FieldError
from core.sentences import Sentence


@dataclass(frozen=True)
class FormState:
    """What a form shows again. Empty when nothing was submitted yet; outputs and handlers ask for it by type."""

    typed: tuple[tuple[str, str], ...] = ()
    errors: tuple[FieldError, ...] = ()
    message: str = ""

    @property
    def failed(self) -> bool:
        """Whether this form was just refused."""
        return bool(self.errors or self.message)

    def value(self, name: str, default: object = "") -> str:
        """What was typed into a field, else the default; a refused form without the field had it empty."""
        for typed_name, value in self.typed:
            if typed_name == name:
                return value
        return "" if self.typed else str(default)

    def values(self, name: str) -> tuple[str, ...]:
        """All values of a field that may be sent several times."""
        return tuple(value for typed_name, value in self.typed if typed_name == name)

    def ticked(self, name: str, default: bool = False) -> bool:
        """Whether a box was ticked."""
        return any(typed_name == name for typed_name, _ in self.typed) if self.typed else default

    def error(self, name: str) -> str:
        """Why a field was refused, or nothing."""
        return Sentence.joined((error.reason for error in self.errors if error.field == name), "; ")
