"""Mail: what other modules may use of it."""

from modules.mail.model import *  # noqa: F403
from modules.mail.store import *  # noqa: F403
