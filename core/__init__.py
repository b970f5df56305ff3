"""The request core: what modules import, and nothing else."""

from core.errors import (
    ConfigError,
    Conflict,
    FieldError,
    InputError,
    LoginNeeded,
    NotAllowed,
    NotFound,
    NotOffered,
    Refusal,
    TooLarge,
    TooMany,
    UpstreamError,
    WebmailError,
    WiringError,
)
from core.ini.schema import option
from core.ini.values import Size
from core.inputs.values import BIDI_CONTROLS, Count, Line, Secret, Text

__all__ = [
    "BIDI_CONTROLS",
    "ConfigError",
    "Conflict",
    "Count",
    "FieldError",
    "InputError",
    "Line",
    "LoginNeeded",
    "NotAllowed",
    "NotFound",
    "NotOffered",
    "Refusal",
    "Secret",
    "Size",
    "Text",
    "TooLarge",
    "TooMany",
    "UpstreamError",
    "WebmailError",
    "WiringError",
    "option",
]
