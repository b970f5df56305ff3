"""Names that people give to folders: checked before a mail server sees them."""

from core import BIDI_CONTROLS, InputError, Sentence
from modules.mail.api import MailboxName


def new_name(typed: str, field: str, delimiter: str | None) -> MailboxName:
    """The name for a folder as it was typed into a field, without spaces around it. Raises InputError with the reason.

    Names that exist already may hold what is refused here: such folders can still be opened, renamed and deleted.
    """
    name = typed.strip()
    if any(letter in BIDI_CONTROLS for letter in name):
        raise InputError(field, Sentence("contains characters that turn the direction of other text"))
    if name and delimiter and not all(level.strip() for level in name.split(delimiter)):
        raise InputError(
            field,
            Sentence(
                "has nothing before or after a %(delimiter)s, which parts folders from those inside",
                delimiter=delimiter,
            ),
        )
    try:
        return MailboxName.parse(name)
    except ValueError as error:
        raise InputError(field, str(error)) from error


def is_below(name: str, top: str, delimiter: str | None) -> bool:
    """Whether a folder lies inside of another by its name."""
    return bool(delimiter) and name.startswith(f"{top}{delimiter}")
