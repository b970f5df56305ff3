"""The request core: what modules import, and nothing else.

Its names are in core/exports.py, which is imported with the first of them: the command line says what it can be told,
or builds the front end, without the database and all the rest.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.exports import *  # noqa: F403


def __getattr__(name: str) -> object:
    """A name that modules import. Raises AttributeError where there is none, as for the core's own files."""
    exports = import_module("core.exports")
    try:
        found: object = getattr(exports, name)
    except AttributeError:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
    globals()[name] = found
    return found
